"""Whole numbers in texts from outside: addresses, forms and query strings."""

LARGEST_ID = 2**31 - 1
"""The largest id that a row can have. Larger ids cannot exist, and overflow SQLite's INTEGER binding when much larger."""

_MOST_DIGITS = 20


def whole_number(text: str, *, least: int = 0, most: int = LARGEST_ID) -> int | None:
    """Return the number that a text of ASCII digits writes; None for any other text, or a number outside the limits."""
    if not text.isascii() or not text.isdecimal() or len(text) > _MOST_DIGITS:
        return None
    number = int(text)
    return number if least <= number <= most else None
