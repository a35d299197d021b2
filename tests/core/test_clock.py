"""The rules of a sandbox's clock."""

from datetime import UTC, datetime, timedelta

import pytest

from simulator.core.clock import Clock, ClockMode, iso, machine_now, parse_instant

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


def test_a_frozen_clock_stands_still() -> None:
    clock = Clock.frozen(NOON)
    assert clock.now() == clock.now() == NOON


def test_a_running_clock_goes_on_from_where_it_was_set() -> None:
    set_an_hour_ago = Clock(ClockMode.RUNNING, NOON, machine_now() - timedelta(hours=1))
    assert timedelta(hours=1) <= set_an_hour_ago.now() - NOON < timedelta(hours=1, minutes=5)


def test_a_live_clock_shows_the_machines_time() -> None:
    before = machine_now()
    assert before <= Clock.live().now() <= machine_now()


def test_a_frozen_clock_never_reaches_a_later_instant_by_itself() -> None:
    clock = Clock.frozen(NOON)
    assert clock.machine_seconds_until(NOON + timedelta(seconds=1)) is None
    assert clock.machine_seconds_until(NOON) == 0


def test_a_running_clock_says_how_long_it_takes() -> None:
    left = Clock.running(NOON).machine_seconds_until(NOON + timedelta(minutes=10))
    assert left is not None
    assert 590 < left <= 600


@pytest.mark.parametrize("text", ["2022-03-01T09:00", "2022-03-01", "yesterday", ""])
def test_an_instant_without_an_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_instant(text)


def test_instants_are_read_and_written_with_their_offset() -> None:
    assert iso(parse_instant("2022-03-01T09:00+01:00")) == "2022-03-01T08:00:00+00:00"
    assert iso(parse_instant("2022-03-01T08:00:00.25Z")) == "2022-03-01T08:00:00.250+00:00"
