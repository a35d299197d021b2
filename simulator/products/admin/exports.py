"""Tables of the reports: one list of columns serves the screen and Excel.

Source: "Specificatie verbruik Visma.net AutoInvoice", step 2 for the columns of the screen and their order, step 3 for the file: a
block in English, then columns in the reader's language but for the charge's name, which stays in English, as does the layout of a
Dutch company number. The text of step 2 also names product, product code and price, which the picture does not show. Own choice:
they are the second line of each row, and the last columns of the file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from simulator.billing.models import Invoice
from simulator.billing.products import BY_CODE
from simulator.billing.units import unit_of
from simulator.core.texts import text
from simulator.products.admin.queries.reports import Line
from simulator.web import sheets
from simulator.web.tables import Cell, Column, Key, Period


@dataclass(frozen=True, kw_only=True)
class LineColumn(Column[Line]):
    """A column of the lines of an invoice.

    Attributes:
        file_text: text key of its heading in the file, where it differs.
        title: text key of what the manual's text calls it, where that differs.
    """

    file_text: str | None = None
    title: str | None = None


def _product(line: Line) -> Key | str:
    unit = unit_of(line.unit)
    return BY_CODE[unit.product].name if unit.named else Key(unit.text)


def _charge_name(line: Line) -> Key | None:
    text_key = unit_of(line.unit).charge_name
    return Key(text_key) if text_key else None


def _period(line: Line) -> Period | None:
    return Period(line.period_from, line.period_to) if line.has_period else None


ON_SCREEN = (
    LineColumn(text="admin.invoice.customer_account", value=lambda line: line.customer_account, width=14),
    LineColumn(
        text="admin.invoice.organisation_number",
        file_text="admin.invoice.file.organisation_number",
        value=lambda line: line.organisation_number,
        width=14,
    ),
    LineColumn(text="admin.invoice.internal_number", value=lambda line: line.internal_number, width=20),
    LineColumn(text="admin.invoice.subscription", value=lambda line: line.subscription, width=20),
    LineColumn(text="admin.invoice.sku", value=lambda line: line.code or unit_of(line.unit).sku, width=14),
    LineColumn(text="admin.invoice.unit", value=lambda line: unit_of(line.unit).printed or None, width=24),
    LineColumn(text="admin.invoice.charge_name", file_text="admin.invoice.file.charge_name", value=_charge_name, width=34),
    LineColumn(text="admin.invoice.period", value=_period, width=26),
    LineColumn(text="admin.invoice.quantity", value=lambda line: line.quantity, decimals=0, grouped=False, width=10),
    LineColumn(
        text="admin.invoice.amount",
        title="admin.invoice.total_excluding_vat",
        value=lambda line: line.amount,
        decimals=2,
        width=16,
    ),
    LineColumn(text="admin.invoice.vat_amount", value=lambda line: line.vat_amount, decimals=2, width=14),
)
"""The columns of an invoice's page. Source: the picture in step 2, for the order and the quantities without a thousands sign."""

_PRODUCT = LineColumn(text="admin.invoice.product", value=_product, width=24)
_UNIT_PRICE = LineColumn(text="admin.invoice.unit_price", value=lambda line: line.unit_price, decimals=4)

SECOND_LINE = (
    _PRODUCT,
    LineColumn(text="admin.invoice.product_code", value=lambda line: unit_of(line.unit).sku),
    _UNIT_PRICE,
)
"""What the second line of each row says on that page."""

_OF_ORDERS = (
    LineColumn(text="settings.specification.users", value=lambda line: line.users, decimals=0, width=18),
    LineColumn(text="settings.specification.months", value=lambda line: line.months, decimals=0, width=10),
)
SECOND_LINE_OF_CONTRACT = (*SECOND_LINE, _OF_ORDERS[0])
"""The same on an invoice of a contract: the users or licences beside the quantity."""

IN_FILE = tuple(replace(column, text=column.file_text or column.text) for column in (*ON_SCREEN, _PRODUCT, _UNIT_PRICE))
"""The columns of the file; the product code is in the column SKU."""
IN_FILE_OF_CONTRACT = (*IN_FILE, *_OF_ORDERS)
"""The same, and then those of what was ordered under a contract."""


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
    columns = IN_FILE if invoice.contract_id is None else IN_FILE_OF_CONTRACT
    return sheets.excel(columns, lines, language, sheet="Invoice", created=created, above=[*above, ()], within=within)


def file_name(invoice: Invoice, local: datetime) -> str:
    """Return the file's name, with the local time of the export. Own choice."""
    return f"invoice_{invoice.number}_{local:%Y%m%d_%H%M}.xlsx"
