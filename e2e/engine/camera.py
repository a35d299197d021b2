"""Take the pictures of every step, the same to the byte each time.

Fixed viewport, locale and time zone, reduced motion and the sandbox's time come with the walk. The camera
waits for the fonts, makes the viewport as tall as the page and takes a picture of a part of it: a *full page*
picture is not reproducible. Rings and numbers are drawn on the finished picture, never into the page.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import ElementHandle, Page, ViewportSize
from playwright.sync_api import Error as PlaywrightError

from .browser_context import StepSnapshot
from .captions import alternative_text
from .finding import Match
from .layout import FROM_THE_TOP, TALLEST, Layout, part_to_show, read_layout, width_to_show
from .layout import WIDTH as PICTURE_WIDTH
from .position import HEIGHT, WIDTH, Box
from .rings import disc_of, draw_ring, numbered, outline, ring_around

SCALE = 2
"""How many pixels of a picture one pixel of the page is: enough for paper."""

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

LINKS = "[data-simulator-links]"
"""What the pages call links to the simulator's own pages; no picture has them, since the platform in the manual has none."""

SECRET = "[data-secret]"
"""What the pages call keys and passwords that are another sandbox's own each time; pictures have a box in their place."""

MASK_COLOUR = "#c9ced6"

_STYLE = "([selector, name, value]) => document.querySelectorAll(selector).forEach(e => e.style[name] = value)"

_ON_TOP = """e => {
  const {x, y, width, height} = e.getBoundingClientRect();
  const top = document.elementFromPoint(x + width / 2, y + height / 2);
  return !top || e.contains(top) || top.contains(e) || top.control === e || [...(e.labels || [])].some(l => l.contains(top));
}"""
"""Whether a thing is not covered by another one, such as a dialog."""


@dataclass(frozen=True)
class Picture:
    """One picture of a step.

    Attributes:
        file: Its name, in the folder of the walk.
        alt: What it shows, in words.
        size: Width and height in pixels of the page; the file has more of them.
        result: Whether it shows what the step has led to.
    """

    file: str
    alt: str
    size: tuple[int, int]
    result: bool


@dataclass(frozen=True)
class Figure:
    """What the page of a walk has of one step.

    Attributes:
        number: The number of the step.
        tell: What the step tells, labels between `**`, and the language that it is in.
        hint: The hint of the step and its language, or None.
        pictures: One of each page that the hand works on, and one of the result where no later step shows it.
    """

    number: int
    tell: tuple[str, str]
    hint: tuple[str, str] | None
    pictures: list[Picture]


@dataclass
class _Shot:
    """A picture before rings are drawn on it: their numbers depend on all pictures of the step."""

    image: Image.Image
    title: str
    ringed: list[tuple[Match, Box, Box]] = field(default_factory=list)  # thing, ring, disc
    result: bool = False


