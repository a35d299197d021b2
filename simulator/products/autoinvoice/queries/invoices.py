"""What the lists of sent and received invoices show, and what their addresses ask for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.model import lists
from simulator.documents.model.lists import Search
from simulator.documents.model.models import Direction, Document
from simulator.documents.model.parties import of_company, of_party
from simulator.web.listing import SIZES, Listing, PageRequest, page_request
from simulator.web.tables import Cell, Column, Key

LONGEST_SEARCH = 200


@dataclass(frozen=True, kw_only=True)
class ListColumn:
    """A column of a list.

    Attributes:
        code: its name in addresses, and what it sorts by when it does.
        text: text key of its heading.
        value: what a document shows in it; an instant is shown with its time, and is a date in a file.
        decimals: how many decimals its numbers have.
        usual: whether it is shown before anybody chooses.
        always: whether it cannot be left out.
        width: how wide it is in Excel, in characters.
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

    def in_files(self, zone: ZoneInfo) -> Column[Document]:
        """Return it as files have it: instants are days in the company's time zone."""

        def value(document: Document) -> Cell:
            cell = self.value(document)
            return cell.astimezone(zone).date() if isinstance(cell, datetime) else cell

        return Column(text=self.text, value=value, decimals=self.decimals, width=self.width)


def _channel(document: Document) -> Cell:
    return Key(f"autoinvoice.channel.{document.channel}") if document.channel else None


_NUMBER = ListColumn(code="number", text="autoinvoice.invoice.number", value=lambda one: one.number, always=True)
_UUID = ListColumn(code="uuid", text="autoinvoice.invoice.uuid", value=lambda one: one.uuid, usual=False, width=38)
_REFERENCE = ListColumn(code="reference", text="autoinvoice.invoice.reference", value=lambda one: one.reference, usual=False)
_ISSUED = ListColumn(code="issue_date", text="autoinvoice.invoice.issue_date", value=lambda one: one.issue_date)
_DUE = ListColumn(code="due_date", text="autoinvoice.invoice.due_date", value=lambda one: one.due_date, usual=False)
_CREATED = ListColumn(code="created", text="autoinvoice.invoice.created", value=lambda one: one.created_at, always=True)
_NET = ListColumn(code="net", text="autoinvoice.invoice.net", value=lambda one: one.net, decimals=2, usual=False)
_CURRENCY = ListColumn(code="currency", text="autoinvoice.invoice.currency", value=lambda one: one.currency, width=10)
_STATUS = ListColumn(
    code="status", text="autoinvoice.invoice.status", value=lambda one: Key(f"autoinvoice.status.{one.status}"), always=True
)
_CHANNEL = ListColumn(code="channel", text="autoinvoice.invoice.channel", value=_channel, always=True, width=24)

SENT: tuple[ListColumn, ...] = (
    _NUMBER,
    _UUID,
    _REFERENCE,
    ListColumn(
        code="sender_id",
        text="autoinvoice.invoice.sender_id",
        value=lambda one: of_company(one.company).address or one.company.organisation_number,
        usual=False,
        width=20,
    ),
    ListColumn(code="party", text="autoinvoice.invoice.recipient", value=lambda one: one.party.name, width=30),
    ListColumn(
        code="recipient_id",
        text="autoinvoice.invoice.recipient_id",
        value=lambda one: of_party(one.party).address or one.party.organisation_number,
        usual=False,
        width=20,
    ),
    _ISSUED,
    _DUE,
    _CREATED,
    ListColumn(code="sent", text="autoinvoice.invoice.sent", value=lambda one: one.sent_at, usual=False),
    ListColumn(code="delivered", text="autoinvoice.invoice.delivered", value=lambda one: one.delivered_at, usual=False),
    _NET,
    ListColumn(code="total", text="autoinvoice.invoice.total", value=lambda one: one.total, decimals=2),
    _CURRENCY,
    _CHANNEL,
    _STATUS,
)
"""Source: AutoInvoice, sent invoices, which columns can be chosen. Own choice: which are shown before anybody chooses."""

