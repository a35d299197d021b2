"""How far a trainee is: asked of the sandbox each time, never stored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from simulator.core import facts as vocabulary
from simulator.core.companions import companion
from simulator.core.errors import BadInput
from simulator.core.facts import Finding
from simulator.core.sandbox import Db
from simulator.directory.models import Person


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
    value_of = _values(db)
    goals = []
    for goal in exercise.goals:
        findings = vocabulary.check(db, [_filled(fact, value_of) for fact in goal.facts])
        goals.append(GoalState(goal.id, all(finding.holds for finding in findings), goal.points, findings))
    wrong = [
        turn.id
        for turn in exercise.wrong_turns
        if all(finding.holds for finding in vocabulary.check(db, [_filled(fact, value_of) for fact in turn.facts]))
    ]
    return Progress(goals, wrong)


def filled(text: str, db: Db) -> str:
    """Return a text of an exercise with its variables, such as ``{user.email}``, filled in from the people of the sandbox."""
    return str(companion("e2e.engine.words").fill_variables(text, _values(db)))


def _filled(part: Any, value_of: Callable[[str], str]) -> Any:
    """Return a part of a fact with the variables of its texts filled in."""
    if isinstance(part, str):
        return companion("e2e.engine.words").fill_variables(part, value_of)
    if isinstance(part, Mapping):
        return {key: _filled(value, value_of) for key, value in part.items()}
    return [_filled(value, value_of) for value in part] if isinstance(part, list) else part


def _values(db: Db) -> Callable[[str], str]:
    """Return what gives the value of a variable: of a person of the cast, read when the first one is asked for."""
    people: dict[str, Person] = {}

    def value_of(name: str) -> str:
        if not people:
            people.update({str(person.key): person for person in db.scalars(select(Person).where(Person.key.is_not(None)))})
        key, _, field = name.partition(".")
        person = people.get(key)
        if person is None:
            raise BadInput([(name, f"there is no person {key!r} in the scenario; there are {', '.join(sorted(people))}")])
        return str(getattr(person, field))

    return value_of
