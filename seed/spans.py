"""Quantities in scenarios: a number, or a range that is drawn from."""

import re
from dataclasses import dataclass

from simulator.core.chance import Chance

SPAN_PATTERN = r"^[1-9][0-9]{0,5}(\.\.[1-9][0-9]{0,5})?$"


@dataclass(frozen=True)
class Span:
    """Whole numbers from ``least`` to ``most``, both included."""

    least: int
    most: int

    def draw(self, chance: Chance) -> int:
        """Draw one of them."""
        return self.least + (chance.number(self.most - self.least + 1) if self.most > self.least else 0)


def parse_span(value: object) -> Span:
    """Read a number of at least 1, or ``least..most``.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, Span):
        return value
    if type(value) is int and 1 <= value <= 999_999:
        return Span(value, value)
    if isinstance(value, str) and re.fullmatch(SPAN_PATTERN, value):
        least, _, most = value.partition("..")
        span = Span(int(least), int(most or least))
        if span.least <= span.most:
            return span
    raise ValueError("not a quantity")
