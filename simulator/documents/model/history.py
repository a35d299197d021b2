"""What happened to a document: the lines of its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from simulator.core import events
from simulator.core.sandbox import Db
from simulator.documents.model.channels import SENDABLE
from simulator.documents.model.models import Channel, Direction, Document, History, HistoryType, Mark, Status

CODES = (
    "created", "received", *(f"sent_{channel}" for channel in SENDABLE), "delivered", "to_print",
    "attachments_dropped", "attachments_repaired", "on_hold", "look_up_down", "resent", "scam_reported", "downloaded", "processed",
    *Mark,
)  # fmt: skip
"""Every code of a line that is not an error."""


@dataclass(frozen=True)
class JournalEntry:
    """What the journal says of a step in a document's history.

    Attributes:
        type_: the declared type of the event.
        actor: address of the person who acts; None for a program.
        facts: what is peculiar to the event, beside what ``record`` says of every document.
    """

    type_: str
    actor: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def add(
    db: Db,
    document: Document,
    type_: HistoryType,
    code: str,
    channel: Channel | str | None = None,
    *,
    journal: JournalEntry | None = None,
    **data: Any,
) -> None:
    """Write a line of a document's history, and its entry of the journal.

    Args:
        db: the transaction.
        document: whose history.
        type_: what kind of step it is.
        code: what happened; ``text_of`` says which text that is.
        channel: by which channel, when one was involved.
        journal: the entry of the journal, for a step that is an event.
        data: what fills the text's placeholders.
    """
    db.add(History(document_id=document.id, type=type_, channel=channel, code=code, data=data, happened_at=db.clock.now()))
    if journal is not None:
        record(db, journal.type_, document, journal.actor, **journal.facts)


def text_of(line: History) -> str:
    """Return the key of a line's text, whose placeholders the line's ``data`` fills; for an error the text of its failure."""
    return f"documents.{'failure' if line.type == HistoryType.ERROR else 'history'}.{line.code}"


def record(db: Db, type_: str, document: Document, actor: str | None = None, **data: Any) -> None:
    """Write an entry about a document into the journal: one that is no step of its history."""
    events.record(
        db,
        type_,
        actor=actor,
        subject=document.uuid,
        company=document.company.organisation_number,
        number=document.number,
        direction=document.direction,
        channel=document.channel,
        document=document.id,
        **data,
    )


def of(db: Db, document: Document) -> Sequence[History]:
    """Return a document's history, oldest first; composed of its row when it comes from a scenario."""
    lines = db.scalars(select(History).where(History.document_id == document.id).order_by(History.id)).all()
    begun = any(line.type in (HistoryType.CREATED, HistoryType.RECEIVED) for line in lines)
    return [*_composed(document), *lines] if document.unpacked and not begun else lines


def settle(db: Db, document: Document) -> None:
    """Write down the history of a document that is composed of its row, before the row changes."""
    if document.unpacked:
        db.add_all(line for line in of(db, document) if line.id is None)
        db.flush()


def _composed(document: Document) -> list[History]:
    def line(type_: HistoryType, code: str, at: Any, **data: Any) -> History:
        channel = None if type_ is HistoryType.CREATED else document.channel
        return History(document_id=document.id, type=type_, channel=channel, code=code, data=data, happened_at=at)

    if document.direction == Direction.RECEIVED:
        return [line(HistoryType.RECEIVED, "received", document.created_at)]
    lines = [line(HistoryType.CREATED, "created", document.created_at)]
    if document.sent_at is not None:
        lines.append(line(HistoryType.SENT, f"sent_{document.channel}", document.sent_at))
    if document.delivered_at is not None and document.status == Status.DELIVERED:
        lines.append(line(HistoryType.DELIVERED, "delivered", document.delivered_at))
    if document.status == Status.FAILED and document.error is not None:
        party = document.party
        electronic = f"{party.scheme}:{party.identifier}" if party.identifier else None
        address = party.email if document.channel == Channel.EMAIL else electronic
        at = document.sent_at or document.created_at
        lines.append(line(HistoryType.ERROR, document.error, at, number=document.number, address=address))
    return lines
