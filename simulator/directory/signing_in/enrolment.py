"""Enrolment for two-step verification, in steps; the account does not change before the last one.

An enrolment belongs to a pending sign-in or to a session, and has pages in Connect. To begin one from account settings, after
a step-up: ``begin(db, person, session_id, back_to=…)``, then redirect to ``connect.choose_app``.

Source: Connect help, enrolment: choose an app, scan the QR code, type the first code, a telephone number or none, store the
emergency code. Own choice: after a cancelled enrolment the next one begins with another secret; it expires after half an hour.
"""

import re
from datetime import timedelta
from enum import StrEnum

from simulator.core import normal_forms
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
    """The steps of an enrolment."""

    APP = "app"
    PHONE = "phone"
    TEXT = "text"
    STORE = "store"
    DONE = "done"


def begin(db: Db, person: Person, holder: str, back_to: str | None = None) -> Enrolment:
    """Begin an enrolment; it replaces an earlier one of the same holder.

    Args:
        db: the transaction.
        person: the person, who has already proven their identity.
        holder: id of the sign-in, or of the session.
        back_to: path of the page to return to at the end, for a session.
    """
    give_up(db, holder)
    enrolment = Enrolment(
        holder=holder,
        person=person,
        secret=db.chance.base32(),
        number_settled=person.sms_number is not None,
        done=False,
        back_to=back_to,
        expires_at=db.clock.now() + LIFETIME,
    )
    db.add(enrolment)
    db.flush()
    return enrolment


def find(db: Db, holder: str | None) -> Enrolment | None:
    """Return a holder's enrolment unless it has expired, or None."""
    enrolment = db.get(Enrolment, holder) if holder else None
    return enrolment if enrolment is not None and enrolment.expires_at > db.clock.now() else None


def give_up(db: Db, holder: str) -> None:
    """Cancel a holder's enrolment."""
    enrolment = db.get(Enrolment, holder)
    if enrolment is not None:
        db.delete(enrolment)
        db.flush()
    text_codes.forget(db, holder)


def stage(enrolment: Enrolment) -> Stage:
    """Return the current step; those before it are done."""
    if enrolment.done:
        return Stage.DONE
    if enrolment.step is None:
        return Stage.APP
    if not enrolment.number_settled:
        return Stage.PHONE if enrolment.number is None else Stage.TEXT
    return Stage.STORE


def choose_own_app(enrolment: Enrolment) -> None:
    """Choose Visma Authenticator, which also answers requests to approve a sign-in; the simulated phone gets the secret."""
    enrolment.push = True


def check_first_code(db: Db, enrolment: Enrolment, code: str, *, own_app: bool = False) -> Outcome:
    """Compare the first code that the new authenticator shows.

    Args:
        db: the transaction.
        enrolment: the enrolment.
        code: the typed code.
        own_app: whether the pages led to Visma Authenticator, which was chosen before.
    """

    def is_right() -> bool:
        check, step = credentials.compare_code(db, enrolment.secret, enrolment.step, code)
        if check is not CodeCheck.RIGHT:
            return False
        enrolment.step, enrolment.push = step, enrolment.push and own_app
        return True

    outcome = lockout.attempt(db, enrolment.person.email, "code", is_right)
    _draw_code(db, enrolment)
    return outcome


def normal_number(typed: str) -> str | None:
    """Return a telephone number as it is stored, or None if it is invalid: a plus sign, the country, seven to fifteen digits."""
    number = normal_forms.phone_number(typed)
    return number if NUMBER.fullmatch(number) else None


def send_text(db: Db, enrolment: Enrolment, number: str) -> Sending:
    """Send a code to a number; the number is verified once the code was typed."""
    sending = text_codes.send(db, enrolment.holder, PURPOSE, number, enrolment.person.language)
    if sending is Sending.SENT:
        enrolment.number = number
    return sending


def leave_number_out(db: Db, enrolment: Enrolment) -> None:
    """Continue without a number for text messages."""
    enrolment.number, enrolment.number_settled = None, True
    _draw_code(db, enrolment)


def check_text(db: Db, enrolment: Enrolment, code: str) -> Outcome:
    """Compare a typed code with the code sent to the number."""

    def is_right() -> bool:
        return text_codes.use(db, enrolment.holder, PURPOSE, code)

    outcome = lockout.attempt(db, enrolment.person.email, "code", is_right)
    if outcome is Outcome.RIGHT:
        enrolment.number_settled = True
        _draw_code(db, enrolment)
    return outcome


def store_code(db: Db, enrolment: Enrolment) -> None:
    """Finish, after the person has saved the emergency code: authenticator, number and code are set.

    Own choice: an earlier authenticator is replaced; sessions stay as they are.
    """
    assert enrolment.code is not None
    person = enrolment.person
    two_step.set_authenticator(db, person, enrolment.secret, enrolment.step, push=enrolment.push)
    if enrolment.number is not None:
        person.sms_number = enrolment.number
    emergency_codes.set_own_code(db, person, enrolment.code)
    enrolment.code, enrolment.done = None, True


def _draw_code(db: Db, enrolment: Enrolment) -> None:
    """Draw the emergency code once everything before it is done."""
    if enrolment.code is None and stage(enrolment) is Stage.STORE:
        enrolment.code = emergency_codes.draw(db)
