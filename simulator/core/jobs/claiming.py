"""Claiming jobs: a runner marks a job as its own until a lease ends, so that no two runners carry out the same job."""

from dataclasses import dataclass
from datetime import timedelta
from threading import Event

from sqlalchemy import ColumnElement, select

from simulator.core.clock import machine_now
from simulator.core.jobs.models import Job, JobState
from simulator.core.jobs.registry import kind_of
from simulator.core.sandbox import Db, Sandbox

LEASE = timedelta(minutes=2)
LONG_LEASE = timedelta(minutes=20)
"""How long a claim lasts, on the machine's clock; the longer one for kinds with a slow part (``prepare``)."""

_in_server = Event()
"""Set in the process of the server."""


def mark_process_as_server() -> None:
    """Mark claims of this process from here on as claims of the server."""
    _in_server.set()


@dataclass(frozen=True)
class Claim:
    """A claimed job; the number of the attempt distinguishes it from a later runner's claim of the same job."""

    id: int
    attempt: int
    kind: str


def claim_next(sandbox: Sandbox) -> Claim | None:
    """Claim the first due job."""
    return next(iter(claim_batch(sandbox, 1)), None)


def claim_batch(sandbox: Sandbox, limit: int) -> list[Claim]:
    """Claim the first due job; if its kind may be batched, claim the following jobs of that kind too, up to a limit."""
    with sandbox.reading() as db:
        if not _due(db, 1):
            return []
    with sandbox.transaction() as db:
        due = _due(db, limit)
        if not due:
            return []
        _, first_kind = due[0]
        if kind_of(first_kind).batched:
            count = next((index for index, (_, kind) in enumerate(due) if kind != first_kind), len(due))
        else:
            count = 1
        rows = db.scalars(select(Job).where(Job.id.in_([id_ for id_, _ in due[:count]])).order_by(Job.due_at, Job.id))
        return [claim(row) for row in rows]


def claim(row: Job) -> Claim:
    """Claim an available job, in a transaction that writes."""
    row.state, row.leased_until, row.in_server = JobState.RUNNING, machine_now() + lease_of(row), _in_server.is_set()
    row.attempts += 1
    return Claim(row.id, row.attempts, row.kind)


def lease_of(row: Job) -> timedelta:
    """Return how long a claim of a job lasts."""
    return LEASE if kind_of(row.kind).prepare is None else LONG_LEASE


def is_available() -> ColumnElement[bool]:
    """Return the condition of jobs that can be claimed: queued ones, and running ones whose lease has ended."""
    return (Job.state == JobState.QUEUED) | ((Job.state == JobState.RUNNING) & (Job.leased_until < machine_now()))


def row_if_held(db: Db, claim: Claim) -> Job | None:
    """Return the row of a claimed job, or None if the lease has ended and another runner has claimed it since."""
    row = db.get_one(Job, claim.id)
    return row if row.state == JobState.RUNNING and row.attempts == claim.attempt else None


def _due(db: Db, limit: int) -> list[tuple[int, str]]:
    """Return ids and kinds of the first due jobs."""
    query = select(Job.id, Job.kind).where(is_available(), Job.due_at <= db.clock.now())
    return [(id_, kind) for id_, kind in db.execute(query.order_by(Job.due_at, Job.id).limit(limit))]
