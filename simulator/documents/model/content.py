"""What a document says, whatever it was written in: the shape that reading UBL gives and that writing and pictures take.

Names follow Peppol BIS Billing 3.0; amounts are in the document's currency with two decimals, prices with up to four.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from simulator.documents.model.parties import Named
from simulator.documents.registers.document_types import CREDIT_NOTE, INVOICE, DocumentType

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(frozen=True)
class Line:
    """One line: ``amount`` is without tax; ``unit`` a code of UN/ECE Recommendation 20, such as ``C62`` for pieces.

    ``item_number`` is the seller's, ``period`` the first and the last day that the line is for; reading leaves both out.
    """

    id: str
    name: str
    quantity: Decimal
    unit: str
    price: Decimal
    amount: Decimal
    tax_category: str
    tax_percent: Decimal
    description: str | None = None
    item_number: str | None = None
    period: tuple[date, date] | None = None


@dataclass(frozen=True)
class Tax:
    """The tax of one category and rate; ``reason`` says why there is none, where there is none."""

    category: str
    percent: Decimal
    taxable: Decimal
    amount: Decimal
    reason: str | None = None


@dataclass(frozen=True)
class Attached:
    """A file inside a document or beside it."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Content:
    """One invoice or credit note: the part of it that the platform works with.

    Attributes of note:
        net: without tax.
        total: what is to be paid.
        account, payment_id: where it is to be paid, and how that is recognized.
        preceding, contract: numbers of the invoice that it corrects and of the contract that it is under; reading leaves both out.
        type_code: the type by UNTDID 1001, such as ``384`` for a corrected invoice; None for the usual one of its kind.
        self_billed: whether the buyer made it and sends it to the seller.
        root: the document that it was read from, with all that is said there; None of one made here, and of a changed copy.
    """

    type: DocumentType
    number: str
    issue_date: date
    due_date: date | None
    currency: str
    seller: Named
    buyer: Named
    lines: tuple[Line, ...]
    taxes: tuple[Tax, ...]
    net: Decimal
    tax: Decimal
    total: Decimal
    buyer_reference: str | None = None
    order_reference: str | None = None
    note: str | None = None
    terms: str | None = None
    account: str | None = None
    payment_id: str | None = None
    attachments: tuple[Attached, ...] = field(default=(), repr=False)
    preceding: str | None = None
    contract: str | None = None
    type_code: str | None = None
    self_billed: bool = False
    root: "_Element | None" = field(default=None, init=False, repr=False, compare=False)

    @property
    def kind(self) -> str:
        """``invoice`` or ``credit_note``."""
        return self.type.code

    @property
    def sender(self) -> Named:
        """The side that sends it."""
        return self.buyer if self.self_billed else self.seller

    @property
    def receiver(self) -> Named:
        """The side that it is sent to."""
        return self.seller if self.self_billed else self.buyer


__all__ = ["CREDIT_NOTE", "INVOICE", "Attached", "Content", "Line", "Tax"]


def document_columns(content: Content) -> dict[str, Any]:
    """Return the values of the columns of ``Document`` that repeat its content."""
    return {
        "kind": content.kind,
        "number": content.number,
        "reference": content.buyer_reference or content.order_reference,
        "issue_date": content.issue_date,
        "due_date": content.due_date,
        "currency": content.currency,
        "net": content.net,
        "tax": content.tax,
        "total": content.total,
    }
