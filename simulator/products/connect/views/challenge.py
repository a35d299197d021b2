"""Routes of the second step: the code, by one of the methods of the account, and the pages after an emergency code."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.sandbox import Db
from simulator.directory import two_step
from simulator.directory.lockout import Outcome
from simulator.directory.security_keys import ceremonies
from simulator.directory.signing_in import devices, text_codes
from simulator.directory.signing_in.models import SignIn
from simulator.directory.signing_in.text_codes import Sending
from simulator.products.connect import forms
from simulator.products.connect.services import second_factor, steps
from simulator.products.connect.services.second_factor import Method
from simulator.products.connect.services.steps import Step
from simulator.products.connect.views import flow
from simulator.products.connect.views.flow import blueprint
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.forms import Form, Plain
from simulator.web.pages import flash_text, page
from simulator.web.submissions import works_once

AUTHENTICATOR = "authenticator"
"""The value of the tick box of a lost authenticator."""

VISIBLE_DIGITS = 2
"""Own choice: how many digits of a number a person sees who has given only the password."""


@blueprint.route("/totp/auth", methods=["GET", "POST"])
@public
@works_once
def code() -> Response:
    """Ask for the authenticator's code."""
    form = forms.Code()
    with flow.request_db() as db:
        current = current_for(db, Method.AUTHENTICATOR)
        if isinstance(current, Response):
            return current
        if form.validate_on_submit():
            outcome = second_factor.check_code(db, current, form.AuthCode.data)
            if outcome is Outcome.RIGHT:
                return go_on_with_device(db, current, form)
            refuse_code(form, outcome)
        return page("connect/code.html", i18n.t("connect.two_step.title"), form=form, email=current.email)


@blueprint.get("/2fa/methods")
@public
def methods() -> Response:
    """List the methods of the account."""
    form = Plain()
    with flow.request_db() as db:
        current = flow.require_step(db, Step.CODE)
        if isinstance(current, Response):
            return current
        available, number = second_factor.methods_of(db, current), _number(current)
    return page("connect/methods.html", i18n.t("connect.two_step.another"), form=form, methods=available, number=number)


@blueprint.route("/2fa/sms", methods=["GET", "POST"])
@public
@works_once
def text() -> Response:
    """Ask for the code that was sent by text message."""
    form = forms.Code()
    with flow.request_db() as db:
        current = current_for(db, Method.TEXT)
        if isinstance(current, Response):
            return current
        if not text_codes.was_sent(db, current.id, second_factor.PURPOSE):
            return redirect(url_for(".methods"))
        if form.validate_on_submit():
            outcome = second_factor.check_text(db, current, form.AuthCode.data)
            if outcome is Outcome.RIGHT:
                return go_on_with_device(db, current, form)
            refuse_code(form, outcome)
        title, number = i18n.t("connect.text.title"), _number(current)
        again = url_for(".send_text")
        return page("connect/text.html", title, form=form, number=number, again=again, other=url_for(".methods"))


@blueprint.post("/2fa/sms/send")
@public
def send_text() -> Response:
    """Send a code by text message, or another one."""
    with flow.request_db() as db:
        current = current_for(db, Method.TEXT)
        if isinstance(current, Response):
            return current
        flash_outcome(second_factor.send_text(db, current))
        return redirect(url_for(".text"))


@blueprint.route("/2fa/emergency-code", methods=["GET", "POST"])
@public
@works_once
def emergency() -> Response:
    """Ask for the emergency code."""
    form = forms.EmergencyCode()
    with flow.request_db() as db:
        current = current_for(db, Method.EMERGENCY)
        if isinstance(current, Response):
            return current
        outcome = None
        if form.validate_on_submit():
            outcome = second_factor.check_emergency_code(db, current, form.EmergencyCode.data)
            if outcome is Outcome.RIGHT:
                return flow.go_on(db, current)
            form.form_errors.append(i18n.t(_message_key(outcome)))
            form.EmergencyCode.data = ""
        refused = outcome is not None
        title, email = i18n.t("connect.two_step.by_emergency_code"), current.email
        return page("connect/emergency.html", title, form=form, refused=refused, email=email)


