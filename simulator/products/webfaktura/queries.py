"""What WebFaktura shows of a client's invoices."""

from dataclasses import dataclass
from datetime import date

from simulator.core.sandbox import Db
from simulator.sales import books, invoice_search
from simulator.sales.books import Totals
from simulator.sales.invoice_search import InvoiceSearch
from simulator.sales.models import Client, SalesInvoice
from simulator.sales.submission import Outcome
from simulator.web.listing import Listing, PageRequest

RATES = {"NO": (25, 15, 12, 0)}
"""Rates of VAT in percent, the standard rate first. Source: Skatteetaten; own choice: elsewhere the standard rate and none."""


@dataclass(frozen=True)
class ArchiveRow:
    """An invoice of the archive, its sums, and what became of it."""

    invoice: SalesInvoice
    totals: Totals
    outcome: Outcome


def archive(db: Db, client: Client, requested: PageRequest) -> Listing[ArchiveRow]:
    """Return a page of the invoices of a client's books, newest first."""
    search = InvoiceSearch()
    total = invoice_search.count(db, client, search)
    page = requested.nearest(total)
    rows = [
        ArchiveRow(row.invoice, books.totals(row.invoice), row.outcome)
        for row in invoice_search.find(db, client, search, start=page.start, size=page.size)
    ]
    return Listing(rows, total, page.number, page.count, requested)


def rates_of(client: Client, day: date) -> tuple[int, ...]:
    """Return the rates of VAT that lines of a client's invoices can have, in percent."""
    return RATES.get(client.country) or (int(books.countries_rate(client, day)), 0)
