"""Alarms by name: one thread for all of them, because a thousand sandboxes may have one each."""

from collections.abc import Callable
from heapq import heappop, heappush
from threading import Condition, Thread

from simulator.core.clock import machine_ticks


class Alarms:
    """Calls a function for each name at its time, by the machine's clock.

    Args:
        ring: called with the name, on the thread of the alarms: it must return quickly.
    """

    def __init__(self, ring: Callable[[str], object]) -> None:
        self._ring = ring
        self._at: dict[str, float] = {}
        self._queue: list[tuple[float, str]] = []
        self._changed = Condition()
        self._thread: Thread | None = None
        self._stopped = False

    def __len__(self) -> int:
        """Return how many names have an alarm."""
        return len(self._at)

    def set(self, name: str, seconds: float) -> None:
        """Set the alarm of a name, in seconds from now; it replaces an earlier one."""
        with self._changed:
            if self._stopped:
                return
            at = self._at[name] = machine_ticks() + seconds
            heappush(self._queue, (at, name))
            if self._thread is None:
                self._thread = Thread(target=self._run, name="alarms", daemon=True)
                self._thread.start()
            self._changed.notify()

    def forget(self, name: str) -> None:
        """Cancel the alarm of a name."""
        with self._changed:
            self._at.pop(name, None)

    def stop(self) -> None:
        """Cancel all alarms and end the thread."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._stopped:
                    return
                wait = self._queue[0][0] - machine_ticks() if self._queue else None
                if wait is None or wait > 0:
                    self._changed.wait(wait)
                    continue
                at, name = heappop(self._queue)
                # An alarm that was replaced or cancelled left its old time in the queue.
                rings = self._at.get(name) == at
                if rings:
                    del self._at[name]
            if rings:
                self._ring(name)
