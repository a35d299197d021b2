"""Whole numbers are read from texts within limits; no text makes reading them slow or fail."""

from decimal import Decimal

import pytest

from simulator.core.numbers import LARGEST_ID, decimal_number, whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("7", 7), ("007", 7), (str(LARGEST_ID), LARGEST_ID)],
)
def test_decimal_digits_are_a_number(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", " 7", "-1", "+1", "1.0", "1e3", "٣", "²", str(LARGEST_ID + 1), "9" * 5000])
def test_other_texts_and_larger_numbers_are_none(text: str) -> None:
    assert whole_number(text) is None


def test_limits_can_be_set() -> None:
    assert whole_number("0", least=1) is None
    assert whole_number("11", most=10) is None
    assert whole_number("9223372036854775807", most=2**63 - 1) == 2**63 - 1


@pytest.mark.parametrize(("text", "number"), [("0", "0"), ("12", "12"), ("12.50", "12.5"), ("007.0", "7")])
def test_digits_with_or_without_a_point_are_a_number(text: str, number: str) -> None:
    assert decimal_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", " 1", "1_000", "1,5", ".5", "5.", "1e3", "nan", "inf", "-1", "１", "٣", "9" * 5000])
def test_other_texts_are_no_number(text: str) -> None:
    assert decimal_number(text) is None
