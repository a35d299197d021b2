"""Files made of tables: CSV and Excel, from the columns that the screen shows."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from simulator.web import formats
from simulator.web.tables import Cell, Column, Row, headings, in_file

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv"

EARLIEST = date(1900, 3, 1)
"""The first day that all spreadsheets number alike; earlier ones are written as texts.

Source: ECMA-376, SpreadsheetML, serial values of dates: none before 1900, and a 29th of February in 1900 that never was.
"""

_DATES = {"nl": "d-m-yy", "nb": "dd.mm.yyyy", "sv": "yyyy-mm-dd"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def excel(
    columns: Sequence[Column[Row]],
    rows: Iterable[Row],
    language: str,
    *,
    sheet: str,
    created: datetime,
    above: Sequence[Sequence[Cell]] = (),
    within: Path | None = None,
) -> bytes:
    """Write a table as an Excel file; the same table gives the same bytes.

    Args:
        columns: what each row holds; their headings are the first row.
        rows: what the table is of; taken one at a time.
        language: language of headings, texts and formats.
        sheet: name of the one sheet.
        created: what the file says of when it was made.
        above: rows that stand above the headings.
        within: folder for what is half-written; the machine's own for such things when None.

    Returns:
        The file: numbers are numbers, dates are dates if spreadsheets have them, and texts are never formulas.
    """
    import xlsxwriter

    file = BytesIO()
    with TemporaryDirectory(prefix="vnsim-sheet-", dir=within) as scratch:
        workbook = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": scratch})
        workbook.set_properties({"created": created.astimezone(UTC).replace(tzinfo=None)})
        writer = _Writer(workbook, workbook.add_worksheet(sheet[:31]), language)
        try:
            for position, column in enumerate(columns):
                writer.sheet.set_column(position, position, column.width)
            for line in above:
                writer.line(line)
            writer.line(headings(columns, language), bold=True)
            writer.sheet.freeze_panes(writer.at, 0)
            writer.lines(columns, rows)
            workbook.close()
        finally:
            # What was begun is closed also when the disk is full, and goes with its folder.
            writer.sheet._opt_close()
    return file.getvalue()


def separated(columns: Sequence[Column[Row]], rows: Iterable[Row], language: str) -> bytes:
    """Write a table as CSV, the way a spreadsheet in the reader's language opens it.

    Own choice: UTF-8 with its mark; semicolons and decimal commas, in English commas and decimal points;
    dates as 2022-03-27; a text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    file = StringIO(newline="")
    comma = language in _DATES
    writer = csv.writer(file, delimiter=";" if comma else ",")
    writer.writerow([_harmless(heading) for heading in headings(columns, language)])
    for row in rows:
        cells = [(in_file(column.value(row), language), column.decimals) for column in columns]
        writer.writerow([_separated(cell, decimals, comma) for cell, decimals in cells])
    return file.getvalue().encode("utf-8-sig")


def _separated(cell: str | int | Decimal | date | None, decimals: int | None, comma: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int | Decimal):
        number = f"{cell:.{decimals or 0}f}"
        return number.replace(".", ",") if comma else number
    return _harmless(cell)


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


@dataclass
class _Writer:
    """Writes one line after the other; XlsxWriter forgets each once the next begins."""

    workbook: Any
    sheet: Any
    language: str
    at: int = 0

    def __post_init__(self) -> None:
        self._bold = self.workbook.add_format({"bold": True})
        self._dates = self.workbook.add_format({"num_format": _DATES.get(self.language, "dd/mm/yyyy")})
        self._numbers: dict[int, Any] = {}

    def line(self, cells: Sequence[Cell], *, bold: bool = False) -> None:
        for position, cell in enumerate(cells):
            self._cell(position, in_file(cell, self.language), None, bold=bold)
        self.at += 1

    def lines(self, columns: Sequence[Column[Row]], rows: Iterable[Row]) -> None:
        """Write many lines; texts and numbers, which nearly all cells are, by the shortest way."""
        text_of, number_of = self.sheet.write_string, self.sheet.write_number
        cells = [
            (position, column.value, self._number(column.decimals or 0), column.decimals)
            for position, column in enumerate(columns)
        ]
        for row in rows:
            for position, value_of, picture, decimals in cells:
                value = value_of(row)
                kind = type(value)
                if kind is str:
                    text_of(self.at, position, value)
                elif kind is int or kind is Decimal:
                    number_of(self.at, position, value, picture)
                else:
                    self._cell(position, in_file(value, self.language), decimals)
            self.at += 1

    def _cell(
        self, position: int, value: str | int | Decimal | date | None, decimals: int | None, *, bold: bool = False
    ) -> None:
        if value is None:
            return
        if isinstance(value, date) and value < EARLIEST:
            self.sheet.write_string(self.at, position, formats.short_date(self.language, value))
        elif isinstance(value, date):
            instant = datetime(value.year, value.month, value.day)
            self.sheet.write_datetime(self.at, position, instant, self._dates)
        elif isinstance(value, int | Decimal):
            places = decimals if decimals is not None else 2 * isinstance(value, Decimal)
            self.sheet.write_number(self.at, position, value, self._number(places))
        else:
            self.sheet.write_string(self.at, position, value, self._bold if bold else None)

    def _number(self, decimals: int) -> Any:
        if decimals not in self._numbers:
            picture = "#,##0" + ("." + "0" * decimals if decimals else "")
            self._numbers[decimals] = self.workbook.add_format({"num_format": picture})
        return self._numbers[decimals]
