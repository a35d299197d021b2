"""Waiting until a sandbox changes, without an open transaction."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition
from typing import TypeVar

from simulator.core.clock import machine_ticks

T = TypeVar("T")

_changed = Condition()
_counts: dict[str, int] = {}
"""How often each sandbox has changed that a call waits for; of others nothing is stored, since tests make thousands of them."""
_waiting: Counter[str] = Counter()

POLL_INTERVAL = 0.5
"""Seconds after which a waiting call polls by itself, for changes by other processes."""


def wake(name: str) -> None:
    """Tell waiting calls that a sandbox has changed."""
    with _changed:
        if name in _counts:
            _counts[name] += 1
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
    with _counting(name):
        while True:
            with _changed:
                seen = _counts[name]
            result = look()
            left = deadline - machine_ticks()
            if result or left <= 0:
                return result
            with _changed:
                _changed.wait_for(lambda: _counts[name] != seen, timeout=min(left, POLL_INTERVAL))  # noqa: B023


@contextmanager
def _counting(name: str) -> Iterator[None]:
    """Count the changes of a sandbox for the length of a block."""
    with _changed:
        _waiting[name] += 1
        _counts.setdefault(name, 0)
    try:
        yield
    finally:
        with _changed:
            _waiting[name] -= 1
            if not _waiting[name]:
                del _waiting[name], _counts[name]
