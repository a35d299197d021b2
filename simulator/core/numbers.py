"""Whole numbers in texts from outside: addresses, forms and query strings."""

import re
from decimal import Decimal

LARGEST_ID = 2**31 - 1
"""The largest id that a row can have. Larger ids cannot exist, and overflow SQLite's INTEGER binding when much larger."""

_MOST_DIGITS = 20


_DECIMAL = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20})?")


def decimal_number(text: str) -> Decimal | None:
    """Return the number that ASCII digits, with or without a decimal point, write; None for any other text."""
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def whole_number(text: str, *, least: int = 0, most: int = LARGEST_ID) -> int | None:
    """Return the number that a text of ASCII digits writes; None for any other text, or a number outside the limits."""
    if not text.isascii() or not text.isdecimal() or len(text) > _MOST_DIGITS:
        return None
    number = int(text)
    return number if least <= number <= most else None
