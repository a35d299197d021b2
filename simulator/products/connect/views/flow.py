"""Shared by all routes of a sign-in: the sign-in of this browser, its next step, and the redirect to that step's page."""

from contextlib import AbstractContextManager

from flask import Blueprint, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from simulator.core import normal_forms
from simulator.core.hashing import sha256_hex
from simulator.core.sandbox import Db
from simulator.directory import sign_in_sessions
from simulator.directory.email_domains import policies
from simulator.directory.identity_providers import IdentityProvider, provider_of
from simulator.directory.models import SignInSession
from simulator.directory.signing_in import pending_sign_ins
from simulator.directory.signing_in.models import SignIn, SignInRequest
from simulator.products.connect.services import second_factor, steps
from simulator.products.connect.services.second_factor import Method
from simulator.products.connect.services.steps import Step
from simulator.web import i18n
from simulator.web.addresses import application_of, local_path
from simulator.web.errors import stale_form
from simulator.web.form_tokens import name_forms, name_of_form
from simulator.web.pages import flash_text, page
from simulator.web.platform import StaleForm
from simulator.web.security_headers import lead_forms_to
from simulator.web.sessions import cookie_path, set_lasting_cookie
from simulator.web.visit import visit


class OtherSignIn(Exception):
    """A form belongs to another sign-in than the one that is going on.

    Args:
        email: the address of the one that is going on.
    """

    def __init__(self, email: str) -> None:
        super().__init__(email)
        self.email = email


blueprint = Blueprint("connect", "simulator.products.connect", template_folder="templates")

PAGES = {
    Step.DENIED: "connect.denied",
    Step.NEW_CODE: "connect.new_emergency_code",
    Step.QUESTION: "connect.lost_authenticator",
    Step.NEW_PASSWORD: "connect.new_password",
    Step.ENROLMENT: "connect.enroll",
    Step.TERMS: "connect.terms",
    Step.NOTHING: "connect.finish",
}
"""The page of every step after the password, except the code, which has one page per method."""

METHOD_PAGES = {
    Method.PUSH: "connect.push",
    Method.SECURITY_KEY: "connect.security_key",
    Method.AUTHENTICATOR: "connect.code",
}
"""The page that a sign-in opens when this is the first method of the account; for others the user chooses."""


def request_db() -> AbstractContextManager[Db]:
    """Open a transaction for a submitted form, and a reading connection for other requests."""
    return visit().sandbox.transaction() if request.method == "POST" else visit().sandbox.reading()


def find(db: Db) -> SignIn | None:
    """Return the sign-in of this browser, or None.

    A sign-in whose address was not typed here, but remembered or given by another application, starts with the first form that is
    sent: to open a page changes nothing.

    Raises:
        OtherSignIn: the form belongs to the sign-in of another address, which was going on in this browser before.
    """
    current = pending_sign_ins.find(db, session.get("sign_in"))
    if current is None and "address" in session:
        email, back_to = session["address"]
        current = start(db, email, back_to) if request.method == "POST" else steps.before_start(db, email, back_to)
    if current is not None and name_of_form() not in (None, _name_of(current.email)):
        raise OtherSignIn(current.email)
    return current


def _name_of(email: str) -> str:
    """Return how forms name the sign-in of an address."""
    return sha256_hex(f"{visit().cookie_key} {email}")[:32]


@blueprint.errorhandler(OtherSignIn)
def _other_sign_in(error: OtherSignIn) -> Response:
    """Say that the sign-in of another address goes on in this browser, and that nothing was checked."""
    with visit().sandbox.reading() as db:
        current = pending_sign_ins.find(db, session.get("sign_in"))
        go_on_at: str | None = url_for("connect.password")
        if current is not None and current.person is not None:
            go_on_at = _to_step(db, current, steps.next_step(db, current, device())).location
    title = i18n.t("connect.other_sign_in")
    return page("connect/other_sign_in.html", title, status=409, email=error.email, go_on_at=go_on_at)


@blueprint.errorhandler(StaleForm)
def _signed_in_meanwhile(error: StaleForm) -> Response:
    """Lead a browser that is signed in by now on: the form was sent twice, or another tab signed in, perhaps another person."""
    actor = visit().actor
    if actor is None or name_of_form() is None:
        return stale_form(error)
    if name_of_form() == _name_of(actor.email):
        return redirect(url_for("home.overview"))
    return page("connect/signed_in.html", i18n.t("connect.signed_in"), status=409, email=actor.email)


def start(db: Db, email: str, back_to: str | None) -> SignIn:
    """Start a sign-in of this browser."""
    current = steps.start(db, email, back_to, session.get("request"))
    go_on_with(current)
    return current


def go_on_with(current: SignIn) -> None:
    """Let this browser go on with a sign-in."""
    session.pop("address", None)
    session["sign_in"], session["sign_in_email"] = current.id, current.email


def prepare(email: str, back_to: str | None) -> None:
    """Let the next form of this browser start a sign-in."""
    session.pop("sign_in", None)
    session["address"], session["sign_in_email"] = (email, back_to), normal_forms.email(email)


