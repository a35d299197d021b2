"""Dates, periods and numbers as each country writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from simulator.web import formats

DAY = date(2022, 3, 7)


@pytest.mark.parametrize(
    ("language", "written"), [("nl", "7-3-22"), ("nb", "07.03.2022"), ("sv", "2022-03-07"), ("en", "07/03/2022")]
)
def test_a_day(language: str, written: str) -> None:
    assert formats.short_date(language, DAY) == written


@pytest.mark.parametrize("language", ["en", "nl", "nb", "sv"])
def test_a_day_is_read_as_it_is_written_and_as_iso_8601_has_it(language: str) -> None:
    for day in (DAY, date(1969, 12, 31), date(1970, 1, 1), date(2069, 12, 31), date(2070, 1, 1)):
        assert formats.read_short_date(language, formats.short_date(language, day)) == day
        assert formats.read_short_date(language, day.isoformat()) == day


@pytest.mark.parametrize(
    ("language", "typed"),
    [("nl", " 07-03-2022 "), ("nl", "7/3/22"), ("nl", "7.3.2022"), ("nb", "7.3.22"), ("nb", "7-3-2022"), ("sv", "7/3/2022"),
     ("sv", "2022-3-7"), ("en", "7/3/22"), ("en", "2022/03/07")],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(language: str, typed: str) -> None:
    assert formats.read_short_date(language, typed) == DAY


@pytest.mark.parametrize(
    ("language", "typed"),
    [("nl", "7-3"), ("nl", "7-3.22"), ("nl", "7-3-022"), ("nl", "31-2-22"), ("nl", "٧-3-22"), ("nl", "0000-01-01"),
     ("en", "03/27/2022"), ("sv", "22-03-07"), ("nb", "7. mars 2022"), ("nb", "")],
)  # fmt: skip
def test_what_is_no_day_or_could_be_two_is_refused(language: str, typed: str) -> None:
    with pytest.raises(ValueError):
        formats.read_short_date(language, typed)


@pytest.mark.parametrize(
    ("language", "day", "written"),
    [
        ("nl", date(1822, 3, 7), "7-3-1822"),
        ("nl", date(9999, 12, 31), "31-12-9999"),
        ("nl", date(2069, 12, 31), "31-12-69"),
        ("nb", date(1, 1, 1), "01.01.0001"),
        ("sv", date(1, 1, 1), "0001-01-01"),
        ("en", date(999, 1, 1), "01/01/0999"),
    ],
)
def test_a_day_of_another_century_is_taken_for_no_other(language: str, day: date, written: str) -> None:
    assert formats.short_date(language, day) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("nl", "1-12-21 aan 31-12-21"),
        ("nb", "01.12.2021-31.12.2021"),
        ("sv", "2021-12-01 - 2021-12-31"),
        ("en", "01/12/2021 to 31/12/2021"),
    ],
)
def test_a_period(language: str, written: str) -> None:
    assert formats.period(language, date(2021, 12, 1), date(2021, 12, 31)) == written


def test_an_instant_is_shown_in_the_time_zone_asked_for() -> None:
    midnight = datetime(2022, 6, 30, 22, 30, tzinfo=UTC)
    assert formats.clock_time("nl", midnight, "Europe/Amsterdam") == "1-7-22 00:30"
    assert formats.clock_time("sv", midnight, "Europe/London") == "2022-06-30 23:30"


@pytest.mark.parametrize(
    ("language", "written"),
    [("nl", "1.234.567,50"), ("nb", "1\xa0234\xa0567,50"), ("sv", "1\xa0234\xa0567,50"), ("en", "1,234,567.50")],
)
def test_a_number(language: str, written: str) -> None:
    assert formats.number(language, Decimal("1234567.495"), 2) == written


@pytest.mark.parametrize(("value", "written"), [("0.005", "0,01"), ("-0.005", "-0,01"), ("1.0049", "1,00"), ("0", "0,00")])
def test_numbers_are_rounded_half_up(value: str, written: str) -> None:
    assert formats.number("nl", Decimal(value), 2) == written


def test_a_number_may_be_long() -> None:
    assert formats.number("en", Decimal("123" * 20 + ".995"), 2) == ",".join(["123"] * 19 + ["124"]) + ".00"


@pytest.mark.parametrize(
    ("language", "written"),
    [("nl", "EUR\xa01.132,00"), ("en", "EUR\xa01,132.00"), ("nb", "1\xa0132,00\xa0EUR"), ("sv", "1\xa0132,00\xa0EUR")],
)
def test_an_amount_with_its_currency(language: str, written: str) -> None:
    assert formats.money(language, Decimal(1132), "EUR") == written


@pytest.mark.parametrize(
    ("language", "typed", "number"),
    [
        ("sv", "1 240,50", "1240.50"),
        ("sv", "1\N{NO-BREAK SPACE}240.5", "1240.5"),
        ("sv", "1.240,50", "1240.50"),
        ("sv", "1.240", "1.240"),
        ("nl", "1.240", "1240"),
        ("nl", "1.240.000,5", "1240000.5"),
        ("en", "1,240", "1240"),
        ("en", "3,5", "3.5"),
        ("nb", "\N{MINUS SIGN}2", "-2"),
        ("en", "0", "0"),
    ],
)
def test_a_number_is_read_as_the_language_writes_it(language: str, typed: str, number: str) -> None:
    assert formats.read_number(language, typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["", "-", "1,2,3", "1.2.3,4", "1e3", "NaN", "one", "1 kr", "9" * 21, "٣"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        formats.read_number("sv", typed)
