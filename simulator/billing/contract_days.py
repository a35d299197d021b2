"""The days of a contract: its periods, how long it binds, and the last day on which notice ends it. Dates in, dates out.

Source: "Brukertips i Kundeservice": a yearly contract is invoiced in January for twelve months, and notice until 30 September
ends it with the year; a subscription is invoiced every third month, binds for a year from signing and then for three months at a
time, and notice is due a month before the next period (bought on 1 February 2018, bound to 1 February 2019, notice before 1 January
2019). What access remains after the end: the same manual's article on it. Own choice: 30 September itself is in time; a month
that has begun counts whole; a contract that was signed after 30 September binds for the next year too; a month that is too short
ends on its last day, and periods are counted from the day of signing, so that such a contract does not move to that day for good.
"""

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

DAY = timedelta(days=1)
YEAR, QUARTER = 12, 3
NOTICE_MONTH, NOTICE_DAY = 9, 30
BOOKS_MONTH, BOOKS_DAY = 6, 30


class ContractKind(StrEnum):
    """The two common contracts."""

    YEARLY = "yearly"
    QUARTERLY = "quarterly"

    @property
    def text(self) -> str:
        """Text key of its name."""
        return f"contract.kind.{self.value}"


class AccessAfterEnd(StrEnum):
    """What remains of a product when its contract has ended.

    Source: "Brukertips i Kundeservice": a subscription stops the day after the last period paid, an accounting system stays open
    until June of the next year so that the books can be closed, payroll can be looked up but opens no new year. Own choice: until
    the last day of June.
    """

    STOPS = "stops"
    CLOSES_BOOKS = "closes_books"
    READ_ONLY = "read_only"


class Period(NamedTuple):
    """A stretch of a contract that is invoiced at once; both days are included."""

    first: date
    last: date


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, or that month's last day when it is shorter."""
    year, month = divmod(day.year * YEAR + day.month - 1 + months, YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def period_of(kind: ContractKind, signed_on: date, day: date) -> Period:
    """Return the period that a day belongs to; days before the signing belong to the first."""
    day = max(day, signed_on)
    if kind is ContractKind.YEARLY:
        return Period(max(signed_on, date(day.year, 1, 1)), date(day.year, YEAR, 31))
    quarter = _months_between(signed_on, day) // QUARTER * QUARTER
    return Period(add_months(signed_on, quarter), add_months(signed_on, quarter + QUARTER) - DAY)


def months_left(kind: ContractKind, signed_on: date, day: date) -> int:
    """Return how many months of a day's period are left; the month that has begun is one of them."""
    if kind is ContractKind.YEARLY:
        return YEAR + 1 - day.month
    return QUARTER - _months_between(signed_on, day) % QUARTER


def next_period(kind: ContractKind, signed_on: date, day: date) -> date:
    """Return the first day of the period after a day's, on which the next invoice is dated."""
    return period_of(kind, signed_on, day).last + DAY


def end_with_notice(kind: ContractKind, signed_on: date, day: date) -> date:
    """Return the last day of a contract if notice arrives on a day."""
    day = max(day, signed_on)
    if kind is ContractKind.YEARLY:
        in_time = day <= date(day.year, NOTICE_MONTH, NOTICE_DAY)
        return date(day.year if in_time else day.year + 1, YEAR, 31)
    months = max(YEAR, _months_between(signed_on, day) // QUARTER * QUARTER)
    while day >= add_months(add_months(signed_on, months), -1):
        months += QUARTER
    return add_months(signed_on, months) - DAY


def last_day_of_notice(kind: ContractKind, signed_on: date, day: date) -> date:
    """Return the last day on which notice still ends a contract as early as notice on a day does."""
    return last_day_of_notice_for(kind, end_with_notice(kind, signed_on, day))


def last_day_of_notice_for(kind: ContractKind, end: date) -> date:
    """Return the last day on which notice still ends a contract with a day, which is the last of a period."""
    if kind is ContractKind.YEARLY:
        return date(end.year, NOTICE_MONTH, NOTICE_DAY)
    return add_months(end + DAY, -1) - DAY


def bound_until(kind: ContractKind, signed_on: date, day: date) -> date:
    """Return until when a contract binds as of a day: 31 December, or the day on which a period would begin, as the source does."""
    return _in_words(kind, end_with_notice(kind, signed_on, day))


def access_until(after_end: AccessAfterEnd, ends_on: date) -> date | None:
    """Return the last day on which a product can be used after the last day of its contract; None when it can be read for good."""
    return {
        AccessAfterEnd.STOPS: ends_on,
        AccessAfterEnd.CLOSES_BOOKS: date(ends_on.year + 1, BOOKS_MONTH, BOOKS_DAY),
        AccessAfterEnd.READ_ONLY: None,
    }[after_end]


def _in_words(kind: ContractKind, end: date) -> date:
    return end if kind is ContractKind.YEARLY else end + DAY


def _months_between(start: date, day: date) -> int:
    """Return how many whole months a day is after another, 0 before it."""
    months = (day.year - start.year) * YEAR + day.month - start.month
    return max(0, months if add_months(start, months) <= day else months - 1)
