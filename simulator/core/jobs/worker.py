"""The worker: carries out the jobs of all sandboxes in the background."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock

from sqlalchemy import func, select

from simulator.core.alarms import Alarms
from simulator.core.database import DAMAGE, NoRoom
from simulator.core.errors import NotFound
from simulator.core.jobs.execution import give_back_running, queue_lock, run_due
from simulator.core.jobs.models import Job, JobState
from simulator.core.jobs.recovery import resume_interrupted_in
from simulator.core.sandbox import Sandbox
from simulator.core.store import Store, sandboxes_of

WHILE_CLAIMED = 1.0
"""Seconds after which a queue is checked again of which another process has claimed jobs."""
LONGEST_WAIT = 600.0
"""Seconds after which a queue with pending jobs is checked again at the latest."""
FIRST_CHECK = 60.0
"""Seconds after which the queue of a new sandbox is checked: not at once, because no job of a scenario is due at its creation."""
AFTER_ERROR = 10.0
"""Seconds after which a queue is checked again whose jobs could not be carried out, for example because the disk was full."""
WHILE_LOCKED = 0.05
"""Seconds after which a queue is checked again that another thread was carrying out."""


class Worker:
    """Carries out jobs of all sandboxes on a few threads of the server.

    Args:
        store: the sandboxes.
        threads: how many jobs run at once; two jobs of one sandbox run one after the other because they write.
    """

    def __init__(self, store: Store, threads: int = 2) -> None:
        self._store = store
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="worker")
        self._alarms = Alarms(self.check)
        self._lock = Lock()
        self._checks: set[Future[None]] = set()
        self._stopped = False
        self._troubles: dict[str, str] = {}

    def start(self) -> None:
        """Carry out jobs as they are queued, and check every queue once for jobs left from before."""
        self._store.on_queued = self.check
        self._store.on_made = lambda name: self._alarms.set(name, FIRST_CHECK)
        self._submit(self._check_all)

    def claim_no_more(self) -> None:
        """Claim no further job; those that are running go on."""
        with self._lock:
            self._stopped = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def stop(self, seconds: float | None = None) -> None:
        """Claim no more, and wait for the running jobs.

        Args:
            seconds: machine seconds to wait at most; the jobs that still run then are queued again. None to wait for all.
        """
        self.claim_no_more()
        self._alarms.stop()
        _, unfinished = wait(set(self._checks), seconds)
        if unfinished:
            give_back_running()

    def check(self, name: str) -> None:
        """Carry out the due jobs of a sandbox, on a thread of the worker."""
        self._submit(self._run_queue, name)

    def _submit(self, function: Callable[..., None], *arguments: str) -> None:
        with self._lock:
            if self._stopped:
                return
            check = self._pool.submit(function, *arguments)
            self._checks.add(check)
        check.add_done_callback(self._checks.discard)

    def _check_all(self) -> None:
        for sandbox in sandboxes_of(self._store):
            if self._stopped:
                return
            try:
                resume_interrupted_in(sandbox)
            except DAMAGE as error:
                self._check_later(sandbox.name, error)
            else:
                self.check(sandbox.name)

    def _run_queue(self, name: str) -> None:
        try:
            with self._store.open(name) as sandbox:
                with sandbox.reading() as db:
                    if db.record.jobs_mode != "auto":
                        return
                if queue_lock(sandbox).is_free():
                    run_due(sandbox, lambda: not self._stopped, by_hand=False)
                    self._set_alarm(sandbox)
                    self._troubles.pop(name, None)
                else:
                    # No thread of the worker waits for the lock.
                    self._alarms.set(name, WHILE_LOCKED)
        except NotFound:
            self._troubles.pop(name, None)
            # Reset meanwhile, or removed.
            if self._store.exists(name):
                self._alarms.set(name, FIRST_CHECK)
            else:
                self._alarms.forget(name)
        except DAMAGE as error:
            self._check_later(name, error)
        except Exception:
            logging.getLogger(__name__).exception("the queue of sandbox %s stopped; it is checked again soon", name)
            self._alarms.set(name, AFTER_ERROR)

    def _check_later(self, name: str, error: Exception) -> None:
        """Check a queue again that could not be read or written: soon if the disk is full; each trouble is logged once.

        A file that cannot be read may be read later, for example when the process has fewer files open.
        """
        self._alarms.set(name, AFTER_ERROR if isinstance(error, NoRoom) else LONGEST_WAIT)
        if self._troubles.get(name) != str(error):
            self._troubles[name] = str(error)
            logging.getLogger(__name__).warning("the queue of sandbox %s is left alone: %s", name, error)

    def _set_alarm(self, sandbox: Sandbox) -> None:
        """Check again when the next job is due, and soon while another process carries out jobs: it may be killed."""
        with sandbox.reading() as db:
            due = db.scalar(select(func.min(Job.due_at)).where(Job.state == JobState.QUEUED))
            elsewhere = db.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.RUNNING))
            waits = [] if due is None else [db.clock.machine_seconds_until(due)]
        if elsewhere:
            waits.append(WHILE_CLAIMED)
        seconds = min((wait for wait in waits if wait is not None), default=None)
        if seconds is None:
            self._alarms.forget(sandbox.name)
        else:
            self._alarms.set(sandbox.name, min(seconds, LONGEST_WAIT) + 0.01)
