"""Pictures are the same to the byte, ringed and described; their pages read as a manual."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from e2e.engine.camera import ACCENT, numbered, trimmed, with_rings
from e2e.engine.photographed import walk_with_pictures
from e2e.engine.position import Box
from e2e.engine.run import walk
from e2e.engine.walker import Walker
from tests.e2e_engine.fake_platform import FakePlatform
from tests.e2e_engine.manuals import HEAD, INVITATION, SPECIFICATION, manual


class _Page(HTMLParser):
    """Collects the elements of a page."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("img", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Give the attributes of every element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


def _apart(command: Callable[[], int]) -> int:
    """Run a command in a thread of its own: it starts a Playwright, and this thread has one already."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(command).result()


@pytest.mark.browser
@pytest.mark.parametrize(("text", "variant"), [(SPECIFICATION, "menu"), (INVITATION, None)])
def test_two_walks_bring_the_same_bytes(walker: Walker, tmp_path: Path, text: str, variant: str | None) -> None:
    for shots in ("first", "second"):
        walk_with_pictures(walker, manual(text), variant, "en", tmp_path, tmp_path / shots)
    first = sorted(file for file in (tmp_path / "first").rglob("*") if file.is_file())
    assert len([file for file in first if file.suffix == ".png"]) == len(manual(text).steps)
    for file in first:
        assert file.read_bytes() == (tmp_path / "second" / file.relative_to(tmp_path / "first")).read_bytes(), file


@pytest.mark.browser
def test_the_page_of_a_walk_reads_as_a_manual(walker: Walker, tmp_path: Path) -> None:
    file = walk_with_pictures(walker, manual(), "menu", "en", tmp_path, tmp_path)
    assert file == tmp_path / "specification" / "en-menu" / "index.html"
    page = _Page(file)
    assert page.open == []
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == 1
    assert [picture["alt"] for picture in page.all("img")] == [
        "Step 1: Home – ring around the button Apps and the menu item Settings",
        "Step 2: Settings – ring around the link Invoices in the row Visma.net AutoInvoice",
        "Step 3: Invoices – ring around the button Export as and the menu item Excel",
    ]
    text = file.read_text(encoding="utf-8")
    assert "<h1>The specification</h1>" in text
    assert '<p class="tell" lang="nl">Open <strong>Settings</strong>, Anna.</p>' in text
    assert "Zoek de regel van AutoInvoice en open daar <strong>Invoices</strong>." in text


@pytest.mark.browser
def test_a_page_taller_than_the_window_is_pictured_down_to_its_ring(walker: Walker, tmp_path: Path) -> None:
    text = (
        HEAD
        + "person: administrator\nstart: {open: settings}\nsteps:\n  - tell: Kijk helemaal onderaan.\n    see: {text: Simulator}\n"
    )
    walk_with_pictures(walker, manual(text), None, "nl", tmp_path, tmp_path)
    picture = Image.open(tmp_path / "specification" / "nl" / "step-01.png").convert("RGB")
    assert picture.width == 1280 and picture.height > 1500
    assert any(colour == ACCENT for _, colour in picture.getcolors(1 << 20) or [])


@pytest.mark.browser
def test_the_mark_of_the_simulator_stays_unless_asked_otherwise(walker: Walker, tmp_path: Path) -> None:
    walk_with_pictures(walker, manual(), "home", "nl", tmp_path, tmp_path / "marked")
    walk_with_pictures(walker, manual(), "home", "nl", tmp_path, tmp_path / "plain", hide_mark=True)
    name = Path("specification", "nl-home", "step-01.png")
    marked, plain = (tmp_path / folder / name for folder in ("marked", "plain"))
    assert marked.read_bytes() != plain.read_bytes()


def test_one_ring_has_the_number_of_its_step_and_several_have_letters() -> None:
    box = Box(10, 10, 10, 10)
    assert [text for text, _ in numbered(3, [box])] == ["3"]
    assert [text for text, _ in numbered(3, [box, box])] == ["3a", "3b"]


@pytest.mark.parametrize(
    ("box", "inside"),
    [(Box(100, 60, 80, 20), (140, 70)), (Box(0, 0, 40, 12), (20, 6)), (Box(150, 90, 60, 40), (180, 105))],
)
def test_a_ring_is_drawn_around_its_box_and_not_over_it(box: Box, inside: tuple[int, int]) -> None:
    paper = io.BytesIO()
    Image.new("RGB", (200, 120), "white").save(paper, "PNG")
    picture = with_rings(paper.getvalue(), [("1", box)])
    assert picture.size == (200, 120)
    assert ACCENT in [colour for _, colour in picture.getcolors(1 << 20) or []]
    assert picture.getpixel(inside) == (255, 255, 255)


@pytest.mark.browser
def test_the_walk_command_walks_every_language_and_writes_an_index(platform: FakePlatform, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(SPECIFICATION, encoding="utf-8")
    lines: list[str] = []
    shots = tmp_path / "shots"
    code = _apart(lambda: walk([str(file)], "sv", base_url=platform.base_url, shots=shots, echo=lines.append))
    assert code == 0
    assert lines[:2] == ["ok      specification [sv, home]: 3 steps", "ok      specification [sv, menu]: 3 steps"]
    assert lines[-1] == "2 walked, 0 failed"
    index = _Page(tmp_path / "shots" / "index.html")
    assert [link["href"] for link in index.all("a")] == [
        "specification/sv-home/index.html",
        "specification/sv-menu/index.html",
    ]


@pytest.mark.browser
def test_the_walk_command_fails_with_manual_step_text_and_reason(platform: FakePlatform, tmp_path: Path) -> None:
    platform.broken["Facturen"] = "Rekeningen"
    file = tmp_path / "mine.yaml"
    file.write_text(SPECIFICATION, encoding="utf-8")
    lines: list[str] = []
    assert _apart(lambda: walk([str(file)], base_url=platform.base_url, echo=lines.append, patience=0.8)) == 1
    assert lines[0].startswith("FAILED  specification [nl, home], step 2 (Zoek de regel van AutoInvoice")
    assert lines[-1] == "2 walked, 2 failed"


def test_the_walk_command_says_what_is_wrong_before_it_starts(platform: FakePlatform, tmp_path: Path) -> None:
    lines: list[str] = []
    assert walk(["nowhere.yaml"], base_url=platform.base_url, echo=lines.append) == 1
    assert walk([], "da", base_url=platform.base_url, echo=lines.append) == 1
    file = tmp_path / "mine.yaml"
    file.write_text(SPECIFICATION, encoding="utf-8")
    platform.close()
    assert walk([str(file)], base_url=platform.base_url, echo=lines.append) == 1
    assert "expected a file that can be read" in lines[0]
    assert lines[1] == "language: expected nl, nb, sv, en or all, found 'da'"
    assert "does not answer" in lines[2]


def test_the_empty_part_at_the_bottom_of_a_picture_is_cut_off() -> None:
    picture = Image.new("RGB", (300, 800), "white")
    picture.paste((0, 0, 0), (10, 500, 50, 520))
    assert trimmed(picture).size == (300, 560)
    assert trimmed(Image.new("RGB", (300, 800), "white")).size == (300, 360)
    picture.paste((0, 0, 0), (10, 700, 50, 800))
    assert trimmed(picture).size == (300, 800)


def test_what_is_far_below_the_last_ring_is_cut_off_a_tall_picture() -> None:
    picture = Image.new("RGB", (300, 2000), "white")
    picture.paste((0, 0, 0), (10, 1900, 50, 2000))
    assert trimmed(picture, [Box(10, 100, 50, 20)]).size[1] <= 800
    assert trimmed(picture, [Box(10, 100, 50, 20), Box(10, 1700, 50, 20)]).size == (300, 2000)
    filled = Image.new("RGB", (300, 2000), "white")
    for y in range(0, 2000, 20):
        filled.paste((0, 0, 0), (10, y, 50, y + 10))
    assert 1280 <= trimmed(filled, [Box(10, 1000, 50, 20)]).size[1] <= 1320


def test_the_disc_of_a_neighbour_covers_neither_the_other_ring_nor_its_disc() -> None:
    paper = io.BytesIO()
    Image.new("RGB", (400, 160), "white").save(paper, "PNG")
    field, button = Box(60, 60, 140, 36), Box(212, 60, 80, 36)
    alone = with_rings(paper.getvalue(), [("3a", field)])
    both = with_rings(paper.getvalue(), [("3a", field), ("3b", button)])
    around_the_field = (30, 30, 205, 130)
    assert alone.crop(around_the_field).tobytes() == both.crop(around_the_field).tobytes()
    assert alone.tobytes() != both.tobytes()
