"""Where rings and their numbers go on a picture, and how they are drawn: a number covers no text, no field and no other ring."""

from collections.abc import Iterable, Iterator, Sequence

from PIL import Image, ImageDraw, ImageFont

from .position import Box

ACCENT = (200, 30, 90)
PAPER = (255, 255, 255)

LINE = 3
"""Pixels of the page: how thick a ring is."""

_GAPS = (5, 4, 3, 2)
"""Pixels of the page between a thing and its ring: the widest at which the ring crosses no text of a neighbour."""

RADIUS = 13
"""Pixels of the page: of the disc with the number."""

_FARTHEST = 160
"""Pixels of the page: how far from its ring a number is looked a place for."""

_STEP = 4
_FINER = 2  # rings are drawn this many times larger and scaled down, so that they are smooth


def numbered(number: int, rings: int, first: int = 0, of: int | None = None) -> list[str]:
    """Name what stands in the discs of a step: `3`, or `3a`, `3b` … when there are several.

    Args:
        number: Of the step.
        rings: How many rings the picture has.
        first: How many rings the step's earlier pictures have.
        of: How many rings all pictures of the step have; without it `rings`.
    """
    if (rings if of is None else of) <= 1:
        return [str(number)] * rings
    return [f"{number}{chr(ord('a') + at % 26)}" for at in range(first, first + rings)]


def ring_around(box: Box, room: Box, texts: Sequence[Box]) -> Box | None:
    """Return where the ring around a box goes: its outer edge; None when nothing of the box is in the room.

    Args:
        box: What is ringed.
        room: The picture.
        texts: Where letters are.
    """
    others = [text for text in texts if not _holds(box, text) and not _meet(_grown(box, -1), text)]
    gaps = [
        next((gap for gap in _GAPS if not any(_meet(_side(box, side, gap), text) for text in others)), _GAPS[-1])
        for side in range(4)
    ]
    left, top = max(box.x - gaps[0] - LINE, room.x), max(box.y - gaps[1] - LINE, room.y)
    right, bottom = min(box.right + gaps[2] + LINE, room.right), min(box.bottom + gaps[3] + LINE, room.bottom)
    if right - left < 3 * LINE or bottom - top < 3 * LINE:
        return None
    return Box(left, top, right - left, bottom - top)


def disc_of(ring: Box, room: Box, taken: Sequence[Box]) -> Box:
    """Return where the disc of a ring goes: the place nearest to its corners where it is whole and covers nothing.

    Args:
        ring: The outer edge of the ring.
        room: The picture.
        taken: What must stay visible: texts, fields, pictures, lines of other rings and their discs.

    Returns:
        A place that is free; where there is none at all, the one that covers least.
    """
    nearby = _grown(ring, _FARTHEST + 2 * RADIUS)
    taken = [box for box in taken if _meet(box, nearby)]
    best, least = _disc(*_corners(ring)[0]), float("inf")
    for x, y in _middles(ring):
        disc = _disc(x, y)
        if not _holds(room, disc):
            continue
        covered = sum(_shared(disc, box) for box in taken)
        if covered == 0:
            return disc
        if covered < least:
            best, least = disc, covered
    return best


def outline(ring: Box) -> list[Box]:
    """Return the four lines of a ring as boxes."""
    return [
        Box(ring.x, ring.y, ring.width, LINE),
        Box(ring.x, ring.bottom - LINE, ring.width, LINE),
        Box(ring.x, ring.y, LINE, ring.height),
        Box(ring.right - LINE, ring.y, LINE, ring.height),
    ]


