"""What can be asked about a sandbox: one vocabulary for tests, exercises and manuals.

A fact is written ``{name: what}``. Each package answers the facts of its own subject and registers them here;
importing its ``facts`` module makes its words known.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select

from simulator.core import events, outbox
from simulator.core.clock import iso
from simulator.core.errors import BadInput
from simulator.core.events import Event
from simulator.core.sandbox import Db

LOOKED_THROUGH = 1000
"""How many of the newest messages are looked through for one that was mailed."""

Question = Callable[[Db, Any], tuple[bool, Any]]
AnyQuestion = TypeVar("AnyQuestion", bound=Question)

FACTS: dict[str, Question] = {}
"""Every fact by its name: given what is asserted, it returns whether that holds and what was found."""

LARGEST_NUMBER = 2**63 - 1
"""The largest whole number that a sandbox's file can hold; Own choice: no fact asks for one below zero."""

_SHAPES = {str: "a text", bool: "true or false", int: f"a whole number from 0 to {LARGEST_NUMBER}", dict: "a mapping"}


@dataclass(frozen=True)
class Finding:
    """The answer to one fact.

    Attributes:
        fact: the fact as it was asked.
        holds: whether it is so.
        found: what was found, as JSON; None when there was nothing.
    """

    fact: Mapping[str, Any]
    holds: bool
    found: Any


def fact(name: str) -> Callable[[AnyQuestion], AnyQuestion]:
    """Register a function as the answer to a fact."""

    def register(question: AnyQuestion) -> AnyQuestion:
        FACTS[name] = question
        return question

    return register


def check(db: Db, facts: Sequence[Any]) -> list[Finding]:
    """Ask several facts.

    Args:
        db: a transaction that reads.
        facts: mappings of one name each, such as ``{"event": "elma.removed"}``.

    Raises:
        BadInput: some of them are not understood; paths begin with the place in the list,
            ``facts.0.participant.number``.
    """
    findings, problems = [], []
    for place, asked in enumerate(facts):
        try:
            findings.append(_ask(db, asked))
        except BadInput as error:
            problems += [(f"facts.{place}.{where}".rstrip("."), what) for where, what in error.problems]
    if problems:
        raise BadInput(problems)
    return findings


def _ask(db: Db, asked: Any) -> Finding:
    if not isinstance(asked, dict) or len(asked) != 1:
        raise BadInput([("", "write a mapping with one name, such as {event: user.invited}")])
    ((name, what),) = asked.items()
    if name not in FACTS:
        raise BadInput([(str(name), f"there is no such fact; there are {', '.join(sorted(FACTS))}")])
    holds, found = FACTS[name](db, what)
    return Finding(asked, holds, found)


def read(
    name: str,
    what: Any,
    needed: Mapping[str, type],
    also: Mapping[str, type] | None = None,
    short: str | None = None,
) -> dict[str, Any]:
    """Read what a fact asserts.

    Args:
        name: the fact's name, the first part of every path.
        what: a mapping, or a plain text when ``short`` is given.
        needed: keys that must be there, with their types (text, bool, int or dict).
        also: keys that may be there.
        short: the key that a plain text stands for.

    Raises:
        BadInput: a key is missing, unknown or of another type.
    """
    if short is not None and isinstance(what, str):
        what = {short: what}
    if not isinstance(what, dict):
        raise BadInput([(name, f"write a mapping with {', '.join((*needed, *(also or ())))}")])
    known = {**needed, **(also or {})}
    problems = [(f"{name}.{key}", "is missing") for key in needed if key not in what]
    for key, value in what.items():
        if key not in known:
            problems.append((f"{name}.{key}", f"is not known here; there are {', '.join(known)}"))
        elif not _is(value, known[key]):
            problems.append((f"{name}.{key}", f"write {_SHAPES[known[key]]}"))
    if problems:
        raise BadInput(problems)
    return dict(what)


def _is(value: Any, wanted: type) -> bool:
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_NUMBER
    return isinstance(value, wanted)


@fact("event")
def event(db: Db, what: Any) -> tuple[bool, Any]:
    """Say whether the journal holds a line: ``{type, subject?, actor?, data?, after?}``, or its type alone.

    ``data`` names some of the line's facts; ``after`` is the id of an earlier line. Found is the newest
    line that fits, or the newest of its type when none does.

    Raises:
        BadInput: the shape is not right, or there is no such type.
    """
    also = {"subject": str, "actor": str, "data": dict, "after": int}
    asked = read("event", what, {"type": str}, also, short="type")
    if asked["type"] not in events.TYPES:
        raise BadInput([("event.type", f"there is no event type {asked['type']!r}")])
    query = select(Event).where(Event.type == asked["type"], Event.id > asked.get("after", 0))
    lines = db.scalars(query.order_by(Event.id.desc())).all()
    fits = next((line for line in lines if _fits(line, asked)), None)
    shown = fits or next(iter(lines), None)
    return fits is not None, _line(shown) if shown else None


def _fits(line: Event, asked: Mapping[str, Any]) -> bool:
    names = all(getattr(line, key) == asked[key] for key in ("subject", "actor") if key in asked)
    data: dict[str, Any] = asked.get("data", {})
    return names and all(key in line.data and line.data[key] == value for key, value in data.items())


def _line(line: Event) -> dict[str, Any]:
    return {
        "id": line.id, "at": iso(line.at), "type": line.type,
        "actor": line.actor, "subject": line.subject, "data": line.data,
    }  # fmt: skip


@fact("mailed")
def mailed(db: Db, what: Any) -> tuple[bool, Any]:
    """Say whether a mail was sent: ``{to, name?, subject?}``, or its recipient alone.

    ``name`` is the kind of mail (``activation``), ``subject`` a part of its subject in any case. Found is the
    newest mail that fits, or the newest to that recipient when none does.

    Raises:
        BadInput: the shape is not right.
    """
    asked = read("mailed", what, {"to": str}, {"name": str, "subject": str}, short="to")
    mails = outbox.newest_first(db, to=asked["to"], kind="mail", limit=LOOKED_THROUGH)
    fits = next(
        (
            mail
            for mail in mails
            if asked.get("name", mail.name) == mail.name and asked.get("subject", "").casefold() in mail.subject.casefold()
        ),
        None,
    )
    shown = fits or next(iter(mails), None)
    if shown is None:
        return False, None
    found = {"id": shown.id, "to": shown.recipient, "name": shown.name, "subject": shown.subject}
    return fits is not None, found
