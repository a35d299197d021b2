"""Setting two-step verification up, step by step; the account is as before until the last one.

Whoever holds an enrolment walks it on Connect's pages: a sign-in that is on its way, or a session. To begin one from account
settings, after a fresh password: ``begin(db, person, session_id, back_to=…)``, then send the browser to ``connect.choose_app``.

Source: Connect help, enrolment: choose an app, scan the QR code, type the first code, a telephone number or none, store the
emergency code. Own choice: given up half-way it begins anew, with another secret; it lasts half an hour.
"""

import re
from datetime import timedelta
from enum import StrEnum

from simulator.core.sandbox import Db
from simulator.directory import credentials, emergency_codes, lockout, two_step
from simulator.directory.credentials import CodeCheck
from simulator.directory.lockout import Outcome
from simulator.directory.models import Person
from simulator.directory.signing_in import text_codes
from simulator.directory.signing_in.models import Enrolment
from simulator.directory.signing_in.text_codes import Sending

LIFETIME = timedelta(minutes=30)
PURPOSE = "enrolment"
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


class Stage(StrEnum):
    """Where an enrolment stands."""

    APP = "app"
    PHONE = "phone"
    TEXT = "text"
    STORE = "store"
    DONE = "done"


def begin(db: Db, person: Person, holder: str, back_to: str | None = None) -> Enrolment:
    """Begin to set two-step verification up; what this holder had begun before no longer counts.

    Args:
        db: the transaction.
        person: who sets it up; what has to be proven before, has been.
        holder: id of the sign-in, or of the session.
        back_to: path to go to at the end, for a session.
    """
    give_up(db, holder)
    begun = Enrolment(
        holder=holder,
        person=person,
        secret=db.chance.base32(),
        number_settled=person.sms_number is not None,
        done=False,
        back_to=back_to,
        expires_at=db.clock.now() + LIFETIME,
    )
    db.add(begun)
    db.flush()
    return begun


def find(db: Db, holder: str | None) -> Enrolment | None:
    """Return what a holder has begun, if its time is not over, or None."""
    begun = db.get(Enrolment, holder) if holder else None
    return begun if begun is not None and begun.expires_at > db.clock.now() else None


def give_up(db: Db, holder: str) -> None:
    """Forget what a holder has begun."""
    begun = db.get(Enrolment, holder)
    if begun is not None:
        db.delete(begun)
        db.flush()
    text_codes.forget(db, holder)


def stage(begun: Enrolment) -> Stage:
    """Return the step that is open; those before it are done."""
    if begun.done:
        return Stage.DONE
    if begun.step is None:
        return Stage.APP
    if not begun.number_settled:
        return Stage.PHONE if begun.number is None else Stage.TEXT
    return Stage.STORE


def check_first_code(db: Db, begun: Enrolment, code: str) -> Outcome:
    """Compare the first code that the new authenticator shows."""

    def is_right() -> bool:
        check, step = credentials.compare_code(db, begun.secret, begun.step, code)
        if check is not CodeCheck.RIGHT:
            return False
        begun.step = step
        return True

    outcome = lockout.attempt(db, begun.person.email, "code", is_right)
    _draw_code(db, begun)
    return outcome


def normal_number(typed: str) -> str | None:
    """Return a telephone number as it is stored, or None when it is none: a plus sign, the country, seven to fifteen digits."""
    number = re.sub(r"[ ()./-]", "", typed)
    number = "+" + number.removeprefix("00") if number.startswith("00") else number
    return number if NUMBER.fullmatch(number) else None


def send_text(db: Db, begun: Enrolment, number: str) -> Sending:
    """Send a code to the number that was given; the number counts once the code was typed."""
    sending = text_codes.send(db, begun.holder, PURPOSE, number, begun.person.language)
    if sending is Sending.SENT:
        begun.number = number
    return sending


def leave_number_out(db: Db, begun: Enrolment) -> None:
    """Go on without a number for text messages."""
    begun.number, begun.number_settled = None, True
    _draw_code(db, begun)


def check_text(db: Db, begun: Enrolment, code: str) -> Outcome:
    """Compare the code that was sent to the number."""

    def is_right() -> bool:
        return text_codes.use(db, begun.holder, PURPOSE, code)

    outcome = lockout.attempt(db, begun.person.email, "code", is_right)
    if outcome is Outcome.RIGHT:
        begun.number_settled = True
        _draw_code(db, begun)
    return outcome


def store_code(db: Db, begun: Enrolment) -> None:
    """Finish, now that the emergency code is stored: authenticator, number and code count from here on.

    Own choice: an authenticator that was there before counts no longer; sessions stay as they are.
    """
    assert begun.code is not None
    person = begun.person
    two_step.put_in_place(db, person, begun.secret, begun.step)
    if begun.number is not None:
        person.sms_number = begun.number
    emergency_codes.keep(db, person, begun.code)
    begun.code, begun.done = None, True


def _draw_code(db: Db, begun: Enrolment) -> None:
    """Draw the emergency code once everything before it is done."""
    if begun.code is None and stage(begun) is Stage.STORE:
        begun.code = emergency_codes.draw(db)
