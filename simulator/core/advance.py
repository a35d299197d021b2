"""Advancing a sandbox's clock: every job that becomes due is carried out on the way.

Own choice: due jobs run one after the other, each while the sandbox's clock shows the instant at which it is due; so the order does
not depend on the machine, and one step of a year is the same as twelve steps of a month. Jobs that were overdue before, because the
queue is run by hand, run first and at the clock's present instant: time never runs backwards by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from simulator.core import outgoing_calls
from simulator.core.clock import Clock, ClockMode, iso
from simulator.core.events import Event
from simulator.core.jobs import Job, JobState
from simulator.core.jobs.claiming import claim, is_available
from simulator.core.jobs.execution import carrying_out, queue_lock, run_claimed
from simulator.core.sandbox import Db, Sandbox
from simulator.core.waiting import wait_for

MAX_JOBS = 1000
"""Own choice: jobs carried out by one call; if more become due, the clock is advanced by further calls."""
WAIT_FOR_JOB = 30.0
"""Machine seconds to wait for a job that another process is carrying out."""
WAIT_FOR_CALLS = 12.0
"""Machine seconds to wait, after a job, for the outgoing calls that it started; longer than one call may take."""


class Halted(Exception):
    """The clock could not be advanced to the target; the text says in one sentence how far it was, and why."""


@dataclass(frozen=True)
class Advanced:
    """The result of advancing a clock.

    Attributes:
        now: the instant that it shows.
        fired: the lines that the jobs wrote into the journal, in order.
    """

    now: datetime
    fired: list[Event]


def advance(sandbox: Sandbox, seconds: int, max_jobs: int = MAX_JOBS) -> Advanced:
    """Advance the clock and carry out the jobs that become due, in order of (due, id), even if the queue is run by hand.

    A frozen clock stays frozen, a running one runs on.

    Args:
        sandbox: the sandbox of the clock.
        seconds: how far; at least 1.
        max_jobs: how many jobs are carried out at most.

    Raises:
        Halted: the clock is live; more than ``max_jobs`` jobs became due; or another process does not finish one.
    """
    with queue_lock(sandbox):
        try:
            return _advance(sandbox, seconds, max_jobs)
        finally:
            sandbox.queued()


def _advance(sandbox: Sandbox, seconds: int, max_jobs: int) -> Advanced:
    with sandbox.reading() as db:
        now = _adjustable_clock(db).now()
    target = now + timedelta(seconds=seconds)
    fired: list[Event] = []
    for _ in range(max_jobs):
        _wait_for_other_runners(sandbox, target, now)
        with sandbox.transaction() as db:
            row = db.scalar(_due(db, target))
            now = target if row is None else max(now, row.due_at)
            db.record.clock = _adjustable_clock(db).moved_to(now)
            db.changed = True
            claimed = claim(db, row) if row is not None else None
            last_event = db.scalar(select(func.max(Event.id))) or 0
        if claimed is None:
            return Advanced(now, fired)
        calls = outgoing_calls.count_started(sandbox.name)
        with carrying_out(sandbox, [claimed]):
            lines = run_claimed(sandbox, claimed, at=now)
        fired += lines if outgoing_calls.count_started(sandbox.name) == calls else _after_calls(sandbox, last_event)
    with sandbox.transaction() as db:
        if db.scalar(_due(db, target)) is None:
            db.record.clock = _adjustable_clock(db).moved_to(target)
            return Advanced(target, fired)
    raise Halted(
        f"{max_jobs} jobs were carried out and more became due before {iso(target)}: the clock stands at {iso(now)}. "
        "What happened is in the journal; move the clock again to go on."
    )


def _after_calls(sandbox: Sandbox, last_event: int) -> list[Event]:
    """Wait for the outgoing calls of a job before the clock advances, so that a retry happens at an instant of its own.

    Returns:
        The lines of the journal since then: those of the job, of its calls, and any others written meanwhile.
    """
    outgoing_calls.wait_until_idle(sandbox.name, WAIT_FOR_CALLS)
    with sandbox.reading() as db:
        return list(db.scalars(select(Event).where(Event.id > last_event).order_by(Event.id)))


def _adjustable_clock(db: Db) -> Clock:
    """Return the sandbox's clock.

    Raises:
        Halted: it is live; a control call may have set it so meanwhile.
    """
    clock = db.record.clock
    if clock.mode is ClockMode.LIVE:
        raise Halted(
            "A live clock shows the machine's time and cannot be moved: set it to frozen or running first, "
            "with PUT on the sandbox's clock."
        )
    return clock


def _due(db: Db, until: datetime) -> Select[Job]:
    """Return the query for the job to carry out next."""
    return select(Job).where(is_available(db), Job.due_at <= until).order_by(Job.due_at, Job.id).limit(1)


def _wait_for_other_runners(sandbox: Sandbox, until: datetime, now: datetime) -> None:
    """Wait for jobs that another process has claimed.

    Raises:
        Halted: it does not finish one.
    """
    claimed_jobs = (
        select(Job.id).where(Job.state == JobState.RUNNING, Job.due_at <= until).order_by(Job.due_at, Job.id).limit(1)
    )

    def free() -> bool:
        with sandbox.reading() as db:
            return db.scalar(claimed_jobs.where(~is_available(db))) is None

    if not free() and not wait_for(sandbox.name, free, WAIT_FOR_JOB):
        with sandbox.reading() as db:
            job = db.scalar(claimed_jobs)
        raise Halted(f"Another process has been carrying out job {job} for long: the clock stands at {iso(now)}.")
