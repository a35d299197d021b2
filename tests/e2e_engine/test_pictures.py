"""Pictures are the same to the byte, ringed and described; their pages read as a manual."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from e2e.engine.camera import SCALE
from e2e.engine.photographed import walk_with_pictures
from e2e.engine.rings import ACCENT
from e2e.engine.run import walk
from e2e.engine.walker import Walker
from tests.e2e_engine.fake_platform import FakePlatform
from tests.e2e_engine.manuals import HEAD, INVITATION, SPECIFICATION, manual


def steps(start: str, *steps: str) -> str:
    """Write a manual without variants that starts on a page."""
    return HEAD + f"person: administrator\nstart: {{open: {start}}}\nsteps:\n" + "".join(f"  - {step}\n" for step in steps)


SHORT = SPECIFICATION.partition("  - tell: Zoek")[0]
"""The first step of the specification alone: enough where variants and languages matter, and not what is walked."""


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
@pytest.mark.sampled(1)
@pytest.mark.parametrize(("text", "variant"), [(SPECIFICATION, "menu"), (INVITATION, None)])
def test_two_walks_bring_the_same_bytes(walker: Walker, tmp_path: Path, text: str, variant: str | None) -> None:
    for shots in ("first", "second"):
        walk_with_pictures(walker, manual(text), variant, "en", tmp_path, tmp_path / shots)
    first = sorted(file for file in (tmp_path / "first").rglob("*") if file.is_file())
    assert {file.stem[:7] for file in first if file.suffix == ".png"} == {
        f"step-{n:02d}" for n, _ in manual(text).steps_in(variant)
    }
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


def pictures(walker: Walker, folder: Path, text: str, language: str = "nl", **options: bool) -> dict[str, Image.Image]:
    """Walk a manual without variants; return its pictures by name."""
    page = walk_with_pictures(walker, manual(text), None, language, folder, folder / "shots", **options)
    return {file.stem: Image.open(file).convert("RGB") for file in sorted(page.parent.glob("*.png"))}


def has_a_ring(picture: Image.Image) -> bool:
    """Say whether something is ringed on a picture."""
    return any(colour == ACCENT for _, colour in picture.getcolors(1 << 20) or [])


@pytest.mark.browser
def test_of_a_tall_page_the_part_around_the_ring_is_pictured_below_the_mark(walker: Walker, tmp_path: Path) -> None:
    text = steps("settings", "{tell: Kijk helemaal onderaan., see: {text: Simulator}}")
    picture = pictures(walker, tmp_path, text)["step-01"]
    assert picture.width == 1000 * SCALE and picture.height < 700 * SCALE
    assert has_a_ring(picture)


@pytest.mark.browser
def test_a_step_has_a_picture_of_each_page_and_of_its_result_when_no_later_one_shows_it(
    walker: Walker, tmp_path: Path
) -> None:
    taken = (
        "{tell: Twee pagina's., do: [{click: {link: Settings}}, {click: {link: Facturen, row: Visma.net AutoInvoice}}],"
        " see: {text: Zoeken}}",
        "{tell: Een mail., do: {open: home}, see: {heading: Home}}",
    )
    files = pictures(walker, tmp_path, steps("home", *taken))
    assert list(files) == ["step-01", "step-01_2", "step-01_3", "step-02"]
    page = _Page(tmp_path / "shots" / "specification" / "nl" / "index.html")
    assert [str(picture["alt"]).partition(":")[0] for picture in page.all("img")] == [
        "Stap 1", "Stap 1", "Stap 1, daarna", "Stap 2"
    ]  # fmt: skip


@pytest.mark.browser
def test_what_was_ringed_on_one_page_is_not_ringed_on_the_next_that_has_the_same_words(
    walker: Walker, tmp_path: Path
) -> None:
    step = "{tell: Hetzelfde., do: [{click: {link: Settings}}, {click: {link: Facturen, row: Visma.net AutoInvoice}}]}"
    pictures(walker, tmp_path, steps("home", step))
    page = _Page(tmp_path / "shots" / "specification" / "nl" / "index.html")
    assert [picture["alt"] for picture in page.all("img")] == [
        "Stap 1: Home – ring om de koppeling Settings",
        "Stap 1: Settings – ring om de koppeling Facturen in de regel Visma.net AutoInvoice",
    ]


@pytest.mark.browser
def test_the_mark_of_the_simulator_stays_unless_asked_otherwise(walker: Walker, tmp_path: Path) -> None:
    walk_with_pictures(walker, manual(), "home", "nl", tmp_path, tmp_path / "marked")
    walk_with_pictures(walker, manual(), "home", "nl", tmp_path, tmp_path / "plain", hide_mark=True)
    name = Path("specification", "nl-home", "step-01.png")
    marked, plain = (tmp_path / folder / name for folder in ("marked", "plain"))
    assert marked.read_bytes() != plain.read_bytes()


@pytest.mark.browser
def test_the_walk_command_walks_every_language_and_writes_an_index(platform: FakePlatform, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(SHORT, encoding="utf-8")
    lines: list[str] = []
    shots = tmp_path / "shots"
    code = _apart(lambda: walk([str(file)], ["sv", "nb", "sv"], base_url=platform.base_url, shots=shots, echo=lines.append))
    assert code == 0
    walked = [(language, variant) for language in ("sv", "nb") for variant in ("home", "menu")]
    assert lines[:4] == [f"ok      specification [{language}, {variant}]: 1 steps" for language, variant in walked]
    assert lines[-1] == "4 walked, 0 failed"
    index = _Page(tmp_path / "shots" / "index.html")
    pages = sorted(f"specification/{language}-{variant}/index.html" for language, variant in walked)
    assert sorted(str(link["href"]) for link in index.all("a")) == pages


@pytest.mark.browser
def test_the_walk_command_fails_with_manual_step_text_and_reason(platform: FakePlatform, tmp_path: Path) -> None:
    platform.broken["Facturen"] = "Rekeningen"
    file = tmp_path / "mine.yaml"
    file.write_text(SPECIFICATION, encoding="utf-8")
    lines: list[str] = []
    shots = tmp_path / "shots"
    earlier = shots / "specification" / "nl-menu" / "index.html"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("Of an earlier walk", encoding="utf-8")
    options: Any = {"base_url": platform.base_url, "echo": lines.append, "patience": 0.8, "shots": shots}
    assert _apart(lambda: walk([str(file)], **options)) == 1
    assert [path for path in shots.rglob("*") if path.is_file() and path.parent != shots] == [earlier]
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
    assert "No simulator answers at" in lines[2]
