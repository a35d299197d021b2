"""Duplicates: documents whose number the company has already sent are blocked, if its account says so.

Source: AutoInvoice, invoicing settings: a number that was sent successfully within a week is blocked. Own choice: a number that
ends in ``-DUP`` is a duplicate always, so that tests have one; only documents of one type are compared; what a person
sends again goes through.
"""

from datetime import timedelta

from sqlalchemy import bindparam, or_, select

from simulator.core import events
from simulator.core.sandbox import Db
from simulator.documents.exchange import failures
from simulator.documents.model import history
from simulator.documents.model.models import Direction, Document, Status

A_WEEK = timedelta(days=7)
ALWAYS = "-DUP"

_SENT = (
    select(Document.id)
    .where(
        Document.company_id == bindparam("company"),
        Document.direction == Direction.SENT,
        Document.number == bindparam("number"),
        Document.kind == bindparam("kind"),
        Document.id != bindparam("document"),
        or_(
            Document.status.in_([Status.SENT, Status.DELIVERED]) & (Document.sent_at > bindparam("since")),
            # One that came earlier, has its way and is about to leave.
            (Document.status == Status.CREATED) & Document.channel.is_not(None) & (Document.id < bindparam("document")),
        ),
    )
    .limit(1)
)

events.declare(document__duplicate="A document was blocked because its number was sent within the last week.")


def is_duplicate(db: Db, document: Document, *, stop: bool) -> bool:
    """Return whether a document that was never sent is blocked as a duplicate.

    It is decided when a document is accepted, so that the sender knows at once, and again when it is routed: documents that were
    accepted at the same time do not see each other before.

    Args:
        db: the transaction.
        document: the document.
        stop: whether the company has duplicates stopped.
    """
    if document.number.upper().endswith(ALWAYS):
        return True
    if not stop:
        return False
    about = {"company": document.company_id, "number": document.number, "kind": document.kind, "document": document.id}
    return db.rows(_SENT, **about, since=db.clock.now() - A_WEEK).first() is not None


def block(db: Db, document: Document) -> None:
    """Block a document because its number was already sent."""
    history.record(db, "document.duplicate", document)
    failures.fail(db, document, failures.DUPLICATE, number=document.number)
