"""Serve for developers: the server starts again when a file that it is made of changes.

The server runs in a process of its own, and this one looks at the files. Sandboxes stay, since they are files too; so do ready
scenarios, unless what changed is something that scenarios are built with.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import NoReturn

INTERVAL = 0.3
"""Own choice: seconds between two looks at the files."""

SUFFIXES = (".py", ".html", ".txt", ".po")
_LEFT_OUT = ("__pycache__", "static")

Times = dict[str, int]
"""Path of a file and when it changed last, in nanoseconds."""


def serve_again(command: Sequence[str], roots: Sequence[Path], say: Callable[[str], object]) -> int:
    """Run a server, and run it anew whenever a file below some directories changes, until a signal says stop.

    A server that ends by itself before anything changed ends this too. One that ends later, of a mistake in what was saved, is
    started at the next change.

    Args:
        command: runs the server.
        roots: the directories that are looked at.
        say: prints a line.

    Returns:
        The exit code of the server.
    """
    before = signal.signal(signal.SIGTERM, _leave)
    must_run = True
    try:
        while True:
            seen = times(roots)
            with subprocess.Popen(command, env=_environment()) as server:
                try:
                    changed = _first_change(roots, seen, server if must_run else None)
                finally:
                    if server.poll() is None:
                        server.terminate()
            if changed is None:
                return server.returncode
            must_run = False
            say(f"{changed} changed: starting again")
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)


def times(roots: Sequence[Path]) -> Times:
    """Return when each file that the server is made of changed last."""
    changes: Times = {}
    for root in roots:
        for directory, names, files in os.walk(root):
            names[:] = [name for name in names if name not in _LEFT_OUT]
            for file in files:
                if file.endswith(SUFFIXES):
                    path = os.path.join(directory, file)
                    with suppress(FileNotFoundError):  # an editor is just saving it
                        changes[path] = os.stat(path).st_mtime_ns
    return changes


def _first_change(roots: Sequence[Path], seen: Times, server: "subprocess.Popen[bytes] | None") -> str | None:
    """Wait for a change and return its file; None when the server ended by itself first."""
    interval = Event()
    while server is None or server.poll() is None:
        interval.wait(INTERVAL)
        now = times(roots)
        changed = [path for path in {*now, *seen} if now.get(path) != seen.get(path)]
        if changed:
            return min(changed)
    return None


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "VNSIM_RELOAD"}


def _leave(number: int, frame: object) -> NoReturn:
    sys.exit(0)
