"""Letters: printed at night, posted on the next working day.

Source: AutoInvoice, print service: printed at night; at most three attachments that are PDFs, 50 MB each, 110 pages in all, above
that none of them is printed, the sender is notified, and the invoice is sent; an own PDF gets a cover sheet, which is charged
except in the Netherlands. Own choice: two in the night of the company's time zone; charged are pages, not sheets; letters of a
night on which the service is down are printed the next night.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from simulator.core import events, faults, jobs
from simulator.core.sandbox import Db
from simulator.directory.countries import language_of
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.documents.exchange import delays, delivery, delivery_route, notifications
from simulator.documents.exchange.delivery_route import DeliveryRoute
from simulator.documents.model import history
from simulator.documents.model.models import Channel, Direction, Document, DocumentFile, FileKind, HistoryType, Status

MOST_ATTACHMENTS = 3
LARGEST_ATTACHMENT = 50 * 1024 * 1024
MOST_PAGES = 110
FREE_COVER = ("NL",)
"""Countries in which the cover sheet costs nothing, and an own PDF is printed whatever the settings say."""

faults.declare(
    "letters.run",
    "The letters of a night are printed.",
    down="Nothing is printed that night: the letters stay pending and go the night after.",
)
events.declare(
    letters__printed="The letters of a night were handed to the printer.",
    letters__down="The print service was down for a night.",
)


def queue_letter(db: Db, document: Document, route: DeliveryRoute) -> None:
    """Let a document wait for the night in which it is printed."""
    history.add(db, document, HistoryType.INFO, "to_print", Channel.PRINT)
    zone = document.company.time_zone
    jobs.enqueue(db, "letters.run", key=f"letters.run:{zone}", delay=delays.until_print_run(db, zone), zone=zone)


@jobs.job("letters.run")
def run(db: Db, **data: Any) -> None:
    """Print what waits for it in the companies of a time ``zone``."""
    zone = data["zone"]
    if faults.triggered_outcome(db, "letters.run"):
        events.record(db, "letters.down", zone=zone)
        # Without delays too it is a day until there is another night.
        jobs.enqueue(db, "letters.run", delay=delays.until_print_run(db, zone) or timedelta(days=1), zone=zone)
        return
    query = (
        select(Document.id, Document.revision)
        .join(Company, Company.id == Document.company_id)
        .where(
            Company.time_zone == zone,
            Document.direction == Direction.SENT,
            Document.status == Status.CREATED,
            Document.channel == Channel.PRINT,
        )
    )
    waiting = db.execute(query.order_by(Document.id)).all()
    for id_, revision in waiting:
        jobs.enqueue(db, "document.print", document=id_, revision=revision)
    events.record(db, "letters.printed", zone=zone, letters=len(waiting))


def _own_pages(db: Db, **data: Any) -> int:
    """Count the pages of the document itself, with the cover of an own picture."""
    from simulator.documents import pictures
    from simulator.documents.model import files

    document = db.get_one(Document, data["document"])
    account = accounts.of(db, document.company)
    own = _files(db, document, FileKind.PICTURE)
    if (account.print_own_pdf or document.company.country in FREE_COVER) and own and _count(own[0].content):
        return _count(own[0].content) + (0 if document.company.country in FREE_COVER else 1)
    return pictures.pages(files.picture(db, document, language_of(document.party.country)))


@jobs.job("document.print", prepare=_own_pages, on_failed=delivery_route.fail_unprocessed)
def print_letter(db: Db, **data: Any) -> None:
    """Print ``document``, unless it was resent meanwhile."""
    document = delivery_route.document_of_job(db, Status.CREATED, **data)
    if document is None:
        return
    document.pages = _pages(db, document, data["prepared"])
    zone = document.company.time_zone
    delivery.sent(db, document, DeliveryRoute(Channel.PRINT), None, delays.until_posted(db, zone))


def _pages(db: Db, document: Document, own: int) -> int:
    """Count what is printed and charged: the document itself, and the attachments that are printed."""
    return own + (_attached(db, document, own) if accounts.of(db, document.company).print_attachments else 0)


def _attached(db: Db, document: Document, pages: int) -> int:
    """Count the pages of the attachments; none when one of them, or all together, is too much."""
    attachments = _files(db, document, FileKind.ATTACHMENT)
    counted = [_count(attachment.content) if attachment.size <= LARGEST_ATTACHMENT else 0 for attachment in attachments]
    if len(attachments) > MOST_ATTACHMENTS or not all(counted) or pages + sum(counted) > MOST_PAGES:
        history.add(db, document, HistoryType.INFO, "attachments_dropped", Channel.PRINT)
        notifications.attachments_dropped(db, document)
        return 0
    return sum(counted)


def _count(pdf: bytes) -> int:
    """Return how many pages a file has; 0 when it is no PDF that can be printed."""
    from simulator.documents import pictures

    return pictures.pages(pdf) if pdf.startswith(b"%PDF") else 0


def _files(db: Db, document: Document, kind: FileKind) -> list[DocumentFile]:
    query = select(DocumentFile).where(DocumentFile.document_id == document.id, DocumentFile.kind == kind)
    return list(db.scalars(query.order_by(DocumentFile.id)))
