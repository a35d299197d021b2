"""What a command shows on a terminal while it waits: on the error output, so that what it prints can be read by programs."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

INTERVAL = 0.5
"""Seconds between two looks. What is over sooner shows nothing."""
CLEAR = "\r\x1b[K"


@contextmanager
def show_progress(lines: Callable[[], Sequence[str]]) -> Iterator[None]:
    """Show on the terminal what goes on while the block runs; nothing is shown when the error output is no terminal.

    Args:
        lines: returns what goes on now, in its own thread; the first is shown.
    """
    if not sys.stderr.isatty():
        yield
        return
    over = Event()
    thread = Thread(target=_follow, args=(lines, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _follow(lines: Callable[[], Sequence[str]], over: Event) -> None:
    is_dirty = False
    while not over.wait(INTERVAL):
        present = lines()
        if present:
            sys.stderr.write(f"{CLEAR}{present[0]}")
            sys.stderr.flush()
            is_dirty = True
    if is_dirty:
        sys.stderr.write(CLEAR)
        sys.stderr.flush()


def line_of(kind: str, name: str, done: int, total: int) -> str:
    """Return the line of one task of a server."""
    what = f"Preparing scenario {name}" if kind == "scenario" else f"Importing {name}".rstrip()
    return f"{what}: {done} of {total}" if total else f"{what} …"