@blueprint.route("/2fa/emergency-code/new", methods=["GET", "POST"])
@public
@works_once
def new_emergency_code() -> Response:
    """Show the emergency code that replaces the used one, until the user has stored it."""
    form = forms.Stored()
    with flow.request_db() as db:
        current = flow.require_step(db, Step.NEW_CODE)
        if isinstance(current, Response):
            return current
        if form.validate_on_submit():
            if form.Stored.data:
                current.displayed_code = None
                return flow.go_on(db, current)
            form.Stored.errors = [i18n.t("connect.emergency.not_stored")]
        title = i18n.t("connect.emergency.new_title")
        explained = i18n.t("connect.emergency.new_explain")
        return page("connect/store_code.html", title, form=form, code=current.displayed_code, explained=explained)


@blueprint.route("/2fa/emergency-code/lost", methods=["GET", "POST"])
@public
@works_once
def lost_authenticator() -> Response:
    """Ask what is lost for good: the authenticator, or which keys; the sign-in waits for the answer."""
    form = Plain()
    with flow.request_db() as db:
        current = flow.require_step(db, Step.QUESTION)
        if isinstance(current, Response):
            return current
        assert current.person is not None
        own_keys, has_app = ceremonies.keys_of(db, current.person), current.person.totp_secret is not None
        only_app = has_app and not own_keys
        choice, ticked = request.form.get("choice"), request.form.getlist("lost")
        if form.validate_on_submit() and choice in ("lost", "once"):
            lost_keys = [key for key in own_keys if only_app or str(key.id) in ticked]
            lost_app = has_app and (only_app or AUTHENTICATOR in ticked)
            if choice == "once" or lost_app or lost_keys:
                lost = choice == "lost"
                second_factor.answer(db, current, authenticator=lost and lost_app, lost_keys=lost_keys if lost else [])
                if not two_step.has_method(db, current.person):
                    steps.begin_enrolment(db, current)
                    return redirect(url_for(".choose_app"))
                return flow.go_on(db, current)
            form.form_errors.append(i18n.t("connect.emergency.tick_lost"))
        title = i18n.t("connect.emergency.question" if only_app else "connect.emergency.question_methods")
        return page(
            "connect/lost_authenticator.html", title, form=form, only_app=only_app, has_app=has_app, own_keys=own_keys
        )


def flash_outcome(sending: Sending | None) -> None:
    """Say on the next page whether a text message was sent."""
    if sending is Sending.TOO_SOON:
        flash_text("connect.text.too_soon", "warning", seconds=text_codes.AGAIN_AFTER.seconds)
    elif sending is Sending.TOO_MANY:
        flash_text("connect.text.too_many", "warning", most=text_codes.MAX_SENDS)
    elif sending is Sending.SENT:
        flash_text("connect.text.sent", "info")


def current_for(db: Db, method: Method) -> SignIn | Response:
    """Return the sign-in when it waits for the second step and the account has this method; otherwise redirect."""
    current = flow.require_step(db, Step.CODE)
    if isinstance(current, SignIn) and method not in second_factor.methods_of(db, current):
        return redirect(url_for(".methods"))
    return current


def go_on_with_device(db: Db, current: SignIn, form: forms.SecondStep) -> Response:
    """Go on after the second step, with a cookie for this device, which is remembered if the form says so."""
    key = second_factor.device_key(db, current, remember=form.remembers)
    response = flow.go_on(db, current)
    flow.set_cookie(response, "remember2sv", key, int(devices.REMEMBERED_FOR.total_seconds()))
    return response


def refuse_code(form: Form, outcome: Outcome) -> None:
    """Show that a code was wrong or the account is locked, and empty the field."""
    form.form_errors.append(i18n.t(_message_key(outcome)))
    form.AuthCode.data = ""


def _message_key(outcome: Outcome) -> str:
    return "connect.sign_in.locked" if outcome is Outcome.LOCKED else "connect.two_step.wrong"


def _number(current: SignIn) -> str:
    """Return the last digits of the verified number."""
    number = (current.person.sms_number if current.person else None) or ""
    return number[-VISIBLE_DIGITS:]
