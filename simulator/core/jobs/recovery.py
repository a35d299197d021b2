"""Resuming work that an earlier process left unfinished and that is no job."""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.core.sandbox import Db, Sandbox


@dataclass(frozen=True)
class Recovery:
    """How one kind of interrupted work is resumed.

    Attributes:
        is_needed: whether there is any in a sandbox.
        resume: resumes it; it may write.
    """

    is_needed: Callable[[Db], bool]
    resume: Callable[[Db], None]


RECOVERIES: list[Recovery] = []
"""Run for each sandbox when a server starts, and for each copy of a sandbox."""


def resume_interrupted(db: Db) -> None:
    """Resume interrupted work of a sandbox."""
    for recovery in RECOVERIES:
        if recovery.is_needed(db):
            recovery.resume(db)


def resume_interrupted_in(sandbox: Sandbox) -> None:
    """Resume interrupted work of a sandbox, and take the write lock only if there is any."""
    with sandbox.reading() as db:
        if not any(recovery.is_needed(db) for recovery in RECOVERIES):
            return
    with sandbox.transaction() as db:
        resume_interrupted(db)
