"""The state of a sandbox from before its last change, for stale answers: a copy beside its file, while there is such a fault.

Own choice: a change is a transaction that writes rows, but what a page writes while it is read. What a stale page writes is lost.
"""

import os
import shutil
import sqlite3
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

from simulator.core.chance import machine_secret
from simulator.core.database import Binding, connection_to, forget_file

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.core.sandbox import Sandbox

ENDING = "-before"
"""What is added to the name of a sandbox's file."""


def store(sandbox: "Sandbox") -> None:
    """Copy the committed state of a sandbox; called by the transaction that is about to change it."""
    fresh = sandbox.path.with_name(f"{sandbox.path.name}-{machine_secret()[:16]}.next")
    try:
        fresh.touch(mode=0o600)
        with connection_to(Binding(sandbox.path, sandbox.name), writes=False) as connection:
            source: Any = connection.connection.driver_connection
            with closing(sqlite3.connect(fresh, isolation_level=None)) as target:
                target.execute("PRAGMA synchronous=OFF")
                source.backup(target)
        os.replace(fresh, _path(sandbox))
    finally:
        fresh.unlink(missing_ok=True)


def forget(sandbox: "Sandbox") -> None:
    """Remove the copy."""
    _path(sandbox).unlink(missing_ok=True)


def opened(sandbox: "Sandbox") -> "Sandbox | None":
    """Open a copy of the state before the last change, which goes when it is closed; None when nothing has changed."""
    with ExitStack() as stack:
        folder = stack.enter_context(sandbox.scratch())
        path = folder / sandbox.path.name
        try:
            shutil.copyfile(_path(sandbox), path)
        except FileNotFoundError:
            return None
        stack.callback(forget_file, path)
        return sandbox.of_file(path, stack.pop_all().close)


def _path(sandbox: "Sandbox") -> "Path":
    return sandbox.path.with_name(sandbox.path.name + ENDING)
