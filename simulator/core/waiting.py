"""Calls that wait until something new happens in a sandbox, without holding a transaction open."""

from collections.abc import Callable
from threading import Condition
from typing import TypeVar

from simulator.core.clock import machine_ticks

T = TypeVar("T")

_changed = Condition()
_counts: dict[str, int] = {}

GLANCE = 0.5
"""Seconds after which a waiting call looks again by itself, for changes that another process made."""


def wake(name: str) -> None:
    """Tell waiting calls that a sandbox has changed."""
    with _changed:
        _counts[name] = _counts.get(name, 0) + 1
        _changed.notify_all()


def wait_for(name: str, look: Callable[[], T | None], seconds: float) -> T | None:
    """Look, and look again whenever the sandbox has changed, until there is something or the time is over.

    Args:
        name: the sandbox.
        look: returns what was waited for, or something empty.
        seconds: machine seconds to wait at most.

    Returns:
        The last thing seen.
    """
    deadline = machine_ticks() + seconds
    while True:
        with _changed:
            seen = _counts.get(name, 0)
        found = look()
        left = deadline - machine_ticks()
        if found or left <= 0:
            return found
        with _changed:
            _changed.wait_for(lambda: _counts.get(name, 0) != seen, timeout=min(left, GLANCE))  # noqa: B023