class Camera:
    """A watcher that takes the pictures of each step.

    Args:
        folder: Where the pictures go: `step-01.png`, `step-01_2.png` and so on.
        hide_mark: Whether the simulator's visible mark is left out. Only on loopback.
    """

    scale = SCALE

    def __init__(self, folder: Path, hide_mark: bool = False) -> None:
        self._folder = folder
        self._hide_mark = hide_mark
        self._shots: list[_Shot] = []
        self._elements: dict[Match, ElementHandle] = {}
        self.figures: list[Figure] = []

    def show(self, snapshot: StepSnapshot, spots: list[Match], others: list[Match], result: bool = False) -> None:
        """Take a picture; it takes the place of the step's last one when it shows all that has a ring there."""
        page = snapshot.page
        page.wait_for_load_state("load")
        page.evaluate(SETTLED)
        with self._posed(page, spots) as size:
            layout = read_layout(page, size["width"], size["height"])
            mark, hidden = _mark(page, size["width"]), self._may_hide_mark(page)
            top = mark.bottom if mark and hidden and mark.y == 0 else 0
            banner = [text for text in layout.texts if mark and not hidden and mark.y <= text.y < mark.bottom]
            shot, part = self._frame(layout, spots, others, top, banner)
            strip = None
            if mark and not hidden and not part.y <= mark.y <= mark.bottom <= part.bottom:
                strip = Box(part.x, mark.y, part.width, mark.height)
            shot.image = _joined(_photograph(page, strip), _photograph(page, part))
            shot.result = result
        _move(shot, -part.x, (strip.height if strip else 0) - part.y)
        if self._shots and not result and _things(self._shots[-1]) <= _things(shot):
            self._shots.pop()
        self._shots.append(shot)

    def done(self, snapshot: StepSnapshot) -> None:
        """Draw the rings of a step, and write its pictures."""
        rings = sum(len(shot.ringed) for shot in self._shots if not shot.result)
        self._folder.mkdir(parents=True, exist_ok=True)
        pictures: list[Picture] = []
        drawn = 0
        for at, shot in enumerate(self._shots, start=1):
            if shot.result:
                texts = numbered(snapshot.number, len(shot.ringed), of=1)
            else:
                texts = numbered(snapshot.number, len(shot.ringed), drawn, rings)
                drawn += len(shot.ringed)
            for text, (_, ring, disc) in zip(texts, shot.ringed, strict=True):
                draw_ring(shot.image, text, ring, disc, SCALE)
            name = f"step-{snapshot.number:02d}{f'_{at}' if at > 1 else ''}.png"
            shot.image.save(self._folder / name, "PNG")
            matches = [match for match, _, _ in shot.ringed]
            alt = alternative_text(snapshot.language, snapshot.number, shot.title, matches, shot.result)
            size = (shot.image.width // SCALE, shot.image.height // SCALE)
            pictures.append(Picture(name, alt, size, shot.result))
        source, step = snapshot.manual.language, snapshot.step
        tell = (snapshot.tell, step.tell.spoken(snapshot.language, source))
        hint = (snapshot.hint, step.hint.spoken(snapshot.language, source)) if step.hint and snapshot.hint else None
        self.figures.append(Figure(snapshot.number, tell, hint, pictures))
        self._shots = []
        self._elements = {}

    @contextmanager
    def _posed(self, page: Page, spots: list[Match]) -> Iterator[ViewportSize]:
        """Make a page as it is on a picture: as wide as a picture and as tall as itself, without the simulator's own links."""
        page.mouse.move(0, 0)
        try:
            page.evaluate(_STYLE, [LINKS, "display", "none"])
            if self._may_hide_mark(page):
                page.evaluate(_STYLE, [MARK, "visibility", "hidden"])
            page.set_viewport_size({"width": PICTURE_WIDTH, "height": HEIGHT})
            size = ViewportSize(width=width_to_show(page), height=HEIGHT)
            if size["width"] != PICTURE_WIDTH:
                page.set_viewport_size(size)
            while (tall := min(_content_height(page), TALLEST)) > size["height"]:
                size["height"] = tall
                page.set_viewport_size(size)
            for spot in reversed(spots):
                if element := self._visible(spot):
                    element.scroll_into_view_if_needed()
            page.evaluate(SETTLED)
            yield size
        finally:
            page.evaluate(_STYLE, [LINKS, "display", ""])
            page.evaluate(_STYLE, [MARK, "visibility", ""])
            page.set_viewport_size({"width": WIDTH, "height": HEIGHT})

    def _frame(
        self, layout: Layout, spots: list[Match], others: list[Match], top: float, banner: list[Box]
    ) -> tuple[_Shot, Box]:
        """Choose the part of the page, and where its rings and numbers go."""
        rings = [
            (spot, ring)
            for spot in spots
            if (box := self._box(spot)) is not None and (ring := ring_around(box, layout.room, layout.texts)) is not None
        ]
        shot = _Shot(Image.new("RGB", (1, 1)), layout.title)
        taken = [*layout.texts, *(_inner(thing) for thing in layout.things)]
        for spot, ring in rings:
            lines = [line for _, other in rings if other is not ring for line in outline(other)]
            discs = [disc for _, _, disc in shot.ringed]
            shot.ringed.append((spot, ring, disc_of(ring, layout.room, [*taken, *lines, *discs])))
        subjects = [box for _, ring, disc in shot.ringed for box in (ring, disc)]
        subjects += [box for match in others if (box := self._box(match)) is not None]
        return shot, part_to_show(layout, subjects, top, 0 if shot.ringed else FROM_THE_TOP, banner)

    def _visible(self, spot: Match) -> ElementHandle | None:
        """Return a thing if it is still the one that was found, and seen; on another page the same words are another thing."""
        try:
            if spot not in self._elements:
                if spot.locator.count() != 1:
                    return None
                self._elements[spot] = spot.locator.element_handle(timeout=1000)
            element = self._elements[spot]
            return element if element.is_visible() and element.evaluate(_ON_TOP) else None
        except PlaywrightError:  # its page or frame has gone
            return None

    def _box(self, spot: Match) -> Box | None:
        element = self._visible(spot)
        box = element.bounding_box() if element else None
        return Box(box["x"], box["y"], box["width"], box["height"]) if box else None

    def _may_hide_mark(self, page: Page) -> bool:
        return self._hide_mark and urlsplit(page.url).hostname in ("localhost", "127.0.0.1", "::1")


def _mark(page: Page, width: int) -> Box | None:
    mark = page.locator(MARK).first
    box = mark.bounding_box() if mark.count() else None
    return Box(0, int(box["y"]), width, int(box["height"] + 0.999)) if box else None


def _photograph(page: Page, part: Box | None) -> Image.Image | None:
    if part is None:
        return None
    picture = page.screenshot(
        animations="disabled", caret="hide", mask=[page.locator(SECRET)], mask_color=MASK_COLOUR,
        clip={"x": part.x, "y": part.y, "width": part.width, "height": part.height},
    )  # fmt: skip
    return Image.open(io.BytesIO(picture)).convert("RGB")


def _joined(upper: Image.Image | None, lower: Image.Image | None) -> Image.Image:
    assert lower is not None
    if upper is None:
        return lower
    image = Image.new("RGB", (lower.width, upper.height + lower.height))
    image.paste(upper, (0, 0))
    image.paste(lower, (0, upper.height))
    return image


def _move(shot: _Shot, x: float, y: float) -> None:
    shot.ringed = [(match, _moved(ring, x, y), _moved(disc, x, y)) for match, ring, disc in shot.ringed]


def _moved(box: Box, x: float, y: float) -> Box:
    return Box(box.x + x, box.y + y, box.width, box.height)


def _inner(box: Box, edge: float = 8) -> Box:
    """Leave out the edge of a field, where nothing is written."""
    if box.width < 4 * edge or box.height < 3 * edge:
        return box
    return Box(box.x + edge, box.y + edge, box.width - 2 * edge, box.height - 2 * edge)


def _things(shot: _Shot) -> set[Match]:
    return {match for match, _, _ in shot.ringed}


def _content_height(page: Page) -> int:
    return int(page.evaluate("Math.ceil(document.documentElement.scrollHeight)"))
