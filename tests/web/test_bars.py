"""Charts of bars: the highest is as high as the chart, and nothing is written where there is no room for it."""

from itertools import pairwise

import pytest

from simulator.web.bars import BASE, TOP, WIDTH, bars


def test_the_highest_bar_is_as_high_as_the_chart_and_an_empty_one_has_no_height() -> None:
    first, second, third = bars([5, 10, 0], ["5", "10", "0"], ["jan", "feb", "mrt"], ["2022"] * 3)
    assert (second.y, second.height) == (TOP, BASE - TOP)
    assert first.height == second.height / 2
    assert (third.y, third.height) == (BASE, 0)
    assert [bar.number for bar in (first, second, third)] == ["5", "10", "0"]
    assert [bar.group for bar in (first, second, third)] == ["2022", "", ""]


@pytest.mark.parametrize("count", [1, 2, 12, 36, 400])
def test_bars_numbers_and_labels_do_not_cover_each_other(count: int) -> None:
    drawn = bars([1_000_000 + n for n in range(count)], ["1.000.000"] * count, ["jan"] * count, ["2022"] * count)
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in drawn)
    assert all(left.x + left.width <= right.x for left, right in pairwise(drawn))
    for texts, letters in (("number", 9), ("label", 3)):
        written = [bar.middle for bar in drawn if getattr(bar, texts)]
        assert written
        assert all(right - left >= letters * 5 for left, right in pairwise(written))


def test_no_values_and_values_of_nothing_are_no_bars() -> None:
    assert bars([], [], [], []) == []
    assert [bar.height for bar in bars([0, 0], ["0", "0"], ["jan", "feb"], ["2022"] * 2)] == [0, 0]
