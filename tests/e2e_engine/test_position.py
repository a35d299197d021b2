"""Where a thing stands is read from its box at desktop width."""

import pytest

from e2e.engine.position import Box, is_at, related, whereabouts


@pytest.mark.parametrize(
    ("box", "holds", "fails"),
    [
        (Box(8, 8, 60, 30), ["top left", "far left", "left", "top"], ["top right", "halfway down", "bottom"]),
        (Box(1180, 8, 60, 30), ["top right", "far right"], ["top left", "bottom right"]),
        (Box(40, 380, 120, 30), ["left", "halfway down"], ["top", "bottom", "right"]),
        (Box(1100, 760, 120, 30), ["bottom right", "bottom"], ["top right", "halfway down"]),
        (Box(700, 300, 60, 30), ["right", "halfway down"], ["far right", "left"]),
    ],
)
def test_places_of_the_window(box: Box, holds: list[str], fails: list[str]) -> None:
    assert all(is_at(position, box, 800) for position in holds)
    assert not any(is_at(position, box, 800) for position in fails)


def test_the_bottom_of_a_long_page_is_its_last_third() -> None:
    assert is_at("bottom right", Box(1100, 1900, 100, 30), 2000)
    assert not is_at("bottom", Box(1100, 1000, 100, 30), 2000)


def test_under_and_above_need_a_shared_width() -> None:
    field = Box(100, 100, 300, 30)
    assert related("under", Box(120, 140, 80, 20), field)
    assert not related("under", Box(900, 140, 80, 20), field)
    assert not related("under", Box(120, 60, 80, 20), field)
    assert related("above", Box(120, 60, 80, 20), field)


def test_beside_needs_a_shared_height() -> None:
    field = Box(100, 100, 300, 30)
    assert related("right of", Box(420, 105, 80, 20), field)
    assert not related("right of", Box(420, 205, 80, 20), field)
    assert related("left of", Box(10, 105, 80, 20), field)


def test_where_a_thing_stands_is_said_in_words() -> None:
    assert whereabouts(Box(1180, 8, 60, 30), 800) == "top, far right (1210 px from the left, 23 px from the top)"
