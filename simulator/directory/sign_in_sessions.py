"""Sessions of signed-in browsers.

Source: Connect help, session management: at most ten hours, with or without activity.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from simulator.core import events
from simulator.core.sandbox import Db
from simulator.directory import login_history
from simulator.directory.activation import WHEN_SESSIONS_END
from simulator.directory.models import Person, SignInSession, Status
from simulator.directory.security_keys.models import Challenge
from simulator.directory.signing_in.models import (
    Enrolment,
    PushRequest,
    RememberedDevice,
    SignIn,
    SignInRequest,
    TextCode,
)

LONGEST = timedelta(hours=10)

events.declare(user__signed_in="A person signed in.", user__signed_out="A person signed out.")


def begin(
    db: Db, person: Person, methods: list[str], application: str | None = None, *, bypassed: bool = False
) -> SignInSession:
    """Begin a session.

    Args:
        db: the transaction.
        person: the person who signed in.
        methods: values of the ``amr`` claim (``pwd``, ``otp``).
        application: code of the product whose page was requested, for the login history.
        bypassed: whether a second step was left out for that application only.
    """
    now = db.clock.now()
    session = SignInSession(
        id=db.chance.token(),
        person=person,
        language=person.language,
        started_at=now,
        ends_at=now + LONGEST,
        ended_at=None,
        methods=list(methods),
        bypassed=bypassed,
    )
    person.last_signed_in_at = now
    db.add(session)
    db.flush()
    events.record(db, "user.signed_in", actor=person.email, subject=person.email, methods=methods)
    login_history.signed_in(db, session, application)
    return session


def current(db: Db, session_id: str) -> SignInSession | None:
    """Return a session with its person if it is still valid, or None."""
    query = select(SignInSession).options(joinedload(SignInSession.person)).where(SignInSession.id == session_id)
    session = db.scalar(query)
    if session is None or session.ended_at is not None or session.ends_at <= db.clock.now():
        return None
    return session if session.person.status == Status.ACTIVE else None


def end(db: Db, session_id: str) -> None:
    """End one session, as by signing out."""
    session = current(db, session_id)
    if session is not None:
        session.ended_at = db.clock.now()
        _tell_of_end(db, [session.id])
        events.record(db, "user.signed_out", actor=session.person.email, subject=session.person.email)
        login_history.signed_out(db, session)


def end_all(db: Db, person: Person) -> None:
    """End all sessions of a person, as after a new password."""
    mine = (SignInSession.person_id == person.id, SignInSession.ended_at.is_(None))
    ids = db.scalars(
        select(SignInSession.id).where(*mine, SignInSession.ends_at > db.clock.now()).order_by(SignInSession.id)
    ).all()
    db.execute(update(SignInSession).where(*mine).values(ended_at=db.clock.now()))
    _tell_of_end(db, ids)
    login_history.ended(db, person)


def _tell_of_end(db: Db, ids: Sequence[str]) -> None:
    for listener in WHEN_SESSIONS_END if ids else ():
        listener(db, ids)


def forget_all(db: Db) -> None:
    """Remove all browsers from a copy of a sandbox: sessions, pending sign-ins and enrolments, remembered devices.

    Nothing is recorded in the journal, because nobody signed out.
    """
    tables = (SignInSession, SignIn, SignInRequest, Enrolment, TextCode, PushRequest, Challenge, RememberedDevice)
    for table in tables:
        db.execute(delete(table))
    login_history.forget_open(db)
