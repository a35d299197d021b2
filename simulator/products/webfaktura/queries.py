"""What WebFaktura shows of a client's invoices."""

from dataclasses import dataclass

from simulator.core.sandbox import Db
from simulator.sales import books, invoice_search
from simulator.sales.books import Totals
from simulator.sales.invoice_search import InvoiceSearch
from simulator.sales.models import Client, SalesInvoice
from simulator.sales.submission import Outcome
from simulator.web.listing import Listing, PageRequest


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
