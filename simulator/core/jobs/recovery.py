"""Taking over what an earlier process left unfinished: claims of a server that is gone, and other interrupted work."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from simulator.core.jobs.claiming import lease_of
from simulator.core.jobs.models import Job, JobState
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


def release_claims(sandbox: Sandbox, server_started_at: datetime) -> None:
    """Queue the jobs again that an earlier server had claimed.

    Args:
        sandbox: the sandbox of the queue.
        server_started_at: the machine's instant at which the present server started.
    """
    claimed = select(Job).where(Job.state == JobState.RUNNING, Job.in_server.is_(True))
    with sandbox.reading() as db:
        if not _claimed_before(db.scalars(claimed), server_started_at):
            return
    with sandbox.transaction() as db:
        for row in _claimed_before(db.scalars(claimed), server_started_at):
            row.state, row.leased_until = JobState.QUEUED, None


def _claimed_before(claimed: Iterable[Job], instant: datetime) -> list[Job]:
    return [row for row in claimed if row.leased_until is None or row.leased_until <= instant + lease_of(row)]


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
