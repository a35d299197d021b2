"""Deeds on whole sandboxes, for the control API, the lobby and the command line alike."""

import contextlib
from collections import OrderedDict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from simulator.control import answers
from simulator.control.damage import DAMAGE
from simulator.control.expiry import remove_expired
from simulator.control.naming import free_name
from simulator.control.shapes import Shape, instant, mapping, one_of, pattern, seconds, text, texts_list
from simulator.core import copies
from simulator.core.clock import Clock, ClockMode, machine_now
from simulator.core.errors import AlreadyExists, BadInput, NotFound
from simulator.core.sandbox import Sandbox
from simulator.core.store import NAME, NAME_RULE, RESERVED, Birth, Store, sandboxes_of
from simulator.core.texts import LANGUAGES
from simulator.core.waiting import wake

LONGEST_TTL = 10 * 366 * 24 * 3600


CREATION: Shape = {
    "scenario": text(longest=100, required=True),
    "name": pattern(NAME, NAME_RULE, refused=RESERVED),
    "language": one_of(*LANGUAGES),
    "now": instant(),
    "mode": one_of(*ClockMode),
    "seed": text(),
    "ttl": seconds(LONGEST_TTL, more_than_none=True),
    "tags": texts_list(),
    "with": mapping(),
    "delays": one_of("real", "none"),
}
"""What a sandbox can be made with."""


def set_clock(mode: str | None, now: datetime | None, present: datetime) -> Clock:
    """Return the clock that was wished for.

    Args:
        mode: live, running or frozen; when left out: frozen with an instant, live without.
        now: the instant it shows; the present one when left out.
        present: what the sandbox's clock shows now.

    Raises:
        BadInput: a live clock cannot be set.
    """
    wanted = ClockMode(mode) if mode else ClockMode.FROZEN if now else ClockMode.LIVE
    if wanted is ClockMode.LIVE:
        if now is not None:
            raise BadInput([("now", "a live clock shows the machine's time; leave now out, or use running or frozen")])
        return Clock.live()
    return Clock.frozen(now or present) if wanted is ClockMode.FROZEN else Clock.running(now or present)


def create(store: Store, wishes: dict[str, Any]) -> answers.Answer:
    """Make a sandbox.

    What is answered is what it was at birth: somebody else may have changed or deleted it by then.

    Args:
        store: where it will be.
        wishes: what was read by ``CREATION``.

    Raises:
        BadInput: the overlay, or the clock, is not right; or there is no such scenario.
        Taken: the name is in use.
    """
    birth = Birth(
        scenario=wishes["scenario"],
        language=wishes["language"],
        clock=set_clock(wishes["mode"], wishes["now"], machine_now()),
        seed=wishes["seed"],
        expires_at=machine_now() + timedelta(seconds=wishes["ttl"]) if wishes["ttl"] is not None else None,
        tags=wishes["tags"] or (),
        overlay=wishes["with"] or {},
        delays=wishes.get("delays"),
    )
    while True:
        name = wishes["name"] or free_name(store)
        try:
            made: answers.Answer = store.create(name, birth, _at_birth)
        except AlreadyExists:
            if wishes["name"]:
                raise
        except NotFound as error:
            raise BadInput([("scenario", str(error))]) from None
        else:
            return made


_casts: OrderedDict[tuple[Path, str | None], answers.Cast] = OrderedDict()
MOST_CASTS = 64
"""Own choice: of how many templates and languages the cast is remembered."""


def _at_birth(template: Path | None, birth: Birth, sandbox: Sandbox) -> answers.Answer:
    """Describe a sandbox that nobody could open yet; its cast is that of its template, when it has one."""
    key = (template, birth.language) if template else None
    cast = _casts.get(key) if key else None
    if cast is None:
        with sandbox.reading() as db:
            cast = answers.cast_of(db)
        if key:
            _casts[key] = cast
            while len(_casts) > MOST_CASTS:
                _casts.popitem(last=False)
    return answers.newborn(sandbox, birth, cast)


def describe(store: Store, name: str) -> answers.Answer:
    """Describe one sandbox.

    Raises:
        Unknown: there is none of that name.
        Unreadable: its file is damaged.
    """
    with store.open(name) as sandbox, sandbox.reading() as db:
        return answers.sandbox(db)


def describe_all(store: Store, tag: str | None = None) -> list[answers.Answer]:
    """Describe all sandboxes, by name, without those whose time is over and without damaged ones.

    Args:
        store: where they are.
        tag: only those that have this tag.
    """
    remove_expired(store)
    found = []
    for sandbox in sandboxes_of(store):
        with contextlib.suppress(*DAMAGE), sandbox.reading() as db:
            if tag is None or tag in db.record.tags:
                found.append(answers.sandbox(db))
    return found


def reset(store: Store, name: str, snapshot: str | None = None) -> answers.Answer:
    """Put a sandbox back to its birth or to a snapshot; whoever waits for something in it looks again.

    Raises:
        Unknown: there is none of that name, or it has no such snapshot.
    """
    if snapshot is None:
        found: answers.Answer = store.reset(name, _at_birth)
    else:
        copies.restore(store, name, snapshot)
        found = describe(store, name)
    wake(name)
    return found


def delete(store: Store, name: str) -> None:
    """Remove a sandbox; whoever waits for something in it is told.

    Raises:
        Unknown: there is none of that name.
    """
    store.delete(name)
    wake(name)
