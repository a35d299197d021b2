"""Time passes: locks end by themselves, machines sleep, and what people see stays sensible."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from simulator.app import Platform
from simulator.classroom import attempts, bar, board, sleeping, teaching
from simulator.classroom.board import BoardRow, Reason, observer
from simulator.classroom.classes import seconds_of_work
from simulator.classroom.exercises import exercise
from simulator.classroom.roster import Entry
from simulator.classroom.teaching import Classroom, classroom
from simulator.core import clock
from simulator.core.sidecar import stamps
from simulator.directory.models import Lock
from tests.visits import Visitor, cast

LOCKED, NEXT = "locked-out", "lost-phone"
READERS = (clock, attempts, bar, board, sleeping, teaching)
"""Modules that ask for the machine's time."""


@pytest.fixture
def room(app: Platform, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    """Return its classes, with one of two trainees; the first goal of the exercise is that a lock has ended."""
    room, entry = classroom(), exercise(LOCKED)
    unlocked = entry.goals[0].model_copy(update={"facts": [{"person_status": {"person": "user", "status": "active"}}]})
    changed = entry.model_copy(update={"goals": [unlocked, *entry.goals[1:]]})
    monkeypatch.setattr(board, "exercise", lambda id_, number=1: changed if id_ == LOCKED else exercise(id_, number))
    room.open("Monday", exercise_ids=[LOCKED, NEXT], entries=[Entry("Lisa"), Entry("Omar")])
    return room


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that lets the machine's clock be ahead; when it was asleep, its ticks stood still meanwhile."""
    now, ticks = clock.machine_now, clock.machine_ticks

    def wait(*, asleep: bool = False, **time: float) -> None:
        for module in READERS:
            monkeypatch.setattr(module, "machine_now", lambda: now() + timedelta(**time))
        if not asleep:
            monkeypatch.setattr(sleeping, "machine_ticks", lambda: ticks() + timedelta(**time).total_seconds())

    return wait


def row(room: Classroom, trainee: str = "lisa") -> BoardRow:
    """Return a trainee's row of the board."""
    rows = observer().rows(room.classes.get("monday"), "en")
    return next(row for row in rows if row.trainee.id == trainee)


def test_a_lock_that_ends_by_itself_is_seen_though_nothing_is_written(
    app: Platform, room: Classroom, wait: Callable[..., None]
) -> None:
    visitor = Visitor(app.test_client(), "/s/monday-lisa-1")
    assert "Goals: 0 of 2" in visitor.get("/exercise/bar").text
    with room.store.open("monday-lisa-1") as sandbox, sandbox.reading() as db:
        left = (db.scalars(select(Lock.until)).one() - db.clock.now()).total_seconds()
    wait(seconds=1)
    before = stamps(room.store.file_of("monday-lisa-1"))
    assert row(room).seen.goals == (False, False)
    wait(seconds=left - 30)
    assert row(room).seen.goals == (False, False)
    wait(seconds=left + 1)
    assert row(room).seen.goals == (True, False)
    assert "Goals: 1 of 2" in visitor.get("/exercise/bar").text
    assert stamps(room.store.file_of("monday-lisa-1")) == before


@pytest.fixture
def lisa(app: Platform, room: Classroom) -> Visitor:
    """Return the browser of a trainee who has come and is signed in; the other one has not come."""
    with room.store.open("monday-lisa-1") as sandbox:
        visitor = Visitor.of(app, sandbox, cast(sandbox, "administrator").email)
    assert visitor.get("/home/").status_code == 200
    return visitor


def test_time_that_passes_is_time_of_work(room: Classroom, lisa: Visitor, wait: Callable[..., None]) -> None:
    wait(minutes=65)
    limit = exercise(LOCKED).minutes or 0
    assert (row(room).minutes, row(room).reasons, row(room, "omar").minutes) == (65, [Reason("over_time", 65 - limit)], 0)
    assert row(room).minutes_left == limit - 66, "a minute that has begun counts"


def test_an_hour_that_the_machine_slept_is_a_pause_and_everybody_goes_on(
    room: Classroom, lisa: Visitor, wait: Callable[..., None]
) -> None:
    before = row(room)
    wait(hours=1, asleep=True)
    assert classroom() is room
    after = row(room)
    assert (after.minutes, after.minutes_left, after.needs_help) == (0, before.minutes_left, False)
    assert after.seen.goals == (True, False), "in the sandbox an hour has passed: the lock has ended"
    assert lisa.get("/home/").status_code == 200
    assert row(room, "omar").minutes_left == before.minutes_left
    room.act("monday", "pause")
    wait(hours=3, asleep=True)
    classroom().act("monday", "resume")
    assert row(room).minutes == 0, "a pause that goes on counts once"


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_set_right_takes_and_gives_nobody_time(
    room: Classroom, lisa: Visitor, wait: Callable[..., None], hours: int
) -> None:
    wait(minutes=5)
    assert row(room).minutes == 5
    wait(minutes=5 + 60 * hours, asleep=True)
    assert classroom() is room and row(room).minutes in (4, 5)


def test_the_time_of_an_exercise_is_that_in_which_the_trainee_is_in_it(
    app: Platform, room: Classroom, lisa: Visitor, wait: Callable[..., None]
) -> None:
    def minutes() -> dict[str, int]:
        class_ = room.classes.get("monday")
        attempts = class_.trainees["lisa"].attempts
        return {id_: int(seconds_of_work(class_, attempt, clock.machine_now()) // 60) for id_, attempt in attempts.items()}

    def come(number: int) -> None:
        assert Visitor(app.test_client(), f"/s/monday-lisa-{number}").get("/mail/").status_code == 200

    wait(minutes=5)
    room.act("monday", "next", "lisa")
    room.say_stuck("monday", "lisa", stuck=True)
    wait(minutes=15)
    moved = row(room)
    assert minutes() == {LOCKED: 15, NEXT: 0}
    assert (moved.exercise, moved.still_in, moved.page, moved.minutes) == (NEXT, LOCKED, "/home/", 0)
    assert [reason.code for reason in moved.reasons] == ["stuck"], "where the trainee is"
    assert moved.attempt.stuck_at is None
    come(2)
    come(1)
    wait(minutes=25)
    arrived = row(room)
    assert (arrived.still_in, arrived.page, arrived.reasons) == (None, "/mail/", [Reason("slow", 10)])
    assert minutes() == {LOCKED: 15, NEXT: 10}
    room.act("monday", "go-to", "lisa", exercise=LOCKED)
    assert (row(room).still_in, row(room).minutes) == (NEXT, 15)
    come(1)
    wait(minutes=30)
    assert minutes() == {LOCKED: 20, NEXT: 10}
