"""Handing documents over to their channels, and what comes back: receipts, bounces, rejections, nothing.

Source: AutoInvoice, a document is pending, sent, then delivered or in error; files above five megabytes are rejected later by the
receiver; a document reported as missing stays sent. Own choice: how long a receipt takes, see ``delays``; a mail counts
as delivered when it has not bounced within a minute; local parts that begin with ``bounce`` bounce, with ``slow`` take an hour.

A document is charged when it is delivered. Each step is one commit together with its job, and checks first that the document still
has the status and revision with which it was queued: so nothing is lost or delivered twice when a process is killed.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from simulator.core import events, faults, jobs, outbox
from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.exchange import delays, delivery_route, failures, mailing, receiving
from simulator.documents.exchange.delivery_route import DeliveryRoute
from simulator.documents.model import charging, history
from simulator.documents.model.history import JournalEntry
from simulator.documents.model.models import Channel, Document, DocumentFile, FileKind, HistoryType, Origin, Status
from simulator.documents.model.statuses import move_to

MAIL = "document.mail"
"""Kind of the job that mails a document, which needs a picture first."""

LARGEST = 5 * 1024 * 1024
"""Bytes of attachments that receivers in Peppol take."""
SLOW = timedelta(hours=1)

events.declare(
    document__sent="A document left AutoInvoice.",
    document__delivered="A document was delivered.",
)

_REJECTED = "The receiver's side refuses it: error, some seconds after it was sent."
_SILENT = "It is sent and nothing comes back: it stays Sent."
faults.declare(
    "peppol.deliver",
    "A document goes to a receiver in Peppol.",
    rejected=_REJECTED,
    silent=_SILENT,
    too_large="The receiver's side refuses it because of its size: error, some seconds after it was sent.",
)
faults.declare("operator.deliver", "A document goes to another operator.", rejected=_REJECTED, silent=_SILENT)
faults.declare(
    "email.deliver",
    "A document goes by e-mail.",
    bounce="The mail comes back: error, a minute after it was sent.",
    silent="The mail is lost: the document stays Sent, and no mailbox has the mail.",
)
faults.declare(
    "internal.deliver",
    "A document goes to another company at AutoInvoice.",
    attachment="It arrives without its attachments: the receiver's document has an attachment error.",
)

_BACK = {"bounce": failures.BOUNCED, "rejected": failures.REJECTED, "too_large": failures.TOO_LARGE}
"""How it goes wrong in transit, and the failure that this is."""


def to_company(db: Db, document: Document, route: DeliveryRoute) -> None:
    """Put a document into the list of another company here."""
    number = document.company.organisation_number
    outcome = faults.triggered_outcome(db, "internal.deliver", company=number, document=document.uuid)
    company = db.get_one(Company, route.company_id)
    receiving.twin(db, document, company, Channel.INTERNAL, Origin.INTERNAL, lost=outcome == "attachment")
    sent(db, document, route, None, delays.RECEIPT)


def to_peppol(db: Db, document: Document, route: DeliveryRoute) -> None:
    """Hand a document to Peppol; one for a company here comes back in through AutoInvoice's own access point."""
    number = document.company.organisation_number
    outcome = faults.triggered_outcome(db, "peppol.deliver", company=number, document=document.uuid)
    if outcome is None and _attached(db, document) > LARGEST:
        outcome = "too_large"
    if outcome is None and route.company_id is not None:
        company = db.get_one(Company, route.company_id)
        receiving.twin(db, document, company, Channel.PEPPOL, Origin.EXTERNAL)
    sent(db, document, route, outcome, delays.RECEIPT)


def to_operator(db: Db, document: Document, route: DeliveryRoute) -> None:
    """Hand a document to another operator."""
    number, operator = document.company.organisation_number, route.operator
    outcome = faults.triggered_outcome(db, "operator.deliver", company=number, document=document.uuid, operator=operator)
    sent(db, document, route, outcome, delays.RECEIPT)


def queue_mail(db: Db, document: Document, route: DeliveryRoute) -> None:
    """Queue the job that mails a document."""
    jobs.enqueue(db, MAIL, document=document.id, revision=document.revision, way=route.stored())


@jobs.job(MAIL, prepare=mailing.picture, on_failed=delivery_route.fail_unprocessed)
def mail(db: Db, **data: Any) -> None:
    """Mail ``document``, unless it was resent meanwhile."""
    document = delivery_route.document_of_job(db, Status.CREATED, **data)
    if document is None:
        return
    route = DeliveryRoute(**data["way"])
    address = route.address or ""
    number = document.company.organisation_number
    outcome = faults.triggered_outcome(db, "email.deliver", person=address, company=number, document=document.uuid)
    if outcome is None and outbox.bounces(address):
        outcome = "bounce"
    if outcome is None:
        mailing.send(db, document, address, data["prepared"])
    sent(db, document, route, outcome, SLOW if mailing.is_slow(address) else delays.BOUNCE)


def sent(db: Db, document: Document, route: DeliveryRoute, outcome: str | None, delay: timedelta) -> None:
    """Mark a document as sent, and queue the receipt of what comes back.

    Args:
        db: the transaction.
        document: it.
        route: how it went.
        outcome: how it goes wrong on the way; ``silent`` when nothing ever comes back.
        delay: how long until something does.
    """
    move_to(document, Status.SENT)
    document.sent_at, document.channel = db.clock.now(), route.channel
    entry = JournalEntry("document.sent", facts={"address": route.address})
    history.add(
        db, document, HistoryType.SENT, f"sent_{route.channel}", route.channel, journal=entry, address=route.address or ""
    )
    if outcome == "silent":
        return
    wait = delays.of(db, delay)
    if wait or db.record.jobs_delay:
        about: dict[str, Any] = {"document": document.id, "revision": document.revision}
        jobs.enqueue(db, "document.receipt", delay=wait, outcome=outcome, address=route.address, **about)
    else:
        # Where the world takes no time, what comes back is there already.
        _take(db, document, outcome, route.address)


@jobs.job("document.receipt", on_failed=delivery_route.lost_receipt, batched=True)
def receipt(db: Db, **data: Any) -> None:
    """Take what came back for ``document``, unless it was resent meanwhile."""
    document = delivery_route.document_of_job(db, Status.SENT, **data)
    if document is not None:
        db.flush()
        with db.no_autoflush:
            _take(db, document, data.get("outcome"), data.get("address"))


def _take(db: Db, document: Document, outcome: str | None, address: str | None) -> None:
    """Take what came back: that a document was delivered, or how it went wrong."""
    if outcome is not None:
        failures.fail(db, document, _BACK[outcome], address=address or "")
        return
    move_to(document, Status.DELIVERED)
    document.delivered_at, document.error = db.clock.now(), None
    charging.charge(db, document)
    entry = JournalEntry("document.delivered", facts={"unit": document.unit})
    history.add(db, document, HistoryType.DELIVERED, "delivered", document.channel, journal=entry)


def _attached(db: Db, document: Document) -> int:
    query = select(func.coalesce(func.sum(DocumentFile.size), 0)).where(
        DocumentFile.document_id == document.id, DocumentFile.kind == FileKind.ATTACHMENT
    )
    return db.scalar(query) or 0
