"""What a measure yields, and how many times it repeats to get it."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Effort:
    """How often things are repeated.

    Attributes:
        starts: starts of a server.
        operations: sandboxes made, reset, signed in to.
        rounds: rounds of a page under load.
        walks: walks of a manual.
        tests: tests on two workers.
        seconds: for which a class works.
    """

    starts: int = 10
    operations: int = 30
    rounds: int = 7
    walks: int = 3
    tests: int = 1000
    seconds: float = 60

    @classmethod
    def quick(cls) -> "Effort":
        """Return an effort for a look."""
        return cls(starts=3, operations=8, rounds=3, walks=1, tests=200, seconds=20)


@dataclass(frozen=True)
class Figure:
    """One row of the table.

    Attributes:
        name: what was measured.
        value: the median, in ``unit``; None when it could not be measured.
        unit: such as ``ms``.
        spread: the single values.
        beside: what the peer or floor is.
        peer: its median, in the same unit.
        aim: what is aimed at, in words.
        met: whether it is; None when that cannot be said.
        note: one remark.
        failed: the measure broke.
    """

    name: str
    value: float | None
    unit: str
    spread: Sequence[float] = field(default=(), repr=False)
    beside: str = ""
    peer: float | None = None
    aim: str = ""
    met: bool | None = None
    note: str = ""
    failed: bool = False

    @property
    def ratio(self) -> float | None:
        """The figure as a multiple of its peer."""
        return self.value / self.peer if self.value is not None and self.peer else None


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that so many in a hundred do not exceed.

    Args:
        values: at least one.
        percent: 1 to 100.
    """
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
