"""The second factor: the authenticator's code, one by text message, or the emergency code.

All of them share one counter of wrong codes, and each code works once.
"""

from collections.abc import Callable
from enum import StrEnum

from simulator.core.sandbox import Db
from simulator.directory import credentials, emergency_codes, lockout, two_step
from simulator.directory.credentials import CodeCheck
from simulator.directory.lockout import Outcome
from simulator.directory.signing_in import devices, text_codes
from simulator.directory.signing_in.models import SignIn
from simulator.directory.signing_in.text_codes import Sending

PURPOSE = "sign_in"


class Method(StrEnum):
    """The methods of the second factor, in the order of the offer."""

    AUTHENTICATOR = "authenticator"
    TEXT = "text"
    EMERGENCY = "emergency"


def methods_of(sign_in: SignIn) -> list[Method]:
    """Return the methods of the account; the sign-in asks for the first of them.

    Source: Connect help, sign in with two-step verification: all methods of the account; the emergency code is always among them.
    """
    person = sign_in.person
    assert person is not None
    available = {Method.AUTHENTICATOR: person.totp_secret, Method.TEXT: person.sms_number, Method.EMERGENCY: True}
    return [method for method in Method if available[method]]


def check_code(db: Db, sign_in: SignIn, code: str) -> Outcome:
    """Check the authenticator's code."""
    person = sign_in.person
    assert person is not None
    return _attempt(db, sign_in, "otp", lambda: credentials.check_code(db, person, code) is CodeCheck.RIGHT)


def send_text(db: Db, sign_in: SignIn) -> Sending | None:
    """Send a code to the verified number; None when the account has none."""
    person = sign_in.person
    assert person is not None
    if person.sms_number is None:
        return None
    return text_codes.send(db, sign_in.id, PURPOSE, person.sms_number, person.language)


def check_text(db: Db, sign_in: SignIn, code: str) -> Outcome:
    """Check the code that was sent by text message."""
    return _attempt(db, sign_in, "sms", lambda: text_codes.use(db, sign_in.id, PURPOSE, code))


def check_emergency_code(db: Db, sign_in: SignIn, code: str) -> Outcome:
    """Use the emergency code; a new one is issued at once, and the question follows whether the authenticator is lost for good.

    Source: Connect help, two-step verification; "Brukertips i Kundeservice", totrinnskontroll. Own choice: an account without an
    authenticator skips the question.
    """
    person = sign_in.person
    assert person is not None
    outcome = _attempt(db, sign_in, "otp", lambda: emergency_codes.use(db, person, code))
    if outcome is Outcome.RIGHT:
        sign_in.displayed_code = emergency_codes.issue(db, person)
        sign_in.asks = person.totp_secret is not None
    return outcome


def device_key(db: Db, sign_in: SignIn, *, remember: bool) -> str:
    """Return a key for this device's cookie; only a remembered device needs no code for 30 days.

    Source: Connect's pages: the cookie is set in either case.
    """
    assert sign_in.person is not None
    return devices.remember(db, sign_in.person) if remember else devices.new_key(db)


def answer(db: Db, sign_in: SignIn, *, lost: bool) -> None:
    """Record the answer whether the authenticator is lost for good; if so it no longer works, and the user sets up another one."""
    assert sign_in.person is not None
    sign_in.asks = False
    if lost:
        two_step.lose_authenticator(db, sign_in.person)


def _attempt(db: Db, sign_in: SignIn, method: str, is_right: Callable[[], bool]) -> Outcome:
    outcome = lockout.attempt(db, sign_in.email, "code", is_right)
    if outcome is Outcome.RIGHT:
        sign_in.second_step, sign_in.methods = True, [*sign_in.methods, method]
    return outcome
