"""The time of a sandbox. The only module that reads the machine's clock."""

import re
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class ClockMode(StrEnum):
    """The modes of a sandbox's clock."""

    LIVE = "live"
    RUNNING = "running"
    FROZEN = "frozen"


def machine_now() -> datetime:
    """Return the machine's present instant, in UTC."""
    return datetime.now(UTC)


def machine_ticks() -> float:
    """Return seconds on a clock that never goes backwards, for deadlines of waiting calls."""
    return time.monotonic()


@dataclass(frozen=True)
class Clock:
    """A sandbox's clock.

    Attributes:
        mode: live (machine time), running (from ``base`` on) or frozen (always ``base``).
        base: the sandbox's instant at ``anchor``, in UTC.
        anchor: the machine's instant at which the clock was set, in UTC.
    """

    mode: ClockMode
    base: datetime
    anchor: datetime

    @classmethod
    def live(cls) -> "Clock":
        """Return a clock that shows the machine's time."""
        now = machine_now()
        return cls(ClockMode.LIVE, now, now)

    @classmethod
    def frozen(cls, now: datetime) -> "Clock":
        """Return a clock that always shows ``now``."""
        return cls(ClockMode.FROZEN, now.astimezone(UTC), machine_now())

    @classmethod
    def running(cls, now: datetime) -> "Clock":
        """Return a clock that runs from ``now`` on."""
        return cls(ClockMode.RUNNING, now.astimezone(UTC), machine_now())

    def now(self) -> datetime:
        """Return the sandbox's present instant, in UTC."""
        if self.mode is ClockMode.LIVE:
            return machine_now()
        if self.mode is ClockMode.RUNNING:
            return self.base + (machine_now() - self.anchor)
        return self.base

    def moved_to(self, instant: datetime) -> "Clock":
        """Return a clock of the same mode that shows another instant now.

        Raises:
            ValueError: the clock is live.
        """
        if self.mode is ClockMode.LIVE:
            raise ValueError("a live clock shows the machine's time")
        return Clock(self.mode, instant.astimezone(UTC), machine_now())

    def machine_seconds_until(self, instant: datetime) -> float | None:
        """Return the machine seconds until the clock shows ``instant``.

        Returns:
            Zero if it has passed; None if a frozen clock will not reach it by itself.
        """
        left = (instant - self.now()) / timedelta(seconds=1)
        if left <= 0:
            return 0.0
        return None if self.mode is ClockMode.FROZEN else left


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant with an offset.

    Raises:
        ValueError: it is not one, or it has no offset.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an offset such as +01:00 or Z is missing")
    return instant.astimezone(UTC)


def parse_day(text: str) -> date:
    """Read a day, ``2022-03-01``, and no other form of ISO 8601.

    Raises:
        ValueError: it is not one.
    """
    if not _DAY.fullmatch(text):
        raise ValueError("write a day as 2022-03-01")
    return date.fromisoformat(text)


def iso(instant: datetime) -> str:
    """Return an instant as ISO 8601 with offset, to the second, or to the millisecond if it has a fraction."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds" if instant.microsecond else "seconds")
