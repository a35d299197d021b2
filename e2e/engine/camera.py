"""Take a picture of every step, the same to the byte each time.

Fixed viewport, locale and time zone, reduced motion and the sandbox's time come with the walk. The camera
waits for the fonts, makes the viewport as tall as the page and takes a picture of the viewport: a *full page*
picture is not reproducible. Rings and numbers are drawn on the finished picture, never into the page.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image, ImageChops, ImageDraw, ImageFont
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from .captions import alternative_text
from .context import StepSnapshot
from .finding import Match
from .position import HEIGHT, WIDTH, Box

TALLEST = 2400
"""Pixels: a page that is taller is cut off, around the thing that is shown."""

LOWEST = 360
MARGIN = 40
"""Pixels: what stays of a picture at least, and below the last thing on it."""

BELOW = 300
"""Pixels: what is kept of a picture taller than the window below the last ring on it; nobody reads on from there."""

ACCENT = (200, 30, 90)
PAPER = (255, 255, 255)
_LINE = 3
_GAP = 5
_DISC = 13
_FINER = 4  # rings are drawn this many times larger and scaled down, so that they are smooth

SETTLED = """async () => {
    document.body.getBoundingClientRect();
    await document.fonts.ready;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    await document.fonts.ready;
}"""
"""Waits until nothing is left to draw. The layout that is asked for first makes the page want its fonts: before that they are
*ready* because nobody has asked for any."""

MARK = ".simulator-mark, [data-simulator-mark]"
"""What the pages call their visible mark that they belong to a simulator."""

SECRET = "[data-secret]"
"""What the pages call keys and passwords that are another sandbox's own each time; pictures have a box in their place."""

MASK_COLOUR = "#c9ced6"


@dataclass(frozen=True)
class Figure:
    """The picture of one step.

    Attributes:
        number: The number of the step.
        tell: What the step tells, labels between `**`, and the language that it is in.
        hint: The hint of the step and its language, or None.
        file: The name of the picture, in the folder of the walk.
        alt: What it shows, in words.
        size: Width and height in pixels.
    """

    number: int
    tell: tuple[str, str]
    hint: tuple[str, str] | None
    file: str
    alt: str
    size: tuple[int, int]


class Camera:
    """A watcher that takes a picture of each step.

    Args:
        folder: Where the pictures go: `step-01.png` and so on.
        hide_mark: Whether the simulator's visible mark is left out. Only on loopback.
    """

    def __init__(self, folder: Path, hide_mark: bool = False) -> None:
        self._folder = folder
        self._hide_mark = hide_mark
        self.figures: list[Figure] = []

    def show(self, snapshot: StepSnapshot, spots: list[Match]) -> None:
        """Take the picture of a step."""
        page = snapshot.page
        page.wait_for_load_state("load")
        page.evaluate(SETTLED)
        mark = self._may_hide_mark(page)
        page.mouse.move(0, 0)
        page.set_viewport_size({"width": WIDTH, "height": _content_height(page)})
        try:
            if mark:
                _set_mark(page, "hidden")
            for spot in reversed(spots):
                if _is_visible(spot):
                    spot.locator.scroll_into_view_if_needed()
            page.evaluate(SETTLED)
            ringed = [(spot, box) for spot in spots if (box := _box(spot)) is not None]
            picture = page.screenshot(
                animations="disabled", caret="hide", mask=[page.locator(SECRET)], mask_color=MASK_COLOUR
            )
            heading = page.evaluate("document.querySelector('h1')?.innerText.trim() || document.title")
        finally:
            if mark:
                _set_mark(page, "")
            page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        boxes = [box for _, box in ringed]
        image = trimmed(with_rings(picture, numbered(snapshot.number, boxes)), boxes)
        name = f"step-{snapshot.number:02d}.png"
        self._folder.mkdir(parents=True, exist_ok=True)
        image.save(self._folder / name, "PNG")
        alt = alternative_text(snapshot.language, snapshot.number, heading, [spot for spot, _ in ringed])
        source, step = snapshot.manual.language, snapshot.step
        tell = (snapshot.tell, step.tell.spoken(snapshot.language, source))
        hint = (snapshot.hint, step.hint.spoken(snapshot.language, source)) if step.hint and snapshot.hint else None
        self.figures.append(Figure(snapshot.number, tell, hint, name, alt, image.size))

    def done(self, snapshot: StepSnapshot) -> None:
        """Take no further notice of a step that went well."""

    def _may_hide_mark(self, page: Page) -> bool:
        return self._hide_mark and urlsplit(page.url).hostname in ("localhost", "127.0.0.1", "::1")


def numbered(number: int, boxes: list[Box]) -> list[tuple[str, Box]]:
    """Give the boxes of a step what stands in their discs: `3`, or `3a`, `3b` … when there are several."""
    if len(boxes) == 1:
        return [(str(number), boxes[0])]
    return [(f"{number}{chr(ord('a') + at % 26)}", box) for at, box in enumerate(boxes)]