RECEIVED: tuple[ListColumn, ...] = (
    _NUMBER,
    _UUID,
    _REFERENCE,
    ListColumn(code="party", text="autoinvoice.invoice.supplier", value=lambda one: one.party.name, width=30),
    ListColumn(
        code="supplier_id",
        text="autoinvoice.invoice.supplier_id",
        value=lambda one: of_party(one.party).address or one.party.organisation_number,
        usual=False,
        width=20,
    ),
    _ISSUED,
    replace(_DUE, usual=True),
    _CREATED,
    ListColumn(code="delivered", text="autoinvoice.invoice.received", value=lambda one: one.delivered_at, usual=False),
    _NET,
    ListColumn(code="total", text="autoinvoice.invoice.amount", value=lambda one: one.total, decimals=2),
    _CURRENCY,
    _CHANNEL,
    _STATUS,
)
"""Own choice, like the list of sent ones."""

COLUMNS = {Direction.SENT: SENT, Direction.RECEIVED: RECEIVED}


@dataclass(frozen=True)
class Asked:
    """What the address of a list asks for.

    Attributes:
        search: what is looked for.
        page_request: page, size and order.
        address: the arguments that every link of the list keeps.
        turned: whether the first day is after the last one.
    """

    search: Search
    page_request: PageRequest
    address: dict[str, Any]

    @property
    def narrowed(self) -> bool:
        """Whether anything is looked for."""
        return self.search != Search(direction=self.search.direction)

    @property
    def turned(self) -> bool:
        """Whether the first day is after the last one, so that nothing can be found."""
        search = self.search
        return search.first is not None and search.last is not None and search.first > search.last


def asked(direction: Direction, address: Mapping[str, str]) -> Asked:
    """Read what the address of a list asks for; what makes no sense narrows nothing."""
    search = Search(
        direction=direction,
        text=" ".join(address.get("q", "").split())[:LONGEST_SEARCH],
        first=_day(address.get("from", "")),
        last=_day(address.get("to", "")),
        failed=direction is Direction.SENT and address.get("failed") == "1",
        on_hold=direction is Direction.SENT and address.get("hold") == "1",
    )
    found = page_request(address, ["created", *lists.ORDERS])
    if "sort" not in address:
        found = replace(found, descending=True)
    is_usual = found.sort == "created" and found.descending
    kept = {
        "q": search.text or None,
        "from": search.first.isoformat() if search.first else None,
        "to": search.last.isoformat() if search.last else None,
        "failed": "1" if search.failed else None,
        "hold": "1" if search.on_hold else None,
        "size": found.size if found.size != SIZES[0] else None,
        "sort": None if is_usual else found.sort,
        "order": "desc" if found.descending and not is_usual else None,
    }
    return Asked(search, found, kept)


@dataclass(frozen=True)
class Page:
    """One page of a list, and how many of all that was found were charged."""

    listing: Listing[Document]
    charged: int


def page_of(db: Db, company: Company, asked: Asked) -> Page:
    """Return the page that is asked for, or the last one there is."""
    search, want = replace(asked.search, since=lists.listed_since(db, company)), asked.page_request

    def found(page: int) -> lists.Found:
        start = (page - 1) * want.size
        return lists.find(db, company, search, order=want.sort, descending=want.descending, start=start, size=want.size)

    here = found(want.page)
    pages = max(1, -(-here.total // want.size))
    number = min(max(want.page, 1), pages)
    if number != want.page:
        here = found(number)
    for document in here.documents:
        assert document.company is company  # read here, because pages show it once the transaction is over
    return Page(Listing(here.documents, here.total, number, pages, want), here.charged)


def chosen_columns(direction: Direction, codes: Sequence[str] | None) -> list[ListColumn]:
    """Return the columns that somebody chose, in the list's order; the usual ones when nothing was chosen."""
    return [one for one in COLUMNS[direction] if one.always or (one.usual if codes is None else one.code in codes)]


def _day(text: str) -> date | None:
    """Read a day of a date field; what is none filters nothing."""
    try:
        return date.fromisoformat(text) if len(text) == len("2022-03-27") else None
    except ValueError:
        return None
