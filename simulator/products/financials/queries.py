"""Reads for the screens: the books of the chosen company, and the invoices that each action of *Send invoices* lists."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.sales import books, clients, invoice_search, submission
from simulator.sales.books import Totals
from simulator.sales.invoice_search import InvoiceSearch
from simulator.sales.models import Client, Delivery, InstalledProgram, ProgramCode, SalesInvoice
from simulator.sales.submission import Outcome, Trace
from simulator.web import i18n
from simulator.web.listing import Listing, PageRequest, page_request


class Action(StrEnum):
    """The actions of *Send invoices*. Source: help of Visma.net ERP, Send invoices (AR508000)."""

    SEND = "send"
    POLL = "poll"
    EMAIL = "email"
    PRINT = "print"
    MARK = "mark"

    @property
    def text(self) -> str:
        """Text key of its name."""
        return f"financials.action.{self}"

    @property
    def is_simulated(self) -> bool:
        """Whether it does something here."""
        return self not in (Action.PRINT, Action.MARK)

    @property
    def offers_closed(self) -> bool:
        """Whether closed invoices can be listed with it. Source: help of Visma.net ERP, the box is there for these two."""
        return self in (Action.SEND, Action.POLL)


SENDABLE = (Outcome.NOT_SENT, Outcome.REFUSED, Outcome.FAILED)
"""What can be sent, or sent again."""
CHANGING = (Outcome.WAITING, Outcome.PENDING, Outcome.ON_HOLD, Outcome.SENT)
"""What becomes another status without being processed."""

_OF_ACTION = {
    Action.SEND: InvoiceSearch(outcomes=(*SENDABLE, Outcome.WAITING), through_autoinvoice=True),
    Action.POLL: InvoiceSearch(
        outcomes=[outcome for outcome in Outcome if outcome not in (Outcome.NOT_SENT, Outcome.LOCAL)], with_closed=False
    ),
    Action.EMAIL: InvoiceSearch(outcomes=[Outcome.NOT_SENT], through_autoinvoice=False),
}
_WITH_CLOSED = {
    Action.SEND: InvoiceSearch(through_autoinvoice=True),
    Action.POLL: replace(_OF_ACTION[Action.POLL], with_closed=True),
}

SHORT_STATUS = {
    Outcome.PENDING: "financials.status.sent_to_autoinvoice",
    Outcome.ON_HOLD: "financials.status.pending",
    Outcome.SENT: "financials.status.pending",
    Outcome.DELIVERED: "financials.status.sent",
    Outcome.FAILED: "financials.status.error",
    Outcome.REFUSED: "financials.status.error",
}
"""Source: help of Visma.net ERP, Sales invoices (AR301000): *Sent to AutoInvoice*, *Pending*, *Sent*, *Error*."""
LONG_STATUS = {
    **SHORT_STATUS,
    Outcome.PENDING: "financials.status.awaiting_processing",
    Outcome.ON_HOLD: "financials.status.awaiting_delivery",
    Outcome.SENT: "financials.status.awaiting_delivery",
}
"""Source: help of Visma.net ERP, Send invoices (AR508000): the same with what they wait for."""


OWN_STATUS = (Outcome.WAITING, Outcome.MANUAL, Outcome.LOCAL)
"""Own choice: what the help has no word for, with a text of its own."""


def status(trace: Trace, *, long: bool = False) -> str | None:
    """Return the text key of an invoice's status; None for an invoice that nobody has sent."""
    own = {outcome: f"financials.status.{outcome}" for outcome in OWN_STATUS}
    return {**(LONG_STATUS if long else SHORT_STATUS), **own}.get(trace.outcome)


def client_of(db: Db, company: Company) -> Client | None:
    """Return the client whose books a company keeps in Financials."""
    client = clients.of_company(db, company)
    if client is None or db.get(InstalledProgram, (client.id, ProgramCode.FINANCIALS)) is None:
        return None
    return client


def invoice(db: Db, client: Client, invoice_id: int) -> SalesInvoice | None:
    """Return an invoice that was made in Financials."""
    invoice = books.invoice(db, client, invoice_id)
    return invoice if invoice is not None and invoice.program == ProgramCode.FINANCIALS else None


