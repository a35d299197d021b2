"""Routes of setting two-step verification up, during a sign-in or from account settings."""

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
from simulator.products.connect.views.challenge import flash_outcome, refuse_code
from simulator.products.connect.views.flow import blueprint
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.addresses import local_path
from simulator.web.forms import Plain
from simulator.web.pages import page
from simulator.web.submissions import works_once
from simulator.web.visit import visit

PAGES = {
    Stage.APP: "connect.choose_app",
    Stage.PHONE: "connect.phone_number",
    Stage.TEXT: "connect.check_number",
    Stage.STORE: "connect.store_code",
    Stage.DONE: "connect.enrolled",
}
OWN_APP = "visma"

QR_SCALE, QR_BORDER = 6, 4
"""Own choice: dots per module, and modules of quiet zone: about eight centimetres on a screen, which a phone can read."""


@dataclass(frozen=True)
class CurrentEnrolment:
    """The enrolment of this browser and, when it belongs to a sign-in rather than to a session, that sign-in."""

    record: Enrolment
    sign_in: SignIn | None


@blueprint.route("/enroll", methods=["GET", "POST"])
@public
@works_once
def enroll() -> Response:
    """Offer to set two-step verification up, and *Remind me later* unless it is required."""
    form = Plain()
    with flow.request_db() as db:
        current = flow.require_step(db, Step.ENROLMENT)
        if isinstance(current, Response):
            return _to_stage_of_session(db) if visit().session_id else current
        record = enrolment.find(db, current.id)
        if record is not None and record.done:
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


@blueprint.route("/enroll/app", methods=["GET", "POST"])
@public
def choose_app() -> Response:
    """Choose the authenticator app; the button is for Visma Authenticator."""
    form = Plain()
    with flow.request_db() as db:
        current = _current_at(db, Stage.APP)
        if isinstance(current, Response):
            return current
        if form.validate_on_submit():
            enrolment.choose_own_app(current.record)
            return redirect(url_for(".scan", app=OWN_APP))
        return page("connect/choose_app.html", i18n.t("connect.enroll.choose_title"), form=form)


@blueprint.get("/enroll/key")
@public
def scan() -> Response:
    """Show the secret for an authenticator: as a QR code, and as a key to type."""
    with flow.request_db() as db:
        current = _current_at(db, Stage.APP)
        if isinstance(current, Response):
            return current
        secret, size = current.record.secret, _qr(current.record)[1]
        person_id = current.record.person_id
    key = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return page(
        "connect/scan.html", i18n.t("connect.enroll.scan_title"), key=key, size=size, app=_own_app(), person_id=person_id
    )


@blueprint.get("/enroll/qr.svg")
@public
def qr() -> Response:
    """Return the QR code as a picture."""
    with flow.request_db() as db:
        current = _current_at(db, Stage.APP)
        if isinstance(current, Response):
            return current
        picture = _qr(current.record)[0]
    response = make_response(picture)
    response.mimetype = "image/svg+xml"
    return response


@blueprint.route("/enroll/code", methods=["GET", "POST"])
@public
@works_once
def first_code() -> Response:
    """Ask for the first code of the authenticator."""
    form = forms.FirstCode()
    with flow.request_db() as db:
        current = _current_at(db, Stage.APP)
        if isinstance(current, Response):
            return current
        if form.validate_on_submit():
            outcome = enrolment.check_first_code(db, current.record, form.AuthCode.data, own_app=_own_app() is not None)
            if outcome is Outcome.RIGHT:
                return _to_stage(current.record)
            refuse_code(form, outcome)
        return page("connect/first_code.html", i18n.t("connect.enroll.code_title"), form=form, app=_own_app())


@blueprint.route("/enroll/phone", methods=["GET", "POST"])
@public
def phone_number() -> Response:
    """Ask for a telephone number for codes by text message; an empty field goes on without a number."""
    form = forms.PhoneNumber()
    with flow.request_db() as db:
        current = _current_at(db, Stage.PHONE, Stage.TEXT)
        if isinstance(current, Response):
            return current
        if form.validate_on_submit():
            typed = (form.PhoneNumber.data or "").strip()
            if not typed:
                enrolment.leave_number_out(db, current.record)
                return _to_stage(current.record)
            number = enrolment.normal_number(typed)
            if number is not None:
                sending = enrolment.send_text(db, current.record, number)
                if sending is not Sending.SENT:
                    flash_outcome(sending)
                return _to_stage(current.record)
            form.PhoneNumber.errors = [i18n.t("connect.enroll.phone_wrong")]
        return page("connect/phone_number.html", i18n.t("connect.enroll.phone_title"), form=form)


