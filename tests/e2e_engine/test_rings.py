"""A ring is around its thing and not over it; its number covers no text, no field and no other ring, wherever there is room."""

import random

import pytest
from PIL import Image

from e2e.engine.layout import END, MARGIN, Layout, part_to_show
from e2e.engine.position import Box
from e2e.engine.rings import ACCENT, RADIUS, disc_of, draw_ring, numbered, outline, ring_around

ROOM = Box(0, 0, 1000, 700)


def meet(first: Box, other: Box) -> bool:
    """Say whether two boxes share something."""
    return first.x < other.right and other.x < first.right and first.y < other.bottom and other.y < first.bottom


def test_one_ring_has_the_number_of_its_step_and_several_have_letters_over_all_pictures_of_the_step() -> None:
    assert numbered(3, 1) == ["3"]
    assert numbered(3, 2) == ["3a", "3b"]
    assert numbered(3, 1, first=2, of=3) == ["3c"]


@pytest.mark.parametrize(
    ("box", "inside"),
    [(Box(100, 60, 80, 20), (140, 70)), (Box(0, 0, 40, 12), (20, 6)), (Box(150, 90, 60, 40), (180, 105))],
)
@pytest.mark.parametrize("scale", [1, 2])
def test_a_ring_is_drawn_around_its_box_and_not_over_it(box: Box, inside: tuple[int, int], scale: int) -> None:
    image = Image.new("RGB", (200 * scale, 120 * scale), "white")
    room = Box(0, 0, 200, 120)
    ring = ring_around(box, room, [])
    assert ring is not None
    draw_ring(image, "1", ring, disc_of(ring, room, [box]), scale)
    assert ACCENT in [colour for _, colour in image.getcolors(1 << 20) or []]
    assert image.getpixel((inside[0] * scale, inside[1] * scale)) == (255, 255, 255)


def test_what_is_outside_the_picture_has_no_ring() -> None:
    assert ring_around(Box(1100, 10, 50, 20), ROOM, []) is None


def test_a_ring_is_closer_where_the_text_of_a_neighbour_is_near() -> None:
    box, above = Box(100, 100, 80, 20), Box(100, 75, 80, 20)
    free, close = ring_around(box, ROOM, [box]), ring_around(box, ROOM, [box, above])
    assert free is not None and close is not None
    assert free.y < above.bottom == 95 and close.y >= 95
    assert close.bottom == free.bottom


def test_a_number_covers_no_text_and_no_other_ring_on_crowded_pages() -> None:
    chance = random.Random(1)
    for _ in range(40):
        lines = [Box(chance.randrange(20, 300), y, chance.randrange(60, 600), 18) for y in range(40, 660, 30)]
        targets = chance.sample(lines, 3)
        rings = [ring for box in targets if (ring := ring_around(box, ROOM, lines))]
        discs: list[Box] = []
        for ring in rings:
            others = [line for other in rings if other is not ring for line in outline(other)]
            disc = disc_of(ring, ROOM, [*lines, *others, *discs])
            assert not [box for box in [*lines, *others, *discs] if meet(disc, box)]
            assert ROOM.x <= disc.x and disc.right <= ROOM.right and ROOM.y <= disc.y and disc.bottom <= ROOM.bottom
            discs.append(disc)
        assert len(rings) == 3


def test_a_number_in_free_room_is_at_a_corner_and_without_any_room_where_it_covers_least() -> None:
    ring = Box(100, 100, 80, 30)
    assert disc_of(ring, ROOM, []).middle == (100, 100)
    assert disc_of(ring, ROOM, [Box(60, 60, 60, 60)]).middle == (180, 100)
    crowded = disc_of(ring, ROOM, [ROOM])
    assert crowded.width == 2 * RADIUS and meet(crowded, ROOM)


def page(lines: list[Box], headings: list[Box] | None = None, room: Box = ROOM) -> Layout:
    """Make a page of lines."""
    return Layout(room, lines, [], headings or [], "Page")


def test_a_picture_begins_at_the_top_and_ends_below_what_is_done_between_two_lines() -> None:
    lines = [Box(20, y, 960, 18) for y in range(10, 690, 24)]
    part = part_to_show(page(lines), [Box(20, 178, 100, 18)])
    assert (part.x, part.y, part.width) == (0, 0, 1000)
    assert 230 < part.bottom < 400
    assert not [line for line in lines if line.y < part.bottom < line.bottom]


def test_a_picture_far_down_a_page_begins_at_the_heading_above() -> None:
    lines = [Box(20, y, 960, 18) for y in range(10, 2390, 24)]
    part = part_to_show(page(lines, [lines[60], lines[80]], Box(0, 0, 1000, 2400)), [lines[63]])
    assert lines[59].bottom <= part.y <= lines[60].y
    assert part.bottom < lines[63].bottom + 250


def test_a_short_page_is_pictured_to_its_end_and_a_narrow_one_without_its_empty_sides() -> None:
    lines = [Box(400, 200, 200, 18), Box(400, 300, 200, 18)]
    part = part_to_show(page(lines), [lines[0]])
    assert part.bottom == 318 + END
    assert part.width == 480 and part.x < 400 and part.right > 600
    assert part_to_show(page(lines), [lines[0]], banner=[Box(200, 0, 600, 18)]).width == 600 + 2 * MARGIN


def test_everything_that_has_a_ring_or_was_just_seen_is_on_the_picture() -> None:
    lines = [Box(20, y, 960, 18) for y in range(10, 2390, 24)]
    part = part_to_show(page(lines, [], Box(0, 0, 1000, 2400)), [lines[10], lines[70]])
    assert part.y <= lines[10].y and part.bottom >= lines[70].bottom
