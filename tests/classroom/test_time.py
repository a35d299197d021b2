"""Time passes: locks end by themselves, machines sleep, and what people see stays sensible."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from simulator.app import Platform, create_app
from simulator.classroom import attempts, bar, board, teaching
from simulator.classroom.board import BoardRow, observer
from simulator.classroom.roster import Entry
from simulator.classroom.teaching import Classroom, classroom
from simulator.core import clock
from simulator.core.sidecar import stamps
from simulator.core.store import Store
from simulator.settings import Settings
from tests.visits import Visitor

LOCKED, NEXT = "locked-out", "lost-phone"
READERS = (clock, attempts, bar, board, teaching)
"""Modules that ask for the machine's time."""


@pytest.fixture
def app(store: Store) -> Iterator[Platform]:
    """Return a platform within which classes are taught."""
    app = create_app(Settings(data_dir=store.directory), store)
    with app.app_context():
        yield app


@pytest.fixture
def room(app: Platform) -> Classroom:
    """Return its classes, with one of two trainees."""
    room = classroom()
    room.open("Monday", exercise_ids=[LOCKED, NEXT], entries=[Entry("Lisa"), Entry("Omar")])
    return room


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that lets the machine's clock be ahead."""
    real = clock.machine_now

    def wait(**time: float) -> None:
        for module in READERS:
            monkeypatch.setattr(module, "machine_now", lambda: real() + timedelta(**time))

    return wait


def row(room: Classroom, trainee: str = "lisa") -> BoardRow:
    """Return a trainee's row of the board."""
    rows = observer().rows(room.classes.get("monday"), "en")
    return next(row for row in rows if row.trainee.id == trainee)


def test_a_lock_that_ends_by_itself_is_seen_though_nothing_is_written(
    app: Platform, room: Classroom, wait: Callable[..., None]
) -> None:
    visitor = Visitor(app.test_client(), "/s/monday-lisa-1")
    assert "0 of 2 goals" in visitor.get("/exercise/bar").text
    wait(seconds=1)
    before = stamps(room.store.file_of("monday-lisa-1"))
    assert row(room).seen.goals == (False, False)
    wait(minutes=29)
    assert row(room).seen.goals == (False, False)
    wait(minutes=31)
    assert row(room).seen.goals == (True, False)
    assert "1 of 2 goals" in visitor.get("/exercise/bar").text
    assert stamps(room.store.file_of("monday-lisa-1")) == before