def draw_ring(image: Image.Image, text: str, ring: Box, disc: Box, scale: int) -> None:
    """Draw a ring and its number; a line leads to a number that does not touch its ring.

    Args:
        image: The picture.
        text: What stands in the disc.
        ring: The outer edge of the ring, in pixels of the page from the picture's top left corner.
        disc: Where the number goes, likewise.
        scale: How many pixels of the picture one pixel of the page is.
    """
    x, y = int(min(ring.x, disc.x)) - 2, int(min(ring.y, disc.y)) - 2
    finer = _FINER * scale
    size = (int(max(ring.right, disc.right)) + 3 - x, int(max(ring.bottom, disc.bottom)) + 3 - y)
    layer = Image.new("RGBA", (size[0] * finer, size[1] * finer))
    draw = ImageDraw.Draw(layer)

    def drawn(*values: float) -> list[float]:
        return [(value - (x if at % 2 == 0 else y)) * finer for at, value in enumerate(values)]

    def line(box: Box) -> list[float]:
        points = drawn(box.x, box.y, box.right, box.bottom)
        return [points[0], points[1], points[2] - 1, points[3] - 1]

    if not _meet(ring, disc):
        draw.line(drawn(*disc.middle, *_nearest(ring, *disc.middle)), fill=ACCENT, width=2 * finer)
    draw.rounded_rectangle(line(ring), radius=8 * finer, outline=ACCENT, width=LINE * finer)
    draw.ellipse(line(disc), fill=ACCENT, outline=PAPER, width=2 * finer)
    font = ImageFont.load_default((15 if len(text) < 3 else 11) * finer)  # shipped with Pillow
    middle = drawn(*disc.middle)
    draw.text((middle[0], middle[1]), text, fill=PAPER, font=font, anchor="mm")
    small = layer.resize((layer.width // _FINER, layer.height // _FINER), Image.Resampling.BOX)
    image.paste(small, (x * scale, y * scale), small)


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box that holds all of these."""
    boxes = list(boxes)
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(x, y, max(box.right for box in boxes) - x, max(box.bottom for box in boxes) - y)


def _side(box: Box, side: int, gap: float) -> Box:
    """Return where a ring and its gap are at one side of a box: left, above, right, below."""
    wide = gap + LINE
    return (
        Box(box.x - wide, box.y, wide, box.height),
        Box(box.x, box.y - wide, box.width, wide),
        Box(box.right, box.y, wide, box.height),
        Box(box.x, box.bottom, box.width, wide),
    )[side]


def _middles(ring: Box) -> Iterator[tuple[float, float]]:
    """Give places for the middle of a disc: the corners first, then along the edge, then farther and farther outside."""
    yield from _corners(ring)
    for out in range(0, _FARTHEST, _STEP):
        edge = _grown(ring, out - LINE / 2)
        middles = [(x, y) for x in _along(edge.x, edge.right) for y in (edge.y, edge.bottom)]
        middles += [(x, y) for y in _along(edge.y, edge.bottom) for x in (edge.x, edge.right)]
        yield from sorted(middles, key=lambda middle: min(_far(middle, corner) for corner in _corners(ring)))


def _corners(ring: Box) -> list[tuple[float, float]]:
    return [(x, y) for y in (ring.y, ring.bottom) for x in (ring.x, ring.right)]


def _along(start: float, end: float) -> Iterator[float]:
    steps = max(1, round((end - start) / _STEP))
    for at in range(steps + 1):
        yield start + (end - start) * at / steps


def _far(first: tuple[float, float], other: tuple[float, float]) -> float:
    return (first[0] - other[0]) ** 2 + (first[1] - other[1]) ** 2


def _nearest(ring: Box, x: float, y: float) -> tuple[float, float]:
    return min(max(x, ring.x), ring.right), min(max(y, ring.y), ring.bottom)


def _disc(x: float, y: float) -> Box:
    return Box(x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS)


def _grown(box: Box, by: float) -> Box:
    return Box(box.x - by, box.y - by, box.width + 2 * by, box.height + 2 * by)


def _holds(outer: Box, inner: Box) -> bool:
    return outer.x <= inner.x and outer.y <= inner.y and inner.right <= outer.right and inner.bottom <= outer.bottom


def _meet(first: Box, other: Box) -> bool:
    return first.x < other.right and other.x < first.right and first.y < other.bottom and other.y < first.bottom


def _shared(first: Box, other: Box) -> float:
    width = min(first.right, other.right) - max(first.x, other.x)
    height = min(first.bottom, other.bottom) - max(first.y, other.y)
    return width * height if width > 0 and height > 0 else 0
