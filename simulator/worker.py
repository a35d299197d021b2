"""The queue as a process of its own.

It may run beside a server, or several times over: a job is claimed in a transaction that writes, with a lease, so that whoever
claims it first is the only one to carry it out. That is why it takes no lock on the data directory (see ``simulator.lock``): it
makes, resets and removes no sandbox, and what it does in a generation that a reset has just replaced goes with that generation.
It looks at every sandbox in turn; the worker inside a server is told at once.
"""

import logging
import signal
from collections.abc import Callable
from threading import Event

from simulator.app import create_app
from simulator.core.database import WrongSchema
from simulator.core.jobs import run_due
from simulator.core.sandbox import Sandbox
from simulator.core.store import Store, sandboxes_of
from simulator.settings import Settings

GLANCE = 0.5
"""Seconds between two looks."""


def work(settings: Settings, say: Callable[[str], object] = print) -> None:
    """Carry out jobs until a signal says stop."""
    stop = Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda number, frame: stop.set())
    store: Store = create_app(settings).extensions["store"]
    say(f"Carrying out jobs of {settings.data_dir}. Stop with Ctrl-C.")
    while not stop.is_set():
        for sandbox in sandboxes_of(store):
            _work_on(sandbox)
            if stop.is_set():
                return
        stop.wait(GLANCE)


def _work_on(sandbox: Sandbox) -> None:
    try:
        with sandbox.reading() as db:
            if db.record.jobs_mode != "auto":
                return
        run_due(sandbox)
    except WrongSchema:
        return
    except Exception:
        logging.getLogger(__name__).exception("the queue of sandbox %s stopped", sandbox.name)
