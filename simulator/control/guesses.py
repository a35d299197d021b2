"""Counting wrong guesses of the control token."""

from collections import deque
from threading import Lock

from simulator.core.clock import machine_ticks

MOST = 10
WITHIN = 60.0
"""Machine seconds."""


class Guesses:
    """Lets ten wrong guesses a minute happen, whoever makes them, and then nobody guess for a while."""

    def __init__(self) -> None:
        self._wrong: deque[float] = deque(maxlen=MOST)
        self._lock = Lock()

    def seconds_to_wait(self) -> int:
        """Return how many whole seconds nobody may guess; zero when one may."""
        with self._lock:
            if len(self._wrong) < MOST:
                return 0
            return max(0, int(self._wrong[0] + WITHIN - machine_ticks() + 0.999))

    def count_wrong(self) -> None:
        """Remember a wrong guess."""
        with self._lock:
            self._wrong.append(machine_ticks())
