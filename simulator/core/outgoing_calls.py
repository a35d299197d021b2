"""Outgoing calls run on their own threads, so a slow receiver cannot block the job queue.

A call holds no transaction while it waits. The rows of its sandbox say what is to be called; a process that is killed loses
nothing but the attempt, see ``jobs.recovery``.
"""

import logging
from collections import Counter, deque
from collections.abc import Callable
from threading import Condition, Thread

from simulator.core.clock import machine_ticks

THREADS = 8
THREADS_PER_SANDBOX = 2
"""Own choice: how many calls run at once, and how many of them for one sandbox."""
IDLE_SECONDS = 5.0
"""Seconds after which a thread without work ends."""

Call = Callable[[], None]

_changed = Condition()
_waiting: deque[tuple[str, Call]] = deque()
_running: Counter[str] = Counter()
_started: Counter[str] = Counter()
_threads = 0


def start(name: str, call: Call) -> None:
    """Run a call of a sandbox as soon as a thread is free for it."""
    global _threads
    with _changed:
        _waiting.append((name, call))
        _started[name] += 1
        if _threads < THREADS:
            _threads += 1
            Thread(target=_run, name="outgoing-calls", daemon=True).start()
        _changed.notify_all()


def count_started(name: str) -> int:
    """Return how many calls of a sandbox were started since this process began."""
    with _changed:
        return _started[name]


def wait_until_idle(name: str, seconds: float) -> bool:
    """Wait until every call of a sandbox has ended.

    Args:
        name: the sandbox.
        seconds: machine seconds to wait at most.

    Returns:
        False if a call is still running or waiting for a thread.
    """
    with _changed:
        return _changed.wait_for(lambda: not _is_busy(name), timeout=seconds)


def _is_busy(name: str) -> bool:
    return bool(_running[name]) or any(waiting == name for waiting, _ in _waiting)


def _run() -> None:
    global _threads
    until = machine_ticks() + IDLE_SECONDS
    while True:
        with _changed:
            item = _next()
            if item is None:
                seconds = until - machine_ticks()
                if seconds <= 0:
                    _threads -= 1
                    return
                _changed.wait(seconds)
                continue
            name, call = item
            _running[name] += 1
        try:
            call()
        except Exception:
            logging.getLogger(__name__).exception("an outgoing call of sandbox %s stopped", name)
        with _changed:
            _running[name] -= 1
            if not _running[name]:
                del _running[name]
            _changed.notify_all()
        until = machine_ticks() + IDLE_SECONDS


def _next() -> tuple[str, Call] | None:
    """Remove and return the oldest call of a sandbox that has a thread left."""
    for position, (name, call) in enumerate(_waiting):
        if _running[name] < THREADS_PER_SANDBOX:
            del _waiting[position]
            return name, call
    return None
