"""What changed in a sandbox between two states of it, thing by thing, in the words of the business.

Own choice, all of it. Each layer describes its own things in its ``changes`` module; this compares two descriptions. Things are the
same when their rows are: both states come from one creation, in which ids are the same each time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from simulator.core.clock import iso
from simulator.core.formats import number, short_date
from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.core.texts import catalogue, text


@dataclass(frozen=True)
class Label:
    """A value with a name in each language: ``value`` is for programs, ``key`` the text key of the name."""

    value: str
    key: str


@dataclass(frozen=True)
class Hidden:
    """A value that is compared and never displayed, such as the hash of a password."""

    value: str | None


Value = str | int | bool | date | Decimal | Label | Hidden | tuple[str, ...] | None
Key = tuple[int | str, ...]


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A thing as it is in one state of a sandbox.

    Attributes:
        names: what fills its text ``diff.<kind>``.
        values: what can change of it, by the name of the attribute, whose text is ``diff.attribute.<name>``.
        at: when it came to be, if its row says so.
        silent: whether it is no news that there is one: another state may have it in another form.
    """

    names: Mapping[str, Value]
    values: Mapping[str, Value] = field(default_factory=dict)
    at: datetime | None = None
    silent: bool = False


@dataclass(frozen=True)
class Area:
    """Things of one kind; ``read`` returns those of a sandbox by keys that can be sorted."""

    kind: str
    read: Callable[[Db], Mapping[Key, Thing]]


class Happened(StrEnum):
    """What happened to a thing."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True)
class Change:
    """One change: a thing that is new or gone, or one attribute of it that has another value."""

    kind: str
    happened: Happened
    thing: Thing
    attribute: str | None = None
    before: Value = None
    after: Value = None


def compare(areas: Iterable[Area], before: Db, now: Db) -> list[Change]:
    """Return what changed between two states, by area and key."""
    return [change for area in areas for change in _compared(area.kind, area.read(before), area.read(now))]


def new_since(areas: Iterable[Area], db: Db, instant: datetime) -> list[Change]:
    """Return the things that came to be after an instant, as far as their rows say when."""
    return [
        Change(area.kind, Happened.NEW, thing)
        for area in areas
        for _, thing in sorted(area.read(db).items())
        if thing.at is not None and thing.at > instant and not thing.silent
    ]


def _compared(kind: str, before: Mapping[Key, Thing], now: Mapping[Key, Thing]) -> Iterator[Change]:
    for key in sorted(before.keys() | now.keys()):
        old, new = before.get(key), now.get(key)
        if old is None or new is None:
            thing = new or old
            assert thing is not None
            if not thing.silent:
                yield Change(kind, Happened.GONE if new is None else Happened.NEW, thing)
            continue
        for attribute, value in new.values.items():
            if old.values.get(attribute) != value:
                yield Change(kind, Happened.CHANGED, new, attribute, old.values.get(attribute), value)


def name_of(change: Change, language: str) -> str:
    """Return the name of the thing that a change is about."""
    return text(language, f"diff.{change.kind}", **_written(change.thing.names, language))


def sentence(change: Change, language: str) -> str:
    """Return a change as a sentence; kinds may have sentences of their own, ``diff.<kind>.new`` and ``.gone``."""
    own = f"diff.{change.kind}.{change.happened}"
    if own in catalogue("en"):
        return text(language, own, **_written(change.thing.names, language))
    what = name_of(change, language)
    if change.attribute is None:
        return text(language, f"diff.{change.happened}", what=what)
    attribute = text(language, f"diff.attribute.{change.attribute}")
    if isinstance(change.after, Hidden):
        return text(language, "diff.changed_hidden", what=what, attribute=attribute)
    values = {"before": written(change.before, language), "after": written(change.after, language)}
    return text(language, "diff.changed", what=what, attribute=attribute, **values)


def written(value: Value, language: str) -> str:
    """Return a value as people read it."""
    if isinstance(value, Label):
        return text(language, value.key)
    if isinstance(value, bool):
        return text(language, "diff.yes" if value else "diff.no")
    if isinstance(value, date):
        return short_date(language, value)
    if isinstance(value, Decimal):
        return number(language, value, 2)
    if isinstance(value, tuple):
        return ", ".join(value) or "–"
    return "–" if value is None or isinstance(value, Hidden) else str(value)


def plain(value: Value) -> Any:
    """Return a value for programs, as JSON; None for one that is never displayed."""
    if isinstance(value, Label):
        return value.value
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return None if isinstance(value, Hidden) else value


def _written(values: Mapping[str, Value], language: str) -> dict[str, str]:
    return {name: written(value, language) for name, value in values.items()}


def _messages(db: Db) -> dict[Key, Thing]:
    rows = db.execute(select(Message.id, Message.kind, Message.recipient, Message.subject, Message.sent_at))
    return {
        (row.id,): Thing(
            names={"kind": Label(row.kind, f"diff.message.{row.kind}"), "to": row.recipient, "subject": row.subject or "–"},
            at=row.sent_at,
        )
        for row in rows
    }


AREAS: Sequence[Area] = (Area("message", _messages),)
