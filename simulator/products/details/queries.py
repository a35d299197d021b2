"""Reads that feed My details."""

from dataclasses import dataclass

from simulator.core.sandbox import Db
from simulator.directory import two_step
from simulator.directory.actors import Actor
from simulator.directory.models import EmergencyCode, Person
from simulator.directory.two_step import State


@dataclass(frozen=True)
class Account:
    """What the overview shows.

    Attributes:
        person: the person.
        two_step: how two-step verification stands.
        required_by: name of a customer whose policy requires it, or None.
        has_emergency_code: whether an unused emergency code is there.
    """

    person: Person
    two_step: State
    required_by: str | None
    has_emergency_code: bool


def own(db: Db, actor: Actor) -> Person:
    """Return the person who acts: nobody reaches anybody else's details."""
    return db.get_one(Person, actor.id)


def account(db: Db, actor: Actor) -> Account:
    """Return what the overview shows of the person who acts."""
    person = own(db, actor)
    code = db.get(EmergencyCode, person.id)
    good = code is not None and (code.expires_at is None or code.expires_at > db.clock.now())
    return Account(person, two_step.state(db, person), two_step.required_by(db, person), good)
