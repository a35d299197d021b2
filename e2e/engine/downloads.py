"""Open a file that a step brought, and compare it with what the manual says of it."""

import csv
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from .model import Download
from .words import Label

Row = list[str]


class DownloadWrong(Exception):
    """The file is not as the manual says; the text says what it has instead."""


def check_download(download: Download, path: Path, name: str, label: Callable[[Label], str]) -> None:
    """Compare a file with what the manual says of it.

    The header is the first row that is equal to the labels of the manual: a head block may stand above it, whose rows are
    compared when the manual has them.
    Rows are counted below it, without empty ones.

    Args:
        download: What the manual says.
        path: Where the file is.
        name: What the platform called it; its ending says what kind of file it is.
        label: Gives a label in the language of the walk.

    Raises:
        DownloadWrong: The file cannot be opened or is not as the manual says.
    """
    rows = read_rows(path, name)
    header = [label(column) for column in download.header]
    where = next((at for at, row in enumerate(rows) if row == header), None)
    if where is None:
        closest = max(rows, key=lambda row: len(set(row) & set(header)), default=[])
        raise DownloadWrong(f"{name} has no row with the header {_listed(header)}; the closest row is {_listed(closest)}")
    above = [row for row in rows[:where] if any(row)]
    if download.above and above != download.above:
        expected = "; ".join(_listed(row) for row in download.above)
        actual = "; ".join(_listed(row) for row in above) or "nothing"
        raise DownloadWrong(f"{name} should have above its header {expected}, and has {actual}")
    body = [row for row in rows[where + 1 :] if any(row)]
    if download.rows is not None and not _counts(len(body), download.rows):
        raise DownloadWrong(f"{name} has {len(body)} rows below its header, and {download.rows} were expected")
    for cell in download.cells:
        _check_cell(name, header, body, label(cell.column), cell.row, cell.value)


def read_rows(path: Path, name: str) -> list[Row]:
    """Read the first sheet of an Excel file, or a CSV file, as text without empty cells at the end of a row.

    Raises:
        DownloadWrong: It is neither, or damaged.
    """
    ending = Path(name).suffix.lower()
    if ending == ".xlsx":
        rows = _excel(path, name)
    elif ending == ".csv":
        rows = _csv(path, name)
    else:
        raise DownloadWrong(f"{name} is neither an Excel file (.xlsx) nor a CSV file")
    for row in rows:
        while row and not row[-1]:
            row.pop()
    return rows


def _excel(path: Path, name: str) -> list[Row]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with path.open("rb") as file:
            workbook = load_workbook(file, read_only=True, data_only=True)
            try:
                sheet = workbook.worksheets[0]
                return [[_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
            finally:
                workbook.close()
    except (BadZipFile, InvalidFileException, KeyError, ValueError, IndexError):
        raise DownloadWrong(f"{name} cannot be opened as an Excel file") from None


def _csv(path: Path, name: str) -> list[Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DownloadWrong(f"{name} is not written in UTF-8") from None
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(";,\t", key=first.count)
    return [[value.strip() for value in row] for row in csv.reader(text.splitlines(), delimiter=separator)]


def _text(value: Any) -> str:
    """Write a cell as text: dates as 2022-03-27, whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != value.min.time() else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(round(value, 10))
    return str(value).strip()


def _counts(number: int, expected: str) -> bool:
    match = re.fullmatch(r"(>=|<=|=|>|<)?\s*(\d+)", expected)
    assert match is not None  # the model allows nothing else
    sign, bound = match.group(1) or "=", int(match.group(2))
    return {
        "=": number == bound,
        ">=": number >= bound,
        "<=": number <= bound,
        ">": number > bound,
        "<": number < bound,
    }[sign]


def _check_cell(name: str, header: Row, body: list[Row], column: str, number: int | None, expected: str) -> None:
    if column not in header:
        raise DownloadWrong(f"{name} has no column '{column}', but {_listed(header)}")
    at = header.index(column)
    cells = [row[at] if at < len(row) else "" for row in body]
    if number is not None:
        if number > len(cells):
            raise DownloadWrong(f"{name} has no row {number} below its header, only {len(cells)}")
        cells = [cells[number - 1]]
    if expected not in cells:
        where = f"row {number}" if number is not None else "any row"
        displayed = _listed(cells[:8]) if cells else "nothing"
        raise DownloadWrong(f"{name} does not have '{expected}' in the column '{column}' of {where}, but {displayed}")


def _listed(values: list[str]) -> str:
    return ", ".join(values) if any(values) else "an empty one"
