"""What Online help shows was made of the manuals as they are; its pictures are few and small."""

import json
from pathlib import Path

import pytest

from e2e.engine.library import load
from e2e.engine.words import LANGUAGES
from simulator.products.home.online_help import TOPICS
from tools.online_help import FOLDER, MANUALS, fingerprint

LARGEST = 1_500_000
FOLDERS = [pytest.param(topic, language, id=f"{topic}-{language}") for topic in TOPICS for language in LANGUAGES]


@pytest.mark.parametrize(("topic", "language"), FOLDERS)
def test_it_was_made_of_the_manual_as_it_is(topic: str, language: str) -> None:
    ((file, manual),) = load([topic])
    stored = json.loads((FOLDER / topic / language / "manual.json").read_text(encoding="utf-8"))
    assert stored["manual"] == fingerprint(file), "the manual has changed: make pictures"
    instructions = [
        step.tell.in_language(language, manual.language) for _, step in manual.steps_in(manual.variant_names()[0])
    ]
    assert [step["tell"] for step in stored["steps"]] == instructions
    pictures = {picture["file"] for step in stored["steps"] for picture in step["pictures"]}
    assert all(step["pictures"] and picture["alt"] for step in stored["steps"] for picture in step["pictures"])
    assert {path.name for path in (FOLDER / topic / language).iterdir()} == pictures | {"manual.json"}


def test_there_is_nothing_else_and_all_of_it_is_small() -> None:
    assert MANUALS == TOPICS
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert {path.relative_to(FOLDER).parts[:-1] for path in files} == {
        (topic, lang) for topic in TOPICS for lang in LANGUAGES
    }
    assert sum(path.stat().st_size for path in files) < LARGEST


def test_it_is_in_the_wheel() -> None:
    package = Path(__file__).resolve().parents[2] / "simulator"
    assert FOLDER.is_relative_to(package / "web" / "static")
