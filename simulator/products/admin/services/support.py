"""Commands of the page *Visma support, contacts*."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import support_access
from simulator.directory.actors import Actor
from simulator.directory.models import Customer, Person


@dataclass(frozen=True)
class Edit:
    """A row of the form.

    Attributes:
        person_id: the consultant.
        access: whether *Support* is chosen as the type of access.
        last_day: the day in column *To*; None when it is not a day.
        version: the version of the access that the row was rendered with, 0 for none.
    """

    person_id: int
    access: bool
    last_day: date | None
    version: int


@dataclass(frozen=True)
class Outcome:
    """What was changed for a consultant; ``text`` is the text key of a sentence about it."""

    text: str
    name: str
    last_day: date


def save(db: Db, actor: Actor, edits: Sequence[Edit]) -> list[Outcome]:
    """Save the rows of the page; nothing is saved when one of them is refused.

    Raises:
        AccessChanged: another administrator changed one of them after the page was rendered.
        RuleViolation: ``admin.support_day``, ``directory.not_a_consultant``, and the refusals of ``directory.support_access``.

    Source: "Hvordan opprette supportbruker", Visma support, kontaktpersoner.
    """
    assert actor.customer_id is not None
    customer = db.get_one(Customer, actor.customer_id)
    outcomes = []
    for edit in edits:
        if not edit.access and not edit.version:
            continue
        person = db.get(Person, edit.person_id)
        if person is None:
            raise RuleViolation("directory.not_a_consultant")
        if edit.access:
            if edit.last_day is None:
                raise RuleViolation("admin.support_day", name=person.name)
            access, text = (
                support_access.give(db, actor, customer, person, edit.last_day, edit.version),
                "admin.support.given",
            )
        else:
            access, text = support_access.withdraw(db, actor, customer, person, edit.version), "admin.support.withdrawn"
        if access is not None:
            outcomes.append(Outcome(text, person.name, access.last_day))
    return outcomes
