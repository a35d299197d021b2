"""Lists with pages: which page, how many lines on it, and in what order, as the address asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")

SIZES = (25, 50, 100)
"""How many lines a page can have."""


@dataclass(frozen=True)
class Wanted:
    """What an address asks for.

    Attributes:
        page: from 1; a list gives the nearest one when there is no such page.
        size: lines a page, one of ``SIZES``.
        sort: code of the column that decides the order.
        descending: whether the order is turned round.
    """

    page: int
    size: int
    sort: str
    descending: bool


def wanted(address: Mapping[str, str], columns: Sequence[str]) -> Wanted:
    """Read ``page``, ``size``, ``sort`` and ``order`` of an address; what makes no sense gives the default.

    Args:
        address: the address's arguments.
        columns: codes of the columns that can be sorted by; the first is the default.
    """
    page, size, sort = (address.get(name, "") for name in ("page", "size", "sort"))
    return Wanted(
        page=int(page) if page.isascii() and page.isdecimal() and len(page) <= 9 else 1,
        size=int(size) if size in map(str, SIZES) else SIZES[0],
        sort=sort if sort in columns else columns[0],
        descending=address.get("order") == "desc",
    )


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One page of a list.

    Attributes:
        rows: the lines on this page.
        total: how many lines there are on all pages.
        page: which page this is, from 1.
        pages: how many pages there are, at least 1.
        wanted: what was asked for.
    """

    rows: Sequence[Row]
    total: int
    page: int
    pages: int
    wanted: Wanted

    @property
    def numbers(self) -> list[int | None]:
        """Page numbers to link: the first, the last and those around this one; None where some are left out."""
        near = {1, self.pages, *range(self.page - 2, self.page + 3)}
        shown: list[int | None] = []
        for number in sorted(number for number in near if 1 <= number <= self.pages):
            if shown and shown[-1] is not None and number > shown[-1] + 1:
                shown.append(None)
            shown.append(number)
        return shown


def one_page(rows: Sequence[Row], asked: Wanted) -> Listing[Row]:
    """Return the page that was asked for of lines that are in order already."""
    pages = max(1, -(-len(rows) // asked.size))
    page = min(max(asked.page, 1), pages)
    return Listing(rows[(page - 1) * asked.size : page * asked.size], len(rows), page, pages, asked)
