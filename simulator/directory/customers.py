"""Customers: the settings that their administrators configure."""

from sqlalchemy import exists, func, select

from simulator.core import events
from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.models import Customer, Membership, Person, Status
from simulator.directory.security_keys.models import SecurityKey

events.declare(customer__policy_changed="A customer's rules for its users were changed.")


def set_two_step_policy(db: Db, actor: Actor, customer: Customer, required: bool) -> bool:
    """Require two-step verification of all users of a customer, or require it no longer.

    Returns:
        False if nothing changed.

    Source: Visma Admin help, Customer, tab Configuration: with the tick all users must turn it on.
    """
    return _set_policy(db, actor, customer, "require_two_step", required)


def set_email_policy(db: Db, actor: Actor, customer: Customer, allowed: bool) -> bool:
    """Let all users of a customer change their own e-mail address, or no longer.

    Returns:
        False if nothing changed.

    Source: Visma Admin help, Customer, tab Configuration.
    """
    return _set_policy(db, actor, customer, "may_change_email", allowed)


def without_two_step(db: Db, customer_id: int) -> int:
    """Count a customer's users without two-step verification; deactivated users are not counted."""
    query = (
        select(func.count())
        .select_from(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.customer_id == customer_id, Person.totp_secret.is_(None), Person.status != Status.INACTIVE)
        .where(~exists().where(SecurityKey.person_id == Person.id))
    )
    return db.scalar(query) or 0


def _set_policy(db: Db, actor: Actor, customer: Customer, name: str, value: bool) -> bool:
    if getattr(customer, name) == value:
        return False
    setattr(customer, name, value)
    about = {"customer_id": customer.id, name: value}
    events.record(db, "customer.policy_changed", actor=actor.email, subject=customer.number, **about)
    return True
