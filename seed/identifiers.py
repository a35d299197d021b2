"""Organisation numbers: their form and their check digits, by country.

Source: published check-digit rules, as python-stdnum implements them; a Dutch KvK number has eight digits and no check digit.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """How organisation numbers of a country look: what is expected, in words, and the check."""

    expected: str
    is_valid: Callable[[str], bool]


def compact(number: str) -> str:
    """Return a number the way it is stored: without spaces, dots and dashes."""
    return re.sub(r"[ .\-]", "", number)


def _norwegian(number: str) -> bool:
    from stdnum.no import orgnr

    return bool(orgnr.is_valid(number))


def _swedish(number: str) -> bool:
    from stdnum.se import orgnr

    return bool(orgnr.is_valid(number)) and int(number[2]) >= 2


def _danish(number: str) -> bool:
    from stdnum.dk import cvr

    return bool(cvr.is_valid(number))


def _finnish(number: str) -> bool:
    from stdnum.fi import ytunnus

    return bool(ytunnus.is_valid(number))


FORMS = {
    "NL": Form("a Dutch KvK number of 8 digits", lambda number: re.fullmatch(r"\d{8}", number) is not None),
    "NO": Form("a Norwegian organisation number of 9 digits with the right check digit", _norwegian),
    "SE": Form("a Swedish organisation number of 10 digits with the right check digit", _swedish),
    "DK": Form("a Danish CVR number of 8 digits with the right check digit", _danish),
    "FI": Form("a Finnish business id of 8 digits with the right check digit", _finnish),
}
