"""Deeds on whole sandboxes, for the control API, the lobby and the command line alike."""

import contextlib
from datetime import datetime, timedelta
from typing import Any

from simulator.control import answers
from simulator.control.damage import DAMAGE
from simulator.control.expiry import remove_expired
from simulator.control.naming import free_name
from simulator.control.shapes import Shape, instant, mapping, one_of, pattern, seconds, text, texts_list
from simulator.core import copies
from simulator.core.clock import Clock, ClockMode, iso, machine_now
from simulator.core.companions import companion
from simulator.core.errors import BadInput, Taken, Unknown
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

    Own choice: one that somebody else deleted before it could be looked at is described by what is known without it, with nobody in
    it, because making it did not fail.

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
    )
    name = _created(store, wishes["name"], birth)
    try:
        return describe(store, name)
    except Unknown:
        return _as_wished(store, name, birth)


def _as_wished(store: Store, name: str, birth: Birth) -> answers.Answer:
    url = f"{store.base_address}/s/{name}"
    scenarios = {one["name"]: one for one in companion("seed").list_scenarios()}
    return {
        "name": name,
        "scenario": birth.scenario,
        "url": url,
        "join_url": f"{url}/",
        "now": iso(birth.clock.now()),
        "clock_mode": birth.clock.mode.value,
        "language": birth.language or scenarios[birth.scenario]["languages"][0],
        "created_at": iso(machine_now()),
        "expires_at": iso(birth.expires_at) if birth.expires_at else None,
        "tags": list(birth.tags),
        "people": [],
    }


def _created(store: Store, name: str | None, birth: Birth) -> str:
    while True:
        drawn = name or free_name(store)
        try:
            store.create(drawn, birth)
        except Taken:
            if name is not None:
                raise
        except Unknown as error:
            raise BadInput([("scenario", str(error))]) from None
        else:
            return drawn


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
        store.reset(name)
    else:
        copies.restore(store, name, snapshot)
    wake(name)
    return describe(store, name)


def delete(store: Store, name: str) -> None:
    """Remove a sandbox; whoever waits for something in it is told.

    Raises:
        Unknown: there is none of that name.
    """
    store.delete(name)
    wake(name)
