"""Calendar months, each named by its first day."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def last_day(month: date) -> date:
    """Return the last day of a month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def month_after(month: date) -> date:
    """Return the first day of the next month."""
    return last_day(month) + timedelta(days=1)


def months(first: date, last: date) -> Iterator[date]:
    """Yield the first days of all months from one to another, both included."""
    month = month_of(first)
    while month <= last:
        yield month
        month = month_after(month)
