"""Signing out: applications are told that a session has ended, by a call to their server or by a frame in the browser.

Source: OpenID Connect Back-Channel Logout 1.0, Front-Channel Logout 1.0, RP-Initiated Logout 1.0; Connect help, single sign-out: a
session ends at the latest after ten hours, and its applications are told then too. Own choice: one attempt for each application.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy import select

from simulator.core import events, faults, hosts, jobs, outgoing_calls, request_journal
from simulator.core.outside import CallResult, post
from simulator.core.request_journal import Reason
from simulator.core.sandbox import Db, Sandbox
from simulator.directory.models import SignInSession
from simulator.products.openid.models import Application, Participation
from simulator.products.openid.services import claims, identifiers, keys
from simulator.products.openid.services.keys import TokenKind

LOGOUT = "openid.logout"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_TOKEN_LIFETIME = timedelta(seconds=300)
"""Source: Connect help, single sign-out."""

faults.declare(LOGOUT, "An application is told that a session has ended.", down="The application does not answer.")
events.declare(
    openid__logout_sent="An application was told that a session has ended, and answered.",
    openid__logout_failed="An application was to be told that a session has ended, and did not answer well.",
)


def expect_end(db: Db, participation: Participation, session: SignInSession) -> None:
    """Tell an application at the latest when the session runs out."""
    if participation.application.backchannel_logout_uri is not None:
        _enqueue(db, participation, session.ends_at - db.clock.now(), "expired")


def queue(db: Db, session_ids: Sequence[str]) -> None:
    """Tell all applications of sessions that have ended."""
    for participation in _of(db, session_ids):
        if participation.application.backchannel_logout_uri is not None:
            _enqueue(db, participation, timedelta(0), "ended")


def frames(db: Db, session_id: str) -> list[str]:
    """Return the addresses that the page of a sign-out opens in frames, by the name of their application."""
    about = {"iss": claims.issuer(db), "sid": identifiers.session(db, session_id)}
    addresses = []
    for participation in _of(db, [session_id]):
        address = participation.application.frontchannel_logout_uri
        if address is not None:
            addresses.append(f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(about)}")
    return addresses


def is_post_logout_address(application: Application, address: str) -> bool:
    """Return whether the browser may go on to an address after signing out of an application."""
    return address in application.post_logout_redirect_uris


def with_state(address: str, state: str | None) -> str:
    """Return an address with the application's ``state``."""
    if state is None:
        return address
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode({'state': state})}"


def hint(db: Db, token: str | None) -> dict[str, Any] | None:
    """Return the claims of an ID token of this sandbox, which may have expired, or None."""
    return keys.claims_of(db, token, TokenKind.ID) if token else None


@jobs.job(LOGOUT)
def tell(db: Db, **data: Any) -> None:
    """Call an application: the call itself is made outside, once this is committed."""
    participation = db.get(Participation, (data["session_id"], data["application_id"]))
    if participation is None:
        return
    application, subject = participation.application, identifiers.subject(db, participation.person_id)
    db.delete(participation)
    address, now = application.backchannel_logout_uri, db.clock.now()
    if address is None:
        return
    seconds = int(now.timestamp())
    token = keys.sign(
        db,
        {
            "iss": claims.issuer(db),
            "aud": application.client_id,
            "iat": seconds,
            "nbf": seconds,
            "exp": seconds + int(LOGOUT_TOKEN_LIFETIME.total_seconds()),
            "jti": db.chance.token()[:32],
            "sub": subject,
            "sid": identifiers.session(db, data["session_id"]),
            "events": {EVENT: {}},
        },
        TokenKind.LOGOUT,
    )
    if faults.triggered_outcome(db, LOGOUT, application=application.client_id) is not None:
        _write(db, application.client_id, address, CallResult(None, "The receiver does not answer: a test asked for that."))
        return
    sandbox = db.sandbox.reopened()
    if sandbox is not None:
        call = partial(_send, sandbox, application.client_id, address, token, now)
        db.after_commit.append(partial(outgoing_calls.start, sandbox.name, call))


def _send(sandbox: Sandbox, client_id: str, address: str, token: str, at: datetime) -> None:
    with sandbox:
        try:
            hosts.check(address)
            answer = post(address, urlencode({"logout_token": token}).encode(), "application/x-www-form-urlencoded")
        except hosts.NotAllowed as refusal:
            answer = CallResult(None, str(refusal))
        with sandbox.transaction() as db:
            db.stand_at(at)
            _write(db, client_id, address, answer)


def _write(db: Db, client_id: str, address: str, answer: CallResult) -> None:
    type_ = "openid.logout_sent" if answer.is_good else "openid.logout_failed"
    events.record(db, type_, subject=client_id, address=address, status=answer.status, error=answer.error)
    reason = None if answer.is_good else Reason("openid.why.logout", {"address": address, "description": answer.error or ""})
    parameters: Mapping[str, str] = {"address": address}
    request_journal.record(db, "openid", client_id, "backchannel_logout", parameters, answer.status or 0, reason=reason)


def _of(db: Db, session_ids: Sequence[str]) -> Sequence[Participation]:
    query = (
        select(Participation)
        .join(Application, Application.id == Participation.application_id)
        .where(Participation.session_id.in_(session_ids))
        .order_by(Application.name, Application.id, Participation.session_id)
    )
    return db.scalars(query).all()


def _enqueue(db: Db, participation: Participation, delay: timedelta, when: str) -> None:
    session_id, application_id = participation.session_id, participation.application_id
    key = f"{LOGOUT}:{session_id}:{application_id}:{when}"
    jobs.enqueue(db, LOGOUT, key=key, delay=delay, session_id=session_id, application_id=application_id)
