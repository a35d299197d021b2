"""Routes of setting two-step verification up, for who is on the way in and for who came from account settings."""

from dataclasses import dataclass

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.sandbox import Db
from simulator.directory import two_step
from simulator.directory.lockout import Outcome
from simulator.directory.signing_in import enrolment
from simulator.directory.signing_in.enrolment import Stage
from simulator.directory.signing_in.models import Enrolment, SignIn
from simulator.directory.signing_in.text_codes import Sending
from simulator.products.connect import forms
from simulator.products.connect.services import steps
from simulator.products.connect.services.steps import Step
from simulator.products.connect.views import flow
from simulator.products.connect.views.challenge import tell_of
from simulator.products.connect.views.flow import blueprint
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.addresses import local_path
from simulator.web.forms import Form, Plain
from simulator.web.pages import page
from simulator.web.visit import visit

PAGES = {
    Stage.APP: "connect.choose_app",
    Stage.PHONE: "connect.phone_number",
    Stage.TEXT: "connect.check_number",
    Stage.STORE: "connect.store_code",
    Stage.DONE: "connect.enrolled",
}
QR_SCALE, QR_BORDER = 6, 4
"""Own choice: dots of a module and modules around: about eight centimetres on a screen, which a phone reads."""


@dataclass(frozen=True)
class Walk:
    """An enrolment and, when it belongs to a sign-in rather than to a session, that sign-in."""

    begun: Enrolment
    sign_in: SignIn | None


@blueprint.route("/enroll", methods=["GET", "POST"])
@public
def enroll() -> Response:
    """Offer to set two-step verification up; who must, is not offered to be reminded later."""
    form = Plain()
    with flow.opened() as db:
        current = flow.standing_at(db, Step.ENROLMENT)
        if isinstance(current, Response):
            return _of_session(db) if visit().session_id else current
        begun = enrolment.find(db, current.id)
        if begun is not None and begun.done:
            return redirect(url_for(".enrolled"))
        person = current.person
        assert person is not None
        later = steps.may_put_off(db, current)
        if form.validate_on_submit():
            if request.form.get("choice") != "later":
                steps.begin_enrolment(db, current)
                return redirect(url_for(".choose_app"))
            if steps.put_off(db, current):
                return flow.go_on(db, current)
        customer = two_step.required_by(db, person)
        lost = two_step.is_on(db, person)
    title = i18n.t("connect.enroll.title")
    return page("connect/enroll.html", title, form=form, later=later, customer=customer, lost=lost)


@blueprint.get("/enroll/app")
@public
def choose_app() -> Response:
    """Choose the authenticator app."""
    with flow.opened() as db:
        walk = _walk(db, Stage.APP)
        if isinstance(walk, Response):
            return walk
    return page("connect/choose_app.html", i18n.t("connect.enroll.choose_title"))


@blueprint.get("/enroll/key")
@public
def scan() -> Response:
    """Show the secret to an authenticator: as a QR code, and as a key to type."""
    with flow.opened() as db:
        walk = _walk(db, Stage.APP)
        if isinstance(walk, Response):
            return walk
        secret, size = walk.begun.secret, _qr(walk.begun)[1]
    key = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return page("connect/scan.html", i18n.t("connect.enroll.scan_title"), key=key, size=size)


@blueprint.get("/enroll/qr.svg")
@public
def qr() -> Response:
    """Return the QR code as a picture."""
    with flow.opened() as db:
        walk = _walk(db, Stage.APP)
        if isinstance(walk, Response):
            return walk
        picture = _qr(walk.begun)[0]
    response = make_response(picture)
    response.mimetype = "image/svg+xml"
    return response


@blueprint.route("/enroll/code", methods=["GET", "POST"])
@public
def first_code() -> Response:
    """Ask for the first code that the authenticator shows."""
    form = forms.FirstCode()
    with flow.opened() as db:
        walk = _walk(db, Stage.APP)
        if isinstance(walk, Response):
            return walk
        if form.validate_on_submit():
            outcome = enrolment.check_first_code(db, walk.begun, form.AuthCode.data)
            if outcome is Outcome.RIGHT:
                return _to(walk.begun)
            _refuse(form, outcome)
        return page("connect/first_code.html", i18n.t("connect.enroll.code_title"), form=form)


@blueprint.route("/enroll/phone", methods=["GET", "POST"])
@public
def phone_number() -> Response:
    """Ask for a telephone number for codes by text message; empty goes on without."""
    form = forms.PhoneNumber()
    with flow.opened() as db:
        walk = _walk(db, Stage.PHONE, Stage.TEXT)
        if isinstance(walk, Response):
            return walk
        if form.validate_on_submit():
            typed = (form.PhoneNumber.data or "").strip()
            if not typed:
                enrolment.leave_number_out(db, walk.begun)
                return _to(walk.begun)
            number = enrolment.normal_number(typed)
            if number is not None:
                sending = enrolment.send_text(db, walk.begun, number)
                if sending is not Sending.SENT:
                    tell_of(sending)
                return _to(walk.begun)
            form.PhoneNumber.errors = [i18n.t("connect.enroll.phone_wrong")]
        return page("connect/phone_number.html", i18n.t("connect.enroll.phone_title"), form=form)


