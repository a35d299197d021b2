"""Numbers that a company sent already: such documents are blocked, when its account says so.

Source: AutoInvoice, invoicing settings: a number that was sent successfully within a week is blocked. Own choice: a number that
ends in ``-DUP`` is a duplicate always, so that tests have one; only documents of one type are compared.
"""

from datetime import timedelta

from sqlalchemy import or_, select

from simulator.core import events
from simulator.core.sandbox import Db
from simulator.documents import failing, trail
from simulator.documents.models import Direction, Document, Status

A_WEEK = timedelta(days=7)
ALWAYS = "-DUP"

events.declare(document__duplicate="A document was blocked because its number was sent within the last week.")


def is_one(db: Db, document: Document, *, stop: bool) -> bool:
    """Say whether a document that never went yet is held back as a duplicate.

    Args:
        db: the transaction.
        document: it.
        stop: whether the company has duplicates stopped.
    """
    if document.number.upper().endswith(ALWAYS):
        return True
    if not stop:
        return False
    query = select(Document.id).where(
        Document.company_id == document.company_id,
        Document.direction == Direction.SENT,
        Document.number == document.number,
        Document.kind == document.kind,
        Document.id != document.id,
        or_(
            Document.status.in_([Status.SENT, Status.DELIVERED]) & (Document.sent_at > db.clock.now() - A_WEEK),
            # One that came earlier, has its way and is about to leave.
            (Document.status == Status.CREATED) & Document.channel.is_not(None) & (Document.id < document.id),
        ),
    )
    return db.scalar(query.limit(1)) is not None


def block(db: Db, document: Document) -> None:
    """Hold a document back because its number was sent already."""
    trail.record(db, "document.duplicate", document)
    failing.fail(db, document, failing.DUPLICATE, number=document.number)
