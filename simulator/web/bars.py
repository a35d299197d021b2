"""A chart of bars, measured here and drawn by ``ui/bars.html`` as SVG: a bar for each value, with its number and its label."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 360, 140
"""Size of a chart, in the units of its drawing; a letter of its numbers is about six of them wide."""
TOP, BASE = 18, 108
"""Where the highest bar ends, and where all begin."""
_LETTER = 6
_WIDEST = 34
_SHARE = 0.72
"""How much of its part of the width a bar takes."""


@dataclass(frozen=True)
class Bar:
    """A bar and what is written at it.

    Attributes:
        x: its left side.
        y: its upper end.
        width: its width.
        height: its height.
        middle: where its number and label are centred.
        number: its value as it is written; empty where there is no room for it.
        label: what it is for; empty where there is no room for it.
        group: what its label belongs to, such as the year of a month; empty where it is that of the bar before.
        name: label, group and value, for those who point at it.
    """

    x: float
    y: float
    width: float
    height: float
    middle: float
    number: str
    label: str
    group: str
    name: str


def bars(values: Sequence[int], numbers: Sequence[str], labels: Sequence[str], groups: Sequence[str]) -> list[Bar]:
    """Return the bars of a chart, the highest of them as high as the chart.

    Args:
        values: none of them negative.
        numbers: the values as they are written.
        labels: what each is for.
        groups: what each label belongs to.
    """
    most, part = max(values, default=0), WIDTH / max(len(values), 1)
    has_room = max(map(len, numbers), default=0) * _LETTER <= part
    every = -(-max((len(label) + 1 for label in labels), default=0) * _LETTER // part) or 1
    width = min(part * _SHARE, _WIDEST)
    drawn = []
    for at, value in enumerate(values):
        middle = part * (at + 0.5)
        height = (BASE - TOP) * value / most if most else 0
        is_first = at == 0 or groups[at] != groups[at - 1]
        drawn.append(
            Bar(
                x=round(middle - width / 2, 2),
                y=round(BASE - height, 2),
                width=round(width, 2),
                height=round(height, 2),
                middle=round(middle, 2),
                number=numbers[at] if has_room or (value == most and at == values.index(most)) else "",
                label=labels[at] if at % every == 0 else "",
                group=groups[at] if is_first else "",
                name=f"{labels[at]} {groups[at]}: {numbers[at]}",
            )
        )
    return drawn
