"""A limit on long polls: calls that wait for something must never take all threads, because pages need some."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from simulator.core.waiting import wake
from simulator.web.problem_documents import Problem

WAITERS = 32
"""Half of the server's threads."""


class LongPollLimiter:
    """Limits how many calls may wait at once.

    Args:
        most: the number of slots.
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
    def slot(self, name: str) -> Iterator[None]:
        """Hold one of the slots while a call waits for something in a sandbox.

        Raises:
            Problem: 503 with ``Retry-After`` when no slot is free or the server stops.
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
        """End all waiting calls, because the server stops."""
        with self._lock:
            self.closed = True
            names = list(self._waiting)
        for name in names:
            wake(name)
