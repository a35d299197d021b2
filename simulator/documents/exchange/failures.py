"""Documents that cannot be delivered: the reasons, and the notifications.

Source: AutoInvoice, invoice errors; codes as far as their texts are published, see ``documents.failure.<code>``. Own choice: the
codes.
"""

from typing import Any

from simulator.core import events
from simulator.core.sandbox import Db
from simulator.documents.exchange import notifications
from simulator.documents.model import history
from simulator.documents.model.history import JournalEntry
from simulator.documents.model.models import Document, HistoryType, Status
from simulator.documents.model.statuses import move_to

NOT_ENOUGH_INFORMATION = "not_enough_information"
PRINT_NOT_ENABLED = "print_not_enabled"
NO_ROUTE = "no_route"
OPERATOR_MISSING = "operator_missing"
DUPLICATE = "duplicate"
BOUNCED = "bounced"
TOO_LARGE = "too_large"
REJECTED = "rejected"
RECEIVER_UNKNOWN = "receiver_unknown"
WRONG_TYPE = "wrong_type"
LOOK_UP_DOWN = "look_up_down"
NOT_PROCESSED = "not_processed"
ATTACHMENTS_LOST = "attachments_lost"

CODES = (
    NOT_ENOUGH_INFORMATION, PRINT_NOT_ENABLED, NO_ROUTE, OPERATOR_MISSING, DUPLICATE, BOUNCED, TOO_LARGE, REJECTED,
    RECEIVER_UNKNOWN, WRONG_TYPE, LOOK_UP_DOWN, NOT_PROCESSED, ATTACHMENTS_LOST,
)  # fmt: skip
"""Every code that ``Document.error`` can hold; the last one only for received documents."""

BEFORE_SENDING = frozenset(
    {NOT_ENOUGH_INFORMATION, PRINT_NOT_ENABLED, NO_ROUTE, OPERATOR_MISSING, DUPLICATE, WRONG_TYPE, LOOK_UP_DOWN}
)
"""Codes of documents that never left."""

events.declare(document__failed="A document could not be delivered.")


def fail(db: Db, document: Document, code: str, **data: Any) -> None:
    """Mark a sent document as failed and notify the company's chosen recipients.

    Args:
        db: the transaction.
        document: the document.
        code: one of ``CODES``.
        data: what fills the placeholders of the failure's text.
    """
    move_to(document, Status.FAILED)
    document.error, document.delivered_at = code, None
    entry = JournalEntry("document.failed", facts={"error": code})
    history.add(db, document, HistoryType.ERROR, code, document.channel, journal=entry, **data)
    notifications.failed(db, document, code, **data)
