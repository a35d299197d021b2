"""The queue of a sandbox. Job rows are the truth; workers only carry them out.

A job is one function call with JSON arguments. What it does and the word *done* are one commit, so that a worker that is killed
leaves either nothing or everything; a unique key keeps the same job from being queued twice.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Event, RLock
from typing import Any, Protocol
from weakref import WeakValueDictionary

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, mapped_column

from simulator.core import events
from simulator.core.alarms import Alarms
from simulator.core.clock import machine_now
from simulator.core.database import DAMAGE, Base, among
from simulator.core.errors import NotFound
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Store, sandboxes_of

LEASE = timedelta(minutes=2)
LONG_LEASE = timedelta(minutes=20)
"""How long a claim holds, on the machine's time; the longer one for jobs with a part that takes long."""
ATTEMPTS = 3
LONGEST_NAP = 600.0
"""Seconds after which a queue with something to come is looked at again at the latest."""
FIRST_LOOK = 60.0
"""Seconds after which the queue of a new sandbox is looked at: not at once, because nothing in a scenario is due at birth."""
AFTER_AN_ERROR = 10.0
"""Seconds after which a queue is looked at again that could not be carried out."""
A_MOMENT = 0.05
"""Seconds after which a queue is looked at again that somebody else was carrying out."""

events.declare(job__failed="A job was given up after its last attempt.")


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One call of a registered function. ``due_at`` is the sandbox's time, ``leased_until`` the machine's.

    ``in_server`` marks a claim by the server, of which a data directory has one at a time.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
    key: Mapped[str | None] = mapped_column(unique=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    queued_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(index=True, info=among(JobState))
    attempts: Mapped[int]
    leased_until: Mapped[datetime | None]
    in_server: Mapped[bool] = mapped_column(default=False)
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None]


class Work(Protocol):
    """A function the queue can call: ``work(db, **data)``."""

    def __call__(self, db: Db, **data: Any) -> None: ...


class Preparation(Protocol):
    """The long part of a job: ``prepare(db, **data)``; what it returns is handed to the work as ``prepared``."""

    def __call__(self, db: Db, **data: Any) -> Any: ...


KINDS: dict[str, Work] = {}
PREPARATIONS: dict[str, Preparation] = {}
FAREWELLS: dict[str, Work] = {}
TOGETHER: set[str] = set()
MOST_TOGETHER = 20
"""Own choice: how many short jobs of one kind share a transaction; whoever writes waits for no more than a fraction of a second."""


def job(
    kind: str, *, prepare: Preparation | None = None, given_up: Work | None = None, together: bool = False
) -> Callable[[Work], Work]:
    """Register a function as the work of a kind of job.

    Args:
        kind: the kind.
        prepare: what takes long and only reads, done before the transaction of the work, so that nobody waits for it.
        given_up: what is done, in the same transaction, when the last attempt has failed; the job is given up even
            when this fails.
        together: whether several that are due one after the other may share a transaction: for short work of which there is
            much. When one of them fails nothing of it is kept, and each is carried out by itself.
    """

    def register(work: Work) -> Work:
        KINDS[kind] = work
        if prepare is not None:
            PREPARATIONS[kind] = prepare
        if given_up is not None:
            FAREWELLS[kind] = given_up
        if together:
            TOGETHER.add(kind)
        return work

    return register