def with_rings(picture: bytes, rings: list[tuple[str, Box]]) -> Image.Image:
    """Draw rounded rings with numbered discs onto a picture.

    Args:
        picture: PNG.
        rings: What stands in the disc, and what is ringed, in pixels of the picture.
    """
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    frames = [(text, frame) for text, box in rings if (frame := _frame(image, box)) is not None]
    discs: list[Box] = []
    for text, frame in frames:
        others = [other for _, other in frames if other != frame]
        discs.append(_disc(image, frame, [*others, *discs]))
        _draw_ring(image, text, frame, discs[-1])
    return image


def trimmed(image: Image.Image, rings: Sequence[Box] = ()) -> Image.Image:
    """Cut off what nobody needs at the bottom: rows of one colour, like the last one, and what is far below the last ring.

    Args:
        image: The picture.
        rings: What is ringed on it.
    """
    width, height = image.size
    if rings:
        height = min(height, max(HEIGHT, int(max(box.bottom for box in rings)) + BELOW))
        image = image.crop((0, 0, width, height))
    last = image.crop((0, height - 1, width, height))
    if last.getcolors(1) is None:
        return image
    empty = last.resize((width, height))
    box = ImageChops.difference(image, empty).getbbox()
    used = box[3] if box else 0
    return image.crop((0, 0, width, min(height, max(LOWEST, used + MARGIN))))


def _frame(image: Image.Image, box: Box) -> Box | None:
    """Return where the ring around a box goes; None when nothing of it is on the picture."""
    width, height = image.size
    left, top = max(box.x - _GAP, _LINE), max(box.y - _GAP, _LINE)
    right, bottom = min(box.right + _GAP, width - _LINE), min(box.bottom + _GAP, height - _LINE)
    if right - left < 2 * _LINE or bottom - top < 2 * _LINE:
        return None
    return Box(left, top, right - left, bottom - top)


def _disc(image: Image.Image, frame: Box, taken: Sequence[Box]) -> Box:
    """Return where the disc of a ring goes: the first place at its corners where it is whole and covers nothing that is taken."""
    room = Box(2, 2, image.width - 4, image.height - 4)
    corners = [
        Box(x - _DISC, y - _DISC, 2 * _DISC, 2 * _DISC)
        for y in (frame.y - _DISC / 2, frame.bottom + _DISC / 2)
        for x in (frame.x - _DISC / 2, frame.right + _DISC / 2, frame.right - 1.5 * _DISC)
    ]
    inside = [disc for disc in corners if _holds(room, disc)]
    free = [disc for disc in inside if not any(_meet(disc, other) for other in taken)]
    if free or inside:
        return (free or inside)[0]
    first = corners[0]
    x, y = max(first.x, room.x), max(first.y, room.y)
    return Box(min(x, room.right - first.width), min(y, room.bottom - first.height), first.width, first.height)


def _holds(outer: Box, inner: Box) -> bool:
    return outer.x <= inner.x and outer.y <= inner.y and inner.right <= outer.right and inner.bottom <= outer.bottom


def _meet(first: Box, other: Box) -> bool:
    return first.x < other.right and other.x < first.right and first.y < other.bottom and other.y < first.bottom


def _draw_ring(image: Image.Image, text: str, frame: Box, disc: Box) -> None:
    x, y = int(min(frame.x, disc.x)) - 4, int(min(frame.y, disc.y)) - 4
    size = (int(max(frame.right, disc.right)) + 5 - x, int(max(frame.bottom, disc.bottom)) + 5 - y)
    layer = Image.new("RGBA", (size[0] * _FINER, size[1] * _FINER))
    draw = ImageDraw.Draw(layer)

    def finer(*values: float) -> list[float]:
        return [(value - (x if at % 2 == 0 else y)) * _FINER for at, value in enumerate(values)]

    around = finer(frame.x, frame.y, frame.right, frame.bottom)
    draw.rounded_rectangle(around, radius=8 * _FINER, outline=ACCENT, width=_LINE * _FINER)
    draw.ellipse(finer(disc.x, disc.y, disc.right, disc.bottom), fill=ACCENT, outline=PAPER, width=2 * _FINER)
    font = ImageFont.load_default((15 if len(text) < 3 else 11) * _FINER)  # shipped with Pillow
    middle = finer(*disc.middle)
    draw.text((middle[0], middle[1]), text, fill=PAPER, font=font, anchor="mm")
    small = layer.resize((layer.width // _FINER, layer.height // _FINER), Image.Resampling.BOX)
    image.paste(small, (x, y), small)


def _content_height(page: Page) -> int:
    height = int(page.evaluate("Math.ceil(document.documentElement.scrollHeight)"))
    return min(max(height, HEIGHT), TALLEST)


def _set_mark(page: Page, visibility: str) -> None:
    page.evaluate(
        "([mark, value]) => document.querySelectorAll(mark).forEach(e => e.style.visibility = value)",
        [MARK, visibility],
    )


def _is_visible(spot: Match) -> bool:
    try:
        return spot.locator.count() == 1 and spot.locator.is_visible()
    except PlaywrightError:  # its page or frame has gone
        return False


def _box(spot: Match) -> Box | None:
    """Measure where a thing is on the picture; None when it is no longer on the page."""
    if not _is_visible(spot):
        return None
    box = spot.locator.bounding_box()
    return Box(box["x"], box["y"], box["width"], box["height"]) if box else None
