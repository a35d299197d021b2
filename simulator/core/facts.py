"""Facts about a sandbox that can be checked: one vocabulary for tests, exercises and manuals.

A fact is written ``{name: assertion}``. Each package registers the facts of its own subject here, in its ``facts`` module.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select

from simulator.core import events, normal_forms, outbox
from simulator.core.clock import iso
from simulator.core.errors import BadInput
from simulator.core.events import Event
from simulator.core.sandbox import Db

MAILS_SEARCHED = 1000
"""How many of the newest mails are searched."""

Check = Callable[[Db, Any], tuple[bool, Any]]
AnyCheck = TypeVar("AnyCheck", bound=Check)

FACTS: dict[str, Check] = {}
"""The check of each fact, by the fact's name: for an assertion it returns whether it holds, and the actual state."""

Expiry = Callable[[Db], datetime | None]

EXPIRIES: list[Expiry] = []
"""Functions that say when, by the sandbox's clock alone, the answer to a fact of their package changes next."""

LARGEST_NUMBER = 2**63 - 1
"""The largest whole number in SQLite. Own choice: no fact has a number below zero."""

_SHAPES = {str: "a text", bool: "true or false", int: f"a whole number from 0 to {LARGEST_NUMBER}", dict: "a mapping"}


@dataclass(frozen=True)
class Finding:
    """The result of checking one fact.

    Attributes:
        fact: the fact.
        holds: whether it holds.
        actual: the actual state, as JSON; None if there is nothing.
    """

    fact: Mapping[str, Any]
    holds: bool
    actual: Any


def fact(name: str) -> Callable[[AnyCheck], AnyCheck]:
    """Register a function as the check of a fact."""

    def register(function: AnyCheck) -> AnyCheck:
        FACTS[name] = function
        return function

    return register


def expiry(function: Expiry) -> Expiry:
    """Register a function that says when the answer to a fact changes next though nothing is written; None for never."""
    EXPIRIES.append(function)
    return function


def next_expiry(db: Db) -> datetime | None:
    """Return the instant of the sandbox's clock up to which answers to facts stay the same unless something is written."""
    return min((instant for function in EXPIRIES if (instant := function(db)) is not None), default=None)


def check(db: Db, facts: Sequence[Any]) -> list[Finding]:
    """Check several facts.

    Args:
        db: a transaction that reads.
        facts: mappings of one name each, such as ``{"event": "elma.removed"}``.

    Raises:
        BadInput: some of them are malformed; paths begin with the position in the list,
            ``facts.0.participant.number``.
    """
    findings, problems = [], []
    for position, fact in enumerate(facts):
        try:
            findings.append(_check(db, fact))
        except BadInput as error:
            problems += [(f"facts.{position}.{where}".rstrip("."), what) for where, what in error.problems]
    if problems:
        raise BadInput(problems)
    return findings


def _check(db: Db, fact: Any) -> Finding:
    if not isinstance(fact, dict) or len(fact) != 1:
        raise BadInput([("", "write a mapping with one name, such as {event: user.invited}")])
    ((name, what),) = fact.items()
    if name not in FACTS:
        raise BadInput([(str(name), f"there is no such fact; there are {', '.join(sorted(FACTS))}")])
    holds, actual = FACTS[name](db, what)
    return Finding(fact, holds, actual)


def read(
    name: str,
    what: Any,
    needed: Mapping[str, type],
    also: Mapping[str, type] | None = None,
    short: str | None = None,
) -> dict[str, Any]:
    """Read the assertion of a fact.

    Args:
        name: the fact's name, the first part of every path.
        what: a mapping, or with ``short`` also a plain text.
        needed: required keys, with their types (text, bool, int or dict).
        also: optional keys.
        short: the key of a plain text.

    Raises:
        BadInput: a key is missing, unknown or of another type.
    """
    if short is not None and isinstance(what, str):
        what = {short: what}
    if not isinstance(what, dict):
        raise BadInput([(name, f"write a mapping with {', '.join((*needed, *(also or ())))}")])
    types = {**needed, **(also or {})}
    problems = [(f"{name}.{key}", "is missing") for key in needed if key not in what]
    for key, value in what.items():
        if key not in types:
            problems.append((f"{name}.{key}", f"is not known here; there are {', '.join(types)}"))
        elif not _is(value, types[key]):
            problems.append((f"{name}.{key}", f"write {_SHAPES[types[key]]}"))
    if problems:
        raise BadInput(problems)
    return dict(what)


def _is(value: Any, expected: type) -> bool:
    if expected is int:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_NUMBER
    return isinstance(value, expected)


@fact("event")
def event(db: Db, what: Any) -> tuple[bool, Any]:
    """Check whether the journal has a line: ``{type, subject?, actor?, data?, after?}``, or its type alone.

    ``data`` has some of the line's data; ``after`` is the id of an earlier line. The actual state is the newest
    line that fits, or else the newest of its type.

    Raises:
        BadInput: the shape is not right, or there is no such type.
    """
    also = {"subject": str, "actor": str, "data": dict, "after": int}
    assertion = read("event", what, {"type": str}, also, short="type")
    if assertion["type"] not in events.TYPES:
        raise BadInput([("event.type", f"there is no event type {assertion['type']!r}")])
    query = select(Event).where(Event.type == assertion["type"], Event.id > assertion.get("after", 0))
    lines = db.scalars(query.order_by(Event.id.desc())).all()
    fits = next((line for line in lines if _fits(line, assertion)), None)
    line = fits or next(iter(lines), None)
    return fits is not None, _describe(line) if line else None


def _fits(line: Event, assertion: Mapping[str, Any]) -> bool:
    names = all(_identifies(getattr(line, key), assertion[key]) for key in ("subject", "actor") if key in assertion)
    data: dict[str, Any] = assertion.get("data", {})
    return names and all(key in line.data and line.data[key] == value for key, value in data.items())


def _identifies(stored: str | None, identifier: str) -> bool:
    return stored is not None and (stored == identifier or normal_forms.subject(stored) == normal_forms.subject(identifier))


def _describe(line: Event) -> dict[str, Any]:
    return {
        "id": line.id, "at": iso(line.at), "type": line.type,
        "actor": line.actor, "subject": line.subject, "data": line.data,
    }  # fmt: skip


@fact("mailed")
def mailed(db: Db, what: Any) -> tuple[bool, Any]:
    """Check whether a mail was sent: ``{to, name?, subject?}``, or its recipient alone.

    ``name`` is the kind of mail (``activation``), ``subject`` a part of its subject in any case. The actual state is the
    newest mail that fits, or else the newest to that recipient.

    Raises:
        BadInput: the shape is not right.
    """
    assertion = read("mailed", what, {"to": str}, {"name": str, "subject": str}, short="to")
    mails = outbox.newest_first(db, to=assertion["to"], kind="mail", limit=MAILS_SEARCHED)
    fits = next(
        (
            mail
            for mail in mails
            if assertion.get("name", mail.name) == mail.name
            and normal_forms.folded(assertion.get("subject", "")) in normal_forms.folded(mail.subject)
        ),
        None,
    )
    mail = fits or next(iter(mails), None)
    if mail is None:
        return False, None
    return fits is not None, {"id": mail.id, "to": mail.recipient, "name": mail.name, "subject": mail.subject}
