"""What stands where on a page, and which part of the page a picture shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Frame, Page

from .position import Box
from .rings import around

WIDTH = 1000
"""Pixels of the page: how wide it is made for a picture. On A4 its text is then about 7 points high, and no line is cut."""

WIDEST = 1200
"""Pixels of the page: so wide it is made when otherwise columns of a table could only be scrolled to, and no longer need be."""

TALLEST = 2400
"""Pixels of the page: what is further down is not pictured."""

FROM_THE_TOP = 760
"""Pixels of the page: a picture begins at the top of the page, with its name and its menus, when what it shows ends above this."""

WHOLE = 1000
"""Pixels of the page: one that is no taller is pictured from its top in any case."""

MARGIN = 32
END = 56
ABOVE = 220
BELOW = 140
"""Pixels of the page: room at the sides and below the end of a page, and the surroundings above and below what a picture shows,
about; where they end no line is cut."""

LOWEST, NARROWEST = 200, 480
"""Pixels of the page: no picture is smaller."""

_PARTS = """() => {
  const box = r => [r.x, r.y, r.width, r.height];
  const seen = e => e.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const texts = [], things = [], range = document.createRange();
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const element = nodes.currentNode.parentElement;
    if (!nodes.currentNode.data.trim() || element.closest('option, script, style, noscript, iframe') || !seen(element)) continue;
    if (element.getBoundingClientRect().width <= 1) continue;  // for screen readers only
    range.selectNodeContents(nodes.currentNode);
    for (const rect of range.getClientRects()) if (rect.width > 1 && rect.height > 1) texts.push(box(rect));
  }
  for (const element of document.querySelectorAll('input, select, textarea, button, svg, img, canvas, progress, [data-secret]'))
    if (seen(element)) things.push(box(element.getBoundingClientRect()));
  const headings = [...document.querySelectorAll('h1, h2, h3, h4, legend, caption, thead, summary')].filter(seen);
  return {texts, things, headings: headings.map(e => box(e.getBoundingClientRect())),
    title: document.querySelector('h1')?.innerText.trim() || document.title};
}"""


_MISSING = """() => Math.max(0, ...[...document.querySelectorAll('main *')]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && e.checkVisibility() && /auto|scroll/.test(getComputedStyle(e).overflowX))
  .map(e => e.scrollWidth - e.clientWidth))"""


@dataclass(frozen=True)
class Layout:
    """What stands where on a page, in pixels of the page.

    Attributes:
        room: The whole page, as far as it is pictured.
        texts: Lines of letters.
        things: Fields, icons and pictures.
        headings: Headings, also those of tables and groups of fields.
        title: The main heading's text.
    """

    room: Box
    texts: list[Box]
    things: list[Box]
    headings: list[Box]
    title: str

    @property
    def content(self) -> list[Box]:
        """Everything that somebody reads or uses."""
        return [*self.texts, *self.things]


def width_to_show(page: Page) -> int:
    """Return how wide a page has to be that is as wide as a picture now: wider where that brings all columns into view."""
    wider = WIDTH + int(page.evaluate(_MISSING))
    return wider if wider <= WIDEST else WIDTH


def read_layout(page: Page, width: int, height: int) -> Layout:
    """Measure what stands where on a page and in its frames, with nothing scrolled."""
    room = Box(0, 0, width, height)
    parts: dict[str, Any] = page.evaluate(_PARTS)
    texts, things, headings = (_boxes(parts[kind], room) for kind in ("texts", "things", "headings"))
    layout = Layout(room, texts, things, headings, parts["title"])
    for frame in page.frames[1:]:
        outer = _box_of(frame)
        if outer is not None:
            parts = frame.evaluate(_PARTS)
            layout.texts.extend(_boxes(parts["texts"], outer))
            layout.things.extend(_boxes(parts["things"], outer))
    return layout


def _box_of(frame: Frame) -> Box | None:
    try:
        box = frame.frame_element().bounding_box()
    except PlaywrightError:  # it has gone, or is not displayed
        return None
    return Box(box["x"], box["y"], box["width"], box["height"]) if box else None


def _boxes(values: list[list[float]], room: Box) -> list[Box]:
    """Read the boxes of a document as boxes of the page; what is outside its room is not seen."""
    boxes = [Box(room.x + x, room.y + y, width, height) for x, y, width, height in values]
    return [
        box
        for box in boxes
        if box.x < room.right
        and box.y < room.bottom
        and box.right > room.x
        and box.bottom > room.y
        and box.width
        and box.height
    ]


def part_to_show(
    layout: Layout, subjects: Sequence[Box], top: float = 0, tall: float = 0, banner: Sequence[Box] = ()
) -> Box:
    """Choose the part of a page that a picture shows: what is done, with the surroundings that place it.

    Args:
        layout: The page.
        subjects: What has to be on the picture: rings, their numbers, results.
        top: Where the page begins, below what a picture leaves out.
        tall: How tall the part is about, if the page has so much: for a picture of the page itself.
        banner: What is on the picture in any case, whichever part it shows: it is wide enough for this.

    Returns:
        Whole pixels; neither its upper nor its lower edge goes through a line of text or a field.
    """
    content = [box for box in layout.content if box.bottom > top]
    subject = around(subjects) if subjects else Box(0, top, 1, 1)
    end = max([subject.bottom, *(box.bottom for box in content)]) + END
    from_the_top = subject.bottom <= top + FROM_THE_TOP or end <= top + WHOLE
    upper = top if from_the_top else _upper_edge(layout, content, subject)
    lower = max(subject.bottom + BELOW, upper + max(tall, LOWEST))
    lower = end if lower > end - BELOW else _free_edge(content, lower, subject.bottom + MARGIN / 2)
    lower = min(max(lower, upper + LOWEST), layout.room.bottom)
    left, right = _sides(layout, [*subjects, *banner, *(box for box in content if box.bottom > upper and box.y < lower)])
    return Box(left, int(upper), right - left, int(lower + 0.999) - int(upper))


def _upper_edge(layout: Layout, content: list[Box], subject: Box) -> float:
    """Begin at the last heading above the subject, or else a little above it."""
    above = [box.y for box in layout.headings if subject.y - 2 * ABOVE <= box.y <= subject.y]
    return _free_edge(content, max(above) - MARGIN / 2 if above else subject.y - ABOVE, subject.y, above=True)


def _free_edge(content: list[Box], preferred: float, limit: float, above: bool = False) -> float:
    """Move an edge towards what is shown until it cuts through nothing; outwards when there is no such place."""
    inwards = -1 if not above else 1
    distance = int(abs(preferred - limit))
    for move in [*(inwards * by for by in range(distance)), *(-inwards * by for by in range(2 * BELOW))]:
        edge = preferred + move
        if edge >= 0 and not any(box.y - 2 < edge < box.bottom + 2 for box in content):
            return edge
    return max(preferred, 0)


def _sides(layout: Layout, content: list[Box]) -> tuple[int, int]:
    """Cut off empty room at both sides, when most of the width is empty."""
    width = int(layout.room.width)
    left = int(max(min((box.x for box in content), default=0) - MARGIN, 0))
    right = int(min(max((box.right for box in content), default=width) + MARGIN, width))
    if right - left > 0.8 * width:
        return 0, width
    missing = max(0, NARROWEST - (right - left)) // 2
    return max(left - missing, 0), min(right + missing, width)
