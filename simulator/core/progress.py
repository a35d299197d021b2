"""How far work is that takes long: what others of this process see while they wait for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Literal

from simulator.core.clock import machine_now

Kind = Literal["scenario", "import"]


@dataclass
class Task:
    """Work that takes long.

    Attributes:
        kind: ``scenario``, which is prepared for its first sandbox of a day, or ``import`` of a sandbox.
        name: name of the scenario or sandbox.
        started_at: machine time of its beginning.
        done: how many of its steps are done.
        total: how many steps it has; 0 while that is unknown.
    """

    kind: Kind
    name: str
    started_at: datetime
    done: int = 0
    total: int = 0


_lock = Lock()
_tasks: list[Task] = []
_current: ContextVar[Task | None] = ContextVar("task", default=None)


@contextmanager
def task(kind: Kind, name: str) -> Iterator[None]:
    """Run work that others can follow; within it ``expect`` and ``step`` are about it."""
    started = Task(kind, name, machine_now())
    with _lock:
        _tasks.append(started)
    token = _current.set(started)
    try:
        yield
    finally:
        _current.reset(token)
        with _lock:
            _tasks.remove(started)


def expect(steps: int) -> None:
    """Say how many steps the present task has; nothing happens outside of one."""
    present = _current.get()
    if present is not None:
        present.total = steps


def step(steps: int = 1) -> None:
    """Count steps of the present task as done; nothing happens outside of one."""
    present = _current.get()
    if present is not None:
        present.done = min(present.done + steps, present.total)


def running() -> list[Task]:
    """Return the tasks that run in this process now, the oldest first."""
    with _lock:
        return [replace(present) for present in _tasks]
