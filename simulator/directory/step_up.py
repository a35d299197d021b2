"""Step-up: a signed-in person proves their identity again before a sensitive action: password, then second factor.

Source: Connect help, managing methods and enrolment from account settings: a fresh password. Own choice: errors are
counted as at sign-in, with the same lock; nothing is remembered, so each action asks again.
"""

from enum import StrEnum

from simulator.core.sandbox import Db
from simulator.directory import credentials, emergency_codes, lockout
from simulator.directory.credentials import CodeCheck
from simulator.directory.lockout import Outcome
from simulator.directory.models import Person


class Answer(StrEnum):
    """The result of a step-up. A failure is recorded in the transaction, so it is not an exception."""

    RIGHT = "right"
    PASSWORD = "password"
    CODE = "code"
    LOCKED = "locked"


def check_password(db: Db, person: Person, password: str) -> Answer:
    """Compare a person's own password, and count it if it is wrong."""
    outcome = lockout.attempt(db, person.email, "password", lambda: credentials.matches(person.password_hash, password))
    return _answer(outcome, Answer.PASSWORD)


def check_both(db: Db, person: Person, password: str, code: str, *, lost_phone: bool = False) -> Answer:
    """Compare the own password, and then a code of the authenticator.

    Args:
        db: the transaction; a right code is used up in it.
        person: the signed-in person.
        password: the typed password.
        code: the typed code.
        lost_phone: whether the code is the one-time emergency code.

    Source: Connect help, managing methods: the emergency code stands in for a lost phone.
    """
    answer = check_password(db, person, password)
    if answer is not Answer.RIGHT:
        return answer

    def is_right() -> bool:
        if lost_phone:
            return emergency_codes.use(db, person, code)
        return credentials.check_code(db, person, code) is CodeCheck.RIGHT

    return _answer(lockout.attempt(db, person.email, "code", is_right), Answer.CODE)


def _answer(outcome: Outcome, wrong: Answer) -> Answer:
    if outcome is Outcome.RIGHT:
        return Answer.RIGHT
    return Answer.LOCKED if outcome is Outcome.LOCKED else wrong
