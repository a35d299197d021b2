"""How far a trainee is: asked of the sandbox each time, never stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import has_app_context
from sqlalchemy import select

from simulator.classroom.findings import in_words
from simulator.core import facts as vocabulary
from simulator.core.companions import companion
from simulator.core.errors import BadInput
from simulator.core.facts import Finding
from simulator.core.sandbox import Db
from simulator.directory.models import ClearTextSecrets, Person
from simulator.web.platform import platform

PERSON_KEYS = frozenset({"person", "to", "actor", "who", "by"})
"""Keys of facts whose value may be a key of the cast, as in manuals."""


@dataclass(frozen=True)
class GoalState:
    """A goal in a sandbox.

    Attributes:
        id: of the goal.
        reached: whether all of its facts hold.
        points: what it counts.
        findings: what was found of each fact.
    """

    id: str
    reached: bool
    points: int
    findings: Sequence[Finding]

    def missing(self, db: Db, language: str) -> list[str]:
        """Return for each fact that does not hold, in words, what is there instead."""
        return [in_words(db, finding, language) for finding in self.findings if not finding.holds]


@dataclass(frozen=True)
class Progress:
    """How far a sandbox is in an exercise.

    Attributes:
        goals: in the order of the exercise.
        wrong_turns: ids of those that were taken, in the order of the exercise.
    """

    goals: Sequence[GoalState]
    wrong_turns: Sequence[str]

    @property
    def points(self) -> int:
        """The points of the goals that are reached."""
        return sum(goal.points for goal in self.goals if goal.reached)

    @property
    def most(self) -> int:
        """The points of all goals."""
        return sum(goal.points for goal in self.goals)

    @property
    def is_solved(self) -> bool:
        """Whether every goal is reached."""
        return all(goal.reached for goal in self.goals)


def progress(db: Db, exercise: Any) -> Progress:
    """Say how far a sandbox is in an exercise.

    Args:
        db: a transaction that reads.
        exercise: of ``e2e.engine.exercise``.

    Raises:
        BadInput: a fact of the exercise is malformed.
    """
    people = _people(db)
    goals = []
    for goal in exercise.goals:
        findings = _findings(db, goal.facts, people, exercise.person)
        goals.append(GoalState(goal.id, all(finding.holds for finding in findings), goal.points, findings))
    wrong = [
        turn.id
        for turn in exercise.wrong_turns
        if all(finding.holds for finding in _findings(db, turn.facts, people, exercise.person))
    ]
    return Progress(goals, wrong)


def facts_of(db: Db, exercise: Any) -> list[Any]:
    """Return the facts of all goals, as the sandbox has to be asked for them."""
    people = _people(db)
    return [_filled(fact, db, people, exercise.person) for goal in exercise.goals for fact in goal.facts]


def ticks(db: Db, exercise: Any) -> list[bool | None]:
    """Say for each step of the solution whether its facts hold; None for one without facts, which only the page shows.

    Raises:
        BadInput: a fact of the exercise is malformed.
    """
    people, procedure = _people(db), companion("e2e.engine.exercise").solution_of(exercise)
    answers: list[bool | None] = []
    for step in procedure.steps:
        facts = step.facts(procedure.variant)
        holds = all(finding.holds for finding in _findings(db, facts, people, procedure.person))
        answers.append(holds if facts else None)
    return answers


def filled(text: str, db: Db, reader: str | None = None) -> str:
    """Return a text of an exercise with its variables, such as ``{user.email}``, filled in from the people of the sandbox.

    Args:
        text: the text.
        db: a transaction that reads.
        reader: whom ``{person.email}`` means, a key of the cast.

    Raises:
        BadInput: there is no such person.
    """
    return _fill(text, db, _people(db), reader)


def _load_vocabulary() -> None:
    """Import what declares facts and types of events: an exercise may name those of a page that nobody has visited yet."""
    from simulator.billing import facts as of_billing
    from simulator.directory import facts as of_directory
    from simulator.documents.model import facts as of_documents
    from simulator.sales import facts as of_sales

    assert of_billing and of_directory and of_documents and of_sales
    if has_app_context():
        platform().load_all()


def _people(db: Db) -> dict[str, Person]:
    return {str(person.key): person for person in db.scalars(select(Person).where(Person.key.is_not(None)))}


def _findings(db: Db, facts: Sequence[Any], people: Mapping[str, Person], reader: str | None) -> list[Finding]:
    _load_vocabulary()
    return vocabulary.check(db, [_filled(fact, db, people, reader) for fact in facts])


def _filled(part: Any, db: Db, people: Mapping[str, Person], reader: str | None, key: str = "") -> Any:
    """Return a part of a fact with variables filled in, and the addresses of the cast where a person is meant."""
    if isinstance(part, str):
        return people[part].email if key in PERSON_KEYS and part in people else _fill(part, db, people, reader)
    if isinstance(part, Mapping):
        return {name: _filled(value, db, people, reader, name) for name, value in part.items()}
    return [_filled(value, db, people, reader, key) for value in part] if isinstance(part, list) else part


def _fill(text: str, db: Db, people: Mapping[str, Person], reader: str | None) -> str:
    if "{" not in text:
        return text

    def value_of(name: str) -> str:
        key, _, field = name.partition(".")
        person = people.get((reader or "") if key == "person" else key)
        if person is None or not field:
            raise BadInput([(name, f"there is no person {key!r} in the scenario; there are {', '.join(sorted(people))}")])
        if field == "password":
            secrets = db.get(ClearTextSecrets, person.id)
            return str(secrets.password) if secrets is not None else ""
        return str(getattr(person, field))

    return str(companion("e2e.engine.words").fill_variables(text, value_of))
