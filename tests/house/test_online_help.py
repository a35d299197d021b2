"""What Online help shows was made of the manuals as they are; its pictures are few and small."""

import json
from functools import cache
from pathlib import Path

import pytest

from e2e.engine.library import load
from e2e.engine.model import Manual
from e2e.engine.words import LANGUAGES
from simulator.products.home.online_help import ENGLISH
from simulator.web.online_help import TOPICS as PAGES
from tools.online_help import FOLDER, MANUALS, fingerprint

LARGEST = 3_200_000
FOLDERS = [pytest.param(topic, language, id=f"{topic}-{language}") for topic in MANUALS for language in LANGUAGES]


@cache
def walked() -> dict[str, tuple[Path, Manual]]:
    """Return the manuals that Online help shows, by their ids, read once."""
    return {manual.id: (file, manual) for file, manual in load(MANUALS)}


@pytest.mark.parametrize(("topic", "language"), FOLDERS)
def test_it_was_made_of_the_manual_as_it_is(topic: str, language: str) -> None:
    file, manual = walked()[topic]
    stored = json.loads((FOLDER / topic / language / "manual.json").read_text(encoding="utf-8"))
    assert stored["manual"] == fingerprint(file), "the manual has changed: make pictures"
    instructions = [
        step.tell.in_language(language, manual.language) for _, step in manual.steps_in(manual.variant_names()[0])
    ]
    assert [step["tell"] for step in stored["steps"]] == instructions
    pictures = {picture["file"] for step in stored["steps"] for picture in step["pictures"]}
    has_pictures = language in (manual.language, ENGLISH)
    assert all(bool(step["pictures"]) is has_pictures for step in stored["steps"])
    assert all(picture["alt"] for step in stored["steps"] for picture in step["pictures"])
    assert {path.name for path in (FOLDER / topic / language).iterdir()} == pictures | {"manual.json"}


def test_there_is_nothing_else_and_all_of_it_is_small() -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert {path.relative_to(FOLDER).parts[:-1] for path in files} == {
        (topic, lang) for topic in MANUALS for lang in LANGUAGES
    }
    assert sum(path.stat().st_size for path in files) < LARGEST


def test_it_is_in_the_wheel() -> None:
    package = Path(__file__).resolve().parents[2] / "simulator"
    assert FOLDER.is_relative_to(package / "web" / "static")


def test_every_page_that_leads_to_a_topic_is_there_and_so_is_the_topic() -> None:
    routes = Path(__file__).with_name("access.txt").read_text(encoding="utf-8").splitlines()
    assert set(PAGES) <= {line.partition(" ")[0] for line in routes}
    assert set(PAGES.values()) <= set(MANUALS)
