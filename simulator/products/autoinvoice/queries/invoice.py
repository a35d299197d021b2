"""The data of the page of one invoice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.exchange import resending
from simulator.documents.model import files, history, lists
from simulator.documents.model.models import Direction, Document, DocumentFile, FileKind, History, HistoryType, Mark, Status
from simulator.documents.model.parties import Named, of_company, of_party
from simulator.documents.registers.receivers import Receiver


@dataclass(frozen=True)
class Step:
    """A step in the course of an invoice.

    Attributes:
        text: text key.
        is_reached: whether it has happened; otherwise it is still to come.
        at: when it happened; None when that is unknown.
        channel: the channel that was chosen with it; None for a step without one.
        is_error: whether it was an error.
    """

    text: str
    is_reached: bool
    at: datetime | None = None
    channel: str | None = None
    is_error: bool = False


@dataclass(frozen=True)
class InvoicePage:
    """The data of the page of one invoice.

    Attributes:
        document: the invoice.
        sides: text key and party, sender first, as the document names them.
        history: its history, oldest first.
        steps: its course, oldest first, with the steps that are still to come.
        attachments: its attachments.
        choices: the receivers to choose from while it is on hold; empty otherwise.
        resendable: whether it can be resent.
    """

    document: Document
    sides: tuple[tuple[str, Named], ...]
    history: Sequence[History]
    steps: Sequence[Step]
    attachments: Sequence[DocumentFile]
    choices: Sequence[Receiver]
    resendable: bool

    @property
    def received(self) -> bool:
        """Whether the company received it."""
        return self.document.direction == Direction.RECEIVED

    @property
    def waits(self) -> bool:
        """Whether it is on hold until its sender chooses a receiver."""
        return self.document.status == Status.ON_HOLD


def invoice_page(db: Db, company: Company, uuid: str) -> InvoicePage | None:
    """Return the data of the page of an invoice; None when the company's lists do not hold the invoice."""
    document = lists.visible(db, company.id, uuid)
    if document is None:
        return None
    here, there = of_company(company), of_party(document.party)
    seller, buyer = (there, here) if document.direction == Direction.RECEIVED else (here, there)
    lines = history.of(db, document)
    return InvoicePage(
        document,
        (("autoinvoice.invoice.sender", seller), ("autoinvoice.invoice.recipient", buyer)),
        lines,
        steps_of(document, lines),
        files.attachments(db, document),
        resending.choices(db, document),
        resending.may_be_resent(document),
    )


_STEP_OF_TYPE = {
    HistoryType.CREATED: "autoinvoice.step.created",
    HistoryType.RECEIVED: "autoinvoice.invoice.received",
    HistoryType.SENT: "autoinvoice.status.sent",
    HistoryType.DELIVERED: "autoinvoice.status.delivered",
    HistoryType.ERROR: "autoinvoice.status.failed",
}
_STEP_OF_CODE = {
    "on_hold": "autoinvoice.status.on_hold",
    "resent": "autoinvoice.step.resent",
    "to_print": "documents.history.to_print",
    "downloaded": "autoinvoice.status.downloaded",
    "processed": "autoinvoice.status.processed",
    **{str(mark): f"documents.history.{mark}" for mark in Mark},
}
"""Other lines of a history that are about information are no steps."""
_TO_COME = {
    Status.CREATED: ("autoinvoice.status.sent", "autoinvoice.status.delivered"),
    Status.ON_HOLD: ("autoinvoice.status.sent", "autoinvoice.status.delivered"),
    Status.SENT: ("autoinvoice.status.delivered",),
    Status.NEW: ("autoinvoice.status.processed",),
    Status.DOWNLOADED: ("autoinvoice.status.processed",),
}


def steps_of(document: Document, lines: Sequence[History]) -> list[Step]:
    """Return the course of an invoice: each change of its status or by its receiver, then what is still to come.

    The history of a scenario's document does not tell of every status that it has: such a step has no time.
    """
    steps = []
    for line in lines:
        text = _STEP_OF_TYPE.get(HistoryType(line.type)) or _STEP_OF_CODE.get(line.code)
        if text is not None:
            channel = line.channel if line.type == HistoryType.SENT else None
            steps.append(Step(text, True, line.happened_at, channel, line.type == HistoryType.ERROR))
    present, status = f"autoinvoice.status.{document.status}", Status(document.status)
    if status not in (Status.CREATED, Status.NEW) and present not in [step.text for step in steps]:
        steps.append(Step(present, True, is_error=status is Status.FAILED))
    return [*steps, *(Step(text, False) for text in _TO_COME.get(status, ()))]


def attachment(db: Db, company: Company, uuid: str, file_id: int) -> DocumentFile | None:
    """Return an attachment of an invoice in a company's lists, or None."""
    document = lists.visible(db, company.id, uuid)
    if document is None:
        return None
    query = select(DocumentFile).where(DocumentFile.id == file_id, DocumentFile.document_id == document.id)
    return db.scalar(query.where(DocumentFile.kind == FileKind.ATTACHMENT))
