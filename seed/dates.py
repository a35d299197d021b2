"""Days in scenarios: written as a date, or as a distance from the day a sandbox is born on."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

GRAMMAR = "a date such as 2021-12-31, 'today', or a distance such as '-3 months' (days, weeks, months, years)"
PATTERN = r"^(today|\d{4}-\d{2}-\d{2}|[+-]?\d{1,4} (day|week|month|year)s?)$"

MINUTES = r"\+?(\d{1,4}) minutes?"
"""After the instant of creation."""

_DISTANCE = re.compile(r"([+-]?\d{1,4}) (day|week|month|year)s?")


@dataclass(frozen=True)
class When:
    """A day that is known once a sandbox's creation day is.

    Attributes:
        day: the day itself when it was written as a date.
        days: distance in days otherwise.
        months: distance in months otherwise; counted before the days.
    """

    day: date | None = None
    days: int = 0
    months: int = 0

    def on(self, creation_day: date) -> date:
        """Return the day for a sandbox born on ``creation_day``; a month that is too short gives its last day."""
        if self.day is not None:
            return self.day
        year, month = divmod(creation_day.year * 12 + creation_day.month - 1 + self.months, 12)
        day = min(creation_day.day, monthrange(year, month + 1)[1])
        return date(year, month + 1, day) + timedelta(days=self.days)


TODAY = When()


def parse_when(text: object) -> When:
    """Read a day.

    Raises:
        ValueError: it follows none of the forms in ``GRAMMAR``.
    """
    if isinstance(text, When):
        return text
    if isinstance(text, str):
        if text == "today":
            return TODAY
        match = _DISTANCE.fullmatch(text)
        if match:
            amount = int(match[1])
            if match[2] in {"day", "week"}:
                return When(days=amount * (7 if match[2] == "week" else 1))
            return When(months=amount * (12 if match[2] == "year" else 1))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return When(day=date.fromisoformat(text))
    raise ValueError(f"not {GRAMMAR}")
