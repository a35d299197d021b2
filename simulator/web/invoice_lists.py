"""The lists of sent and received invoices, in AutoInvoice and in programs: columns, the filters in an address, pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from simulator.core.sandbox import Db, Sandbox
from simulator.directory.models import Company
from simulator.documents.model import lists
from simulator.documents.model.lists import Search
from simulator.documents.model.models import Direction, Document, Status
from simulator.documents.model.parties import of_company, of_party
from simulator.documents.synthetic import consumption
from simulator.web import i18n
from simulator.web.listing import SIZES, Listing, PageRequest, page_request, page_start
from simulator.web.tables import Cell, Column, Key, TableRows, table_rows

LONGEST_SEARCH = 200


@dataclass(frozen=True, kw_only=True)
class ListColumn:
    """A column of a list.

    Attributes:
        code: its name in addresses, and the order that it stands for if the list can be sorted by it.
        text: text key of its heading.
        value: reads a document's cell; an instant appears with its time on the screen and as a date in a file.
        decimals: the number of decimals.
        usual: whether it is shown until the user chooses columns.
        always: whether it cannot be left out.
        width: its width in Excel, in characters.
    """

    code: str
    text: str
    value: Callable[[Document], Cell | datetime]
    decimals: int | None = None
    usual: bool = True
    always: bool = False
    width: int = 16

    @property
    def sorts(self) -> bool:
        """Whether the list can be sorted by it."""
        return self.code in lists.ORDERS

    def on_screen(self) -> Column[Document]:
        """Return the column for the screen: instants become texts with their time."""

        def value(document: Document) -> Cell:
            cell = self.value(document)
            return i18n.show_time(cell) if isinstance(cell, datetime) else cell

        return Column(text=self.text, value=value, decimals=self.decimals)

    def in_files(self, zone: ZoneInfo) -> Column[Document]:
        """Return the column for files: instants become days in the company's time zone."""

        def value(document: Document) -> Cell:
            cell = self.value(document)
            return cell.astimezone(zone).date() if isinstance(cell, datetime) else cell

        return Column(text=self.text, value=value, decimals=self.decimals, width=self.width)


def _channel(document: Document) -> Cell:
    return Key(f"autoinvoice.channel.{document.channel}") if document.channel else None


_NUMBER = ListColumn(code="number", text="autoinvoice.invoice.number", value=lambda document: document.number, always=True)
_UUID = ListColumn(code="uuid", text="autoinvoice.invoice.uuid", value=lambda document: document.uuid, usual=False, width=38)
_REFERENCE = ListColumn(
    code="reference", text="autoinvoice.invoice.reference", value=lambda document: document.reference, usual=False
)
_ISSUED = ListColumn(code="issue_date", text="autoinvoice.invoice.issue_date", value=lambda document: document.issue_date)
_DUE = ListColumn(
    code="due_date", text="autoinvoice.invoice.due_date", value=lambda document: document.due_date, usual=False
)
_CREATED = ListColumn(
    code="created", text="autoinvoice.invoice.created", value=lambda document: document.created_at, always=True
)
_NET = ListColumn(code="net", text="autoinvoice.invoice.net", value=lambda document: document.net, decimals=2, usual=False)
_CURRENCY = ListColumn(
    code="currency", text="autoinvoice.invoice.currency", value=lambda document: document.currency, width=10
)
_STATUS = ListColumn(
    code="status",
    text="autoinvoice.invoice.status",
    value=lambda document: Key(f"autoinvoice.status.{document.status}"),
    always=True,
)
_CHANNEL = ListColumn(code="channel", text="autoinvoice.invoice.channel", value=_channel, always=True, width=24)

