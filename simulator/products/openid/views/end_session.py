"""Routes of signing out for applications.

Source: OpenID Connect RP-Initiated Logout 1.0. Own choice: without an ID token of this session the page asks first, and the browser
goes on to no other address.
"""

from typing import Any

from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from simulator.core import request_journal
from simulator.core.request_journal import Reason
from simulator.core.sandbox import Db
from simulator.directory import sign_in_sessions
from simulator.products.openid.services import applications, identifiers, keys, logout
from simulator.products.openid.views.blueprint import PRODUCT, blueprint, current_session
from simulator.web import i18n
from simulator.web.access import for_programs, public
from simulator.web.forms import Plain
from simulator.web.pages import page
from simulator.web.security_headers import open_frames_of
from simulator.web.visit import visit


@blueprint.get("/connect/endsession")
@public
def end_session() -> Response:
    """Sign out for an application, or ask first."""
    return _end(dict(request.args))


@blueprint.post("/connect/endsession")
@public
@for_programs
def end_session_by_form() -> Response:
    """Sign out for an application whose form came from another site: it goes on at a page of this one, with the cookie."""
    names = ("id_token_hint", "post_logout_redirect_uri", "state", "client_id", "logout_hint", "ui_locales")
    parameters: dict[str, Any] = {name: request.form[name] for name in names if request.form.get(name)}
    return redirect(url_for(".end_session", **parameters), 303)


@blueprint.route("/connect/endsession/confirm", methods=["POST"])
@public
def confirm_sign_out() -> Response:
    """Sign out after the user agreed to it."""
    with visit().sandbox.transaction() as db:
        return _signed_out(db, None)


def _end(parameters: dict[str, str]) -> Response:
    sandbox = visit().sandbox
    keys.prepare(sandbox)
    with sandbox.transaction() as db:
        content = logout.hint(db, parameters.get("id_token_hint"))
        client_id = content["aud"] if content is not None else parameters.get("client_id")
        application = applications.by_client_id(db, str(client_id)) if client_id else None
        address, reason = parameters.get("post_logout_redirect_uri"), None
        if parameters.get("id_token_hint") and content is None:
            reason = Reason("openid.why.hint")
        elif content is not None and parameters.get("client_id") not in (None, content["aud"]):
            reason = Reason("openid.why.hint_of_other", {"application": content["aud"]})
        elif address is not None and (application is None or not logout.is_post_logout_address(application, address)):
            registered = ", ".join(application.post_logout_redirect_uris) if application is not None else ""
            reason = Reason("openid.why.post_logout", {"sent": address[:300], "registered": registered or "-"})
        error = "invalid_request" if reason is not None else None
        status = 400 if reason is not None else 200
        caller = str(client_id or "")
        request_journal.record(db, PRODUCT, caller, "endsession", parameters, status, error=error, reason=reason)
        if reason is not None:
            title = i18n.t("openid.refused.title")
            return page("openid/refused.html", title, status=400, error="invalid_request", reason=reason, caller=caller)
        current = current_session(db)
        is_own = current is None or (
            content is not None and content.get("sub") == identifiers.subject(db, current.person_id)
        )
        target = logout.with_state(address, parameters.get("state")) if content is not None and address is not None else None
        if not is_own:
            return page(
                "openid/confirm_sign_out.html", i18n.t("openid.sign_out.title"), form=Plain(), application=application
            )
        return _signed_out(db, target)


def _signed_out(db: Db, target: str | None) -> Response:
    """End the session; the applications that sign out in the browser do so in frames before it goes on."""
    current = current_session(db)
    frames = logout.frames(db, current.id) if current is not None else []
    if current is not None:
        sign_in_sessions.end(db, current.id)
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    if target is not None and not frames:
        return redirect(target)
    open_frames_of([origin for frame in frames if (origin := applications.origin_of(frame)) is not None])
    return page("openid/signed_out.html", i18n.t("openid.signed_out.title"), frames=frames, target=target)
