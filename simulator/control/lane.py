"""The lane of waiting calls: so many at once and no more, so that they never take the threads that pages need."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from simulator.control.problems import Problem
from simulator.core.waiting import wake

WAITERS = 32
"""Half of the server's threads."""


class Lane:
    """Lets a number of calls wait at once.

    Args:
        most: how many.
    """

    def __init__(self, most: int = WAITERS) -> None:
        self._most = most
        self._lock = Lock()
        self._waiting: Counter[str] = Counter()
        self.closed = False

    @property
    def waiting(self) -> int:
        """How many calls wait now."""
        with self._lock:
            return self._waiting.total()

    @contextmanager
    def place(self, name: str) -> Iterator[None]:
        """Take a place in the lane while something of a sandbox is waited for.

        Raises:
            Problem: 503 with ``Retry-After`` when the lane is full or the server stops.
        """
        with self._lock:
            if self.closed or self._waiting.total() >= self._most:
                why = "the server stops" if self.closed else f"{self._most} calls wait already"
                raise Problem(503, f"This call cannot wait: {why}.", headers={"Retry-After": "1"})
            self._waiting[name] += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting[name] -= 1
                if not self._waiting[name]:
                    del self._waiting[name]

    def close(self) -> None:
        """Send everybody who waits away, because the server stops."""
        with self._lock:
            self.closed = True
            names = list(self._waiting)
        for name in names:
            wake(name)
