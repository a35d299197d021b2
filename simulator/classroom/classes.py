"""Classes as files: ``classes/<name>.json`` beside the sandboxes, one for each class.

A file says who is in the class, which exercises it does in which order, and what cannot be asked of the sandboxes: hints that were
taken, who says that they are stuck, messages, when an exercise began, pauses. What is solved is asked of the sandboxes.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any, Literal, TypeVar

from simulator.core.errors import AlreadyExists, NotFound

VERSION = 1
"""Of the format of the files; one of another version is refused with a sentence."""
FOLDER = "classes"

Mode = Literal["guided", "practice", "test"]
MODES: tuple[Mode, ...] = ("guided", "practice", "test")
Result = TypeVar("Result")


class OtherVersion(Exception):
    """The file of a class is of another release, or damaged; the text is one sentence for people."""


@dataclass(frozen=True)
class StepState:
    """How far a trainee is in guided mode.

    Attributes:
        generation: of the sandbox that it is about.
        passed: how many steps are over.
        at_first: positions of the steps whose facts held when the exercise began.
        before: positions of the steps whose facts held when the present step began.
        again: why the present step is displayed once more: the trainee went back to it, or a goal is open though all steps were
            over; None when it is not.
    """

    generation: str
    passed: int
    at_first: tuple[int, ...] = ()
    before: tuple[int, ...] = ()
    again: Literal["trainee", "goal"] | None = None


@dataclass(frozen=True)
class Score:
    """How far a trainee was when the sandbox was last looked into.

    Attributes:
        goals: whether each was reached, in the order of the exercise.
        wrong_turns: ids of those that were taken.
        points: of the goals that were reached.
        most: points of all goals.
    """

    goals: tuple[bool, ...] = ()
    wrong_turns: tuple[str, ...] = ()
    points: int = 0
    most: int = 0


@dataclass(frozen=True)
class Attempt:
    """A trainee's work on one exercise.

    Attributes:
        sandbox: name of the sandbox.
        began_at: machine time, ISO 8601.
        hints: how many hints were taken.
        stuck_at: since when the trainee says to be stuck; None when not.
        skipped: whether the trainer let the trainee skip the exercise.
        solved_by_trainer: whether the trainer solved it.
        solved_at: when it was first seen solved, machine time; whether it is solved is asked of the sandbox.
        paused_before: seconds of the pauses of the class before it began.
        worked: seconds of work until it was solved; None while it is not.
        is_waiting: whether the trainee is not in it, so that no time passes: has not come yet, or has come to another exercise.
        more_seconds: what the trainer added to the time limit of this attempt, or took from it; None when its time was never set.
            An exercise without a time limit has one then, which counts from zero.
        is_being_solved: whether the solution is being carried out; after a killed server its queue waits until it is released.
        steps: how far the trainee is in guided mode; None before the first page.
        earlier: seconds of work before the trainee came the last time, which is when it ``began_at``.
        notes: what happened beside the platform's pages, each with its machine time, oldest first; a note ends the key of a text.
        score: how far it was at the last look at which that had changed, for when the sandbox cannot be read any more; from the
            end of the class on, the result. None while nothing was reached.
    """

    sandbox: str
    began_at: str
    hints: int = 0
    stuck_at: str | None = None
    skipped: bool = False
    solved_by_trainer: bool = False
    solved_at: str | None = None
    paused_before: float = 0.0
    worked: float | None = None
    is_waiting: bool = False
    more_seconds: float | None = None
    is_being_solved: bool = False
    steps: StepState | None = None
    earlier: float = 0.0
    notes: tuple[tuple[str, str], ...] = ()
    score: Score | None = None

    @property
    def is_begun(self) -> bool:
        """Whether the trainee has ever come to it."""
        return not self.is_waiting or self.earlier > 0


@dataclass(frozen=True)
class Message:
    """What the trainer writes to a trainee, or to all: ``trainee`` is None then.

    ``withdrawn_at`` is the machine time since which no bar displays it any more; None while it holds.
    """

    id: int
    at: str
    trainee: str | None
    text: str
    withdrawn_at: str | None = None


@dataclass(frozen=True)
class Trainee:
    """A trainee.

    Attributes:
        id: the name in addresses and sandboxes: ``zoe`` for *Zoë*.
        name: as it was written; None for a place that nobody has taken yet.
        email: for the sheet; empty when there is none.
        language: of the sandboxes and the bar.
        key: opens the trainee's place: the last part of the personal link.
        number: position in the class, from 1; decides what is varied.
        at: position of the exercise that the trainee is at, from 0.
        attempts: by the id of the exercise.
        joined_at: machine time at which the first device came; None while nobody has taken the place.
        devices: what tells the devices apart that came, in the order in which they came.
        admits_device: whether the trainer lets the next device in, also in a test.
    """

    id: str
    name: str
    email: str
    language: str
    key: str
    number: int
    at: int = 0
    attempts: dict[str, Attempt] = field(default_factory=dict)
    joined_at: str | None = None
    devices: tuple[str, ...] = ()
    admits_device: bool = False


@dataclass(frozen=True)
class Class:
    """A class.

    Attributes:
        name: in addresses and files.
        title: as the trainer wrote it.
        mode: how much is shown: each step, the text, or the goal only.
        exercises: ids, in order.
        join_code: what newcomers type; empty when nobody joins by code.
        open_from: machine time at which it was opened, ISO 8601.
        paused_at: since when it is paused; None when it is not.
        paused_seconds: length of all earlier pauses.
        ended_at: when it ended; None while it goes on.
        trainees: by id, in the order of the roster.
        messages: oldest first.
        version: of the format.
        language: of those who join by code and choose none.
        more_minutes: what the trainer added to the time limit of every exercise.
    """

    name: str
    title: str
    mode: Mode
    exercises: tuple[str, ...]
    join_code: str
    open_from: str
    paused_at: str | None = None
    paused_seconds: float = 0.0
    ended_at: str | None = None
    trainees: dict[str, Trainee] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    version: int = VERSION
    language: str = "en"
    more_minutes: int = 0

    @property
    def opened_at(self) -> datetime:
        """The machine time at which it was opened."""
        return datetime.fromisoformat(self.open_from)

    def with_trainee(self, trainee: Trainee) -> "Class":
        """Return the class with a trainee added or changed."""
        return replace(self, trainees={**self.trainees, trainee.id: trainee})


class Classes:
    """The classes of a data directory.

    Args:
        data_dir: the data directory; one process at a time holds it.
        is_read_only: says whether changes are not to be written now.
    """

    def __init__(self, data_dir: Path, is_read_only: Callable[[], bool] = lambda: False) -> None:
        self._is_read_only = is_read_only
        self._folder = data_dir / FOLDER
        self._lock = RLock()
        self._read: dict[str, tuple[tuple[int, int], Class]] = {}

    def names(self) -> list[str]:
        """Return the names of all classes, sorted."""
        return sorted(path.stem for path in self._folder.glob("*.json"))

    def get(self, name: str) -> Class:
        """Return a class.

        Raises:
            NotFound: there is none of that name.
            OtherVersion: its file cannot be used.
        """
        path = self._path(name)
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            stored = self._read.get(name)
            if stored is not None and stored[0] == stamp:
                return stored[1]
            class_ = _of_json(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise NotFound("class", name) from None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise OtherVersion(f"The class {name} cannot be read from {path.name}: {error}") from None
        self._read[name] = (stamp, class_)
        return class_

    def add(self, class_: Class) -> None:
        """Write a new class.

        Raises:
            AlreadyExists: there is one of that name.
        """
        with self._lock:
            if self._path(class_.name).exists():
                raise AlreadyExists("class", class_.name)
            self._write(class_)

    def change(self, name: str, change: Callable[[Class], Class]) -> Class:
        """Change a class in one step, and return it as it is then; it only would be so when nothing is to be written.

        Raises:
            NotFound: there is none of that name.
        """
        with self._lock:
            changed = change(self.get(name))
            if not self._is_read_only():
                self._write(changed)
            return changed

    def remove(self, name: str) -> None:
        """Remove the file of a class; its sandboxes are the caller's."""
        with self._lock:
            self._path(name).unlink(missing_ok=True)
            self._read.pop(name, None)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let nobody else of this process change classes for the length of a block."""
        with self._lock:
            yield

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    def _write(self, class_: Class) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._path(class_.name)
        fresh = path.with_suffix(f".{os.getpid()}")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(asdict(class_), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        self._read.pop(class_.name, None)


def mode_of(word: str) -> Mode:
    """Return a mode by its word.

    Raises:
        StopIteration: there is none.
    """
    return next(mode for mode in MODES if mode == word)


def seconds_of_work(class_: Class, attempt: Attempt, now: datetime) -> float:
    """Return how long a trainee has been in an exercise, until it was solved; pauses of the class meanwhile do not count."""
    if attempt.worked is not None:
        return attempt.worked
    if attempt.is_waiting:
        return attempt.earlier
    end = datetime.fromisoformat(class_.paused_at) if class_.paused_at else now
    pauses = class_.paused_seconds - attempt.paused_before
    return attempt.earlier + max(0.0, (end - datetime.fromisoformat(attempt.began_at)).total_seconds() - pauses)


def _of_json(raw: dict[str, Any]) -> Class:
    if raw.get("version") != VERSION:
        raise ValueError(f"it is of version {raw.get('version')!r}, and this release reads {VERSION}")
    trainees = {
        id_: Trainee(
            **{
                **row,
                "attempts": {name: _attempt(attempt) for name, attempt in row["attempts"].items()},
                "devices": tuple(row.get("devices", ())),
            }
        )
        for id_, row in raw["trainees"].items()
    }
    messages = tuple(Message(**row) for row in raw["messages"])
    return Class(**{**raw, "exercises": tuple(raw["exercises"]), "trainees": trainees, "messages": messages})


def _attempt(raw: dict[str, Any]) -> Attempt:
    steps = raw.get("steps")
    if steps is not None:
        steps = StepState(**{**steps, "at_first": tuple(steps["at_first"]), "before": tuple(steps["before"])})
    score = raw.get("score")
    if score is not None:
        score = Score(**{**score, "goals": tuple(score["goals"]), "wrong_turns": tuple(score["wrong_turns"])})
    notes = tuple((at, note) for at, note in raw.get("notes", ()))
    return Attempt(**{**raw, "steps": steps, "notes": notes, "score": score})
