"""Shared by all routes of a sign-in: the sign-in of this browser, its next step, and the redirect to that step's page."""

from contextlib import AbstractContextManager

from flask import Blueprint, redirect, request, session, url_for
from werkzeug.wrappers import Response

from simulator.core.sandbox import Db
from simulator.directory import sign_in_sessions
from simulator.directory.models import SignInSession
from simulator.directory.signing_in import pending_sign_ins
from simulator.directory.signing_in.models import SignIn
from simulator.products.connect.services import second_factor, steps
from simulator.products.connect.services.second_factor import Method
from simulator.products.connect.services.steps import Step
from simulator.web.addresses import local_path
from simulator.web.pages import flash_text
from simulator.web.sessions import cookie_path, set_lasting_cookie
from simulator.web.visit import visit

blueprint = Blueprint("connect", "simulator.products.connect", template_folder="templates")

PAGES = {
    Step.NEW_CODE: "connect.new_emergency_code",
    Step.QUESTION: "connect.lost_authenticator",
    Step.ENROLMENT: "connect.enroll",
    Step.TERMS: "connect.terms",
    Step.NOTHING: "connect.finish",
}
"""The page of every step after the password, except the code, which has one page per method."""


def request_db() -> AbstractContextManager[Db]:
    """Open a transaction for a submitted form, and a reading connection for other requests."""
    return visit().sandbox.transaction() if request.method == "POST" else visit().sandbox.reading()


def find(db: Db) -> SignIn | None:
    """Return the sign-in of this browser, or None."""
    return pending_sign_ins.find(db, session.get("sign_in"))


def require_step(db: Db, step: Step) -> SignIn | Response:
    """Return the sign-in of this browser when it waits for this step; otherwise redirect to the step that it waits for."""
    current = find(db)
    if current is None:
        return begin_again()
    next_step = steps.next_step(db, current, device())
    return current if next_step is step else _to_step(current, next_step)


def go_on(db: Db, current: SignIn) -> Response:
    """Redirect to the next step, or sign in when there is none."""
    next_step = steps.next_step(db, current, device())
    if next_step is not Step.NOTHING:
        return _to_step(current, next_step)
    back_to = current.back_to
    new_session = steps.finish(db, current)
    if new_session is None:
        flash_text("connect.sign_in.locked", "danger")
        return begin_again()
    return _sign_in(new_session, back_to)


def begin_again() -> Response:
    """Redirect to step one."""
    return redirect(url_for("connect.sign_in"))


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


def _to_step(current: SignIn, step: Step) -> Response:
    if step is Step.PASSWORD:
        return begin_again()
    if step is Step.CODE:
        has_app = second_factor.methods_of(current)[0] is Method.AUTHENTICATOR
        return redirect(url_for("connect.code" if has_app else "connect.methods"))
    return redirect(url_for(PAGES[step]))


def _sign_in(new_session: SignInSession, back_to: str | None) -> Response:
    language = session.get("language")
    session.clear()
    session["sid"] = new_session.id
    if language:
        session["language"] = language
    return redirect(local_path(back_to) or url_for("home.overview"))