@blueprint.route("/enroll/sms", methods=["GET", "POST"])
@public
@works_once
def check_number() -> Response:
    """Ask for the code that was sent to the number."""
    form = forms.FirstCode()
    with flow.request_db() as db:
        current = _current_at(db, Stage.TEXT)
        if isinstance(current, Response):
            return current
        if form.validate_on_submit():
            outcome = enrolment.check_text(db, current.record, form.AuthCode.data)
            if outcome is Outcome.RIGHT:
                return _to_stage(current.record)
            refuse_code(form, outcome)
        return page(
            "connect/text.html", i18n.t("connect.text.title"), form=form, number=current.record.number,
            again=url_for(".send_to_number"), other=None,
        )  # fmt: skip


@blueprint.post("/enroll/sms/send")
@public
def send_to_number() -> Response:
    """Send another code to the number."""
    with flow.request_db() as db:
        current = _current_at(db, Stage.TEXT)
        if isinstance(current, Response):
            return current
        assert current.record.number is not None
        flash_outcome(enrolment.send_text(db, current.record, current.record.number))
        return _to_stage(current.record)


@blueprint.route("/enroll/emergency-code", methods=["GET", "POST"])
@public
@works_once
def store_code() -> Response:
    """Show the emergency code until the user has stored it; two-step verification is on from then on."""
    form = forms.Stored()
    with flow.request_db() as db:
        current = _current_at(db, Stage.STORE)
        if isinstance(current, Response):
            return current
        if form.validate_on_submit():
            if form.Stored.data:
                enrolment.store_code(db, current.record)
                if current.sign_in is not None:
                    steps.accept_enrolment(current.sign_in)
                return _to_stage(current.record)
            form.Stored.errors = [i18n.t("connect.emergency.not_stored")]
        title = i18n.t("connect.emergency.title")
        explained = i18n.t("connect.emergency.explain_stored")
        return page("connect/store_code.html", title, form=form, code=current.record.code, explained=explained)


@blueprint.route("/enroll/done", methods=["GET", "POST"])
@public
@works_once
def enrolled() -> Response:
    """Say that the account is secured; the button goes on to the page that the person first asked for."""
    form = Plain()
    with flow.request_db() as db:
        current = _current_at(db, Stage.DONE)
        if isinstance(current, Response):
            return current
        if form.validate_on_submit():
            back_to = current.record.back_to
            enrolment.give_up(db, current.record.holder)
            if current.sign_in is not None:
                return flow.go_on(db, current.sign_in)
            return redirect(local_path(back_to) or url_for("home.overview"))
        return page("connect/enrolled.html", i18n.t("connect.enroll.done_title"), form=form)


def _own_app() -> str | None:
    """Return the argument of addresses that lead to Visma Authenticator, or None when they lead to another app."""
    return OWN_APP if request.args.get("app") == OWN_APP else None


def _current_at(db: Db, *stages: Stage) -> CurrentEnrolment | Response:
    """Return the enrolment of this browser when it is at one of these stages; otherwise redirect to its present stage."""
    sign_in: SignIn | None = None
    if visit().session_id is not None:
        record = enrolment.find(db, flow.session_id(db))
        if record is None or (not record.done and record.person.totp_secret is not None):
            return redirect(url_for("home.overview"))
    else:
        waiting = flow.require_step(db, Step.ENROLMENT)
        if isinstance(waiting, Response):
            return waiting
        sign_in, record = waiting, enrolment.find(db, waiting.id)
        if record is None:
            return redirect(url_for(".enroll"))
    return CurrentEnrolment(record, sign_in) if enrolment.stage(record) in stages else _to_stage(record)


def _to_stage_of_session(db: Db) -> Response:
    record = enrolment.find(db, visit().session_id)
    return _to_stage(record) if record is not None else redirect(url_for("home.overview"))


def _to_stage(record: Enrolment) -> Response:
    return redirect(url_for(PAGES[enrolment.stage(record)]))


def _qr(record: Enrolment) -> tuple[bytes, int]:
    """Return the QR code as SVG, and its width in dots."""
    from io import BytesIO

    from segno import make

    code = make(two_step.provisioning_uri(record.person.email, record.secret), error="m", micro=False)
    out = BytesIO()
    code.save(out, kind="svg", scale=QR_SCALE, border=QR_BORDER, light="#fff")
    return out.getvalue(), int(code.symbol_size(scale=QR_SCALE, border=QR_BORDER)[0])
