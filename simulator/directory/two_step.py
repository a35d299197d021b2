"""Two-step verification: who must have it, turning it on and off.

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
from simulator.directory.models import Customer, EmergencyCode, Membership, Person
from simulator.directory.signing_in import devices, under_way

events.declare(
    two_step__enabled="Two-step verification was turned on, or moved to another authenticator.",
    two_step__disabled="Two-step verification was turned off.",
    two_step__authenticator_lost="Somebody said that the authenticator is lost for good; it no longer counts.",
)


def is_on(db: Db, person: Person) -> bool:
    """Say whether an account asks for a second step.

    It does with an authenticator, and also when that is lost for good and only the emergency code is left.
    """
    return person.totp_secret is not None or db.get(EmergencyCode, person.id) is not None


class State(StrEnum):
    """How two-step verification of an account stands."""

    OFF = "off"
    ON = "on"
    LOST = "lost"


def state(db: Db, person: Person) -> State:
    """Return how it stands; *lost* is on, with an authenticator that is lost for good and not yet set up anew."""
    if not is_on(db, person):
        return State.OFF
    return State.ON if person.totp_secret is not None else State.LOST


def required_by(db: Db, person: Person) -> str | None:
    """Return the name of the first customer, by name, whose policy asks this person for two steps, or None.

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
    """Return the address that an authenticator reads from the QR code.

    Source: the de facto ``otpauth`` format: six digits every 30 seconds, SHA-1; the entry is *Visma Connect:* and the address.
    """
    issuer = quote(credentials.TOTP_ISSUER)
    return (
        f"otpauth://totp/{issuer}:{quote(email)}?secret={secret}&issuer={issuer}&digits=6&period={credentials.TOTP_PERIOD}"
    )


def enable(db: Db, person: Person, secret: str, code: str) -> bool:
    """Turn two-step verification on with an authenticator that holds ``secret``, once it has shown a right code.

    An earlier authenticator no longer counts.

    Returns:
        False when the code is not right; nothing has changed then.
    """
    check, step = credentials.compare_code(db, secret, None, code)
    if check is not CodeCheck.RIGHT:
        return False
    put_in_place(db, person, secret, step)
    return True


def put_in_place(db: Db, person: Person, secret: str, step: int | None) -> None:
    """Make the authenticator that holds ``secret``, and has shown the code of ``step``, the one that counts."""
    person.totp_secret, person.totp_step, person.reminders_left = secret, step, 0
    events.record(db, "two_step.enabled", actor=person.email, subject=person.email)
    outbox.mail(db, "two_step_enabled", **_about(person))


def lose_authenticator(db: Db, person: Person) -> None:
    """Let an authenticator that is lost for good count no longer, nor any device that is remembered.

    Source: Connect help, two-step verification: after an emergency code a lost authenticator is set up anew. Own choice: until that
    is done the account still asks for a second step.
    """
    person.totp_secret = person.totp_step = None
    devices.forget(db, person)
    events.record(db, "two_step.authenticator_lost", actor=person.email, subject=person.email)


def disable(db: Db, person: Person, actor: str) -> None:
    """Turn two-step verification off: authenticator, telephone number, emergency code and remembered devices go.

    Whoever is half-way at signing in begins again.

    Args:
        db: the transaction.
        person: whose.
        actor: address of who does it.
    """
    person.totp_secret = person.totp_step = person.sms_number = None
    emergency_codes.forget(db, person)
    devices.forget(db, person)
    under_way.begin_again(db, person)
    events.record(db, "two_step.disabled", actor=actor, subject=person.email)
    outbox.mail(db, "two_step_disabled", **_about(person))


def _about(person: Person) -> dict[str, Any]:
    return {"to": person.email, "language": person.language, "first_name": person.first_name, "email": person.email}
