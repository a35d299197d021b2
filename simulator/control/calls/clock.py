"""Calls that read, set and move the clock of a sandbox."""

from datetime import datetime, timedelta

from simulator.control import answers, schemas
from simulator.control.sandboxes import set_clock
from simulator.control.table import Calls, store
from simulator.core.advance import Halted, advance
from simulator.core.clock import Clock, ClockMode, iso
from simulator.core.errors import BadInput
from simulator.web.calls.fields import FIRST_YEAR, LAST_YEAR, choice, instant, whole
from simulator.web.problem_documents import Problem

blueprint = Calls("clock", __name__)

SETTING = {"mode": choice(*ClockMode), "now": instant()}
LONGEST = (LAST_YEAR + 1 - FIRST_YEAR) * 366 * 24 * 3600
MOVE = {"seconds": whole(least=1, most=LONGEST, required=True)}


@blueprint.call("GET", "/sandboxes/{name}/clock", refusals=(404,))
def show_clock(name: str) -> schemas.Clock:
    """Read the clock of a sandbox."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        return _clock(db.clock)


@blueprint.call("PUT", "/sandboxes/{name}/clock", body=SETTING, refusals=(404, 422))
def set_sandbox_clock(name: str, mode: str | None, now: datetime | None) -> schemas.Clock:
    """Set the clock of a sandbox, forwards or backwards; the queue runs what becomes due."""
    if mode is None and now is None:
        raise BadInput([("mode", "say the mode, or the instant (now), or both")])
    with store().open(name) as sandbox:
        with sandbox.transaction() as db:
            db.record.clock = set_clock(mode, now, db.clock.now())
            db.changed = True
            db.after_commit.append(sandbox.queued)
            return _clock(db.clock)


@blueprint.call("POST", "/sandboxes/{name}/clock/advance", body=MOVE, refusals=(404, 409, 422))
def advance_clock(name: str, seconds: int) -> schemas.Advanced:
    """Move the clock ahead and run everything that becomes due; ``fired`` lists the events recorded meanwhile."""
    with store().open(name) as sandbox:
        with sandbox.reading() as db:
            target = db.clock.now() + timedelta(seconds=seconds)
        if target.year > LAST_YEAR:
            raise BadInput([("seconds", f"the clock would show {iso(target)}, which is after {LAST_YEAR}")])
        try:
            moved = advance(sandbox, seconds)
        except Halted as error:
            raise Problem(409, str(error)) from None
        return {"now": iso(moved.now), "fired": [answers.event(line) for line in moved.fired]}


def _clock(clock: Clock) -> schemas.Clock:
    return {"mode": str(clock.mode), "now": iso(clock.now())}
