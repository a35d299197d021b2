"""What consumption is counted in: unit codes, their names and their prices."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from simulator.billing import price_table
from simulator.core.errors import NotFound, RuleViolation


class Counts(StrEnum):
    """What one piece of a unit is."""

    DOCUMENTS = "documents"
    PAGES = "pages"
    PAYMENTS = "payments"
    USERS = "users"
    LICENCES = "licences"


@dataclass(frozen=True)
class Unit:
    """One kind of consumption.

    Attributes:
        code: as printed on invoices, for example ``PRINT_PRIORITY``.
        text: text key of its name, shown as type of consumption.
        counts: what a piece is.
        prices: price of one piece without VAT, by currency.
        position: where it stands on screen among the units, from 0.
        product: code of the product it is of.
        printed: what invoices show in their column for units.
        sku: its number where it is sold by one, and None for consumption.
    """

    code: str
    text: str
    counts: Counts
    prices: dict[str, Decimal]
    position: int
    product: str
    printed: str
    sku: str | None

    @property
    def charge_name(self) -> str | None:
        """Text key of what invoices show in their column for charge names, if anything."""
        return None if self.sku else self.text


@cache
def catalogue() -> dict[str, Unit]:
    """Return all units by code, in the order of the table, which is that of the screen."""
    return {
        code: Unit(
            code,
            entry["text"],
            Counts(entry["counts"]),
            entry["prices"],
            position,
            entry.get("product", "autoinvoice"),
            entry.get("printed", code),
            code if entry.get("sku") else None,
        )
        for position, (code, entry) in enumerate(price_table.read()["units"].items())
    }


def unit_of(code: str) -> Unit:
    """Return the unit with a code.

    Raises:
        Unknown: there is none.
    """
    try:
        return catalogue()[code]
    except KeyError:
        raise NotFound("unit", code) from None


def price_of(code: str, currency: str) -> Decimal:
    """Return what one piece costs without VAT.

    Args:
        code: a unit's code.
        currency: three letters.

    Raises:
        Unknown: there is no such unit.
        Refused: ``billing.no_price``, the unit has no price in this currency.
    """
    try:
        return unit_of(code).prices[currency]
    except KeyError:
        raise RuleViolation("billing.no_price", field="unit", unit=code, currency=currency) from None
