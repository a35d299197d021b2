"""The journal of a sandbox: its events, with instant, actor, type and subject, for tests, exercises and reports."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, select, text
from sqlalchemy.orm import Mapped, mapped_column

from simulator.core.database import CODE, Base
from simulator.core.sandbox import Db

TYPES: dict[str, str] = {}
"""Every event type and its meaning, as declared by the modules that record it."""


class Event(Base):
    """One line of the journal. ``actor`` and ``subject`` are e-mail addresses, numbers or names.

    ``customer_id`` is the customer whose change log lists the line; None for a line of no customer, or of several.
    """

    __tablename__ = "event"
    __table_args__ = (Index("event_customer", "customer_id", "id", sqlite_where=text("customer_id IS NOT NULL")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    type: Mapped[str] = mapped_column(index=True, info=CODE)
    actor: Mapped[str | None]
    subject: Mapped[str | None]
    customer_id: Mapped[int | None]
    data: Mapped[dict[str, Any]]


def declare(**types: str) -> None:
    """Declare event types; two underscores stand for the dot: ``user__invited="…"``."""
    for name, meaning in types.items():
        TYPES[name.replace("__", ".")] = meaning


Listener = Callable[[Db, Event], None]

LISTENERS: dict[str, list[Listener]] = {}
"""Functions to call for new lines of an event type, in the transaction that records them."""


def listen(type_: str, listener: Listener) -> None:
    """Call a function with every new line of a type, in its transaction: its changes are committed or undone with the line.

    What happens before a sandbox is created is no event: no function is called for it.
    """
    LISTENERS.setdefault(type_, []).append(listener)


def record(
    db: Db,
    type_: str,
    *,
    actor: str | None = None,
    subject: str | None = None,
    customer_id: int | None = None,
    **data: Any,
) -> Event:
    """Record an event in the journal.

    Args:
        db: the transaction; if it is undone, so is the line.
        type_: a declared type, for example ``user.invited``.
        actor: the person who did it; None for the platform itself.
        subject: the person or thing that it is about.
        customer_id: the customer whose change log lists it, if it is a change of one customer only.
        data: further data, as JSON.

    Raises:
        KeyError: the type is not declared.
    """
    if type_ not in TYPES:
        raise KeyError(f"event type {type_!r} is not declared")
    event = Event(at=db.clock.now(), type=type_, actor=actor, subject=subject, customer_id=customer_id, data=data)
    db.add(event)
    db.changed = True
    if not db.precedes_creation:
        for listener in LISTENERS.get(type_, ()):
            listener(db, event)
    return event


def after(db: Db, after_id: int = 0, type_: str | None = None, limit: int = 1000) -> Sequence[Event]:
    """Return the lines after an id, oldest first."""
    query = select(Event).where(Event.id > after_id).order_by(Event.id).limit(limit)
    if type_:
        query = query.where(Event.type == type_)
    return db.scalars(query).all()
