"""Runs the bare application."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.processes import first_answer, free_port, running


@contextmanager
def bare() -> Iterator[int]:
    """Serve the bare application for the length of the block; returns its port."""
    port = free_port()
    with running([sys.executable, "-m", "bench.bare", str(port)]) as process:
        first_answer(process, port, "/")
        yield port