SENT: tuple[ListColumn, ...] = (
    _NUMBER,
    _UUID,
    _REFERENCE,
    ListColumn(
        code="sender_id",
        text="autoinvoice.invoice.sender_id",
        value=lambda document: of_company(document.company).address or document.company.organisation_number,
        usual=False,
        width=20,
    ),
    ListColumn(code="party", text="autoinvoice.invoice.recipient", value=lambda document: document.party.name, width=30),
    ListColumn(
        code="recipient_id",
        text="autoinvoice.invoice.recipient_id",
        value=lambda document: of_party(document.party).address or document.party.organisation_number,
        usual=False,
        width=20,
    ),
    _ISSUED,
    _DUE,
    _CREATED,
    ListColumn(code="sent", text="autoinvoice.invoice.sent", value=lambda document: document.sent_at, usual=False),
    ListColumn(
        code="delivered", text="autoinvoice.invoice.delivered", value=lambda document: document.delivered_at, usual=False
    ),
    _NET,
    ListColumn(code="total", text="autoinvoice.invoice.total", value=lambda document: document.total, decimals=2),
    _CURRENCY,
    _CHANNEL,
    _STATUS,
)
"""Source: AutoInvoice, sent invoices: the columns to choose from. Own choice: the columns shown until the user chooses."""

RECEIVED: tuple[ListColumn, ...] = (
    _NUMBER,
    _UUID,
    _REFERENCE,
    ListColumn(code="party", text="autoinvoice.invoice.supplier", value=lambda document: document.party.name, width=30),
    ListColumn(
        code="supplier_id",
        text="autoinvoice.invoice.supplier_id",
        value=lambda document: of_party(document.party).address or document.party.organisation_number,
        usual=False,
        width=20,
    ),
    _ISSUED,
    replace(_DUE, usual=True),
    _CREATED,
    ListColumn(
        code="delivered", text="autoinvoice.invoice.received", value=lambda document: document.delivered_at, usual=False
    ),
    _NET,
    ListColumn(code="total", text="autoinvoice.invoice.amount", value=lambda document: document.total, decimals=2),
    _CURRENCY,
    _CHANNEL,
    _STATUS,
)
"""Own choice, by the example of the sent invoices."""

COLUMNS = {Direction.SENT: SENT, Direction.RECEIVED: RECEIVED}


@dataclass(frozen=True)
class InvoiceFilters:
    """The filters, page and order in the address of a list.

    Attributes:
        search: the criteria of the search.
        page_request: page, size and order.
        address: the arguments that every link of the list repeats.
    """

    search: Search
    page_request: PageRequest
    address: dict[str, Any]

    @property
    def is_filtered(self) -> bool:
        """Whether the address filters the list."""
        return self.search != Search(direction=self.search.direction)

    @property
    def is_range_reversed(self) -> bool:
        """Whether the first day is after the last one, so that the list is empty."""
        search = self.search
        return search.first is not None and search.last is not None and search.first > search.last


def read_filters(direction: Direction, args: Mapping[str, str]) -> InvoiceFilters:
    """Read the filters from the arguments of a list's address; an unreadable one is ignored."""
    search = Search(
        direction=direction,
        text=" ".join(args.get("q", "").split())[:LONGEST_SEARCH],
        first=i18n.read_day(args.get("from", "")),
        last=i18n.read_day(args.get("to", "")),
        failed=direction is Direction.SENT and args.get("failed") == "1",
        on_hold=direction is Direction.SENT and args.get("hold") == "1",
        new=direction is Direction.RECEIVED and args.get("new") == "1",
    )
    request = page_request(args, ["created", *lists.ORDERS])
    if "sort" not in args:
        request = replace(request, descending=True)
    is_default_order = request.sort == "created" and request.descending
    address = {
        "q": search.text or None,
        "from": search.first.isoformat() if search.first else None,
        "to": search.last.isoformat() if search.last else None,
        "failed": "1" if search.failed else None,
        "hold": "1" if search.on_hold else None,
        "new": "1" if search.new else None,
        "size": request.size if request.size != SIZES[0] else None,
        "sort": None if is_default_order else request.sort,
        "order": "desc" if request.descending and not is_default_order else None,
    }
    return InvoiceFilters(search, request, address)


