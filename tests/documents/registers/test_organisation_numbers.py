"""Norwegian organisation numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from simulator.documents.registers.organisation_numbers import is_right, typed

WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


@given(some.from_regex(r"[0-9]{8}", fullmatch=True), some.integers(0, 9))
def test_a_number_is_right_when_its_last_digit_is_the_check_digit(front: str, last: int) -> None:
    check = -sum(weight * int(digit) for weight, digit in zip(WEIGHTS, front, strict=True)) % 11
    assert is_right(f"{front}{last}") == (last == check and f"{front}{last}" != "000000000")


@given(some.text())
def test_whatever_is_typed_is_digits_or_no_number(text: str) -> None:
    digits = typed(text)
    assert digits is None or (digits.isascii() and digits.isdecimal())


@pytest.mark.parametrize(
    "text", ["", "Fjordlys AS", "24Seven", "9908:310000019", "0007:5560360793", "\u0663\u0661\u0660", "310000019 AS"]
)
def test_what_is_no_number_is_read_as_a_name(text: str) -> None:
    assert typed(text) is None
