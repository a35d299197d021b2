"""Errands outside the platform, on a few threads beside the queue: whoever keeps an errand waiting keeps no job waiting.

An errand holds no transaction while it waits. What is to be done stands in rows of its sandbox; a process that is killed loses
nothing but the attempt, see ``jobs.TAKEN_OVER``.
"""

import logging
from collections import Counter, deque
from collections.abc import Callable
from threading import Condition, Thread

from simulator.core.clock import machine_ticks

THREADS = 8
OF_ONE_SANDBOX = 2
"""Own choice: how many errands are run at once, and how many of them for one sandbox."""
REST = 5.0
"""Seconds after which a thread goes that found nothing to do."""

Errand = Callable[[], None]

_changed = Condition()
_waiting: deque[tuple[str, Errand]] = deque()
_running: Counter[str] = Counter()
_sent: Counter[str] = Counter()
_threads = 0


def send(name: str, errand: Errand) -> None:
    """Have an errand of a sandbox run as soon as there is a thread for it."""
    global _threads
    with _changed:
        _waiting.append((name, errand))
        _sent[name] += 1
        if _threads < THREADS:
            _threads += 1
            Thread(target=_run, name="errands", daemon=True).start()
        _changed.notify_all()


def sent(name: str) -> int:
    """Return how many errands of a sandbox were sent since this process began."""
    with _changed:
        return _sent[name]


def wait_until_idle(name: str, seconds: float) -> bool:
    """Wait until no errand of a sandbox is under way.

    Args:
        name: the sandbox.
        seconds: machine seconds to wait at most.

    Returns:
        False when one still is.
    """
    with _changed:
        return _changed.wait_for(lambda: not _is_busy(name), timeout=seconds)


def _is_busy(name: str) -> bool:
    return bool(_running[name]) or any(waiting == name for waiting, _ in _waiting)


def _run() -> None:
    global _threads
    until = machine_ticks() + REST
    while True:
        with _changed:
            taken = _next()
            if taken is None:
                left = until - machine_ticks()
                if left <= 0:
                    _threads -= 1
                    return
                _changed.wait(left)
                continue
            name, errand = taken
            _running[name] += 1
        try:
            errand()
        except Exception:
            logging.getLogger(__name__).exception("an errand of sandbox %s stopped", name)
        with _changed:
            _running[name] -= 1
            if not _running[name]:
                del _running[name]
            _changed.notify_all()
        until = machine_ticks() + REST


def _next() -> tuple[str, Errand] | None:
    """Take the oldest errand of a sandbox that has not enough of them under way."""
    for position, (name, errand) in enumerate(_waiting):
        if _running[name] < OF_ONE_SANDBOX:
            del _waiting[position]
            return name, errand
    return None