@dataclass(frozen=True)
class InvoiceListPage:
    """One page of a list, and the number of charges on all pages together."""

    listing: Listing[Document]
    charged: int


def page_of(db: Db, company: Company, filters: InvoiceFilters) -> InvoiceListPage:
    """Return the requested page, or the last one when there are fewer."""
    search, request = replace(filters.search, since=lists.listed_since(db, company)), filters.page_request

    def read(start: int) -> lists.DocumentPage:
        return lists.find(
            db, company, search, order=request.sort, descending=request.descending, start=start, size=request.size
        )

    matches = read(page_start(request.page, request.size))
    page = request.nearest(matches.total)
    if page.number != request.page:
        matches = read(page.start)
    for document in matches.documents:
        assert document.company is company  # read here, because pages show it once the transaction is over
    return InvoiceListPage(Listing(matches.documents, matches.total, page.number, page.count, request), matches.charged)


def chosen_columns(direction: Direction, codes: Sequence[str] | None) -> list[ListColumn]:
    """Return the chosen columns in the list's order; without a choice the usual ones."""
    return [
        column for column in COLUMNS[direction] if column.always or (column.usual if codes is None else column.code in codes)
    ]


PROGRAM_ARGUMENTS = ("q", "from", "to", "page", "size", "sort", "order")
"""What an address of a program's list can say: its form has the search and the range of days, and nothing else that filters."""


@dataclass(frozen=True)
class ProgramList:
    """A page of AutoInvoice's list as a program shows it: search and range of days above, the number found at the bottom right.

    Attributes:
        filters: what its address asks for.
        listing: the documents on this page, and how many there are on all pages.
        columns: its columns.
        table: their headings and cells, ready to show.
        count: the sentence with the number of matches, as in AutoInvoice.
    """

    filters: InvoiceFilters
    listing: Listing[Document]
    columns: Sequence[ListColumn]
    table: TableRows
    count: str

    @property
    def is_waiting(self) -> bool:
        """Whether a document on this page still travels, so that its row may change."""
        return any(document.status in (Status.CREATED, Status.SENT) for document in self.listing.rows)


def program_filters(direction: Direction, args: Mapping[str, str]) -> InvoiceFilters:
    """Read the filters of a program's list from the arguments of its address."""
    return read_filters(direction, {name: args[name] for name in PROGRAM_ARGUMENTS if name in args})


def in_program(
    sandbox: Sandbox, company_id: int, direction: Direction, args: Mapping[str, str], *, without: Sequence[str] = ()
) -> ProgramList:
    """Return the list that a program shows of a company's documents: the same rows, and the same number, as in AutoInvoice.

    Source: "Verbruik Visma.net AutoInvoice opvragen", Eigen verbruik AutoInvoice opvragen: a range of creation dates, how each was
    sent or received, its status, and the number found.

    Args:
        sandbox: whose documents.
        company_id: the company.
        direction: sent or received ones.
        args: arguments of the list's address.
        without: codes of usual columns that are left out.
    """
    filters = program_filters(direction, args)
    with consumption.reading_documents(sandbox, company_id) as db:
        matches = page_of(db, db.get_one(Company, company_id), filters)
    columns = [column for column in chosen_columns(direction, None) if column.code not in without]
    table = table_rows([column.on_screen() for column in columns], matches.listing.rows, i18n.language())
    return ProgramList(filters, matches.listing, columns, table, count_text(matches))


def count_text(matches: InvoiceListPage) -> str:
    """Return the sentence with the number of matches, and of charges when it is another one."""
    count, charged = i18n.show_number(matches.listing.total), i18n.show_number(matches.charged)
    if count == charged:
        return i18n.t("autoinvoice.lists.found", count=count)
    return i18n.t("autoinvoice.lists.found_charged", count=count, charged=charged)
