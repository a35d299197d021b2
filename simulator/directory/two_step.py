"""Two-step verification: who must have it, turning it on and off.

Source: Connect help, enrolment for two-step verification, and Visma.net Admin's customer configuration for the policy.
"""

from urllib.parse import quote

from sqlalchemy import select

from simulator.core import events, outbox
from simulator.core.sandbox import Db
from simulator.directory import credentials, emergency_codes
from simulator.directory.credentials import CodeCheck
from simulator.directory.models import Customer, Membership, Person

events.declare(
    two_step__enabled="Two-step verification was turned on, or moved to another authenticator.",
    two_step__disabled="Two-step verification was turned off.",
)


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
    before = person.totp_secret, person.totp_step
    person.totp_secret, person.totp_step = secret, None
    if credentials.check_code(db, person, code) is not CodeCheck.RIGHT:
        person.totp_secret, person.totp_step = before
        return False
    person.reminders_left = 0
    events.record(db, "two_step.enabled", actor=person.email, subject=person.email)
    outbox.mail(db, "two_step_enabled", **_about(person))
    return True


def disable(db: Db, person: Person, actor: str) -> None:
    """Turn two-step verification off: authenticator, telephone number and emergency code go.

    Args:
        db: the transaction.
        person: whose.
        actor: address of who does it.
    """
    person.totp_secret = person.totp_step = person.sms_number = None
    emergency_codes.forget(db, person)
    events.record(db, "two_step.disabled", actor=actor, subject=person.email)
    outbox.mail(db, "two_step_disabled", **_about(person))


def _about(person: Person) -> dict[str, str]:
    return {"to": person.email, "language": person.language, "first_name": person.first_name, "email": person.email}
