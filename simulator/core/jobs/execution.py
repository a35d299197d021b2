"""Carrying out claimed jobs: in the order in which they are due, each once, with three attempts."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock, RLock
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy import func, select

from simulator.core import events
from simulator.core.database import NoRoom
from simulator.core.jobs import claiming
from simulator.core.jobs.claiming import Claim, row_if_held
from simulator.core.jobs.models import Job, JobState
from simulator.core.jobs.registry import JobKind, kind_of
from simulator.core.late import late
from simulator.core.sandbox import Db, Sandbox

ATTEMPTS = 3
BATCH_SIZE = 20
"""Own choice: how many short jobs of one kind share a transaction, so that other writers wait a fraction of a second at most."""

events.declare(job__failed="A job was given up after its last attempt.")

_queue_locks: "WeakValueDictionary[Path, QueueLock]" = WeakValueDictionary()
_queue_locks_lock = RLock()

_running: dict[tuple[Path, Claim], Sandbox] = {}
_running_lock = Lock()


trigger_fault = late("simulator.core.faults:trigger")


class OrderedFailure(Exception):
    """An attempt that fails because a test ordered it."""


class QueueLock:
    """The lock of one generation's queue in this process: jobs run one after the other, in their order."""

    def __init__(self) -> None:
        self._lock = RLock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def is_free(self) -> bool:
        """Return whether this thread could acquire it now."""
        free = self._lock.acquire(blocking=False)
        if free:
            self._lock.release()
        return free


def queue_lock(sandbox: Sandbox) -> QueueLock:
    """Return the lock to hold while jobs of this generation are carried out."""
    with _queue_locks_lock:
        return _queue_locks.setdefault(sandbox.path, QueueLock())


def run_due(sandbox: Sandbox, may_claim: Callable[[], bool] = lambda: True, *, by_hand: bool = True) -> list[int]:
    """Carry out all due jobs, in order of (due, id).

    Args:
        sandbox: the sandbox of the queue.
        may_claim: whether further jobs may be claimed, asked before each claim.
        by_hand: carry out jobs also of a queue that is run by hand.

    Returns:
        The ids of the jobs, one for each attempt.
    """
    ids = []
    with queue_lock(sandbox):
        while may_claim() and (claims := claiming.claim_batch(sandbox, BATCH_SIZE, by_hand=by_hand)):
            with carrying_out(sandbox, claims):
                _run_batch(sandbox, claims)
            ids += [claim.id for claim in claims]
    return ids


@contextmanager
def carrying_out(sandbox: Sandbox, claims: Sequence[Claim]) -> Iterator[None]:
    """Know in the block that these jobs are being carried out, so that they can be given back when the process must end."""
    with _running_lock:
        _running.update({(sandbox.path, claim): sandbox for claim in claims})
    try:
        yield
    finally:
        with _running_lock:
            for claim in claims:
                del _running[sandbox.path, claim]


def give_back_running() -> None:
    """Queue again all jobs that this process is carrying out; what is still done for them comes to nothing."""
    with _running_lock:
        running = list(_running.items())
    for (_, claim), sandbox in running:
        _give_back(sandbox, claim)


def run_claimed(sandbox: Sandbox, claim: Claim, at: datetime | None = None) -> list[events.Event]:
    """Carry out a claimed job.

    Args:
        sandbox: the sandbox of its queue.
        claim: the claim.
        at: the instant that the sandbox's clock shows to the job; the clock's own time if None.

    Returns:
        The lines that the job wrote into the journal.

    Raises:
        NoRoom: the disk is full; the job is queued again, and this attempt does not count.
    """
    kind = kind_of(claim.kind)
    try:
        prepared = _prepare(sandbox, claim, at)
        with sandbox.transaction() as db:
            if kind.batched:
                db.cache_reads()
            if at is not None:
                db.stand_at(at)
            row, last_event = row_if_held(db, claim), _last_event_id(db)
            if row is not None:
                _carry_out(db, row, kind, prepared)
            return _announce(db, last_event)
    except NoRoom:
        _give_back(sandbox, claim)
        raise
    except Exception as error:
        with sandbox.transaction() as db:
            if at is not None:
                db.stand_at(at)
            row, last_event = row_if_held(db, claim), _last_event_id(db)
            if row is not None:
                _queue_again_or_give_up(db, row, error)
            return _announce(db, last_event)


