"""The second factor: approval on the phone, a security key, the authenticator's code, one by text message, or the emergency code.

All of them share one counter of failures, and each code, approval and challenge works once.
"""

from collections.abc import Callable
from enum import StrEnum

from simulator.core.sandbox import Db
from simulator.directory import credentials, emergency_codes, lockout, two_step
from simulator.directory.credentials import CodeCheck
from simulator.directory.lockout import Outcome
from simulator.directory.models import Person
from simulator.directory.security_keys import ceremonies, keys
from simulator.directory.security_keys.ceremonies import KeyRefusal
from simulator.directory.security_keys.models import SecurityKey
from simulator.directory.signing_in import devices, push, text_codes
from simulator.directory.signing_in.models import SignIn
from simulator.directory.signing_in.text_codes import Sending

PURPOSE = "sign_in"


class Method(StrEnum):
    """The methods of the second factor, in the order of the offer."""

    PUSH = "push"
    SECURITY_KEY = "security_key"
    AUTHENTICATOR = "authenticator"
    TEXT = "text"
    EMERGENCY = "emergency"


def methods_of(db: Db, sign_in: SignIn) -> list[Method]:
    """Return the methods of the account; the sign-in asks for the first of them.

    Source: Connect help, sign in with two-step verification: all methods of the account, push and security key before the code; the
    emergency code is always among them. Own choice: push before the security key.
    """
    person = _person(sign_in)
    available = {
        Method.PUSH: person.push and person.totp_secret is not None,
        Method.SECURITY_KEY: keys.has_key(db, person),
        Method.AUTHENTICATOR: person.totp_secret is not None,
        Method.TEXT: person.sms_number is not None,
        Method.EMERGENCY: True,
    }
    return [method for method in Method if available[method]]


def begin(db: Db, sign_in: SignIn) -> None:
    """Send the first request to the phone, if that is the first method of the account."""
    if methods_of(db, sign_in)[0] is Method.PUSH and push.newest(db, sign_in) is None:
        push.send(db, sign_in)


def accept_push(db: Db, sign_in: SignIn) -> Outcome | None:
    """Go on with the approval of the newest request; None while it is not approved."""
    outcome = push.accept(db, sign_in)
    if outcome is Outcome.RIGHT:
        _complete(sign_in, "push")
    return outcome


def check_key(db: Db, sign_in: SignIn, response: str) -> KeyRefusal | Outcome:
    """Check the signature of a security key or passkey as the second step.

    Returns:
        ``RIGHT`` or ``LOCKED``, or the reason of the refusal.
    """
    person = _person(sign_in)
    refusals: list[KeyRefusal] = []

    def is_right() -> bool:
        result = ceremonies.check(db, person, sign_in.id, response)
        if isinstance(result, KeyRefusal):
            refusals.append(result)
        return not refusals

    outcome = _attempt(db, sign_in, is_right, "hwk", "pop")
    return refusals[0] if outcome is Outcome.WRONG else outcome


def check_code(db: Db, sign_in: SignIn, code: str) -> Outcome:
    """Check the authenticator's code."""
    person = _person(sign_in)
    return _attempt(db, sign_in, lambda: credentials.check_code(db, person, code) is CodeCheck.RIGHT, "otp")


def send_text(db: Db, sign_in: SignIn) -> Sending | None:
    """Send a code to the verified number; None when the account has none."""
    person = _person(sign_in)
    if person.sms_number is None:
        return None
    return text_codes.send(db, sign_in.id, PURPOSE, person.sms_number, person.language)


def check_text(db: Db, sign_in: SignIn, code: str) -> Outcome:
    """Check the code that was sent by text message."""
    return _attempt(db, sign_in, lambda: text_codes.use(db, sign_in.id, PURPOSE, code), "sms")


def check_emergency_code(db: Db, sign_in: SignIn, code: str) -> Outcome:
    """Use the emergency code; a new one is issued at once, and the question follows what is lost for good.

    Source: Connect help, two-step verification; "Brukertips i Kundeservice", totrinnskontroll. Own choice: an account without an
    authenticator and keys skips the question.
    """
    person = _person(sign_in)
    outcome = _attempt(db, sign_in, lambda: emergency_codes.use(db, person, code), "otp")
    if outcome is Outcome.RIGHT:
        sign_in.displayed_code = emergency_codes.issue(db, person)
        sign_in.asks = two_step.has_method(db, person)
    return outcome


def device_key(db: Db, sign_in: SignIn, *, remember: bool) -> str:
    """Return a key for this device's cookie; only a remembered device needs no code for 30 days.

    Source: Connect's pages: the cookie is set in either case.
    """
    return devices.remember(db, _person(sign_in)) if remember else devices.new_key(db)


def answer(db: Db, sign_in: SignIn, *, authenticator: bool, lost_keys: list[SecurityKey]) -> None:
    """Record what is lost for good: it no longer works. A user who has nothing left sets up another authenticator."""
    sign_in.asks = False
    if authenticator or lost_keys:
        two_step.lose(db, _person(sign_in), authenticator=authenticator, lost_keys=lost_keys)


def _attempt(db: Db, sign_in: SignIn, is_right: Callable[[], bool], *methods: str) -> Outcome:
    """Count a failure; a success completes the second step, with these values of the ``amr`` claim."""
    outcome = lockout.attempt(db, sign_in.email, "code", is_right)
    if outcome is Outcome.RIGHT:
        _complete(sign_in, *methods)
    return outcome


def _complete(sign_in: SignIn, *methods: str) -> None:
    sign_in.second_step, sign_in.methods = True, [*sign_in.methods, *methods]


def _person(sign_in: SignIn) -> Person:
    assert sign_in.person is not None
    return sign_in.person
