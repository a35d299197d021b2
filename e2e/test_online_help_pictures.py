"""Online help shows the pages as they are: its pictures are made anew and compared, but for the edges of letters."""

import json
from pathlib import Path

import pytest

from tools.online_help import FOLDER, MANUALS, make

from .engine.walker import Walker
from .engine.words import LANGUAGES
from .test_readme_pictures import TOLERATED, difference


@pytest.mark.exhaustive
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("manual", MANUALS)
def test_the_pictures_of_online_help_are_up_to_date(walker: Walker, tmp_path: Path, manual: str, language: str) -> None:
    stored, made = FOLDER / manual / language, tmp_path / "made"
    make(walker, manual, language, made)
    assert [json.loads((folder / "manual.json").read_text(encoding="utf-8"))["steps"] for folder in (stored, made)] == [
        json.loads((made / "manual.json").read_text(encoding="utf-8"))["steps"]
    ] * 2
    shares = {path.name: difference(path, made / path.name) for path in sorted(stored.glob("*.png"))}
    assert {name for name, share in shares.items() if share > TOLERATED} == set(), f"renew them with make pictures: {shares}"
