"""Tables of Settings: one list of columns for screen, CSV and Excel.

Source: "Verbruik Visma.net AutoInvoice opvragen", Downloaden van de specificatie: the columns of the sheet, and Excel. Own choice:
CSV besides; the name of the file.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic

from simulator.billing.models import InvoiceLine
from simulator.billing.units import unit_of
from simulator.billing.usage import Use
from simulator.core.texts import text
from simulator.directory import countries
from simulator.directory.models import Company
from simulator.web import sheets
from simulator.web.tables import Column, Key, Period, Row


def _period(line: InvoiceLine) -> Period | None:
    """Return the period that a line prints; None where the invoice prints none, as the first example of the manual."""
    return Period(line.period_from, line.period_to) if line.has_period else None


SPECIFICATION: tuple[Column[InvoiceLine], ...] = (
    Column(text="settings.specification.type", value=lambda line: Key(unit_of(line.unit).text), width=34),
    Column(text="settings.specification.quantity", value=lambda line: line.quantity, decimals=0, width=10),
    Column(text="settings.specification.unit_price", value=lambda line: line.unit_price, decimals=4, width=14),
    Column(text="settings.specification.subtotal", value=lambda line: line.amount, decimals=2, width=14),
    Column(text="settings.specification.period", value=_period, width=26),
    Column(text="settings.specification.company", value=lambda line: line.company.name, width=34),
)
_OF_ORDERS: tuple[Column[InvoiceLine], ...] = (
    Column(text="settings.specification.users", value=lambda line: line.users, decimals=0, width=18),
    Column(text="settings.specification.months", value=lambda line: line.months, decimals=0, width=10),
    Column(text="settings.specification.code", value=lambda line: line.order.code if line.order else None, width=14),
)
SPECIFICATION_OF_CONTRACT = (
    SPECIFICATION[0],
    replace(SPECIFICATION[1], text="settings.specification.quantity_on_invoice"),
    _OF_ORDERS[0],
    *SPECIFICATION[2:5],
)
"""The columns on screen of an invoice of a contract: users or licences beside the quantity; the company is above its lines."""

COMPANIES: tuple[Column[Company], ...] = (
    Column(text="settings.company", value=lambda company: company.name),
    Column(text="settings.organisation_number", value=lambda company: company.organisation_number),
    Column(text="settings.country", value=lambda company: Key(countries.BY_CODE[company.country].text)),
    Column(text="settings.currency", value=lambda company: company.currency),
)


USAGE: tuple[Column[Use], ...] = (
    Column(text="settings.specification.type", value=lambda row: Key(row.type) if row.type else None, width=34),
    Column(text="settings.specification.quantity", value=lambda row: row.quantity, decimals=0, width=10),
    Column(text="settings.usage.amount", value=lambda row: row.amount, decimals=2, width=18),
    Column(text="settings.specification.period", value=lambda row: Period(row.period_from, row.period_to), width=26),
    Column(text="settings.specification.company", value=lambda row: row.company or Key("settings.usage.all"), width=34),
)


@dataclass(frozen=True)
class Sheet(Generic[Row]):
    """An exported table: its columns and the text key of its name."""

    columns: Sequence[Column[Row]]
    name: str


def _excel(sheet: Sheet[Any], rows: Iterable[Any], language: str, created: datetime) -> bytes:
    return sheets.excel(sheet.columns, rows, language, sheet=text(language, sheet.name), created=created)


def _csv(sheet: Sheet[Any], rows: Iterable[Any], language: str, created: datetime) -> bytes:
    return sheets.separated(sheet.columns, rows, language)


OF_INVOICE = Sheet(SPECIFICATION, "settings.specification")
OF_CONTRACT_INVOICE = Sheet((*SPECIFICATION, *_OF_ORDERS), "settings.specification")
"""The columns of the manual in their order, and then those of orders."""
OF_USAGE = Sheet(USAGE, "settings.usage")


@dataclass(frozen=True)
class Format:
    """A file format for exports.

    Attributes:
        code: the file name's extension, and the format's name in the journal.
        text: text key of the entry under *Export as*.
        media_type: media type of the file.
        write: writes a sheet's rows, in a language, with an instant of creation.
    """

    code: str
    text: str
    media_type: str
    write: Callable[[Sheet[Any], Iterable[Any], str, datetime], bytes]


FORMATS = {
    "xlsx": Format("xlsx", "settings.excel", sheets.XLSX_TYPE, _excel),
    "csv": Format("csv", "settings.csv", sheets.CSV_TYPE, _csv),
}