def enqueue(db: Db, kind: str, *, key: str | None = None, delay: timedelta = timedelta(0), **data: Any) -> Job | None:
    """Put a job into the queue.

    Args:
        db: the transaction; the job vanishes with it when it is undone.
        kind: a registered kind.
        key: refuses a second job of this key while the first is not finished.
        delay: how long, on the sandbox's clock, until it is due; the sandbox's own delay is added.
        data: the work's arguments, as JSON.

    Returns:
        The job, or None when one of this key is queued already.
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
        finished_at=None,
        error=None,
    )
    db.add(row)
    db.flush()
    return row


_turns: "WeakValueDictionary[Path, _Turn]" = WeakValueDictionary()
_turns_lock = RLock()


class _Turn:
    """The right to carry out jobs of one generation in this process, so that they happen one after the other, in their order."""

    def __init__(self) -> None:
        self._lock = RLock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def is_free(self) -> bool:
        """Say whether this thread could have it now."""
        free = self._lock.acquire(blocking=False)
        if free:
            self._lock.release()
        return free


def turn(sandbox: Sandbox) -> _Turn:
    """Return the turn of a generation; whoever carries out jobs has it meanwhile."""
    with _turns_lock:
        return _turns.setdefault(sandbox.path, _Turn())


def run_next(sandbox: Sandbox) -> int | None:
    """Carry out the job that is due first, if any.

    Returns:
        Its id, or None when nothing is due.
    """
    claim = _claim(sandbox)
    if claim is None:
        return None
    carry_out(sandbox, claim)
    return claim.id


def carry_out(sandbox: Sandbox, claim: "Claim", at: datetime | None = None) -> list[events.Event]:
    """Carry out a job that was claimed.

    Args:
        sandbox: where it is queued.
        claim: the claim.
        at: the instant that the sandbox's clock shows to the job; what it shows to everybody when None.

    Returns:
        The lines that the job wrote into the journal.
    """
    try:
        prepared = _prepared(sandbox, claim, at)
        with sandbox.transaction() as db:
            if claim.kind in TOGETHER:
                db.cache_reads()
            if at is not None:
                db.stand_at(at)
            row, last = _held(db, claim), _last_line(db)
            if row is not None:
                KINDS[row.kind](db, **row.data, **prepared)
                _done(db, row)
            return _finished(db, last)
    except Exception as error:
        with sandbox.transaction() as db:
            if at is not None:
                db.stand_at(at)
            row, last = _held(db, claim), _last_line(db)
            if row is not None:
                _take_back(db, row, error)
            return _finished(db, last)


def _prepared(sandbox: Sandbox, claim: "Claim", at: datetime | None) -> dict[str, Any]:
    prepare = PREPARATIONS.get(claim.kind)
    if prepare is None:
        return {}
    with sandbox.reading() as db:
        if at is not None:
            db.stand_at(at)
        return {"prepared": prepare(db, **db.get_one(Job, claim.id).data)}


def _last_line(db: Db) -> int:
    return db.scalar(select(func.max(events.Event.id))) or 0


def _finished(db: Db, last: int) -> list[events.Event]:
    """Wake whoever waits for a job to be over, and return the lines written after one."""
    db.changed = True
    db.flush()
    return list(db.scalars(select(events.Event).where(events.Event.id > last).order_by(events.Event.id)))


def run_due(sandbox: Sandbox) -> list[int]:
    """Carry out everything that is due, in order of (due, id).

    Returns:
        The ids of the jobs carried out; one that failed and was tried again stands there each time.
    """
    ran = []
    with turn(sandbox):
        while claims := _claim_several(sandbox, MOST_TOGETHER):
            _carry_out_together(sandbox, claims)
            ran += [claim.id for claim in claims]
    return ran


def _carry_out_together(sandbox: Sandbox, claims: "Sequence[Claim]") -> None:
    """Carry out jobs in one transaction; each by itself when there is but one, or when that fails."""
    if len(claims) > 1:
        try:
            with sandbox.transaction() as db:
                db.cache_reads()
                # Read at once, and found by the session then.
                db.scalars(select(Job).where(Job.id.in_([claim.id for claim in claims]))).all()
                for claim in claims:
                    row = _held(db, claim)
                    if row is not None:
                        KINDS[row.kind](db, **row.data)
                        _done(db, row)
                db.changed = True
            return
        except Exception as error:
            logging.getLogger(__name__).info("%d jobs are carried out one by one: %s", len(claims), error)
    for claim in claims:
        carry_out(sandbox, claim)


@dataclass(frozen=True)
class Claim:
    """A job that a runner has taken; the attempt tells it from a later runner's claim of the same job."""

    id: int
    attempt: int
    kind: str


