"""Requests in the authenticator app to approve a sign-in.

Source: Connect help, sign in with two-step verification: approve, deny, try again when nobody answers. Own choice: 60 seconds;
the number on the page has to be chosen on the phone among three; a denial and a wrong number count as a wrong code does, so that a
stranger who has the password cannot ask for ever.
"""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select

from simulator.core import events, text_messages
from simulator.core.sandbox import Db
from simulator.directory import lockout
from simulator.directory.lockout import Outcome
from simulator.directory.models import Person
from simulator.directory.signing_in.models import PushRequest, SignIn

LIFETIME = timedelta(seconds=60)
CHOICES = 3

events.declare(
    push__requested="A request to approve a sign-in was sent to the phone.",
    push__approved="A request to approve a sign-in was approved on the phone.",
    push__denied="A request to approve a sign-in was denied on the phone, or a wrong number was chosen there.",
)


class PushState(StrEnum):
    """What became of a request."""

    WAITING = "waiting"
    APPROVED = "approved"
    DENIED = "denied"
    UNANSWERED = "unanswered"


def send(db: Db, sign_in: SignIn) -> PushRequest | None:
    """Send a request for a sign-in; an earlier one no longer counts.

    Returns:
        None while the address is locked: nothing is sent.
    """
    person = sign_in.person
    assert person is not None
    if lockout.locked_until(db, person.email) is not None:
        return None
    numbers = [str(10 + db.chance.number(90))]
    while len(numbers) < CHOICES:
        number = str(10 + db.chance.number(90))
        if number not in numbers:
            numbers.append(number)
    request = PushRequest(
        sign_in_id=sign_in.id,
        person=person,
        number=db.chance.pick(numbers),
        choices=numbers,
        sent_at=db.clock.now(),
        approved=None,
    )
    db.add(request)
    db.flush()
    events.record(db, "push.requested", actor=person.email, subject=person.email)
    text_messages.push(db, "push_request", to=person.email, language=person.language, email=person.email)
    return request


def newest(db: Db, sign_in: SignIn) -> PushRequest | None:
    """Return the request of a sign-in that counts, or None if none was sent."""
    query = select(PushRequest).where(PushRequest.sign_in_id == sign_in.id)
    return db.scalar(query.order_by(PushRequest.id.desc()).limit(1))


def state(db: Db, request: PushRequest) -> PushState:
    """Return what became of a request so far."""
    if request.approved is not None:
        return PushState.APPROVED if request.approved else PushState.DENIED
    return PushState.WAITING if db.clock.now() - request.sent_at < LIFETIME else PushState.UNANSWERED


def waiting(db: Db, person: Person) -> list[PushRequest]:
    """Return the requests that a person's phone displays: the newest of each sign-in, until it is answered or too old."""
    query = (
        select(PushRequest)
        .join(SignIn, SignIn.id == PushRequest.sign_in_id)
        .where(PushRequest.person_id == person.id)
        .order_by(PushRequest.id)
    )
    last = {request.sign_in_id: request for request in db.scalars(query)}
    return [request for request in last.values() if state(db, request) is PushState.WAITING]


def answer(db: Db, request: PushRequest, number: str | None) -> PushState:
    """Answer a request.

    Args:
        db: the transaction.
        request: one that ``waiting`` lists.
        number: the number chosen on the phone; None denies.
    """
    person = request.person
    request.approved = number == request.number
    if request.approved:
        events.record(db, "push.approved", actor=person.email, subject=person.email)
        return PushState.APPROVED
    reason = "denied" if number is None else "number"
    events.record(db, "push.denied", actor=person.email, subject=person.email, reason=reason)
    lockout.attempt(db, person.email, "code", lambda: False)
    return PushState.DENIED


def accept(db: Db, sign_in: SignIn) -> Outcome | None:
    """Use the approval of the newest request up as the second step.

    Returns:
        None if it is not approved; ``LOCKED`` if the address was locked meanwhile.
    """
    request = newest(db, sign_in)
    if request is None or state(db, request) is not PushState.APPROVED:
        return None
    return lockout.attempt(db, sign_in.email, "code", lambda: True)
