"""Waiting until a sandbox changes, without an open transaction."""

from collections.abc import Callable
from threading import Condition
from typing import TypeVar

from simulator.core.clock import machine_ticks

T = TypeVar("T")

_changed = Condition()
_counts: dict[str, int] = {}

POLL_INTERVAL = 0.5
"""Seconds after which a waiting call polls by itself, for changes by other processes."""


def wake(name: str) -> None:
    """Tell waiting calls that a sandbox has changed."""
    with _changed:
        _counts[name] = _counts.get(name, 0) + 1
        _changed.notify_all()


def wait_for(name: str, look: Callable[[], T | None], seconds: float) -> T | None:
    """Call a function, and again whenever the sandbox has changed, until it returns a true value or the time is over.

    Args:
        name: the sandbox.
        look: returns the awaited value, or a false value.
        seconds: machine seconds to wait at most.

    Returns:
        The last returned value.
    """
    deadline = machine_ticks() + seconds
    while True:
        with _changed:
            seen = _counts.get(name, 0)
        result = look()
        left = deadline - machine_ticks()
        if result or left <= 0:
            return result
        with _changed:
            _changed.wait_for(lambda: _counts.get(name, 0) != seen, timeout=min(left, POLL_INTERVAL))  # noqa: B023
