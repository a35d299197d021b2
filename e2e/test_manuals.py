"""Manuals are walked in a real browser, every way through each, in every language; a sample of them in the language of the source.

In each run ``tests/manuals/test_other_languages.py`` proves without a browser that its labels stand on their pages in the others.
"""

from pathlib import Path
from typing import Any, ClassVar

import pytest

from tools import online_help

from .engine import photographed
from .engine.camera import Camera
from .engine.layout import Layout
from .engine.library import load
from .engine.model import Manual
from .engine.photographed import walk_with_pictures
from .engine.position import Box
from .engine.walker import Walker
from .engine.words import LANGUAGES

MANUALS = load()


def marks(manual: Manual, variant: str | None, language: str) -> list[pytest.MarkDecorator]:
    """Say when a walk is made: of what is also walked with the camera, only where the sample leaves the camera out."""
    exhaustive = [] if language == manual.language else [pytest.mark.exhaustive]
    is_pictured = language == manual.language or manual.id in online_help.MANUALS
    return [*exhaustive, pytest.mark.repeated] if is_pictured and variant == manual.variant_names()[0] else exhaustive


WALKS = [
    pytest.param(
        file,
        manual,
        variant,
        language,
        id="-".join(filter(None, (manual.id, variant, language))),
        marks=marks(manual, variant, language),
    )
    for file, manual in MANUALS
    for variant in manual.variant_names()
    for language in LANGUAGES
]


@pytest.mark.sampled(10)
@pytest.mark.parametrize(("file", "manual", "variant", "language"), WALKS)
def test_the_simulator_does_what_the_manual_says(
    walker: Walker, file: Path, manual: Manual, variant: str | None, language: str
) -> None:
    walker.walk(manual, variant, language, file.parent)


class AttentiveCamera(Camera):
    """A camera that notices which texts its numbers cover."""

    covered: ClassVar[list[Box]] = []

    def _frame(self, layout: Layout, *rest: Any) -> Any:
        shot, part = super()._frame(layout, *rest)
        self.covered.extend(text for _, _, disc in shot.ringed for text in layout.texts if _meet(text, disc))
        return shot, part


def _meet(first: Box, other: Box) -> bool:
    return first.x < other.right and other.x < first.right and first.y < other.bottom and other.y < first.bottom


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("file", "manual"), [pytest.param(file, manual, id=manual.id) for file, manual in MANUALS])
def test_two_walks_give_the_same_pictures_to_the_byte_and_no_number_covers_a_text(
    walker: Walker, file: Path, manual: Manual, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photographed, "Camera", AttentiveCamera)
    monkeypatch.setattr(AttentiveCamera, "covered", [])
    variant = manual.variant_names()[0]
    pictures = []
    for run in ("first", "second"):
        page = walk_with_pictures(walker, manual, variant, manual.language, file.parent, tmp_path / run)
        pictures.append({path.name: path.read_bytes() for path in sorted(page.parent.glob("*.png"))})
    first, second = pictures
    assert {name[:7] for name in first} == {f"step-{number:02d}" for number, _ in manual.steps_in(variant)}
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    assert AttentiveCamera.covered == []
