"""Two-step verification: when it is required, turning it on and off.

Source: Connect help, enrolment for two-step verification, and Visma.net Admin's customer configuration for the policy.
"""

from enum import StrEnum
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from simulator.core import events, outbox
from simulator.core.sandbox import Db
from simulator.directory import credentials, emergency_codes
from simulator.directory.credentials import CodeCheck
from simulator.directory.email_domains import policies
from simulator.directory.models import Customer, EmergencyCode, Membership, Person
from simulator.directory.people import record_security_change
from simulator.directory.security_keys import keys
from simulator.directory.security_keys.models import SecurityKey
from simulator.directory.signing_in import devices, pending_sign_ins

events.declare(
    two_step__enabled="Two-step verification was turned on, or moved to another authenticator.",
    two_step__disabled="Two-step verification was turned off.",
    two_step__authenticator_removed="A person removed the authenticator and kept another method.",
    security_key__lost="Somebody said that a security key is lost for good; it no longer counts.",
    two_step__authenticator_lost="Somebody said that the authenticator is lost for good; it no longer counts.",
)


def is_on(db: Db, person: Person) -> bool:
    """Return whether an account requires a second step.

    It does with an authenticator or a security key, and also if those are lost for good and only the emergency code is left. A
    passkey does not turn it on: a sign-in with it has proven two factors already.
    """
    return (
        person.totp_secret is not None or keys.has_security_key(db, person) or db.get(EmergencyCode, person.id) is not None
    )


def has_method(db: Db, person: Person) -> bool:
    """Return whether a person has an authenticator, a security key or a passkey, any of which can be the second step."""
    return person.totp_secret is not None or keys.has_key(db, person)


class State(StrEnum):
    """The state of an account's two-step verification."""

    OFF = "off"
    ON = "on"
    LOST = "lost"


def state(db: Db, person: Person) -> State:
    """Return the state; *lost* is on, with an authenticator or key that is lost for good and not yet replaced."""
    if not is_on(db, person):
        return State.OFF
    return State.ON if has_method(db, person) else State.LOST


def required_by(db: Db, person: Person) -> str | None:
    """Return the name of a customer whose policy requires two steps of this person: a customer's own, or of its e-mail domain."""
    customer = required_by_customer(db, person)
    if customer is not None or not required_by_domain(db, person):
        return customer
    policy = policies.policy_of(db, person.email)
    assert policy is not None
    return policy.customer.name


def required_by_domain(db: Db, person: Person) -> bool:
    """Return whether the verified domain of a person's address requires two steps.

    Source: Connect help, policies: for all people of the domain, in all applications.
    """
    policy = policies.policy_of(db, person.email)
    return policy is not None and policy.require_two_step


def required_by_customer(db: Db, person: Person) -> str | None:
    """Return the name of the first customer, by name, whose policy requires two steps of this person, or None.

    Source: Visma.net Admin, customer configuration: all users of the customer must turn it on.
    """
    query = (
        select(Customer.name)
        .join(Membership, Membership.customer_id == Customer.id)
        .where(Membership.person_id == person.id, Customer.require_two_step)
        .order_by(Customer.name, Customer.id)
    )
    return db.scalar(query.limit(1))


def provisioning_uri(email: str, secret: str) -> str:
    """Return the URI for the QR code that an authenticator scans.

    Source: the de facto ``otpauth`` format: six digits every 30 seconds, SHA-1; the entry is *Visma Connect:* and the address.
    """
    issuer = quote(credentials.TOTP_ISSUER)
    return (
        f"otpauth://totp/{issuer}:{quote(email)}?secret={secret}&issuer={issuer}&digits=6&period={credentials.TOTP_PERIOD}"
    )


def enable(db: Db, person: Person, secret: str, code: str) -> bool:
    """Turn two-step verification on with the authenticator that has ``secret``, if its code is right.

    It replaces an earlier authenticator.

    Returns:
        False if the code is wrong; nothing has changed then.
    """
    check, step = credentials.compare_code(db, secret, None, code)
    if check is not CodeCheck.RIGHT:
        return False
    set_authenticator(db, person, secret, step)
    return True


def set_authenticator(db: Db, person: Person, secret: str, step: int | None, *, push: bool = False) -> None:
    """Set the authenticator of a person; the code of ``step`` was used. With ``push`` it is Visma Authenticator."""
    person.totp_secret, person.totp_step, person.push, person.reminders_left = secret, step, push, 0
    record_security_change(db, person, "two_step.enabled", person.email)
    outbox.mail(db, "two_step_enabled", **_about(person))


def begin_with_key(db: Db, person: Person) -> str:
    """Turn two-step verification on with the security key that was just registered.

    Returns:
        The emergency code, which is displayed only this once.
    """
    person.reminders_left = 0
    record_security_change(db, person, "two_step.enabled", person.email)
    return emergency_codes.issue(db, person)


def lose(db: Db, person: Person, *, authenticator: bool, lost_keys: list[SecurityKey]) -> None:
    """Remove an authenticator and keys that are lost for good, and all remembered devices.

    Source: Connect help, two-step verification: after an emergency code a lost authenticator is set up anew. Own choice: until that
    is done the account still asks for a second step.
    """
    devices.forget(db, person)
    if authenticator and person.totp_secret is not None:
        _forget_authenticator(person)
        record_security_change(db, person, "two_step.authenticator_lost", person.email)
    for key in lost_keys:
        record_security_change(db, person, "security_key.lost", person.email, key=key.name)
        keys.remove(db, key)


def remove_authenticator(db: Db, person: Person) -> None:
    """Remove the authenticator of a person who keeps another method."""
    _forget_authenticator(person)
    pending_sign_ins.restart(db, person)
    record_security_change(db, person, "two_step.authenticator_removed", person.email)
    outbox.mail(db, "authenticator_removed", **_about(person))


def disable(db: Db, person: Person, actor: str) -> None:
    """Turn two-step verification off: authenticator, security keys, telephone number, emergency code and remembered devices go.

    Passkeys stay, which replace the password. Pending sign-ins start again.

    Args:
        db: the transaction.
        person: the owner of the account.
        actor: address of the person who does it.
    """
    _forget_authenticator(person)
    person.sms_number = None
    keys.forget(db, person)
    emergency_codes.forget(db, person)
    devices.forget(db, person)
    pending_sign_ins.restart(db, person)
    record_security_change(db, person, "two_step.disabled", actor)
    outbox.mail(db, "two_step_disabled", **_about(person))


def _forget_authenticator(person: Person) -> None:
    person.totp_secret = person.totp_step = None
    person.push = False


def _about(person: Person) -> dict[str, Any]:
    return {"to": person.email, "language": person.language, "first_name": person.first_name, "email": person.email}
