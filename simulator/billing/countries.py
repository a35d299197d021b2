"""The countries that customers are billed in: currency and VAT."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from simulator.billing import price_table
from simulator.core.errors import RuleViolation


@dataclass(frozen=True)
class Rate:
    """A standard VAT rate, as a fraction, and the day it came into force."""

    since: date
    rate: Decimal


@dataclass(frozen=True)
class Country:
    """How customers of a country are billed: the currency of their invoices and the VAT rates, oldest first."""

    currency: str
    rates: tuple[Rate, ...]


@cache
def catalogue() -> dict[str, Country]:
    """Return all countries by their two letters."""
    return {
        code: Country(entry["currency"], tuple(Rate(rate["since"], rate["rate"]) for rate in entry["vat"]))
        for code, entry in price_table.read()["countries"].items()
    }


def country_of(code: str) -> Country:
    """Return the country with a code of two letters.

    Raises:
        RuleViolation: ``billing.no_country``, customers there cannot be billed.
    """
    try:
        return catalogue()[code]
    except KeyError:
        raise RuleViolation("billing.no_country", field="country", country=code) from None


def vat_rate(code: str, day: date) -> Decimal:
    """Return a country's standard VAT rate on a day, as a fraction.

    Own choice: the first rate of the table also applies to earlier days.

    Raises:
        RuleViolation: ``billing.no_country``.
    """
    rates = country_of(code).rates
    return next((rate.rate for rate in reversed(rates) if rate.since <= day), rates[0].rate)
