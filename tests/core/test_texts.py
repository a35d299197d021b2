"""Texts with values in them."""

import re

import pytest

from simulator.core.texts import LANGUAGES, catalogue, text

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
ONLY_TEXT = re.compile(r"%\(\w+\)[^s]")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_with_a_full_stop_ends_a_sentence_by_itself(language: str) -> None:
    for key, template in catalogue(language).items():
        names = PLACEHOLDER.findall(template)
        if names and not ONLY_TEXT.search(template):
            assert ".." in template or "B.V.." not in text(language, key, **dict.fromkeys(names, "Veld B.V.")).replace(
                "*", ""
            )
            assert PLACEHOLDER.sub("Veld", template) == text(language, key, **dict.fromkeys(names, "Veld")).replace(
                "%", "%%"
            )