def _claim(sandbox: Sandbox) -> "Claim | None":
    """Claim the job that is due first."""
    return next(iter(_claim_several(sandbox, 1)), None)


def _claim_several(sandbox: Sandbox, most: int) -> "list[Claim]":
    """Claim the job that is due first, and of a kind that goes together those that follow it."""
    with sandbox.reading() as db:
        if not _due(db, 1):
            return []
    with sandbox.transaction() as db:
        due = _due(db, most)
        several = due[0][1] in TOGETHER if due else False
        count = next((place for place, (_, kind) in enumerate(due) if kind != due[0][1]), len(due)) if several else 1
        rows = db.scalars(select(Job).where(Job.id.in_([id_ for id_, _ in due[:count]])).order_by(Job.due_at, Job.id))
        return [take(row) for row in rows]


def take(row: Job) -> Claim:
    """Claim a job that nobody else holds, in a transaction that writes."""
    row.state, row.leased_until, row.in_server = JobState.RUNNING, machine_now() + lease_of(row), _serving.is_set()
    row.attempts += 1
    return Claim(row.id, row.attempts, row.kind)


def lease_of(row: Job) -> timedelta:
    """Return for how long a job is claimed."""
    return LONG_LEASE if row.kind in PREPARATIONS else LEASE


_serving = Event()
"""Set in the process of the server."""


def take_over(sandbox: Sandbox, since: datetime) -> None:
    """Queue again what a server had claimed that is gone: the one that is there now began at an instant of the machine."""
    claimed = select(Job).where(Job.state == JobState.RUNNING, Job.in_server.is_(True))
    with sandbox.reading() as db:
        if not _lost(db.scalars(claimed), since):
            return
    with sandbox.transaction() as db:
        for row in _lost(db.scalars(claimed), since):
            row.state, row.leased_until = JobState.QUEUED, None


def _lost(claimed: Iterable[Job], since: datetime) -> list[Job]:
    return [row for row in claimed if row.leased_until is None or row.leased_until <= since + lease_of(row)]


def _held(db: Db, claim: Claim) -> Job | None:
    """Return a claimed job, unless the claim ran out and somebody else has taken it since."""
    row = db.get_one(Job, claim.id)
    return row if row.state == JobState.RUNNING and row.attempts == claim.attempt else None


def _take_back(db: Db, row: Job, error: Exception) -> None:
    """Queue a job again that failed, or give it up after its last attempt."""
    row.error, row.leased_until = f"{type(error).__name__}: {error}", None
    if row.attempts < ATTEMPTS:
        row.state = JobState.QUEUED
        return
    row.state, row.key, row.finished_at = JobState.FAILED, None, db.clock.now()
    events.record(db, "job.failed", subject=row.kind, job=row.id, error=row.error)
    if row.kind in FAREWELLS:
        _say_farewell(db, row)


def _say_farewell(db: Db, row: Job) -> None:
    """Do what a kind does when a job is given up; when that fails too it leaves nothing, and the job is given up all the same."""
    try:
        with db.begin_nested():
            FAREWELLS[row.kind](db, **row.data)
    except Exception as error:
        row.error = f"{row.error}; and what is done then failed too: {type(error).__name__}: {error}"


def _due(db: Db, most: int) -> list[tuple[int, str]]:
    """Return ids and kinds of what is due first."""
    waiting = (Job.state == JobState.QUEUED) | ((Job.state == JobState.RUNNING) & (Job.leased_until < machine_now()))
    query = select(Job.id, Job.kind).where(waiting, Job.due_at <= db.clock.now()).order_by(Job.due_at, Job.id).limit(most)
    return [(id_, kind) for id_, kind in db.execute(query)]