@blueprint.route("/enroll/sms", methods=["GET", "POST"])
@public
def check_number() -> Response:
    """Ask for the code that was sent to the number."""
    form = forms.FirstCode()
    with flow.opened() as db:
        walk = _walk(db, Stage.TEXT)
        if isinstance(walk, Response):
            return walk
        if form.validate_on_submit():
            outcome = enrolment.check_text(db, walk.begun, form.AuthCode.data)
            if outcome is Outcome.RIGHT:
                return _to(walk.begun)
            _refuse(form, outcome)
        return page(
            "connect/text.html", i18n.t("connect.text.title"), form=form, number=walk.begun.number,
            again=url_for(".send_to_number"), other=None,
        )  # fmt: skip


@blueprint.post("/enroll/sms/send")
@public
def send_to_number() -> Response:
    """Send another code to the number."""
    with flow.opened() as db:
        walk = _walk(db, Stage.TEXT)
        if isinstance(walk, Response):
            return walk
        assert walk.begun.number is not None
        tell_of(enrolment.send_text(db, walk.begun, walk.begun.number))
        return _to(walk.begun)


@blueprint.route("/enroll/emergency-code", methods=["GET", "POST"])
@public
def store_code() -> Response:
    """Show the emergency code until it is stored; two-step verification counts from then on."""
    form = forms.Stored()
    with flow.opened() as db:
        walk = _walk(db, Stage.STORE)
        if isinstance(walk, Response):
            return walk
        if form.validate_on_submit():
            if form.Stored.data:
                enrolment.store_code(db, walk.begun)
                if walk.sign_in is not None:
                    steps.is_enrolled(walk.sign_in)
                return _to(walk.begun)
            form.Stored.errors = [i18n.t("connect.emergency.not_stored")]
        title = i18n.t("connect.emergency.title")
        explained = i18n.t("connect.emergency.explain_stored")
        return page("connect/store_code.html", title, form=form, code=walk.begun.code, explained=explained)


@blueprint.route("/enroll/done", methods=["GET", "POST"])
@public
def enrolled() -> Response:
    """Say that the account is secured; the button goes on to where the person was going."""
    form = Plain()
    with flow.opened() as db:
        walk = _walk(db, Stage.DONE)
        if isinstance(walk, Response):
            return walk
        if form.validate_on_submit():
            back_to = walk.begun.back_to
            enrolment.give_up(db, walk.begun.holder)
            if walk.sign_in is not None:
                return flow.go_on(db, walk.sign_in)
            return redirect(local_path(back_to) or url_for("home.overview"))
        return page("connect/enrolled.html", i18n.t("connect.enroll.done_title"), form=form)


def _walk(db: Db, *stages: Stage) -> Walk | Response:
    """Return the enrolment of this browser when it stands at one of these stages; otherwise lead to where it stands."""
    sign_in: SignIn | None = None
    if visit().session_id is not None:
        begun = enrolment.find(db, visit().session_id)
        if begun is None or (not begun.done and two_step.is_on(db, begun.person)):
            return redirect(url_for("home.overview"))
    else:
        current = flow.standing_at(db, Step.ENROLMENT)
        if isinstance(current, Response):
            return current
        sign_in, begun = current, enrolment.find(db, current.id)
        if begun is None:
            return redirect(url_for(".enroll"))
    return Walk(begun, sign_in) if enrolment.stage(begun) in stages else _to(begun)


def _of_session(db: Db) -> Response:
    begun = enrolment.find(db, visit().session_id)
    return _to(begun) if begun is not None else redirect(url_for("home.overview"))


def _to(begun: Enrolment) -> Response:
    return redirect(url_for(PAGES[enrolment.stage(begun)]))


def _refuse(form: Form, outcome: Outcome) -> None:
    form.form_errors.append(i18n.t("connect.sign_in.locked" if outcome is Outcome.LOCKED else "connect.two_step.wrong"))
    form.AuthCode.data = ""


def _qr(begun: Enrolment) -> tuple[bytes, int]:
    """Return the QR code as SVG, and how many dots wide it is."""
    from io import BytesIO

    from segno import make

    code = make(two_step.provisioning_uri(begun.person.email, begun.secret), error="m", micro=False)
    out = BytesIO()
    code.save(out, kind="svg", scale=QR_SCALE, border=QR_BORDER, light="#fff")
    return out.getvalue(), int(code.symbol_size(scale=QR_SCALE, border=QR_BORDER)[0])
