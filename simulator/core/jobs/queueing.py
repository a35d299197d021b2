"""Putting jobs into the queue."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from simulator.core.jobs.models import Job, JobState
from simulator.core.sandbox import Db


def enqueue(db: Db, kind: str, *, key: str | None = None, delay: timedelta = timedelta(0), **data: Any) -> Job | None:
    """Put a job into the queue.

    Args:
        db: the transaction; if it is undone, the job was never queued.
        kind: a registered kind.
        key: refuses a second job of this key until the first one is finished.
        delay: time until it is due, on the sandbox's clock; the sandbox's own delay is added.
        data: arguments of the work, as JSON.

    Returns:
        The job, or None if a job of this key is queued already.
    """
    db.after_commit.append(db.sandbox.queued)
    if key is not None and db.scalar(select(Job.id).where(Job.key == key)):
        return None
    now = db.clock.now()
    row = Job(
        kind=kind,
        data=data,
        key=key,
        queued_at=now,
        due_at=now + delay + timedelta(seconds=db.record.jobs_delay),
        state=JobState.QUEUED,
        attempts=0,
        leased_until=None,
        owner=None,
        finished_at=None,
        error=None,
    )
    db.add(row)
    db.flush()
    return row


def is_unfinished(db: Db, key: str) -> bool:
    """Return whether a job of a key is queued or running."""
    query = select(Job.id).where(Job.key == key, Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
    return db.scalar(query) is not None
