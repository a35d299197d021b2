"""Units of consumption: their codes, names and prices."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from simulator.billing import price_table
from simulator.core.errors import NotFound, RuleViolation


class Counts(StrEnum):
    """What a unit counts."""

    DOCUMENTS = "documents"
    PAGES = "pages"
    PAYMENTS = "payments"
    USERS = "users"
    LICENCES = "licences"
    INVOICES = "invoices"


@dataclass(frozen=True)
class Unit:
    """One kind of consumption.

    Attributes:
        code: as printed on invoices, for example ``PRINT_PRIORITY``.
        text: text key of its name, shown as type of consumption.
        counts: what it counts.
        prices: price per piece without VAT, by currency; of what is sold by the month, for one piece and month.
        position: its position on screen among the units, from 0.
        product: code of the product it belongs to.
        printed: the text in the column for units on invoices.
        sku: its article number.
        named: whether invoices name its charge; what is sold by its number alone has none.
        monthly: whether its price is for a month, so that it can be ordered under a contract.
    """

    code: str
    text: str
    counts: Counts
    prices: dict[str, Decimal]
    position: int
    product: str
    printed: str
    sku: str
    named: bool
    monthly: bool

    @property
    def charge_name(self) -> str | None:
        """Text key for the column of charge names on invoices; None leaves it empty."""
        return self.text if self.named else None


@cache
def catalogue() -> dict[str, Unit]:
    """Return all units by code, in the order of the table, which is also the order on screen."""
    return {
        code: Unit(
            code,
            entry["text"],
            Counts(entry["counts"]),
            entry["prices"],
            position,
            entry.get("product", "autoinvoice"),
            entry.get("printed", code),
            entry["sku"],
            entry.get("named", True),
            entry.get("monthly", False),
        )
        for position, (code, entry) in enumerate(price_table.read()["units"].items())
    }


def unit_of(code: str) -> Unit:
    """Return the unit with a code.

    Raises:
        NotFound: there is none.
    """
    try:
        return catalogue()[code]
    except KeyError:
        raise NotFound("unit", code) from None


def price_of(code: str, currency: str) -> Decimal:
    """Return the price per piece without VAT.

    Args:
        code: a unit's code.
        currency: three letters.

    Raises:
        NotFound: there is no such unit.
        RuleViolation: ``billing.no_price``, the unit has no price in this currency.
    """
    try:
        return unit_of(code).prices[currency]
    except KeyError:
        raise RuleViolation("billing.no_price", field="unit", unit=code, currency=currency) from None
