"""The sandboxes of trainees: made, put back, and with a snapshot of each goal that was reached.

Own choice, all of it.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from simulator.classroom.attempts import current_attempt
from simulator.classroom.classes import Class, Trainee
from simulator.classroom.exercises import exercise, overlay
from simulator.core import copies
from simulator.core.clock import Clock
from simulator.core.database import QuotaReached, Unreadable
from simulator.core.errors import AlreadyExists, NotFound, RuleViolation
from simulator.core.events import Event
from simulator.core.store import Creation, Store

CLASS_TAG, TRAINEE_TAG = "class:", "trainee:"
"""How the tags of a class's sandboxes begin."""
REACHED = "goals-"
"""How the names of the snapshots begin that are made when goals are reached; the number of goals follows."""
LOST = (NotFound, Unreadable, DatabaseError)
"""What a sandbox raises that was deleted, or whose file cannot be read."""


class Sandboxes:
    """The sandboxes of a server's trainees.

    Args:
        store: where they are.
        scenarios: the ``seed.Catalogue``.
    """

    def __init__(self, store: Store, scenarios: Any) -> None:
        self._store = store
        self._scenarios = scenarios

    def make(self, name: str, class_: Class, trainee: Trainee) -> None:
        """Make a sandbox for the exercise that a trainee is at.

        Raises:
            AlreadyExists: there is one of that name, of somebody else.
        """
        exercise_ = exercise(class_.exercises[trainee.at], trainee.number)
        begins = exercise_.now or self._scenarios.now_of(exercise_.scenario, None)
        # For lists of sandboxes by one word, and with the name as it was written.
        tags = (class_.name, f"{CLASS_TAG}{class_.name}", f"{TRAINEE_TAG}{trainee.id}", f"trainee: {trainee.name}")
        creation = Creation(
            scenario=exercise_.scenario,
            scenario_text=self._scenarios.text_of(exercise_.scenario),
            language=trainee.language,
            clock=Clock.running(begins) if begins else Clock.live(),
            tags=tags,
            overlay=overlay(exercise_, trainee.number),
        )
        with suppress(NotFound), self._store.open(name) as sandbox:
            if tags[1] in sandbox.read_record().tags:
                # Of a class of that name which a killed server did not finish.
                self._store.delete(name)
        self._store.create(name, creation)

    def make_anew(self, class_: Class, trainee: Trainee) -> None:
        """Make the sandbox of the exercise that a trainee is at once more: it was deleted, or its file cannot be read."""
        name = current_attempt(class_, trainee).sandbox
        self.delete([name])
        self.make(name, class_, trainee)

    def put_back(self, class_: Class, trainee: Trainee) -> None:
        """Put the sandbox of the exercise that a trainee is at back to its beginning; one that is lost is made anew."""
        name = current_attempt(class_, trainee).sandbox
        try:
            for snapshot in self._snapshots(name):
                copies.remove_snapshot(self._store, name, snapshot)
            self._store.reset(name)
        except LOST:
            self.make_anew(class_, trainee)

    def delete(self, names: Iterable[str]) -> None:
        """Delete those of the named sandboxes that are there."""
        for name in names:
            with suppress(NotFound):
                self._store.delete(name)

    def keep(self, name: str, goals: int) -> None:
        """Make a snapshot of a sandbox in which so many goals are reached, if it is there and its quota allows it."""
        with suppress(NotFound, AlreadyExists, QuotaReached):
            if f"{REACHED}{goals}" in self._snapshots(name):
                copies.remove_snapshot(self._store, name, f"{REACHED}{goals}")
            copies.make_snapshot(self._store, name, f"{REACHED}{goals}")

    def goals_in_snapshots(self, name: str) -> int:
        """Return how many goals were reached when the newest snapshot of a sandbox was made; zero when there is none."""
        return max((int(snapshot.removeprefix(REACHED)) for snapshot in self._snapshots(name)), default=0)

    def before_last_work(self, name: str) -> str | None:
        """Return the snapshot to which what was done since the last goal is taken back; None for the beginning.

        Raises:
            RuleViolation: nothing was done since, or the sandbox is lost.
        """
        try:
            last = f"{REACHED}{self.goals_in_snapshots(name)}"
            saved = next((snapshot for snapshot in copies.snapshots(self._store, name) if snapshot.name == last), None)
            with self._store.open(name) as sandbox, sandbox.reading() as db:
                later = Event.at > saved.now if saved is not None else Event.at >= db.record.born_at
                if db.scalar(select(Event.id).where(later).limit(1)) is None:
                    raise RuleViolation("class.nothing_to_undo")
        except LOST:
            raise RuleViolation("class.sandbox_lost") from None
        return saved.name if saved is not None else None

    def _snapshots(self, name: str) -> list[str]:
        names = [snapshot.name for snapshot in copies.snapshots(self._store, name)]
        return [snapshot for snapshot in names if snapshot.startswith(REACHED)]
