"""The data of the page of one invoice."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.exchange import resending
from simulator.documents.model import files, history, lists
from simulator.documents.model.models import Direction, Document, DocumentFile, FileKind, History, Status
from simulator.documents.model.parties import Named, of_company, of_party
from simulator.documents.registers.receivers import Receiver


@dataclass(frozen=True)
class InvoicePage:
    """The data of the page of one invoice.

    Attributes:
        document: the invoice.
        sides: text key and party, sender first, as the document names them.
        history: its history, oldest first.
        attachments: its attachments.
        choices: the receivers to choose from while it is on hold; empty otherwise.
        resendable: whether it can be resent.
    """

    document: Document
    sides: tuple[tuple[str, Named], ...]
    history: Sequence[History]
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
    return InvoicePage(
        document,
        (("autoinvoice.invoice.sender", seller), ("autoinvoice.invoice.recipient", buyer)),
        history.of(db, document),
        files.attachments(db, document),
        resending.choices(db, document),
        resending.may_be_resent(document),
    )


def attachment(db: Db, company: Company, uuid: str, file_id: int) -> DocumentFile | None:
    """Return an attachment of an invoice in a company's lists, or None."""
    document = lists.visible(db, company.id, uuid)
    if document is None:
        return None
    query = select(DocumentFile).where(DocumentFile.id == file_id, DocumentFile.document_id == document.id)
    return db.scalar(query.where(DocumentFile.kind == FileKind.ATTACHMENT))
