"""Tables of the reports: one list of columns serves the screen and Excel.

Source: "Specificatie verbruik Visma.net AutoInvoice", step 2 for the columns of the screen and their order, step 3 for the file: a
block in English, then columns in the reader's language but for the charge's name, which stays in English, as does the layout of a
Dutch company number.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from simulator.billing.models import Invoice
from simulator.core.texts import text
from simulator.products.admin.queries.reports import Line
from simulator.web import sheets
from simulator.web.tables import Cell, Column, Period

_ACCOUNT = Column[Line](text="admin.invoice.customer_account", value=lambda line: line.customer_account, width=14)
_INTERNAL = Column[Line](text="admin.invoice.internal_number", value=lambda line: line.internal_number, width=20)
_SUBSCRIPTION = Column[Line](text="admin.invoice.subscription", value=lambda line: line.subscription, width=20)
_SKU = Column[Line](text="admin.invoice.sku", value=lambda line: line.sku, width=14)
_UNIT = Column[Line](text="admin.invoice.unit", value=lambda line: line.unit or None, width=24)
_REST = (
    Column[Line](text="admin.invoice.period", value=lambda line: Period(line.period_from, line.period_to), width=26),
    Column[Line](text="admin.invoice.quantity", value=lambda line: line.quantity, decimals=0, width=10),
    Column[Line](text="admin.invoice.amount", value=lambda line: line.amount, decimals=2, width=16),
    Column[Line](text="admin.invoice.vat_amount", value=lambda line: line.vat_amount, decimals=2, width=14),
)

ON_SCREEN: tuple[Column[Line], ...] = (
    _ACCOUNT,
    Column(text="admin.invoice.organisation_number", value=lambda line: line.organisation_number),
    _INTERNAL,
    _SUBSCRIPTION,
    _SKU,
    _UNIT,
    Column(text="admin.invoice.charge_name", value=lambda line: line.charge_name),
    *_REST,
)
"""The eleven columns of the page, in their order."""

MORE: dict[str, Column[Line]] = {
    "product": Column(text="admin.invoice.product", value=lambda line: line.product),
    "unit_price": Column(text="admin.invoice.unit_price", value=lambda line: line.unit_price, decimals=4),
}
"""Optional columns of the page, by their code in the address. The manual names both without a position."""

IN_FILE: tuple[Column[Line], ...] = (
    _ACCOUNT,
    Column(text="admin.invoice.file.organisation_number", value=lambda line: line.organisation_number, width=14),
    _INTERNAL,
    _SUBSCRIPTION,
    _SKU,
    _UNIT,
    Column(text="admin.invoice.file.charge_name", value=lambda line: line.charge_name, width=34),
    *_REST,
)
"""The eleven columns of the file."""


def head(invoice: Invoice) -> tuple[tuple[str, Cell], ...]:
    """Return the six facts above the lines, as text keys and values."""
    return (
        ("admin.invoice.customer_name", invoice.customer.name),
        ("admin.invoice.number", invoice.number),
        ("admin.invoice.date", invoice.invoice_date),
        ("admin.invoice.due_date", invoice.due_date),
        ("admin.invoice.total", invoice.total),
        ("admin.invoice.currency", invoice.currency),
    )


def sheet(invoice: Invoice, lines: Iterable[Line], language: str, created: datetime, within: Path) -> bytes:
    """Write an invoice as an Excel file.

    Args:
        invoice: the invoice.
        lines: its lines; consumed one by one.
        language: language of headings and cells.
        created: time of creation in the file's properties.
        within: folder for temporary files.
    """
    above: list[Sequence[Cell]] = [(text("en", key), value) for key, value in head(invoice)]
    return sheets.excel(IN_FILE, lines, language, sheet="Invoice", created=created, above=[*above, ()], within=within)


def file_name(invoice: Invoice, local: datetime) -> str:
    """Return the file's name, with the local time of the export. Own choice."""
    return f"invoice_{invoice.number}_{local:%Y%m%d_%H%M}.xlsx"
