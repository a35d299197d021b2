"""Rules of sorting names in the language of their reader."""

from collections.abc import Iterator

import pytest

from simulator.core import collation


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """Put the language back."""
    yield
    collation.use_language()


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("nb", "Arne Elin \u00c9lodie Eva Zara \u00c4ngla \u00c6rlig \u00d8sten \u00c5ge Aagaard"),
        ("sv", "Aagaard Arne \u00c9lodie Eva Y Zara \u00c5ge \u00c4ngla \u00c6rlig \u00d6dman \u00d8sten"),
        ("nl", "Aagaard \u00c6rlig \u00c5ge \u00c4ngla Arne \u00c9lodie Eva \u00d6dman \u00d8sten Zara"),
        ("en", "Aagaard \u00c6rlig \u00c5ge \u00c4ngla Arne \u00c9lodie Eva \u00d6dman \u00d8sten Zara"),
        ("nl", "bos Bosch \u00e9\u00e9n Eeuw"),
    ],
)
def test_names_stand_in_the_order_of_the_alphabet(language: str, names: str) -> None:
    collation.use_language(language)
    assert sorted(reversed(names.split()), key=collation.sort_key) == names.split()


@pytest.mark.parametrize("language", ["nb", "sv", "nl", "en"])
def test_capitals_and_composition_make_no_difference(language: str) -> None:
    collation.use_language(language)
    assert len({collation.sort_key(name) for name in ("\u00c5sa", "A\u030asa", "\u00e5SA", "\u212bsa")}) == 1
