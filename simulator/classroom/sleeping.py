"""A machine that slept in the middle of class: the time is a pause of every class, so that nobody is over time by it.

Own choice, all of it. In the sandboxes the time has passed: locks have ended, jobs are done when the machine wakes.
"""

from contextlib import suppress
from dataclasses import replace

from simulator.classroom.classes import Class, Classes, OtherVersion
from simulator.core.clock import machine_now, machine_ticks
from simulator.core.errors import NotFound

ASLEEP = 60.0
"""Seconds by which the clock has to jump for the machine to have slept, or its clock to have been set right."""


class Sleep:
    """Notices that the machine slept.

    Args:
        classes: those that pause meanwhile.
    """

    def __init__(self, classes: Classes) -> None:
        self._classes = classes
        self._offset = _offset()

    def note(self) -> None:
        """Count the time that the machine slept since the last call, or that its clock was moved by, as a pause."""
        if abs(_offset() - self._offset) < ASLEEP:
            return
        with self._classes.locked():
            before, self._offset = self._offset, _offset()
            seconds = self._offset - before

            def paused(class_: Class) -> Class:
                # A pause that goes on has it already.
                goes_on = class_.ended_at is None and class_.paused_at is None
                return replace(class_, paused_seconds=class_.paused_seconds + seconds) if goes_on else class_

            for name in self._classes.names() if abs(seconds) >= ASLEEP else ():
                with suppress(OtherVersion, NotFound):
                    self._classes.change(name, paused)


def _offset() -> float:
    """Return how far the clock is from the one that stands still while the machine sleeps; on Windows it does not."""
    return machine_now().timestamp() - machine_ticks()
