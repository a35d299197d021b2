"""Results of a class: as a table for files and the screen, and where most got stuck."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from simulator.classroom.board import Observation, Observer
from simulator.classroom.classes import Attempt, Class, Trainee, seconds_of_work
from simulator.classroom.exercises import exercise, title_of, words
from simulator.core.clock import machine_now
from simulator.core.errors import NotFound
from simulator.core.texts import text
from simulator.web import formats
from simulator.web.tables import Column, Key


@dataclass(frozen=True)
class Result:
    """What a trainee did in an exercise.

    Attributes:
        trainee: who.
        exercise: title of the exercise.
        seen: what is seen in its sandbox.
        attempt: hints, and what the trainer did.
        minutes: of work.
        goals: titles of the goals, each with whether it is reached.
    """

    trainee: Trainee
    exercise: str
    seen: Observation
    attempt: Attempt
    minutes: int
    goals: Sequence[tuple[str, bool]]

    @property
    def outcome(self) -> str:
        """Ends the key of a text: who solved it, or that nobody did."""
        if self.attempt.solved_by_trainer:
            return "by_trainer"
        if self.seen.is_solved:
            return "solved"
        if self.attempt.skipped:
            return "skipped"
        return "open" if self.is_begun else "not_begun"

    @property
    def points(self) -> int:
        """The points of the goals that the trainee reached; none when the trainer solved it."""
        return 0 if self.attempt.solved_by_trainer else self.seen.points

    @property
    def is_begun(self) -> bool:
        """Whether the trainee has opened a page of it, or reached something in it."""
        return self.attempt.is_begun or any(self.seen.goals)


@dataclass(frozen=True)
class Hurdle:
    """A goal that somebody has not reached: ``missing`` of ``began`` trainees."""

    exercise: str
    goal: str
    missing: int
    began: int


COLUMNS: Sequence[Column[Result]] = (
    Column(text="class.trainee", value=lambda row: row.trainee.name, width=28),
    Column(text="class.email", value=lambda row: row.trainee.email or None, width=28),
    Column(text="class.exercise", value=lambda row: row.exercise, width=36),
    Column(text="class.outcome", value=lambda row: Key(f"class.outcome.{row.outcome}"), width=22),
    Column(text="class.points", value=lambda row: row.points, decimals=0),
    Column(text="class.most_points", value=lambda row: row.seen.most, decimals=0),
    Column(text="class.minutes", value=lambda row: row.minutes, decimals=0),
    Column(text="class.hints", value=lambda row: row.attempt.hints, decimals=0),
    Column(text="class.wrong_turns", value=lambda row: len(row.seen.wrong_turns), decimals=0),
)


def results(class_: Class, observer: Observer, language: str) -> list[Result]:
    """Return what everybody did, by trainee in the order of the roster, then by exercise as far as they were begun."""
    return [row for trainee in class_.trainees.values() for row in results_of(class_, trainee, observer, language)]


def results_of(class_: Class, trainee: Trainee, observer: Observer, language: str) -> list[Result]:
    """Return what one trainee did, by exercise as far as they were begun."""
    now, rows = _end(class_), []
    for id_ in (id_ for id_ in class_.exercises if id_ in trainee.attempts):
        seen, attempt = observer.observe(class_, trainee, id_), trainee.attempts[id_]
        minutes = int(seconds_of_work(class_, attempt, now) // 60)
        rows.append(Result(trainee, title_of(id_, language), seen, attempt, minutes, _goals(id_, seen, language)))
    return rows


@dataclass(frozen=True)
class Confirmation:
    """The page of a trainee, in the trainee's own language: what was solved and how, and that the trainee took part.

    Attributes:
        trainee: who.
        t: returns a text in that language.
        day: on which the class was opened, as that language writes it.
        rows: what the trainee did.
    """

    trainee: Trainee
    t: Callable[..., str]
    day: str
    rows: Sequence[Result]


def confirmations(class_: Class, observer: Observer) -> list[Confirmation]:
    """Return a page for each trainee, in the order of the roster."""
    return [
        Confirmation(
            trainee,
            partial(text, trainee.language),
            formats.short_date(trainee.language, class_.opened_at),
            results_of(class_, trainee, observer, trainee.language),
        )
        for trainee in class_.trainees.values()
    ]


def hurdles(rows: Sequence[Result]) -> list[Hurdle]:
    """Return the goals that somebody has not reached who was a minute in the exercise or reached something, most of them first."""
    counted: dict[tuple[str, str], list[bool]] = {}
    for row in (row for row in rows if row.minutes or row.seen.points):
        for goal, reached in row.goals:
            counted.setdefault((row.exercise, goal), []).append(reached)
    missing = [
        Hurdle(title, goal, states.count(False), len(states)) for (title, goal), states in counted.items() if not all(states)
    ]
    return sorted(missing, key=lambda hurdle: (-hurdle.missing / hurdle.began, -hurdle.missing))


def _end(class_: Class) -> datetime:
    return datetime.fromisoformat(class_.ended_at) if class_.ended_at else machine_now()


def _goals(id_: str, seen: Observation, language: str) -> list[tuple[str, bool]]:
    try:
        entry = exercise(id_)
    except NotFound:
        return []
    return [
        (words(goal.title, language, entry.language), reached)
        for goal, reached in zip(entry.goals, seen.goals, strict=False)
    ]
