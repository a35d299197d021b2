"""In the languages that a manual was not written in, every label that it names stands on its page.

Each variant of each manual is walked in one of them, drawn by the sample; in a whole run in all of them.
"""

from pathlib import Path

import pytest

from e2e.engine.library import load
from e2e.engine.model import Manual
from e2e.engine.words import LANGUAGES
from tests.manuals.http_walker import HttpWalker

WALKS = [
    pytest.param(
        file,
        manual,
        variant,
        language,
        id="-".join(filter(None, (manual.id, variant, language))),
        marks=pytest.mark.sampled(1, of=f"languages of {manual.id}, {variant}"),
    )
    for file, manual in load()
    for variant in manual.variant_names()
    for language in LANGUAGES
    if language != manual.language
]


@pytest.mark.parametrize(("file", "manual", "variant", "language"), WALKS)
def test_every_label_of_a_manual_stands_on_its_page(
    http_walker: HttpWalker, file: Path, manual: Manual, variant: str | None, language: str
) -> None:
    http_walker.walk(manual, variant, language, file.parent)
