"""Names for crowds: words of a country, put together by chance, none twice until all were used."""

import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, product

from simulator.core.chance import Chance

from .cache import HERE

_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "å": "aa", "ö": "o", "ä": "a", "ß": "ss"})


@dataclass(frozen=True)
class Words:
    """What names of a country are made of."""

    legal_form: str
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    trades: tuple[str, ...]
    places: tuple[str, ...]


@cache
def words() -> dict[str, Words]:
    """Return the words of every country that has some."""
    with (HERE / "names.toml").open("rb") as file:
        found = tomllib.load(file)
    return {
        country: Words(
            legal_form=one["legal_form"],
            **{name: tuple(one[name].split()) for name in ("first_names", "last_names", "trades", "places")},
        )
        for country, one in found.items()
    }


def person_names(country: str, chance: Chance) -> Iterator[tuple[str, str, str]]:
    """Yield first name, last name and the part of an address that belongs to them, without end.

    When every pair was used they come again, with a number in the address.
    """
    known = words()[country]
    pairs = _shuffled(list(product(known.first_names, known.last_names)), chance)
    for again in count(1):
        for first, last in pairs:
            yield first, last, f"{plain(first)}.{plain(last)}{again if again > 1 else ''}"


def company_names(country: str, chance: Chance) -> Iterator[str]:
    """Yield names of companies, without end; when every pair of place and trade was used they come again with a number."""
    known = words()[country]
    pairs = _shuffled(list(product(known.places, known.trades)), chance)
    for again in count(1):
        for place, trade in pairs:
            yield f"{place} {trade}{f' {again}' if again > 1 else ''} {known.legal_form}"


def plain(name: str) -> str:
    """Return a name in lower-case letters of ASCII, as it stands in an address."""
    folded = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum())


def _shuffled(items: list[tuple[str, str]], chance: Chance) -> list[tuple[str, str]]:
    for last in range(len(items) - 1, 0, -1):
        other = chance.number(last + 1)
        items[last], items[other] = items[other], items[last]
    return items
