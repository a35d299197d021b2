"""Days in scenarios."""

from datetime import date

import pytest

from seed.dates import parse_when

CREATION_DAY = date(2022, 3, 31)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021-12-31", date(2021, 12, 31)),
        ("today", CREATION_DAY),
        ("-14 days", date(2022, 3, 17)),
        ("+1 day", date(2022, 4, 1)),
        ("2 weeks", date(2022, 4, 14)),
        ("-1 month", date(2022, 2, 28)),
        ("-3 months", date(2021, 12, 31)),
        ("-14 months", date(2021, 1, 31)),
        ("+1 year", date(2023, 3, 31)),
    ],
)
def test_a_day_is_a_date_or_a_distance_from_the_birth_day(text: str, day: date) -> None:
    assert parse_when(text).on(CREATION_DAY) == day


def test_the_29th_of_february_gives_the_28th_a_year_later() -> None:
    assert parse_when("+1 year").on(date(2024, 2, 29)) == date(2025, 2, 28)


@pytest.mark.parametrize("text", ["yesterday", "3", "-3 fortnights", "2021-13-01", "31-12-2021", "", None, 3, "--3 days"])
def test_anything_else_is_refused(text: object) -> None:
    with pytest.raises(ValueError):
        parse_when(text)
