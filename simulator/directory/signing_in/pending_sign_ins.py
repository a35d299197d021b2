"""Pending sign-ins: starting, finding and cancelling them."""

from datetime import timedelta

from sqlalchemy import delete, select

from simulator.core.sandbox import Db
from simulator.directory.models import Person
from simulator.directory.security_keys import challenges
from simulator.directory.security_keys.models import Challenge
from simulator.directory.signing_in.models import Enrolment, PushRequest, SignIn, SignInRequest, TextCode

LIFETIME = timedelta(minutes=15)


def start(db: Db, email: str, back_to: str | None, request: SignInRequest | None = None) -> SignIn:
    """Start a sign-in with an address; expired ones are deleted."""
    _sweep(db)
    sign_in = before_start(db, email, back_to)
    sign_in.request = request
    sign_in.id = db.chance.token()
    db.add(sign_in)
    db.flush()
    return sign_in


def before_start(db: Db, email: str, back_to: str | None) -> SignIn:
    """Return a sign-in that has not started, for the pages that it begins with; it is not stored."""
    return SignIn(
        email=email,
        person_id=None,
        methods=[],
        second_step=False,
        put_off=False,
        new_password=False,
        asks=False,
        back_to=back_to,
        expires_at=db.clock.now() + LIFETIME,
    )


def find_request(db: Db, request_id: str | None) -> SignInRequest | None:
    """Return what an application demands, or None if there is no such request or it has expired."""
    request = db.get(SignInRequest, request_id) if request_id else None
    return request if request is not None and request.expires_at > db.clock.now() else None


def find(db: Db, sign_in_id: str | None) -> SignIn | None:
    """Return a pending sign-in, or None if there is none or it has expired."""
    sign_in = db.get(SignIn, sign_in_id) if sign_in_id else None
    return sign_in if sign_in is not None and sign_in.expires_at > db.clock.now() else None


def cancel(db: Db, sign_in: SignIn) -> None:
    """Cancel a sign-in; it cannot be continued."""
    db.flush()
    for table in (Enrolment, TextCode):
        db.execute(delete(table).where(table.holder == sign_in.id))
    db.execute(delete(PushRequest).where(PushRequest.sign_in_id == sign_in.id))
    challenges.forget(db, sign_in.id)
    db.delete(sign_in)


def restart(db: Db, person: Person, *, but: SignIn | None = None) -> None:
    """Cancel all pending sign-ins and enrolments of a person, except one, so that they start again.

    Own choice: called when earlier proofs no longer count, as after a new password.
    """
    db.flush()
    stays = but.id if but is not None else ""
    mine = select(SignIn.id).where(SignIn.person_id == person.id, SignIn.id != stays)
    for table in (TextCode, Challenge):
        db.execute(delete(table).where(table.holder.in_(mine)))
    db.execute(delete(PushRequest).where(PushRequest.person_id == person.id, PushRequest.sign_in_id != stays))
    db.execute(delete(Enrolment).where(Enrolment.person_id == person.id, Enrolment.holder != stays))
    db.execute(delete(SignIn).where(SignIn.person_id == person.id, SignIn.id != stays))


def _sweep(db: Db) -> None:
    now = db.clock.now()
    db.execute(delete(SignIn).where(SignIn.expires_at <= now))
    db.execute(delete(SignInRequest).where(SignInRequest.expires_at <= now))
    db.execute(delete(Enrolment).where(Enrolment.expires_at <= now))
    challenges.sweep(db)
    db.execute(delete(PushRequest).where(PushRequest.sent_at <= now - LIFETIME))
    db.execute(delete(TextCode).where(TextCode.sent_at <= now - 2 * LIFETIME))
