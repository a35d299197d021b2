"""What happened to a document: the lines of its history."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from simulator.core.sandbox import Db
from simulator.documents.models import Channel, Direction, Document, History, HistoryType, Status


def add(
    db: Db, document: Document, type_: HistoryType, code: str, channel: Channel | str | None = None, **data: Any
) -> History:
    """Write a line.

    Args:
        db: the transaction.
        document: whose history.
        type_: what the line tells.
        code: its text is ``documents.history.<code>``.
        channel: by which channel, when one was involved.
        data: what fills the text's placeholders.
    """
    line = History(document_id=document.id, type=type_, channel=channel, code=code, data=data, happened_at=db.clock.now())
    db.add(line)
    db.flush()
    return line


def of(db: Db, document: Document) -> Sequence[History]:
    """Return a document's history, oldest first; composed of its row when it comes from consumption laid down by a scenario."""
    lines = db.scalars(select(History).where(History.document_id == document.id).order_by(History.id)).all()
    return [*_composed(document), *lines] if document.unpacked else lines


def _composed(document: Document) -> list[History]:
    def line(type_: HistoryType, code: str, at: Any) -> History:
        channel = None if type_ is HistoryType.CREATED else document.channel
        return History(document_id=document.id, type=type_, channel=channel, code=code, data={}, happened_at=at)

    if document.direction == Direction.RECEIVED:
        return [line(HistoryType.RECEIVED, "received", document.created_at)]
    lines = [line(HistoryType.CREATED, "created", document.created_at)]
    if document.sent_at is not None:
        lines.append(line(HistoryType.SENT, f"sent_{document.channel}", document.sent_at))
    if document.delivered_at is not None and document.status == Status.DELIVERED:
        lines.append(line(HistoryType.DELIVERED, "delivered", document.delivered_at))
    return lines
