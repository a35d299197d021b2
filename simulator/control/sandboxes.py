"""Commands on whole sandboxes, for the control API, the lobby and the command line alike."""

import re
from collections import OrderedDict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from simulator.control import answers, schemas
from simulator.control.expiry import present_sandboxes
from simulator.control.naming import free_name
from simulator.core import copies
from simulator.core.clock import Clock, ClockMode, machine_now
from simulator.core.errors import AlreadyExists, BadInput, NotFound
from simulator.core.sandbox import Sandbox
from simulator.core.store import NAME, NAME_RULE, RESERVED, Creation, Store
from simulator.core.texts import LANGUAGES
from simulator.core.waiting import wake
from simulator.web.calls.fields import Field, Schema, Shape, choice, instant, mapping, pattern, seconds, text, texts

LONGEST_SCENARIO = 1_000_000
"""Characters of a scenario that is sent along; as many as a scenario file may have."""

LONGEST_TTL = 10 * 366 * 24 * 3600


def _scenario_text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_SCENARIO:
        raise ValueError(f"write the text of a scenario, of at most {LONGEST_SCENARIO} characters")
    return value


_SCENARIO_TEXT: Schema = {"type": "string", "description": "The scenario itself, in YAML, when the server does not have it."}

CREATION: Shape = {
    "scenario": text(longest=100, required=True),
    "scenario_text": Field(_scenario_text, _SCENARIO_TEXT),
    "name": pattern(NAME, NAME_RULE, refused=RESERVED),
    "language": choice(*LANGUAGES),
    "now": instant(),
    "mode": choice(*ClockMode),
    "seed": text(),
    "ttl": seconds(LONGEST_TTL, more_than_none=True),
    "tags": texts(),
    "with": mapping(),
    "delays": choice("real", "none"),
}
"""What a sandbox can be made with."""


def set_clock(mode: str | None, now: datetime | None, present: datetime) -> Clock:
    """Return the requested clock.

    Args:
        mode: live, running or frozen; when left out: frozen with an instant, live without.
        now: the instant it shows; the present one when left out.
        present: what the sandbox's clock shows now.

    Raises:
        BadInput: a live clock cannot be set.
    """
    clock_mode = ClockMode(mode) if mode else ClockMode.FROZEN if now else ClockMode.LIVE
    if clock_mode is ClockMode.LIVE:
        if now is not None:
            raise BadInput([("now", "a live clock shows the machine's time; leave now out, or use running or frozen")])
        return Clock.live()
    return Clock.frozen(now or present) if clock_mode is ClockMode.FROZEN else Clock.running(now or present)


def create(store: Store, options: dict[str, Any], scenarios: Any) -> schemas.Sandbox:
    """Make a sandbox.

    The answer describes the sandbox as it was created: another caller may have changed or deleted it since.

    Args:
        store: where it will be.
        options: values read by ``CREATION``.
        scenarios: the ``seed.Catalogue`` of those that the server has.

    Raises:
        BadInput: the overlay or the clock is not valid, or there is no such scenario.
        AlreadyExists: the name is in use.
    """
    scenario_text = _text_of(scenarios, options["scenario"], options.get("scenario_text"))
    creation = Creation(
        scenario=options["scenario"],
        scenario_text=scenario_text,
        language=options["language"],
        clock=_clock(options, first_instant(scenarios, options["scenario"], scenario_text)),
        seed=options["seed"],
        expires_at=machine_now() + timedelta(seconds=options["ttl"]) if options["ttl"] is not None else None,
        tags=options["tags"] or (),
        overlay=options["with"] or {},
        delays=options.get("delays"),
    )
    while True:
        name = options["name"] or free_name(store)
        try:
            description: schemas.Sandbox = store.create(name, creation, _describe_created)
        except AlreadyExists:
            if options["name"]:
                raise
        except NotFound as error:
            raise _no_scenario(error) from None
        else:
            return description


def _clock(options: dict[str, Any], begins: datetime | None) -> Clock:
    """Return the clock of a new sandbox: as the caller says, else running from where the scenario begins."""
    mode = options["mode"] or (ClockMode.RUNNING if begins and not options["now"] else None)
    return set_clock(mode, options["now"], begins or machine_now())


def first_instant(scenarios: Any, name: str, text: str | None) -> datetime | None:
    """Return the instant that a scenario begins at; None when it does not say, or is not there.

    Args:
        scenarios: the ``seed.Catalogue``.
        name: the scenario's name.
        text: the scenario itself, if it did not come with the simulator.
    """
    try:
        begins: datetime | None = scenarios.now_of(name, text)
    except NotFound:
        return None
    return begins


def _text_of(scenarios: Any, name: str, sent: str | None) -> str | None:
    """Return the text of a scenario that does not come with the simulator; None for one that does.

    Raises:
        BadInput: there is no such scenario, it cannot be used, or the text that was sent has a name that is in use.
    """
    if sent is not None:
        if scenarios.is_ours(name):
            raise BadInput([("scenario", f"{name} is a scenario of the simulator: give yours another name")])
        return sent
    try:
        text: str | None = scenarios.text_of(name)
    except NotFound as error:
        raise _no_scenario(error) from None
    return text


def _no_scenario(error: NotFound) -> BadInput:
    hint = ""
    if re.search(r"[/\\]|\.ya?ml$", error.name):
        hint = " The server reads no file by its path: send what is in it as scenario_text, or start the server with --scenarios."
    return BadInput([("scenario", f"{error}{hint}")])


_casts: OrderedDict[tuple[Path, str | None], answers.Cast] = OrderedDict()
MOST_CASTS = 64
"""Own choice: for how many templates and languages the cast is cached."""


def _describe_created(template: Path | None, creation: Creation, sandbox: Sandbox) -> schemas.Sandbox:
    """Describe a sandbox before anybody can open it; its cast is that of its template, when it has one."""
    key = (template, creation.language) if template else None
    cast = _casts.get(key) if key else None
    if cast is None:
        with sandbox.reading() as db:
            cast = answers.cast_of(db)
        if key:
            _casts[key] = cast
            while len(_casts) > MOST_CASTS:
                _casts.popitem(last=False)
    return answers.describe_created(sandbox, creation, cast)


def describe(store: Store, name: str) -> schemas.Sandbox:
    """Describe a sandbox.

    Raises:
        NotFound: there is none of that name.
        Unreadable: its file is damaged.
    """
    with store.open(name) as sandbox, sandbox.reading() as db:
        return answers.sandbox(db)


def describe_all(store: Store, tag: str | None = None) -> str:
    """Describe all sandboxes as a list in JSON, by name, without expired and damaged ones.

    Args:
        store: where they are.
        tag: only those that have this tag.
    """
    described = (
        answers.described_as_json(entry, name, store.address(name))
        for name, entry in present_sandboxes(store)
        if not isinstance(entry, Exception) and (tag is None or tag in entry.summary["tags"])
    )
    return f"[{', '.join(described)}]"


def reset(store: Store, name: str, snapshot: str | None = None) -> schemas.Sandbox:
    """Put a sandbox back to its creation or to a snapshot; calls that wait for something in it look again.

    Raises:
        NotFound: there is none of that name, or it has no such snapshot.
    """
    if snapshot is None:
        description: schemas.Sandbox = store.reset(name, _describe_created)
    else:
        copies.restore(store, name, snapshot)
        description = describe(store, name)
    wake(name)
    return description


def delete(store: Store, name: str) -> None:
    """Remove a sandbox; calls that wait for something in it end.

    Raises:
        NotFound: there is none of that name.
    """
    store.delete(name)
    wake(name)