def _done(db: Db, row: Job) -> None:
    row.state, row.key, row.finished_at, row.error = JobState.DONE, None, db.clock.now(), None


@dataclass(frozen=True)
class Resumption:
    """How to take up again what nobody carries on: whether something is left, and the taking up itself, which may write."""

    is_left: Callable[[Db], bool]
    take_up: Callable[[Db], None]


TAKEN_OVER: list[Resumption] = []
"""What is done beside taking over jobs: for each sandbox when a server begins, and for each copy of one."""


def take_up(db: Db) -> None:
    """Take up again what nobody carries on in this sandbox."""
    for one in TAKEN_OVER:
        if one.is_left(db):
            one.take_up(db)


def _take_up(sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        if not any(one.is_left(db) for one in TAKEN_OVER):
            return
    with sandbox.transaction() as db:
        take_up(db)


class Worker:
    """Carries out jobs of all sandboxes on a few threads of the server.

    Args:
        store: where the sandboxes are.
        threads: how many jobs run at once; two jobs of one sandbox run one after the other because they write.
    """

    def __init__(self, store: Store, threads: int = 2) -> None:
        self._store = store
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="worker")
        self._alarms = Alarms(self.look_at)
        self._stopped = False

    def start(self) -> None:
        """Begin to take jobs as they are queued, and look once for those left from before."""
        self._store.on_queued = self.look_at
        self._store.on_made = lambda name: self._alarms.set(name, FIRST_LOOK)
        _serving.set()
        self._pool.submit(self._look_at_all, machine_now())

    def stop(self) -> None:
        """Finish the jobs at hand and take no more."""
        self._stopped = True
        self._alarms.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def look_at(self, name: str) -> None:
        """Look whether a sandbox has jobs that are due."""
        if not self._stopped:
            self._pool.submit(self._work_on, name)

    def _look_at_all(self, since: datetime) -> None:
        for sandbox in sandboxes_of(self._store):
            try:
                take_over(sandbox, since)
                _take_up(sandbox)
            except DAMAGE as error:
                logging.getLogger(__name__).warning("the queue of sandbox %s is left alone: %s", sandbox.name, error)
                continue
            self.look_at(sandbox.name)

    def _work_on(self, name: str) -> None:
        try:
            with self._store.open(name) as sandbox:
                with sandbox.reading() as db:
                    if db.record.jobs_mode != "auto":
                        return
                if turn(sandbox).is_free():
                    run_due(sandbox)
                    self._set_alarm(sandbox)
                else:
                    # No thread is lost to waiting for whoever has the turn.
                    self._alarms.set(name, A_MOMENT)
        except NotFound:
            self._alarms.forget(name)
        except DAMAGE as error:
            self._alarms.forget(name)
            logging.getLogger(__name__).warning("the queue of sandbox %s is left alone: %s", name, error)
        except Exception:
            logging.getLogger(__name__).exception("the queue of sandbox %s stopped; it is looked at again soon", name)
            self._alarms.set(name, AFTER_AN_ERROR)

    def _set_alarm(self, sandbox: Sandbox) -> None:
        """Look again when the next job is due, or when the claim of one runs out whose runner may be gone."""
        with sandbox.reading() as db:
            due = db.scalar(select(func.min(Job.due_at)).where(Job.state == JobState.QUEUED))
            leased = db.scalar(select(func.min(Job.leased_until)).where(Job.state == JobState.RUNNING))
            waits = [] if due is None else [db.clock.machine_seconds_until(due)]
        if leased is not None:
            waits.append(max(0.0, (leased - machine_now()).total_seconds()))
        seconds = min((wait for wait in waits if wait is not None), default=None)
        if seconds is None:
            self._alarms.forget(sandbox.name)
        else:
            self._alarms.set(sandbox.name, min(seconds, LONGEST_NAP) + 0.01)
