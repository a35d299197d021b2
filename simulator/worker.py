"""The queue as a process of its own.

It may run beside a server, or several times over: a job is claimed in a transaction that writes, with a lease, so that the
worker that claims it first is the only one to carry it out. That is why it takes no lock on the data directory (see
``simulator.lock``): it makes, resets and removes no sandbox, and what it does in a generation that a reset has just replaced
goes with that generation.

The worker inside a server is told of each job. This one looks at the dates of the files, and into a sandbox only when its file was
written to; from then on a timer tells when the next job is due.
"""

from collections.abc import Callable
from threading import Event

from simulator.app import create_app
from simulator.core.database import forget_missing_files
from simulator.core.jobs.execution import give_back_running
from simulator.core.jobs.worker import Worker
from simulator.core.sidecar import stamps
from simulator.core.store import Store, sandboxes_of
from simulator.settings import Settings
from simulator.stopping import Stop

GLANCE, LONGEST_GLANCE = 0.5, 2.0
"""Seconds between two looks at the files; the longer nothing happens the longer, and the least again when something does."""

LAST_JOBS = 1.2
"""Seconds that the jobs at hand may take when the process stops."""


def work(settings: Settings, stop: Stop, say: Callable[[str], object] = print) -> None:
    """Carry out jobs until told to stop."""
    with stop.interrupting():
        store: Store = create_app(settings).extensions["store"]
    stop.before_the_limit(give_back_running)
    say(f"Carrying out jobs of {settings.data_dir}. Stop with Ctrl-C.")
    carry_out(store, stop, LAST_JOBS)


def carry_out(store: Store, stop: Stop | Event, patience: float | None = None) -> None:
    """Carry out the jobs of all sandboxes until told to stop.

    Args:
        store: the sandboxes.
        stop: tells when.
        patience: machine seconds that the jobs at hand may take then; None for as long as they take.
    """
    worker, watch, pause = Worker(store), Watch(store), GLANCE
    try:
        while not stop.is_set():
            changed = watch.changed()
            for name in changed:
                worker.check(name)
            forget_missing_files()
            pause = GLANCE if changed else min(pause * 1.5, LONGEST_GLANCE)
            stop.wait(pause)
    finally:
        worker.stop(patience)


class Watch:
    """Tells which sandboxes were written to, by the dates and sizes of their files.

    Args:
        store: where the sandboxes are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: dict[str, object] = {}

    def changed(self) -> list[str]:
        """Return the names of the sandboxes that were made, reset or written to since this was asked last."""
        before, self._seen = (
            self._seen,
            {sandbox.name: (sandbox.path, *stamps(sandbox.path)) for sandbox in sandboxes_of(self._store)},
        )
        return [name for name, mark in self._seen.items() if before.get(name) != mark]
