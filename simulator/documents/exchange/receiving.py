"""Documents that companies receive: their list, what is done with them there, and outside suppliers.

Source: AutoInvoice, received invoices: marked as processed, reported as scam; states of its interface for programs. "Brukertips i
Kundeservice", ELMA: suppliers of a company that left ELMA send by e-mail or post. Own choice: that the sender at AutoInvoice is
notified that the receiver has fetched a document, by the mark *viewed*.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import insert, literal, select

from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.outbox import Message
from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.documents.exchange import failures, mailing, notifications
from simulator.documents.model import charging, files, history, parties
from simulator.documents.model.content import Attached, Content, document_columns
from simulator.documents.model.history import JournalEntry
from simulator.documents.model.models import (
    Channel,
    Direction,
    Document,
    DocumentFile,
    FileKind,
    HistoryType,
    Mark,
    Origin,
    Status,
)
from simulator.documents.model.parties import Named
from simulator.documents.model.statuses import can_move_to, move_to
from simulator.documents.registers import receivers

events.declare(
    document__received="A company received a document.",
    document__viewed="The receiver of a document opened it.",
    document__accepted="The receiver of a document accepted it.",
    document__declined="The receiver of a document objected to it.",
    document__disputed="The receiver of a document disputes it.",
    document__paid="The receiver of a document says it is paid.",
    document__processed="A received document was marked as processed.",
    document__scam_reported="A received document was reported as a scam.",
)


class Arrived(NamedTuple):
    """What became of an outside supplier's document.

    Attributes:
        by: ``peppol``, ``email`` or ``print``.
        document: the received document, when it arrived at AutoInvoice.
        message: the mail, when it went by mail.
    """

    by: str
    document: Document | None
    message: Message | None


def receive(
    db: Db,
    company: Company,
    content: Content,
    *,
    source: bytes,
    channel: Channel,
    origin: str,
    attachments: Sequence[Attached] = (),
    picture: Attached | None = None,
    twin: Document | None = None,
    charged: bool = True,
) -> Document:
    """Put a document into a company's list of received ones, charge it, and notify the chosen recipients.

    Args:
        db: the transaction.
        company: who receives it.
        content: what it says.
        source: the document as it came.
        channel: how it came.
        origin: one of ``Origin``.
        attachments: files beside it; those inside it are found in ``content``.
        picture: a picture that came with it, a PDF.
        twin: the sent document, when it comes from a company here.
        charged: whether it is charged; the vendor's own invoices are not.
    """
    values = document_columns(content) | {"party": parties.keep(db, content.sender)}
    document = _add(db, company, values, channel, origin, twin)
    files.keep_all(db, document, content, source, attachments=attachments, picture=picture)
    _arrived(db, document, charged=charged)
    return document


def twin(db: Db, sent: Document, company: Company, channel: Channel, origin: str, *, lost: bool = False) -> Document:
    """Put a document that a company here sent into the list of another one here, files and all.

    Args:
        db: the transaction.
        sent: the sent document.
        company: who receives it.
        channel: how it comes.
        origin: one of ``Origin``.
        lost: whether its attachments are lost on the way.
    """
    names = ("kind", "number", "reference", "issue_date", "due_date", "currency", "net", "tax", "total")
    values: dict[str, Any] = {name: getattr(sent, name) for name in names}
    values["party"] = parties.keep(db, parties.of_company(sent.company))
    document = _add(db, company, values, channel, origin, sent)
    sent.twin_id = document.id
    columns = (DocumentFile.kind, DocumentFile.name, DocumentFile.media_type, DocumentFile.size, DocumentFile.content)
    copied = select(literal(document.id), *columns).where(DocumentFile.document_id == sent.id).order_by(DocumentFile.id)
    if lost:
        copied = copied.where(DocumentFile.kind != FileKind.ATTACHMENT)
    names_of = ["document_id", *(column.key for column in columns)]
    db.connection().execute(insert(DocumentFile).from_select(names_of, copied))
    _arrived(db, document)
    if lost:
        document.error = failures.ATTACHMENTS_LOST
        history.add(db, document, HistoryType.ERROR, failures.ATTACHMENTS_LOST, channel)
    return document


def repair_attachments(db: Db, actor_email: str | None, document: Document) -> None:
    """Fetch the attachments that were lost on a document's way.

    Raises:
        RuleViolation: ``documents.nothing_lost``.

    Source: help of Visma.net ERP, invoice inbox: attachments are put right by hand.
    """
    if document.error != failures.ATTACHMENTS_LOST or document.twin_id is None:
        raise RuleViolation("documents.nothing_lost", number=document.number)
    columns = (DocumentFile.kind, DocumentFile.name, DocumentFile.media_type, DocumentFile.size, DocumentFile.content)
    copied = select(literal(document.id), *columns).where(
        DocumentFile.document_id == document.twin_id, DocumentFile.kind == FileKind.ATTACHMENT
    )
    names_of = ["document_id", *(column.key for column in columns)]
    db.connection().execute(insert(DocumentFile).from_select(names_of, copied.order_by(DocumentFile.id)))
    document.error = None
    history.add(db, document, HistoryType.INFO, "attachments_repaired", by=actor_email or "")


def from_outside(db: Db, *, seller: Named, company_number: str, country: str, content: Content) -> Arrived:
    """Let an outside supplier send a document, by the channel that the public registers give.

    Args:
        db: the transaction.
        seller: who sends it.
        company_number: organisation number of the receiver.
        country: of the receiver.
        content: what it says.

    Returns:
        By Peppol: with the document, or without when another access point receives for that organisation. By e-mail: with the
        mail, to the company's address or that of the document. Else by post.
    """
    from simulator.documents import ubl

    receiver = receivers.of_organisation(db, country, company_number, content.kind)
    company = receivers.company_at(db, receiver) if receiver is not None else None
    if company is not None:
        source = ubl.write(content)
        document = receive(db, company, content, source=source, channel=Channel.PEPPOL, origin=Origin.EXTERNAL)
        return Arrived("peppol", document, None)
    if receiver is not None:
        return Arrived("peppol", None, None)
    here = accounts.by_number(db, country, company_number)
    email = (here.email if here is not None else None) or content.buyer.email
    if email is None:
        return Arrived("print", None, None)
    return Arrived("email", None, mailing.from_supplier(db, seller, email, country, content))


def mark(db: Db, actor_email: str | None, document: Document, status: Status) -> bool:
    """Mark a received document as downloaded or processed; a move that the status does not allow changes nothing.

    Returns:
        Whether anything changed.
    """
    assert document.direction == Direction.RECEIVED
    if not can_move_to(document, status):
        return False
    move_to(document, status)
    entry = JournalEntry("document.processed", actor_email) if status == Status.PROCESSED else None
    history.add(db, document, HistoryType.INFO, str(status), document.channel, journal=entry, by=actor_email or "")
    sent = db.get(Document, document.twin_id) if document.twin_id is not None else None
    if sent is not None and sent.mark is None:
        answer(db, actor_email, sent, Mark.VIEWED)
    return True


def answer(db: Db, actor_email: str | None, sent: Document, mark: Mark) -> None:
    """Let the receiver of a sent document answer it: informational, beside its status."""
    sent.mark = mark
    history.add(db, sent, HistoryType.INFO, str(mark), sent.channel, journal=JournalEntry(f"document.{mark}", actor_email))


def report_scam(db: Db, actor_email: str | None, document: Document, comment: str = "") -> bool:
    """Report a received document as a scam, once.

    Returns:
        Whether it had not been reported yet.
    """
    assert document.direction == Direction.RECEIVED
    if document.scam:
        return False
    document.scam = True
    entry = JournalEntry("document.scam_reported", actor_email, {"comment": comment})
    history.add(db, document, HistoryType.INFO, "scam_reported", document.channel, journal=entry, by=actor_email or "")
    return True


def _add(db: Db, company: Company, values: dict[str, Any], channel: Channel, origin: str, sent: Document | None) -> Document:
    now = db.clock.now()
    document = Document(
        uuid=accounts.new_uuid(db),
        company_id=company.id,
        company=company,
        direction=Direction.RECEIVED,
        **values,
        created_at=now,
        created_on=now.astimezone(ZoneInfo(company.time_zone)).date(),
        delivered_at=now,
        status=Status.NEW,
        channel=channel,
        origin=str(origin),
        product=accounts.SERVICE,
        twin_id=sent.id if sent is not None else None,
        preferences={},
    )
    db.add(document)
    db.flush()
    return document


def _arrived(db: Db, document: Document, *, charged: bool = True) -> None:
    """Charge a received document, and notify the company of it."""
    if charged:
        charging.charge(db, document)
    entry = JournalEntry("document.received", facts={"origin": document.origin, "unit": document.unit})
    history.add(db, document, HistoryType.RECEIVED, "received", document.channel, journal=entry)
    notifications.received(db, document)
