"""Commands of My details about security keys and passkeys.

Source: Connect help, managing methods: *Passkeys* in account settings. Own choice: the password before each, as for the telephone
number; the last method is removed by turning two-step verification off, and never while a customer demands two steps.
"""

from dataclasses import dataclass

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import step_up, two_step
from simulator.directory.models import Person
from simulator.directory.security_keys import ceremonies, challenges, keys
from simulator.directory.security_keys.ceremonies import KeyRefusal
from simulator.directory.security_keys.challenges import Purpose
from simulator.directory.security_keys.models import SecurityKey
from simulator.directory.step_up import Answer, Proof


@dataclass(frozen=True)
class NewKey:
    """A key that was registered; ``emergency_code`` only if it turned two-step verification on."""

    key: SecurityKey
    emergency_code: str | None


def begin(db: Db, person: Person, session_id: str, proof: Proof, name: str, *, passkey: bool) -> Answer:
    """Begin to register a key, after the password."""
    answer = step_up.check_password(db, person, proof)
    if answer is Answer.RIGHT:
        challenges.set_key_name(db, session_id, _purpose(passkey), name.strip())
    return answer


def name_of_new_key(db: Db, session_id: str, *, passkey: bool) -> str | None:
    """Return the name of the key that is being registered, or None when none is, or it began too long ago."""
    return challenges.key_name(db, session_id, _purpose(passkey))


def create(db: Db, person: Person, session_id: str, response: str, *, passkey: bool) -> NewKey | KeyRefusal:
    """Register the key that the browser or the phone created. A first security key turns two-step verification on."""
    name = name_of_new_key(db, session_id, passkey=passkey) or ""
    was_on = two_step.is_on(db, person)
    result = ceremonies.register(db, person, session_id, response, name=name, passkey=passkey)
    if isinstance(result, KeyRefusal):
        return result
    challenges.forget(db, session_id)
    return NewKey(result, None if was_on or passkey else two_step.begin_with_key(db, person))


def is_last(db: Db, person: Person, key: SecurityKey) -> bool:
    """Return whether a key is the only method of the second step that a person has."""
    return person.totp_secret is None and [other.id for other in ceremonies.keys_of(db, person)] == [key.id]


def remove(db: Db, person: Person, key: SecurityKey, proof: Proof) -> Answer:
    """Remove a key after the password; with the last method, two-step verification is turned off.

    Raises:
        RuleViolation: ``details.last_method`` while a customer demands two steps; ``details.no_password`` when the passkey is all
            that signs this person in.
    """
    customer = two_step.required_by(db, person) if is_last(db, person, key) else None
    if customer is not None:
        raise RuleViolation("details.last_method", customer=customer)
    passkeys = [other for other in ceremonies.keys_of(db, person) if other.passkey]
    if person.password_hash is None and passkeys == [key]:
        raise RuleViolation("details.no_password")
    answer = step_up.check_password(db, person, proof)
    if answer is Answer.RIGHT:
        turns_off = is_last(db, person, key) and two_step.is_on(db, person)
        keys.remove(db, key)
        if turns_off:
            two_step.disable(db, person, person.email)
    return answer


def remove_authenticator(db: Db, person: Person, proof: Proof, code: str) -> Answer:
    """Remove the authenticator of a person who keeps a key, after password and code.

    Raises:
        RuleViolation: ``details.no_authenticator``, or ``details.last_authenticator`` when there is no key.
    """
    if person.totp_secret is None:
        raise RuleViolation("details.no_authenticator")
    if not keys.has_key(db, person):
        raise RuleViolation("details.last_authenticator")
    answer = step_up.check_both(db, person, proof, code)
    if answer is Answer.RIGHT:
        two_step.remove_authenticator(db, person)
    return answer


def _purpose(passkey: bool) -> Purpose:
    return Purpose.NEW_PASSKEY if passkey else Purpose.NEW_KEY
