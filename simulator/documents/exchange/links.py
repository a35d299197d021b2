"""Links to documents in mails: a page that opens with a passcode, until some time after the document is due.

Source: AutoInvoice, sending invoices by e-mail: link mails need a passcode, and a link is dead ninety days after the due date.
Own choice: a link follows from the sandbox's secret and the document, so nothing is kept of it; its passcode, which opens nothing
without the link, from the sandbox's seed; without a due date the day of creation counts; wrong passcodes lock a link as wrong
passwords lock an address.
"""

import hmac
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from simulator.core import normal_forms, outbox, seals
from simulator.core.sandbox import Db
from simulator.directory import lockout
from simulator.directory.lockout import Outcome
from simulator.documents.model.models import Direction, Document

LASTS = timedelta(days=90)
PASSCODE_DIGITS = 6


def token_of(db: Db, document: Document) -> str:
    """Return the last part of the address of a document's page."""
    return db.sealed(outbox.LINK, UUID(document.uuid).hex)


def passcode_of(db: Db, document: Document) -> str:
    """Return the six digits that open a document's page."""
    drawn = seals.digest(db.read_record().seed, "passcode", document.uuid)
    return str(int.from_bytes(drawn, "big") % 10**PASSCODE_DIGITS).zfill(PASSCODE_DIGITS)


def address_of(db: Db, document: Document) -> str:
    """Return the absolute address of a document's page."""
    return db.address("autoinvoice", "view", token_of(db, document))


def by_token(db: Db, token: str) -> Document | None:
    """Return the sent document that a link leads to, dead or alive; None when the link was never made."""
    identifier = db.unseal(outbox.LINK, token)
    try:
        uuid = str(UUID(hex=identifier)) if identifier else ""
    except ValueError:
        return None
    return db.scalar(select(Document).where(Document.uuid == uuid, Document.direction == Direction.SENT))


def opens(db: Db, document: Document, passcode: str) -> bool:
    """Return whether a passcode opens a document's page."""
    return hmac.compare_digest(normal_forms.code(passcode).encode(), passcode_of(db, document).encode())


def attempt(db: Db, document: Document, passcode: str) -> Outcome:
    """Compare a typed passcode, unless the link had too many wrong ones; the transaction must be kept, whatever the outcome."""
    return lockout.attempt(db, f"document:{document.uuid}", "code", lambda: opens(db, document, passcode))


def is_dead(db: Db, document: Document) -> bool:
    """Return whether a link leads nowhere any more."""
    today = db.clock.now().astimezone(ZoneInfo(document.company.time_zone)).date()
    return today > (document.due_date or document.created_on) + LASTS
