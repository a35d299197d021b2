"""Moving a sandbox's clock ahead, with everything happening on the way that would have happened.

Own choice: what is due is done one after the other, each at its own instant, and the sandbox's clock stands there meanwhile; so the
order does not depend on the machine, and a year at once is the same as twelve months one by one. What was due before the clock is
moved, because the queue is held, happens first and at the instant at which the clock stood: time never runs backwards by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from simulator.core import errands, jobs
from simulator.core.clock import Clock, ClockMode, iso, machine_now
from simulator.core.events import Event
from simulator.core.jobs import Job, JobState
from simulator.core.sandbox import Db, Sandbox
from simulator.core.waiting import wait_for

MOST = 1000
"""Own choice: jobs carried out in one move; a sandbox in which more is due is moved again."""
PATIENCE = 30.0
"""Machine seconds to wait for a job that another process is just carrying out."""
PATIENCE_OUTSIDE = 12.0
"""Machine seconds to wait, after a job, for errands outside that it began; longer than one errand may take."""


class Halted(Exception):
    """The clock could not be moved all the way; the text is one sentence that says how far it came and why."""


@dataclass(frozen=True)
class Moved:
    """A clock that was moved.

    Attributes:
        now: what it shows.
        fired: the lines that everything which became due wrote into the journal, in order.
    """

    now: datetime
    fired: list[Event]


def advance(sandbox: Sandbox, seconds: int, most: int = MOST) -> Moved:
    """Move the clock ahead and carry out what becomes due, in order of (due, id), also while the queue is held.

    A frozen clock stays frozen, a running one runs on.

    Args:
        sandbox: whose clock.
        seconds: how far; at least 1.
        most: how many jobs are carried out at most.

    Raises:
        Halted: the clock is live; more than ``most`` jobs became due; or another process does not finish one.
    """
    with jobs.turn(sandbox):
        try:
            return _advance(sandbox, seconds, most)
        finally:
            sandbox.queued()


def _advance(sandbox: Sandbox, seconds: int, most: int) -> Moved:
    with sandbox.reading() as db:
        now = _movable(db).now()
    target = now + timedelta(seconds=seconds)
    fired: list[Event] = []
    for _ in range(most):
        _let_others_finish(sandbox, target, now)
        with sandbox.transaction() as db:
            row = db.scalar(_due(target))
            now = target if row is None else max(now, row.due_at)
            db.record.clock = _movable(db).moved_to(now)
            db.changed = True
            claim = jobs.take(row) if row is not None else None
            last = db.scalar(select(func.max(Event.id))) or 0
        if claim is None:
            return Moved(now, fired)
        sent = errands.sent(sandbox.name)
        lines = jobs.carry_out(sandbox, claim, at=now)
        fired += lines if errands.sent(sandbox.name) == sent else _after_errands(sandbox, last)
    with sandbox.transaction() as db:
        if db.scalar(_due(target)) is None:
            db.record.clock = _movable(db).moved_to(target)
            return Moved(target, fired)
    raise Halted(
        f"{most} jobs were carried out and more became due before {iso(target)}: the clock stands at {iso(now)}. "
        "What happened is in the journal; move the clock again to go on."
    )


def _after_errands(sandbox: Sandbox, last: int) -> list[Event]:
    """Let what a job began outside be tried before the clock goes on, so that a second try has its own instant too.

    Returns:
        The lines that the job and its errands wrote, and whoever else wrote any meanwhile.
    """
    errands.wait_until_idle(sandbox.name, PATIENCE_OUTSIDE)
    with sandbox.reading() as db:
        return list(db.scalars(select(Event).where(Event.id > last).order_by(Event.id)))


def _movable(db: Db) -> Clock:
    """Return the clock as it is set.

    Raises:
        Halted: it is live; somebody may have set it so meanwhile.
    """
    clock = db.record.clock
    if clock.mode is ClockMode.LIVE:
        raise Halted(
            "A live clock shows the machine's time and cannot be moved: set it to frozen or running first, "
            "with PUT on the sandbox's clock."
        )
    return clock


def _due(until: datetime) -> Select[Job]:
    """Return the query for the job to carry out next: one that waits, or whose runner is lost."""
    waiting = (Job.state == JobState.QUEUED) | ((Job.state == JobState.RUNNING) & (Job.leased_until < machine_now()))
    return select(Job).where(waiting, Job.due_at <= until).order_by(Job.due_at, Job.id).limit(1)


def _let_others_finish(sandbox: Sandbox, until: datetime, now: datetime) -> None:
    """Wait for jobs that another process holds.

    Raises:
        Halted: it does not finish one.
    """
    held = select(Job.id).where(Job.state == JobState.RUNNING, Job.due_at <= until).order_by(Job.due_at, Job.id).limit(1)

    def free() -> bool:
        with sandbox.reading() as db:
            return db.scalar(held.where(Job.leased_until >= machine_now())) is None

    if not free() and not wait_for(sandbox.name, free, PATIENCE):
        with sandbox.reading() as db:
            found = db.scalar(held)
        raise Halted(f"Another process has been carrying out job {found} for long: the clock stands at {iso(now)}.")