@blueprint.before_request
def _name_forms() -> None:
    """Let the forms of the page carry the name of the sign-in that they belong to, and lead to the application at its end."""
    if "sign_in_email" in session:
        name_forms(_name_of(session["sign_in_email"]))
    if "request" in session:
        with visit().sandbox.reading() as db:
            demands = pending_sign_ins.find_request(db, session["request"])
            g.application = demands.name if demands is not None else None
            lead_forms_to(demands.form_targets if demands is not None else ())


def begin_request(request_id: str | None) -> SignInRequest | None:
    """Let this browser sign in as an application demands, or for itself when there is no such request."""
    with visit().sandbox.reading() as db:
        demands = pending_sign_ins.find_request(db, request_id)
    if demands is None:
        session.pop("request", None)
    elif session.get("request") != demands.id:
        session["request"] = demands.id
    if demands is not None:
        g.application = demands.name
        lead_forms_to(demands.form_targets)
    return demands


def is_signed_in(demands: SignInRequest | None) -> bool:
    """Return whether this browser has a session that will do: for an application, another than the one it saw before."""
    return visit().actor is not None and (demands is None or demands.session_before != visit().session_id)


def require_step(db: Db, step: Step) -> SignIn | Response:
    """Return the sign-in of this browser when it waits for this step; otherwise redirect to the step that it waits for.

    A form that comes when no step is left, for instance because another browser completed it, signs in.
    """
    current = find(db)
    if current is None:
        return begin_again()
    next_step = steps.next_step(db, current, device())
    if next_step is step:
        return current
    return go_on(db, current) if request.method == "POST" else _to_step(db, current, next_step)


def go_on(db: Db, current: SignIn) -> Response:
    """Redirect to the next step, or sign in when there is none."""
    next_step = steps.next_step(db, current, device())
    if next_step is Step.CODE:
        second_factor.begin(db, current)
    if next_step is not Step.NOTHING:
        return _to_step(db, current, next_step)
    back_to, provider = current.back_to, provider_of(current.methods)
    actor = visit().actor
    if actor is not None and actor.id != current.person_id:
        end_session(db)
    new_session = steps.finish(db, current, application_of(back_to), device())
    if new_session is None:
        flash_text("connect.sign_in.locked", "danger")
        return begin_again(other=provider is IdentityProvider.EXTERNAL)
    return _sign_in(new_session, back_to)


def begin_again(*, other: bool = False) -> Response:
    """Redirect to step one, as the same application demands; with ``other`` it asks for the address in any case."""
    return redirect(url_for("connect.sign_in", request=session.get("request"), other=1 if other else None))


def identity_providers(db: Db, current: SignIn) -> list[IdentityProvider]:
    """Return the identity providers that are allowed for the sign-in of this browser, which may not have started yet."""
    current.request = current.request or pending_sign_ins.find_request(db, session.get("request"))
    return steps.identity_providers(db, current)


def lead_elsewhere(db: Db, current: SignIn) -> Response | None:
    """Lead the browser away from pages of Connect's own password when that is not allowed; None when it is.

    Source: Connect help, policies: straight to the organisation's provider after the address; when nothing is left, the page that
    says so. An address whose domain is not verified is rejected.
    """
    allowed = identity_providers(db, current)
    if IdentityProvider.CONNECT in allowed:
        return None
    if allowed:
        return redirect(url_for("connect.external"))
    if policies.policy_of(db, current.email) is None:
        flash_text("connect.external.not_verified", "danger")
        return begin_again(other=True)
    return redirect(url_for("connect.denied"))


def end_session(db: Db) -> None:
    """End the session of this browser, so that the next person who uses it does not inherit it."""
    if visit().session_id is not None:
        sign_in_sessions.end(db, session.pop("sid"))


def session_id(db: Db) -> str | None:
    """Return the id of this browser's session if it is still valid; a request may have waited for its transaction."""
    before = visit().session_id
    current = sign_in_sessions.current(db, before) if before is not None else None
    return current.id if current is not None else None


def device() -> str | None:
    """Return the value of the cookie of a remembered device."""
    return request.cookies.get(cookie("remember2sv"))


def cookie(name: str) -> str:
    """Return the name of one of Connect's lasting cookies in this sandbox."""
    return f"{name}_{visit().sandbox.name}"


def set_cookie(response: Response, name: str, value: str, seconds: int) -> None:
    """Set one of Connect's lasting cookies."""
    set_lasting_cookie(response, cookie(name), value, path=cookie_path(visit().sandbox.name), seconds=seconds)


def _to_step(db: Db, current: SignIn, step: Step) -> Response:
    if step is Step.PASSWORD:
        return begin_again()
    if step is Step.CODE:
        return redirect(url_for(METHOD_PAGES.get(second_factor.methods_of(db, current)[0], "connect.methods")))
    return redirect(url_for(PAGES[step]))


def _sign_in(new_session: SignInSession, back_to: str | None) -> Response:
    language = session.get("language")
    session.clear()
    session["sid"] = new_session.id
    if language:
        session["language"] = language
    return redirect(local_path(back_to) or url_for("home.overview"))
