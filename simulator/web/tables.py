"""Tables: one list of columns serves the screen, CSV and Excel."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Generic, TypeVar

from markupsafe import Markup, escape

from simulator.core.texts import text
from simulator.web import formats

Row = TypeVar("Row")

_LONG_WORD = re.compile(r"(?:&[#\w]+;|[^\s&]){40,}")
_PIECE = re.compile(r"(?:&[#\w]+;|[^\s&]){1,20}")


@dataclass(frozen=True)
class Key:
    """A cell that holds a text key and shows its text."""

    key: str


@dataclass(frozen=True)
class Period:
    """A cell that holds a period, both days included."""

    first: date
    last: date


Cell = str | int | Decimal | date | Key | Period | None


@dataclass(frozen=True, kw_only=True)
class Column(Generic[Row]):
    """One column of a table.

    Attributes:
        text: text key of its heading.
        value: what a row shows in it.
        decimals: how many decimals its numbers have; None for a column without numbers.
        grouped: whether its numbers have a thousands sign on screen.
        width: how wide it is in Excel, in characters.
    """

    text: str
    value: Callable[[Row], Cell]
    decimals: int | None = None
    grouped: bool = True
    width: int = 16

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers, which stand at the right."""
        return self.decimals is not None


@dataclass(frozen=True)
class TableRows:
    """A table ready to show, in the language of the page.

    Attributes:
        headings: of its columns.
        rows: their cells.
        numeric: which columns hold numbers.
        classes: the class of each column's cells: ``number``, ``whole`` for days and periods, whose lines do not end within one.
    """

    headings: list[str]
    rows: list[list[str]]
    numeric: list[bool]
    classes: list[str]


def headings(columns: Sequence[Column[Row]], language: str) -> list[str]:
    """Return the headings of columns in a language."""
    return [text(language, column.text) for column in columns]


def table_rows(columns: Sequence[Column[Row]], rows: Iterable[Row], language: str) -> TableRows:
    """Return a table as the screen shows it."""
    cells = [[column.value(row) for column in columns] for row in rows]
    dated = {at for row in cells for at, cell in enumerate(row) if isinstance(cell, date | Period)}
    return TableRows(
        headings(columns, language),
        [[_on_screen(cell, column, language) for cell, column in zip(row, columns, strict=True)] for row in cells],
        [column.numeric for column in columns],
        ["number" if column.numeric else "whole" if at in dated else "" for at, column in enumerate(columns)],
    )


def in_file(cell: Cell, language: str) -> str | int | Decimal | date | None:
    """Return what a file holds of a cell: texts in a language, numbers and dates as they are.

    Source: a period reads ``1-9-21 - 30-9-21`` in the file of "Specificatie verbruik Visma.net AutoInvoice",
    step 3, and otherwise on screen.
    """
    if isinstance(cell, Key):
        return text(language, cell.key)
    if isinstance(cell, Period):
        return _period_in_file(cell.first, cell.last, language)
    return cell


@lru_cache(maxsize=512)
def _period_in_file(first: date, last: date, language: str) -> str:
    return f"{formats.short_date(language, first)} - {formats.short_date(language, last)}"


def _on_screen(cell: Cell, column: Column[Row], language: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Key):
        return text(language, cell.key)
    if isinstance(cell, Period):
        return formats.period(language, cell.first, cell.last)
    if isinstance(cell, date):
        return formats.short_date(language, cell)
    if isinstance(cell, int | Decimal):
        return formats.number(language, cell, column.decimals or 0, grouped=column.grouped)
    return cell


def wrappable(written: object) -> Markup:
    """Return a text of a cell as HTML in which words of 40 letters and more may be divided, so that a name fits any column."""
    return Markup(_LONG_WORD.sub(lambda word: "<wbr>".join(_PIECE.findall(word[0])), str(escape(written))))
