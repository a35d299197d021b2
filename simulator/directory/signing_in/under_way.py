"""Sign-ins on their way: beginning one, finding it again, giving it up."""

from datetime import timedelta

from sqlalchemy import delete, select

from simulator.core.sandbox import Db
from simulator.directory.models import Person
from simulator.directory.signing_in.models import Enrolment, SignIn, TextCode

LIFETIME = timedelta(minutes=15)


def start(db: Db, email: str, back_to: str | None) -> SignIn:
    """Begin a sign-in with an address; those that were given up are forgotten."""
    _sweep(db)
    sign_in = SignIn(
        id=db.chance.token(),
        email=email,
        person_id=None,
        methods=[],
        second_step=False,
        put_off=False,
        asks=False,
        back_to=back_to,
        expires_at=db.clock.now() + LIFETIME,
    )
    db.add(sign_in)
    db.flush()
    return sign_in


def find(db: Db, sign_in_id: str | None) -> SignIn | None:
    """Return a sign-in that is still under way, or None."""
    sign_in = db.get(SignIn, sign_in_id) if sign_in_id else None
    return sign_in if sign_in is not None and sign_in.expires_at > db.clock.now() else None


def give_up(db: Db, sign_in: SignIn) -> None:
    """End a sign-in; it cannot be gone on with."""
    db.flush()
    for table in (Enrolment, TextCode):
        db.execute(delete(table).where(table.holder == sign_in.id))
    db.delete(sign_in)


def begin_again(db: Db, person: Person) -> None:
    """Make whoever is half-way as this person, at signing in or at setting two steps up, begin again.

    Own choice: called when what was proven so far no longer counts, as after a new password.
    """
    db.flush()
    mine = select(SignIn.id).where(SignIn.person_id == person.id)
    db.execute(delete(TextCode).where(TextCode.holder.in_(mine)))
    db.execute(delete(Enrolment).where(Enrolment.person_id == person.id))
    db.execute(delete(SignIn).where(SignIn.person_id == person.id))


def _sweep(db: Db) -> None:
    now = db.clock.now()
    db.execute(delete(SignIn).where(SignIn.expires_at <= now))
    db.execute(delete(Enrolment).where(Enrolment.expires_at <= now))
    db.execute(delete(TextCode).where(TextCode.sent_at <= now - 2 * LIFETIME))
