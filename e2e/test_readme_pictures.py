"""README's pictures show the product as it is: they are made anew and compared, but for the edges of letters."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser

from tools.pictures import FOLDER, make

from .engine.walker import Walker

CELLS = 100
"""How many cells a picture is compared in, across."""

NOTICEABLE = 16
"""How many levels of grey a cell may differ by."""

TOLERATED = 0.015
"""The share of cells that may differ noticeably."""


def difference(first: Path, other: Path) -> float:
    """Return which share of two pictures differs noticeably; all of it when their shapes do."""
    pictures = [Image.open(path).convert("L") for path in (first, other)]
    shapes = [picture.height / picture.width for picture in pictures]
    if abs(shapes[0] - shapes[1]) > 0.05 * shapes[0]:
        return 1.0
    size = (CELLS, round(CELLS * shapes[0]))
    cells = ImageChops.difference(*(picture.resize(size, Image.Resampling.BOX) for picture in pictures)).tobytes()
    return sum(cell > NOTICEABLE for cell in cells) / len(cells)


def test_pictures_that_differ_in_more_than_edges_of_letters_are_noticed(tmp_path: Path) -> None:
    stored = FOLDER / "specification.png"
    picture = Image.open(stored).convert("RGB")
    picture.resize((picture.width // 2, picture.height // 2)).save(tmp_path / "finer.png")
    assert difference(stored, tmp_path / "finer.png") < TOLERATED / 4
    width, height = picture.size
    picture.paste((255, 255, 255), (0, height // 3, width, height // 2))
    picture.save(tmp_path / "other.png")
    assert difference(stored, tmp_path / "other.png") > TOLERATED


@pytest.mark.exhaustive
def test_the_pictures_of_the_readme_are_up_to_date(walker: Walker, browser: Browser, tmp_path: Path) -> None:
    make(walker, browser, tmp_path)
    stale = {path.name: difference(path, tmp_path / path.name) for path in sorted(FOLDER.glob("*.png"))}
    assert {name for name, share in stale.items() if share > TOLERATED} == set(), f"renew them with make pictures: {stale}"
