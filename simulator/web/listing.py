"""Lists with pages: which page, how many lines on it, and in what order, as the address asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from simulator.core.numbers import whole_number

Row = TypeVar("Row")

SIZES = (25, 50, 100)
"""How many lines a page can have."""


@dataclass(frozen=True)
class Page:
    """A page of a list that exists.

    Attributes:
        number: from 1.
        count: how many pages the list has, at least 1.
        size: lines per page.
    """

    number: int
    count: int
    size: int

    @property
    def start(self) -> int:
        """How many lines come before this page."""
        return page_start(self.number, self.size)


def nearest_page(number: int, size: int, total: int) -> Page:
    """Return the page with a number; the nearest page when the list has fewer."""
    count = page_count(total, size)
    return Page(min(max(number, 1), count), count, size)


def page_start(number: int, size: int) -> int:
    """Return how many lines come before the page with a number."""
    return (number - 1) * size


def page_count(total: int, size: int) -> int:
    """Return how many pages of a size a list has, at least 1."""
    return max(1, -(-total // size))


@dataclass(frozen=True)
class PageRequest:
    """The page and the order of a list that an address asks for.

    Attributes:
        page: from 1; a list gives the nearest one when there is no such page.
        size: lines per page, one of ``SIZES``.
        sort: code of the column that decides the order.
        descending: whether the order is turned round.
    """

    page: int
    size: int
    sort: str
    descending: bool

    def nearest(self, total: int) -> Page:
        """Return the page that is shown of a list with so many lines."""
        return nearest_page(self.page, self.size, total)


def page_request(address: Mapping[str, str], columns: Sequence[str]) -> PageRequest:
    """Read ``page``, ``size``, ``sort`` and ``order`` of an address; what makes no sense gives the default.

    Args:
        address: the address's arguments.
        columns: codes of the columns that can be sorted by; the first is the default.
    """
    page, size, sort = (address.get(name, "") for name in ("page", "size", "sort"))
    return PageRequest(
        page=whole_number(page, least=1) or 1,
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
        page_request: the page and order that the address asked for.
    """

    rows: Sequence[Row]
    total: int
    page: int
    pages: int
    page_request: PageRequest

    @property
    def numbers(self) -> list[int | None]:
        """Page numbers to link: the first, the last and those around this one; None where some are left out."""
        near = {1, self.pages, *range(self.page - 2, self.page + 3)}
        numbers: list[int | None] = []
        for number in sorted(number for number in near if 1 <= number <= self.pages):
            if numbers and numbers[-1] is not None and number > numbers[-1] + 1:
                numbers.append(None)
            numbers.append(number)
        return numbers


def page_of(rows: Sequence[Row], page_request: PageRequest) -> Listing[Row]:
    """Return the requested page of rows that are in order already."""
    page = page_request.nearest(len(rows))
    return Listing(rows[page.start : page.start + page.size], len(rows), page.number, page.count, page_request)
