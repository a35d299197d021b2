"""Calls that read and set the clock of a sandbox."""

from datetime import datetime

from simulator.control.answers import Answer
from simulator.control.sandboxes import set_clock
from simulator.control.shapes import instant, one_of
from simulator.control.table import call, store
from simulator.core.clock import Clock, ClockMode, iso
from simulator.core.errors import BadInput

SETTING = {"mode": one_of(*ClockMode), "now": instant()}


@call("GET", "/sandboxes/{name}/clock", "Clock", refusals=(404,))
def show_clock(name: str) -> Answer:
    """Read the clock of a sandbox."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        return _clock(db.clock)


@call("PUT", "/sandboxes/{name}/clock", "Clock", body=SETTING, refusals=(404, 422))
def set_sandbox_clock(name: str, mode: str | None, now: datetime | None) -> Answer:
    """Set the clock of a sandbox, forwards or backwards; what becomes due is done by the queue."""
    if mode is None and now is None:
        raise BadInput([("mode", "say the mode, or the instant (now), or both")])
    with store().open(name) as sandbox:
        with sandbox.transaction() as db:
            db.record.clock = set_clock(mode, now, db.clock.now())
            db.changed = True
            db.after_commit.append(sandbox.queued)
            return _clock(db.clock)


def _clock(clock: Clock) -> Answer:
    return {"mode": str(clock.mode), "now": iso(clock.now())}