def _run_batch(sandbox: Sandbox, claims: Sequence[Claim]) -> None:
    """Carry out jobs in one transaction; each by itself if there is only one, or if the transaction fails."""
    if len(claims) > 1:
        try:
            with sandbox.transaction() as db:
                db.cache_reads()
                # One query for all rows; the session has them when they are needed one by one.
                db.scalars(select(Job).where(Job.id.in_([claim.id for claim in claims]))).all()
                for claim in claims:
                    row = row_if_held(db, claim)
                    if row is not None:
                        _carry_out(db, row, kind_of(row.kind), {})
                db.changed = True
            return
        except NoRoom:
            for claim in claims:
                _give_back(sandbox, claim)
            raise
        except Exception as error:
            logging.getLogger(__name__).info("%d jobs are carried out one by one: %s", len(claims), error)
    for claim in claims:
        run_claimed(sandbox, claim)


def _carry_out(db: Db, row: Job, kind: JobKind, prepared: dict[str, Any]) -> None:
    """Do the work of a job, unless a fault makes this attempt fail, or puts the job off."""
    fault = trigger_fault(db, (f"job.{row.kind}",), subject=f"job.{row.kind}", job=row.id) if db.head.has_faults else None
    if fault is None:
        kind.work(db, **row.data, **prepared)
        _mark_done(db, row)
    elif fault.outcome == "late":
        _queue_again(row)
        row.due_at, row.attempts = db.clock.now() + timedelta(seconds=fault.seconds), row.attempts - 1
    else:
        _queue_again_or_give_up(db, row, OrderedFailure("it failed" if fault.hidden else "a test ordered it"))


def _prepare(sandbox: Sandbox, claim: Claim, at: datetime | None) -> dict[str, Any]:
    prepare = kind_of(claim.kind).prepare
    if prepare is None:
        return {}
    with sandbox.reading() as db:
        if at is not None:
            db.stand_at(at)
        return {"prepared": prepare(db, **db.get_one(Job, claim.id).data)}


def _last_event_id(db: Db) -> int:
    return db.scalar(select(func.max(events.Event.id))) or 0


def _announce(db: Db, last_event: int) -> list[events.Event]:
    """Wake callers that wait for a job to finish, and return the journal's lines after an id."""
    db.changed = True
    db.flush()
    return list(db.scalars(select(events.Event).where(events.Event.id > last_event).order_by(events.Event.id)))


def _mark_done(db: Db, row: Job) -> None:
    row.state, row.key, row.finished_at, row.error = JobState.DONE, None, db.clock.now(), None


def _give_back(sandbox: Sandbox, claim: Claim) -> None:
    """Queue a claimed job again as it was before; if there is no room even for that, it is left over."""
    with suppress(NoRoom), sandbox.transaction() as db:
        row = row_if_held(db, claim)
        if row is not None:
            _queue_again(row)
            row.attempts -= 1


def _queue_again(row: Job) -> None:
    row.state, row.leased_until, row.owner = JobState.QUEUED, None, None


def _queue_again_or_give_up(db: Db, row: Job, error: Exception) -> None:
    """Queue a failed job again; after its last attempt give it up."""
    row.error = f"{type(error).__name__}: {error}"
    _queue_again(row)
    if row.attempts < ATTEMPTS:
        return
    row.state, row.key, row.finished_at = JobState.FAILED, None, db.clock.now()
    events.record(db, "job.failed", subject=row.kind, job=row.id, error=row.error)
    _run_failure_handler(db, row)


def _run_failure_handler(db: Db, row: Job) -> None:
    """Call the kind's ``on_failed``; if that fails too, its changes are undone and the job is given up all the same."""
    handler = kind_of(row.kind).on_failed
    if handler is None:
        return
    try:
        with db.begin_nested():
            handler(db, **row.data)
    except Exception as error:
        row.error = f"{row.error}; and what is done then failed too: {type(error).__name__}: {error}"
