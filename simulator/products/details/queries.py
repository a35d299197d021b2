"""Queries for the pages of My details."""

from dataclasses import dataclass

from simulator.core.sandbox import Db
from simulator.directory import new_email, two_step
from simulator.directory.actors import Actor
from simulator.directory.models import EmergencyCode, Person
from simulator.directory.security_keys import ceremonies
from simulator.directory.security_keys.models import SecurityKey
from simulator.directory.two_step import State


@dataclass(frozen=True)
class Account:
    """The data of the overview.

    Attributes:
        person: the person.
        two_step: the state of two-step verification.
        required_by: name of a customer whose policy requires it, or None.
        security_keys: the security keys and passkeys, in the order in which they were added.
        email_fixed_by: name of a customer that does not allow to change the address, or None.
        has_emergency_code: whether there is an unused emergency code that has not expired.
    """

    person: Person
    two_step: State
    required_by: str | None
    has_emergency_code: bool
    security_keys: list[SecurityKey]
    email_fixed_by: str | None


def own(db: Db, actor: Actor) -> Person:
    """Return the acting person; the details of other people are out of reach."""
    return db.get_one(Person, actor.id)


def account(db: Db, actor: Actor) -> Account:
    """Return the data of the acting person's overview."""
    person = own(db, actor)
    code = db.get(EmergencyCode, person.id)
    is_valid = code is not None and (code.expires_at is None or code.expires_at > db.clock.now())
    return Account(
        person,
        two_step.state(db, person),
        two_step.required_by(db, person),
        is_valid,
        ceremonies.keys_of(db, person),
        new_email.forbidden_by(db, person),
    )
