"""A class of thirty: opening it, and a board of thirty trainees by ten exercises that follows them."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import vnsim
from bench.figures import Effort, Figure, median
from simulator.app import Platform, create_app
from simulator.classroom.exercises import exercises
from simulator.classroom.roster import Entry
from simulator.classroom.teaching import Classroom, classroom
from simulator.core.sidecar import SETTLED
from simulator.settings import Settings

TRAINEES, EXERCISES = 30, 10
AIM_OPEN, AIM_BOARD = 2, 20
"""Seconds, and milliseconds of processor time."""


def measure(effort: Effort) -> list[Figure]:
    """Open classes in this process, go through all exercises, and ask for the board of the last one again and again."""
    with vnsim.fresh() as data_dir:
        app = create_app(Settings(data_dir=Path(data_dir)))
        with app.app_context():
            room = classroom()
            _open(room, 0)  # scenarios are built
            opened = [_timed(partial(_open, room, number), time.perf_counter) for number in range(1, 1 + effort.rounds)]
            for _ in range(EXERCISES - 1):
                room.act("class0", "next")
        boards = _boards(app, effort)
    return [
        Figure("open a class of 30", median(opened), "s", opened, aim=f"<= {AIM_OPEN} s", met=median(opened) <= AIM_OPEN),
        Figure(
            "board, 30 x 10, processor",
            median(boards),
            "ms",
            boards,
            aim=f"<= {AIM_BOARD} ms",
            met=median(boards) <= AIM_BOARD,
        ),
    ]


def _open(room: Classroom, number: int) -> None:
    entries = [Entry(f"Trainee {at}") for at in range(TRAINEES)]
    room.open(f"Class {number}", exercise_ids=list(exercises())[:EXERCISES], entries=entries)


def _boards(app: Platform, effort: Effort) -> list[float]:
    """Return milliseconds of processor time of answers with the board, after a first one that looks into every sandbox."""
    client = app.test_client()
    time.sleep(2 * SETTLED)
    assert client.get("/class/class0/rows").status_code == 200
    return [1000 * _timed(lambda: client.get("/class/class0/rows"), time.process_time) for _ in range(effort.operations)]


def _timed(work: Callable[[], object], clock: Callable[[], float]) -> float:
    begin = clock()
    work()
    return clock() - begin
