"""Queries for the pages of Visma Administration 2000."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.model import history, lists
from simulator.documents.model.lists import Search
from simulator.documents.model.models import Direction, Document, History
from simulator.documents.registers.document_types import CREDIT_NOTE, INVOICE
from simulator.products.administration import services
from simulator.sales import books, invoice_search, submission
from simulator.sales.invoice_search import InvoiceSearch
from simulator.sales.models import Buyer, Client, Delivery, SalesInvoice
from simulator.sales.submission import Outcome, Trace
from simulator.web import i18n
from simulator.web.listing import Listing, PageRequest

KINDS = (INVOICE.code, CREDIT_NOTE.code)
"""The types of document that the program makes."""
UNSENT: dict[str, tuple[Outcome, ...]] = {
    "manual": (Outcome.MANUAL,),
    "failed": (Outcome.FAILED, Outcome.REFUSED),
    "pending": (Outcome.WAITING, Outcome.PENDING, Outcome.ON_HOLD),
}
"""The statuses of the list of what AutoInvoice has not sent. Source: Visma's desktop programs, AutoInvoice not sent."""
MOVING = (Outcome.WAITING, Outcome.PENDING, Outcome.ON_HOLD, Outcome.SENT)
"""Outcomes that change by themselves."""


@dataclass(frozen=True)
class ListFilters:
    """What a list of invoices is limited to, as the address says it."""

    search: InvoiceSearch
    status: str
    kind: str

    @property
    def is_filtered(self) -> bool:
        """Whether anything is."""
        return bool(self.status or self.kind or self.search.first or self.search.last)


@dataclass(frozen=True)
class Row:
    """An invoice of a list, what became of it, and its sum."""

    invoice: SalesInvoice
    outcome: Outcome
    total: Decimal


def filters_of(
    address: Mapping[str, str], statuses: Mapping[str, Sequence[Outcome]], all_: Sequence[Outcome] | None
) -> ListFilters:
    """Read the filters of an address; what makes no sense limits nothing.

    Args:
        address: its arguments.
        statuses: the values of ``status``, each with what became of the invoices that it means.
        all_: what became of the invoices of the list without a filter; None for anything.
    """
    status, kind = address.get("status", ""), address.get("type", "")
    status = status if status in statuses else ""
    kind = kind if kind in KINDS else ""
    search = InvoiceSearch(
        outcomes=statuses[status] if status else all_,
        kind=kind or None,
        first=i18n.read_day(address.get("from", "")),
        last=i18n.read_day(address.get("to", "")),
    )
    return ListFilters(search, status, kind)


def invoices(db: Db, client: Client, search: InvoiceSearch, page_request: PageRequest) -> Listing[Row]:
    """Return the requested page of the invoices that a search finds."""
    total = invoice_search.count(db, client, search)
    page = page_request.nearest(total)
    rows = invoice_search.find(db, client, search, start=page.start, size=page.size)
    return Listing(
        [Row(row.invoice, row.outcome, books.totals(row.invoice).total) for row in rows],
        total,
        page.number,
        page.count,
        page_request,
    )


def number_of_failures(db: Db, client: Client) -> int:
    """Return how many invoices AutoInvoice did not take or deliver."""
    return invoice_search.count(db, client, InvoiceSearch(outcomes=UNSENT["failed"]))


@dataclass(frozen=True)
class Tracking:
    """What became of an invoice, with the history of its document at AutoInvoice."""

    trace: Trace
    lines: Sequence[History]

    @property
    def moves(self) -> bool:
        """Whether it still changes by itself."""
        return self.trace.outcome in MOVING


def tracking(db: Db, invoice: SalesInvoice) -> Tracking:
    """Return what became of an invoice."""
    trace = submission.trace(db, invoice)
    document: Document | None = trace.document
    return Tracking(trace, history.of(db, document) if document is not None else ())


def received(db: Db, company: Company, page_request: PageRequest) -> Listing[Document]:
    """Return the requested page of the invoices that AutoInvoice received for a company, newest first.

    Raises:
        NotUnpacked: some documents are still recorded consumption.
    """
    search = Search(direction=Direction.RECEIVED)
    page = page_request.nearest(lists.counted(db, company, search)[0])
    documents = lists.find(db, company, search, start=page.start, size=page.size)
    return Listing(documents.documents, documents.total, page.number, page.count, page_request)


@dataclass(frozen=True)
class LookUp:
    """What the program notices of an organisation number.

    Attributes:
        receives: whether it receives e-invoices.
        key: text key of the sentence.
        facts: what fills its placeholders.
    """

    receives: bool
    key: str
    facts: Mapping[str, str]

    @property
    def text(self) -> str:
        """The sentence in the language of the page."""
        return i18n.t(self.key, **self.facts)


def look_up(db: Db, country: str, typed: str) -> LookUp | None:
    """Return what the registers say of an organisation number as it was typed; None when nothing was."""
    if not typed.strip():
        return None
    try:
        number = books.organisation_number(country, typed)
    except RuleViolation as refusal:
        return LookUp(False, f"error.{refusal.code}", {name: str(fact) for name, fact in refusal.facts.items()})
    receiver = books.look_up(db, country, number)
    if receiver is None:
        return LookUp(False, "administration.customer.does_not_receive", {"number": number})
    return LookUp(True, "administration.customer.receives", {"name": receiver.name, "access_point": receiver.access_point})


def usual_delivery(db: Db, client: Client, buyer: Buyer) -> Delivery | None:
    """Return the value of Utskriftsval with which a customer's next invoice is printed; None when none is possible."""
    return services.usual_choice(db, client, buyer, "invoice", Delivery(buyer.delivery))
