"""What is made once in a run, whichever of its processes asks first."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from simulator.lock import holding

T = TypeVar("T")

PATIENCE = 600
"""Seconds that a process waits for another one that makes the same."""


def shared_directory(factory: pytest.TempPathFactory) -> Path:
    """Return the directory that all processes of a run have in common."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def once(directory: Path, make: Callable[[], T]) -> T:
    """Make something in the first process that asks, and read it in the others.

    Args:
        directory: where it is kept; nothing else is there.
        make: makes it; what it returns can be pickled.
    """
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "made"
    with holding(directory, patience=PATIENCE):
        if not file.exists():
            content = make()
            file.write_bytes(pickle.dumps(content))
            return content
    content = pickle.loads(file.read_bytes())
    return content
