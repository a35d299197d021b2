"""Being told to stop: a signal is heard at any moment, remembered, and obeyed within two seconds.

What the handler of a signal raises can get lost, in a finalizer or behind a bare ``except``, and a handler runs only between two
steps of the main thread. So a thread of its own hears the signal, tells whatever waits, and ends the process when the time is up.
"""

import _thread
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from typing import NoReturn

from simulator.core.clock import machine_ticks

SIGNALS = (signal.SIGINT, signal.SIGTERM)
AGAIN = 0.2
"""Seconds after which something that takes long is interrupted once more, in case the exception was lost."""
LIMIT = 1.8
"""Seconds after which the process ends whatever it still does."""


@contextmanager
def obeying_signals() -> Iterator["Stop"]:
    """Hear signals in the block, in the main thread; a process that was told to stop ends with it."""
    stop = Stop()
    stop.listen()
    try:
        yield stop
    finally:
        if stop.is_set():
            end_process()


class Stop:
    """Whether this process was told to stop; the first signal counts, further ones change nothing."""

    def __init__(self) -> None:
        self._requested = Event()
        self._requested_at = 0.0
        self._lock = Lock()
        self._reactions: list[Callable[[], object]] = []
        self._last: list[Callable[[], object]] = []
        self._interrupts = self._handled = False

    def listen(self) -> None:
        """Hear signals from now on; in the main thread."""
        reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in SIGNALS:
            signal.signal(number, self._handle)
        Thread(target=self._hear, args=(reader,), name="stopping", daemon=True).start()

    def is_set(self) -> bool:
        """Return whether the process was told to stop."""
        return self._handled or self._requested.is_set()

    def request(self) -> None:
        """Tell the process to stop, as a signal would; from any thread."""
        self._writer.send(bytes([signal.SIGTERM]))

    def wait(self, seconds: float) -> bool:
        """Wait until the process is told to stop, or for some seconds; return whether it was."""
        return self._requested.wait(seconds)

    def seconds_left(self, of: float) -> float:
        """Return how many of some seconds since the process was told to stop are left; all if it was not told."""
        return max(0.0, self._requested_at + of - machine_ticks()) if self._requested.is_set() else of

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """Leave the block with ``SystemExit`` as soon as the process is told to stop, at its end at the latest."""
        self._interrupts = True
        try:
            if self.is_set():
                sys.exit(0)
            yield
        finally:
            self._interrupts = False
        if self.is_set():
            sys.exit(0)

    def then(self, reaction: Callable[[], object]) -> None:
        """Call a function, on another thread, when the process is told to stop; at once if it was told already."""
        with self._lock:
            if not self._requested.is_set():
                self._reactions.append(reaction)
                return
        reaction()

    def before_the_limit(self, last: Callable[[], object]) -> None:
        """Call a function, on another thread, before the process is ended because its time is up."""
        self._last.append(last)

    def _handle(self, number: int, frame: object) -> None:
        self._handled = True
        if self._interrupts:
            sys.exit(0)

    def _hear(self, reader: socket.socket) -> None:
        while not set(reader.recv(16)) & set(SIGNALS):
            continue
        with self._lock:
            self._requested_at = machine_ticks()
            self._requested.set()
            reactions = self._reactions
        for reaction in reactions:
            _call(reaction)
        while self._interrupts and not Event().wait(min(AGAIN, self.seconds_left(LIMIT))) and self.seconds_left(LIMIT):
            _thread.interrupt_main(signal.SIGTERM)
        # The process has ended before this time is over, unless something holds it up.
        Event().wait(self.seconds_left(LIMIT))
        for last in self._last:
            _call(last)
        end_process()


def end_process() -> NoReturn:
    """End the process, whichever threads still run."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(0)


def _call(function: Callable[[], object]) -> None:
    try:
        function()
    except Exception:
        logging.getLogger(__name__).exception("something could not be stopped")
