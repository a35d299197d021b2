"""One process at a time holds a data directory: a server, or a command that opens the directory itself.

Each process counts for itself who still reads a sandbox's file, so two of them would remove files under each other's hands. What is
held is a lock of the operating system on the file ``lock``: it ends with the process, however that ends, and the file stays.

Own choice: ``vnsim worker`` takes no lock. It is made to run beside a server: it only claims jobs, in transactions, and makes,
resets and removes no sandbox.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from simulator.core.clock import machine_ticks
from simulator.core.processes import TAKEN, lock
from simulator.core.store import SANDBOXES
from simulator.settings import SERVER_FILE

LOCK_FILE = "lock"
GLANCE = 0.05
"""Seconds between two tries while waiting."""


class InUse(Exception):
    """Another process holds the data directory; the text is one sentence for people."""


class NotWritable(Exception):
    """The data directory cannot be written; the text is one sentence for people."""


def make_writable(directory: Path) -> None:
    """Make a data directory, and see that sandboxes can be written there.

    Raises:
        NotWritable: they cannot.
    """
    try:
        for folder in (directory, directory / SANDBOXES):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = folder / f".writable-{os.getpid()}"
            probe.touch()
            probe.unlink()
    except OSError as error:
        raise NotWritable(
            f"The data directory {directory} cannot be written: {error.strerror or error}; choose another with --data-dir."
        ) from None


@contextmanager
def holding(directory: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Hold a data directory as long as the block lasts.

    Own choice: on a file system that knows no locks any process that asks holds it.

    Args:
        directory: the data directory; it is there.
        patience: machine seconds to wait for the process that holds it now.

    Raises:
        InUse: another process holds it.
        OSError: the lock's file cannot be made.
    """
    file = os.open(directory / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(file, directory, machine_ticks() + patience)
        # Left behind by a server that was killed: nobody serves what nobody held.
        (directory / SERVER_FILE).unlink(missing_ok=True)
        yield
    finally:
        os.close(file)


def _take(file: int, directory: Path, until: float) -> None:
    while True:
        try:
            lock(file)
        except OSError as error:
            if error.errno not in TAKEN:
                return
            if machine_ticks() >= until:
                raise InUse(_sentence(directory)) from None
            Event().wait(GLANCE)
        else:
            return


def _sentence(directory: Path) -> str:
    try:
        by = f"by the server at {json.loads((directory / SERVER_FILE).read_text(encoding='utf-8'))['url']}"
    except (OSError, ValueError, KeyError, TypeError):
        by = "by another server or command"
    return f"The data directory {directory} is in use already, {by}: stop that first, or choose another with --data-dir."