@dataclass(frozen=True)
class InvoiceRow:
    """An invoice of a list, with its sums and what became of it."""

    invoice: SalesInvoice
    totals: Totals
    trace: Trace


@dataclass(frozen=True)
class Counts:
    """How many there are in the books: customers, invoices, and invoices that each action lists."""

    customers: int
    invoices: int
    unsent: int


def counts(db: Db, client: Client) -> Counts:
    """Return the numbers of the start page."""
    return Counts(
        len(books.buyers(db, client)),
        invoice_search.count(db, client, InvoiceSearch(program=ProgramCode.FINANCIALS)),
        invoice_search.count(db, client, replace(_OF_ACTION[Action.SEND], program=ProgramCode.FINANCIALS)),
    )


def invoices(db: Db, client: Client, request: PageRequest) -> Listing[InvoiceRow]:
    """Return a page of the invoices that were made in Financials, newest first."""
    return _page(db, client, InvoiceSearch(program=ProgramCode.FINANCIALS), request)


@dataclass(frozen=True)
class Selection:
    """What *Send invoices* lists.

    Attributes:
        action: the chosen action.
        first: Start date.
        last: End date.
        closed: whether closed invoices are listed as well.
        page_request: the page.
    """

    action: Action
    first: date | None
    last: date | None
    closed: bool
    page_request: PageRequest

    @property
    def is_range_reversed(self) -> bool:
        """Whether the first day is after the last one, so that the list is empty."""
        return self.first is not None and self.last is not None and self.first > self.last

    @property
    def search(self) -> InvoiceSearch:
        """The invoices that are listed."""
        search = _WITH_CLOSED[self.action] if self.closed else _OF_ACTION[self.action]
        return replace(search, program=ProgramCode.FINANCIALS, created_first=self.first, created_last=self.last)

    @property
    def address(self) -> dict[str, Any]:
        """The arguments that every link repeats."""
        return {
            "action": self.action,
            "start": self.first.isoformat() if self.first else None,
            "end": self.last.isoformat() if self.last else None,
            "closed": "1" if self.closed else None,
            "size": self.page_request.size,
        }


def read_selection(args: Mapping[str, str]) -> Selection:
    """Read what an address, or a form, of *Send invoices* asks for; what makes no sense gives the default."""
    action = Action(args["action"]) if args.get("action") in list(Action) else Action.SEND
    return Selection(
        action,
        i18n.read_day(args.get("start", "")),
        i18n.read_day(args.get("end", "")),
        action.offers_closed and args.get("closed") == "1",
        page_request(args, ["created"]),
    )


def selected(db: Db, client: Client, selection: Selection) -> Listing[InvoiceRow]:
    """Return the page of *Send invoices* that a selection asks for."""
    return _page(db, client, selection.search, selection.page_request)


def processable(selection: Selection) -> InvoiceSearch:
    """Return which invoices of a selection can be processed with its action, on all its pages."""
    search = selection.search
    if selection.action is Action.POLL:
        return search
    return replace(search, outcomes=[outcome for outcome in SENDABLE if outcome in (search.outcomes or SENDABLE)])


def is_processable(action: Action, row: InvoiceRow) -> bool:
    """Return whether an invoice in the list of an action can be processed with it."""
    return action is Action.POLL or row.trace.outcome in SENDABLE


def _page(db: Db, client: Client, search: InvoiceSearch, request: PageRequest) -> Listing[InvoiceRow]:
    total = invoice_search.count(db, client, search)
    page = request.nearest(total)
    rows = [
        InvoiceRow(row.invoice, books.totals(row.invoice), submission.trace(db, row.invoice))
        for row in invoice_search.find(db, client, search, start=page.start, size=page.size)
    ]
    return Listing(rows, total, page.number, page.count, request)


def sends_to_autoinvoice(delivery: str) -> bool:
    """Return whether *Send to AutoInvoice* is ticked: AutoInvoice delivers it, in whatever form."""
    return Delivery(delivery).through_autoinvoice
