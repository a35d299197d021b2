"""The days of contracts, as a table and as rules."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.billing.contract_days import (
    DAY,
    AccessAfterEnd,
    ContractKind,
    access_until,
    add_months,
    bound_until,
    end_with_notice,
    last_day_of_notice,
    months_left,
    next_period,
    period_of,
)

Y, Q = ContractKind.YEARLY, ContractKind.QUARTERLY


@pytest.mark.parametrize(
    ("kind", "signed_on", "day", "bound", "notice"),
    [
        # The two examples of the manual.
        (Y, "2014-05-02", "2018-03-01", "2018-12-31", "2018-09-30"),
        (Q, "2018-02-01", "2018-03-01", "2019-02-01", "2018-12-31"),
        # The yearly one on both sides of 30 September, and of New Year.
        (Y, "2014-05-02", "2018-09-30", "2018-12-31", "2018-09-30"),
        (Y, "2014-05-02", "2018-10-01", "2019-12-31", "2019-09-30"),
        (Y, "2014-05-02", "2019-01-01", "2019-12-31", "2019-09-30"),
        (Y, "2018-10-01", "2018-10-01", "2019-12-31", "2019-09-30"),
        (Y, "2018-09-30", "2018-09-30", "2018-12-31", "2018-09-30"),
        (Y, "2018-05-02", "2018-01-01", "2018-12-31", "2018-09-30"),
        # The quarterly one on both sides of its last day of notice, then three months at a time.
        (Q, "2018-02-01", "2018-12-31", "2019-02-01", "2018-12-31"),
        (Q, "2018-02-01", "2019-01-01", "2019-05-01", "2019-03-31"),
        (Q, "2018-02-01", "2019-03-31", "2019-05-01", "2019-03-31"),
        (Q, "2018-02-01", "2019-04-01", "2019-08-01", "2019-06-30"),
        # Signed on days that not every month has.
        (Q, "2018-08-31", "2018-09-01", "2019-08-31", "2019-07-30"),
        (Q, "2018-08-31", "2019-07-31", "2019-11-30", "2019-10-29"),
        (Q, "2018-08-31", "2019-11-01", "2020-02-29", "2020-01-28"),
        (Q, "2018-11-30", "2019-12-01", "2020-02-29", "2020-01-28"),
        (Q, "2016-02-29", "2016-03-01", "2017-02-28", "2017-01-27"),
        (Q, "2016-02-29", "2019-12-01", "2020-02-29", "2020-01-28"),
        (Y, "2016-02-29", "2016-02-29", "2016-12-31", "2016-09-30"),
    ],
)
def test_how_long_a_contract_binds_and_when_notice_is_in_time(
    kind: ContractKind, signed_on: str, day: str, bound: str, notice: str
) -> None:
    signed, today = date.fromisoformat(signed_on), date.fromisoformat(day)
    assert bound_until(kind, signed, today) == date.fromisoformat(bound)
    assert last_day_of_notice(kind, signed, today) == date.fromisoformat(notice)


@pytest.mark.parametrize(
    ("kind", "signed_on", "day", "first", "last", "left"),
    [
        (Y, "2014-05-02", "2014-05-02", "2014-05-02", "2014-12-31", 8),
        (Y, "2014-05-02", "2018-01-01", "2018-01-01", "2018-12-31", 12),
        (Y, "2014-05-02", "2018-12-31", "2018-01-01", "2018-12-31", 1),
        (Q, "2017-12-01", "2018-02-28", "2017-12-01", "2018-02-28", 1),
        (Q, "2018-02-01", "2018-02-01", "2018-02-01", "2018-04-30", 3),
        (Q, "2018-02-01", "2018-03-15", "2018-02-01", "2018-04-30", 2),
        (Q, "2018-08-31", "2018-11-29", "2018-08-31", "2018-11-29", 1),
        (Q, "2018-08-31", "2019-02-28", "2019-02-28", "2019-05-30", 3),
        (Q, "2016-02-29", "2020-02-29", "2020-02-29", "2020-05-28", 3),
    ],
)
def test_the_period_of_a_day(kind: ContractKind, signed_on: str, day: str, first: str, last: str, left: int) -> None:
    signed, today = date.fromisoformat(signed_on), date.fromisoformat(day)
    assert period_of(kind, signed, today) == (date.fromisoformat(first), date.fromisoformat(last))
    assert months_left(kind, signed, today) == left


@pytest.mark.parametrize(
    ("after_end", "until"),
    [
        (AccessAfterEnd.STOPS, date(2019, 3, 31)),
        (AccessAfterEnd.CLOSES_BOOKS, date(2020, 6, 30)),
        (AccessAfterEnd.READ_ONLY, None),
    ],
)
def test_what_remains_after_the_end(after_end: AccessAfterEnd, until: date | None) -> None:
    assert access_until(after_end, date(2019, 3, 31)) == until


DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
KINDS = st.sampled_from(ContractKind)
LATER = st.integers(0, 4000).map(lambda days: timedelta(days=days))


@given(KINDS, DAYS, LATER)
def test_periods_follow_each_other_without_a_gap(kind: ContractKind, signed_on: date, later: timedelta) -> None:
    day = signed_on + later
    period = period_of(kind, signed_on, day)
    assert period.first <= day <= period.last
    following = next_period(kind, signed_on, day)
    assert following == period.last + DAY == period_of(kind, signed_on, following).first
    assert 1 <= months_left(kind, signed_on, day) <= (12 if kind is Y else 3)
    assert months_left(kind, signed_on, period.last) == 1


@given(KINDS, DAYS, LATER)
def test_notice_on_the_last_day_ends_a_contract_earlier_than_a_day_later(
    kind: ContractKind, signed_on: date, later: timedelta
) -> None:
    day = signed_on + later
    end, notice = end_with_notice(kind, signed_on, day), last_day_of_notice(kind, signed_on, day)
    assert day <= notice < end
    assert period_of(kind, signed_on, end).last == end
    assert end_with_notice(kind, signed_on, notice) == end < end_with_notice(kind, signed_on, notice + DAY)


@given(DAYS, LATER)
def test_a_subscription_binds_for_a_year_at_least(signed_on: date, later: timedelta) -> None:
    assert end_with_notice(Q, signed_on, signed_on + later) >= add_months(signed_on, 12) - DAY
