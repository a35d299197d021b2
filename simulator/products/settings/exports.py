"""Tables of Settings: one list of columns serves screen, CSV and Excel.

Source: "Verbruik Visma.net AutoInvoice opvragen", Downloaden van de specificatie, for what the sheet holds
and for Excel. Own choice: CSV beside it; the name of the file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from simulator.billing.queries import SpecificationRow
from simulator.core.texts import text
from simulator.directory.models import Company
from simulator.web import sheets
from simulator.web.tables import Column, Key, Period

SPECIFICATION: tuple[Column[SpecificationRow], ...] = (
    Column(text="settings.specification.type", value=lambda row: Key(row.type), width=34),
    Column(text="settings.specification.quantity", value=lambda row: row.quantity, decimals=0, width=10),
    Column(text="settings.specification.unit_price", value=lambda row: row.unit_price, decimals=4, width=14),
    Column(text="settings.specification.subtotal", value=lambda row: row.subtotal, decimals=2, width=14),
    Column(
        text="settings.specification.period",
        value=lambda row: Period(row.period_from, row.period_to),
        width=26,
    ),
    Column(text="settings.specification.company", value=lambda row: row.company, width=34),
)

COMPANIES: tuple[Column[Company], ...] = (
    Column(text="settings.company", value=lambda company: company.name),
    Column(text="settings.organisation_number", value=lambda company: company.organisation_number),
    Column(text="settings.country", value=lambda company: company.country),
    Column(text="settings.currency", value=lambda company: company.currency),
)


def _excel(rows: list[SpecificationRow], language: str, created: datetime) -> bytes:
    sheet = text(language, "settings.specification")
    return sheets.excel(SPECIFICATION, rows, language, sheet=sheet, created=created)


def _csv(rows: list[SpecificationRow], language: str, created: datetime) -> bytes:
    return sheets.separated(SPECIFICATION, rows, language)


@dataclass(frozen=True)
class Format:
    """A kind of file that the specification can be exported as.

    Attributes:
        code: the file name's ending and the journal's word.
        text: text key of the entry under *Export as*.
        media_type: what the file is sent as.
        write: makes it of rows, in a language, as of an instant.
    """

    code: str
    text: str
    media_type: str
    write: Callable[[list[SpecificationRow], str, datetime], bytes]


FORMATS = {
    "xlsx": Format("xlsx", "settings.excel", sheets.XLSX_TYPE, _excel),
    "csv": Format("csv", "settings.csv", sheets.CSV_TYPE, _csv),
}
