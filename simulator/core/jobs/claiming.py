"""Claiming jobs: a process marks a job as its own, so that no other carries it out.

A claim ends with its process, at the latest with its lease. One that lasts longer than any lease was made while the machine's clock
was ahead, and does not count.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, select

from simulator.core.clock import machine_now
from simulator.core.jobs.models import Job, JobState
from simulator.core.jobs.registry import kind_of
from simulator.core.sandbox import Db, Sandbox

LEASE = timedelta(minutes=2)
LONG_LEASE = timedelta(minutes=20)
"""How long a claim lasts at most, on the machine's clock; the longer one for kinds with a slow part (``prepare``)."""


@dataclass(frozen=True)
class Claim:
    """A claimed job; the number of the attempt distinguishes it from a later runner's claim of the same job."""

    id: int
    attempt: int
    kind: str


def claim_next(sandbox: Sandbox) -> Claim | None:
    """Claim the first due job."""
    return next(iter(claim_batch(sandbox, 1)), None)


def claim_batch(sandbox: Sandbox, limit: int, *, by_hand: bool = True) -> list[Claim]:
    """Claim the first due job; if its kind may be batched, claim the following jobs of that kind too, up to a limit.

    The caller holds the lock of the queue, so claims of this process are left over: it could not even write that they failed.

    Args:
        sandbox: the sandbox of the queue.
        limit: how many jobs at most.
        by_hand: claim jobs also of a queue that is run by hand.
    """
    with sandbox.reading() as db:
        if not _due(db, 1, by_hand):
            return []
    with sandbox.transaction() as db:
        due = _due(db, limit, by_hand)
        if not due:
            return []
        _, first_kind = due[0]
        if kind_of(first_kind).batched:
            count = next((index for index, (_, kind) in enumerate(due) if kind != first_kind), len(due))
        else:
            count = 1
        rows = db.scalars(select(Job).where(Job.id.in_([id_ for id_, _ in due[:count]])).order_by(Job.due_at, Job.id))
        return [claim(db, row) for row in rows]


def claim(db: Db, row: Job) -> Claim:
    """Claim an available job, in a transaction that writes."""
    row.state, row.leased_until, row.owner = JobState.RUNNING, machine_now() + lease_of(row), db.sandbox.process
    row.attempts += 1
    return Claim(row.id, row.attempts, row.kind)


def lease_of(row: Job) -> timedelta:
    """Return how long a claim of a job lasts."""
    return LEASE if kind_of(row.kind).prepare is None else LONG_LEASE


def is_available(db: Db) -> ColumnElement[bool]:
    """Return the condition of jobs that can be claimed: queued ones, and running ones that nobody carries out any more.

    The caller holds the lock of the queue.
    """
    now = machine_now()
    owners = db.scalars(select(Job.owner).where(Job.state == JobState.RUNNING).distinct()).all()
    gone = [owner for owner in owners if owner and (owner == db.sandbox.process or not db.sandbox.is_alive(owner))]
    is_left: ColumnElement[bool] = ~Job.leased_until.between(now, now + LONG_LEASE) | Job.owner.in_(gone)
    return (Job.state == JobState.QUEUED) | ((Job.state == JobState.RUNNING) & is_left)


def row_if_held(db: Db, claim: Claim) -> Job | None:
    """Return the row of a claimed job, or None if the lease has ended and another runner has claimed it since."""
    row = db.get_one(Job, claim.id)
    return row if row.state == JobState.RUNNING and row.attempts == claim.attempt else None


def _due(db: Db, limit: int, by_hand: bool) -> list[tuple[int, str]]:
    """Return ids and kinds of the first due jobs."""
    if not by_hand and db.read_record().jobs_mode != "auto":
        return []
    query = select(Job.id, Job.kind).where(is_available(db), Job.due_at <= db.clock.now())
    return [(id_, kind) for id_, kind in db.execute(query.order_by(Job.due_at, Job.id).limit(limit))]
