"""Rules of the editable table of prices and taxes."""

import re
from datetime import date
from decimal import Decimal

import pytest

from simulator.billing import countries, units
from simulator.core.database import MONEY_UNIT


def test_the_table_holds_every_unit_that_is_sold() -> None:
    assert list(units.catalogue()) == [
        "INTERNAL",
        "EINVOICE",
        "FINVOICE",
        "EMAIL",
        "PRINT_PRIORITY",
        "PRINT_PRIORITY_PAGE",
        "PRINT_EU",
        "PRINT_EU_PAGE",
        "SCAN_PDF",
        "SCAN_GOLD",
        "INCOMING_EINVOICE",
        "NL-00000039",
        "NL-00000036",
        "NL-00000042",
        "PAYMENT",
        "INCOMING_PAYMENT",
        "ACCOUNT_STATEMENT",
        "PAYROLL_PAYMENT",
        "EXPENSE_USER",
        "BIZWEB",
        "BUSINESS_BASE",
        "BUSINESS_ORDER",
        "BUSINESS_ACCOUNTING",
        "DOCUMENT_CENTER",
        "PAYROLL",
        "ACCOUNTVIEW",
        "ADMINISTRATION",
        "GLOBAL",
        "DISTRIBUTION",
    ]


def test_what_is_sold_by_its_number_is_printed_under_sku_without_a_charge_name() -> None:
    sold = {code: (unit.sku, unit.printed, unit.charge_name) for code, unit in units.catalogue().items() if not unit.named}
    assert sold == {
        "NL-00000039": ("NL-00000039", "", None),
        "NL-00000036": ("NL-00000036", "", None),
        "NL-00000042": ("NL-00000042", "Users", None),
    }
    named = [unit for unit in units.catalogue().values() if unit.named]
    assert all(unit.printed in (unit.code, "Users") and unit.charge_name == unit.text for unit in named)


def test_every_unit_has_an_article_number_of_its_own() -> None:
    numbers = [unit.sku for unit in units.catalogue().values()]
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"(NL|NO|SE)-\d{8}", number) for number in numbers)


def test_prices_are_exact_and_fit_into_storage() -> None:
    assert units.price_of("PRINT_EU_PAGE", "EUR") == Decimal("0.12")
    for unit in units.catalogue().values():
        assert unit.prices
        for price in unit.prices.values():
            assert price == price.quantize(MONEY_UNIT)


def test_only_pages_count_pages() -> None:
    pages = [unit.code for unit in units.catalogue().values() if unit.counts is units.Counts.PAGES]
    assert pages == ["PRINT_PRIORITY_PAGE", "PRINT_EU_PAGE"]


@pytest.mark.parametrize(
    ("country", "day", "rate"),
    [
        ("NL", date(2022, 3, 1), "0.21"),
        ("NO", date(2022, 3, 1), "0.25"),
        ("FI", date(2024, 8, 31), "0.24"),
        ("FI", date(2024, 9, 1), "0.255"),
        ("FI", date(1999, 1, 1), "0.24"),
    ],
)
def test_the_vat_rate_is_that_of_the_day(country: str, day: date, rate: str) -> None:
    assert countries.vat_rate(country, day) == Decimal(rate)


def test_every_currency_of_a_country_has_prices() -> None:
    for country in countries.catalogue().values():
        assert units.price_of("EINVOICE", country.currency) > 0
