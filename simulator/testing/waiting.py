"""Waiting for a server process, by the machine's clock: there is no sandbox yet whose clock could be asked."""

from collections.abc import Iterator
from time import monotonic, sleep

BETWEEN_TRIES = 0.02


def tries(seconds: float) -> Iterator[None]:
    """Yield again and again, with a short rest between, until the seconds are over."""
    until = monotonic() + seconds
    while monotonic() < until:
        yield
        sleep(BETWEEN_TRIES)
