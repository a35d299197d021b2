"""Names for crowds: combinations of a country's words in random order, none twice before all were used."""

import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, product
from pathlib import Path

from simulator.core.chance import Chance

WORDS_FILE = Path(__file__).parent / "names.toml"

_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "å": "aa", "ö": "o", "ä": "a", "ß": "ss"})


@dataclass(frozen=True)
class Words:
    """The words that names of a country are made of."""

    legal_form: str
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    trades: tuple[str, ...]
    towns: tuple[str, ...]


@cache
def words() -> dict[str, Words]:
    """Return the words of every country that has some."""
    with WORDS_FILE.open("rb") as file:
        countries = tomllib.load(file)
    return {
        country: Words(
            legal_form=table["legal_form"],
            **{name: tuple(table[name].split()) for name in ("first_names", "last_names", "trades", "towns")},
        )
        for country, table in countries.items()
    }


def person_names(country: str, chance: Chance) -> Iterator[tuple[str, str, str]]:
    """Yield first name, last name and the local part of an address, without end.

    After every pair of names they repeat, with a number in the address.
    """
    of_country = words()[country]
    pairs = _shuffled(list(product(of_country.first_names, of_country.last_names)), chance)
    for again in count(1):
        for first, last in pairs:
            yield first, last, f"{plain(first)}.{plain(last)}{again if again > 1 else ''}"


def company_names(country: str, chance: Chance) -> Iterator[str]:
    """Yield names of companies, without end; after every pair of town and trade they repeat with a number."""
    of_country = words()[country]
    pairs = _shuffled(list(product(of_country.towns, of_country.trades)), chance)
    for again in count(1):
        for town, trade in pairs:
            yield f"{town} {trade}{f' {again}' if again > 1 else ''} {of_country.legal_form}"


def plain(name: str) -> str:
    """Return a name in lower-case ASCII letters, for use in an address."""
    folded = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum())


def _shuffled(items: list[tuple[str, str]], chance: Chance) -> list[tuple[str, str]]:
    for last in range(len(items) - 1, 0, -1):
        other = chance.number(last + 1)
        items[last], items[other] = items[other], items[last]
    return items
