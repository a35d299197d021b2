"""Organisation numbers of a scenario: what is expected of them, by country, in words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simulator.directory.countries import BY_CODE, compact

__all__ = ["FORMS", "Form", "compact"]

EXPECTED = {
    "NL": "a Dutch KvK number of 8 digits",
    "NO": "a Norwegian organisation number of 9 digits with the right check digit",
    "SE": "a Swedish organisation number of 10 digits with the right check digit",
    "DK": "a Danish CVR number of 8 digits with the right check digit",
    "FI": "a Finnish business id of 8 digits with the right check digit",
}


@dataclass(frozen=True)
class Form:
    """How organisation numbers of a country look: what is expected, in words, and the check."""

    expected: str
    is_valid: Callable[[str], bool]


FORMS = {code: Form(EXPECTED[code], country.is_number) for code, country in BY_CODE.items()}

_RANGES = {"NL": ("999999", 8), "NO": ("311", 9), "SE": ("999999", 10), "DK": ("99999", 8), "FI": ("99999", 8)}
"""Where made-up numbers are taken from: how they begin, and how many digits they have. Norway lends those that begin with 3."""


def made_up(country: str) -> Iterator[str]:
    """Yield the numbers of a country that nobody has, smallest first, as they are stored."""
    beginning, length = _RANGES[country]
    left = length - len(beginning)
    for number in range(10**left):
        candidate = f"{beginning}{number:0{left}}"
        if FORMS[country].is_valid(candidate):
            yield candidate
