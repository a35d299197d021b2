"""Countries that companies are in: how their organisation and VAT numbers look, and the time there.

Source: published check-digit rules, as python-stdnum implements them; a Dutch KvK number has eight digits and no check digit.
Own choice: one time zone a country.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Country:
    """One country.

    Attributes:
        code: two letters; also the end of the text key of its name.
        time_zone: the zone whose days its companies live by.
        is_number: whether digits are one of its organisation numbers.
        is_vat_number: whether letters and digits are one of its VAT numbers.
        number: an example of an organisation number, for the hint at the field.
    """

    code: str
    time_zone: str
    is_number: Callable[[str], bool]
    is_vat_number: Callable[[str], bool]
    number: str

    @property
    def text(self) -> str:
        """Text key of the name shown."""
        return f"country.{self.code.lower()}"


def compact(number: str) -> str:
    """Return a number the way it is stored: without spaces, dots and dashes."""
    return re.sub(r"[\s.\-\N{EN DASH}]", "", number)


def _dutch(number: str) -> bool:
    return re.fullmatch(r"[0-9]{8}", number) is not None


def _norwegian(number: str) -> bool:
    from stdnum.no import orgnr

    return bool(orgnr.is_valid(number)) and bool(number.strip("0"))


def _swedish(number: str) -> bool:
    from stdnum.se import orgnr

    return bool(orgnr.is_valid(number)) and int(number[2]) >= 2


def _danish(number: str) -> bool:
    from stdnum.dk import cvr

    return bool(cvr.is_valid(number))


def _finnish(number: str) -> bool:
    from stdnum.fi import ytunnus

    return bool(ytunnus.is_valid(number))


def _dutch_vat(number: str) -> bool:
    from stdnum.nl import btw

    return bool(btw.is_valid(number))


def _norwegian_vat(number: str) -> bool:
    from stdnum.no import mva

    return bool(mva.is_valid(number))


def _swedish_vat(number: str) -> bool:
    from stdnum.se import vat

    return bool(vat.is_valid(number))


def _finnish_vat(number: str) -> bool:
    from stdnum.fi import alv

    return bool(alv.is_valid(number))


COUNTRIES = (
    Country("NL", "Europe/Amsterdam", _dutch, _dutch_vat, "99999901"),
    Country("NO", "Europe/Oslo", _norwegian, _norwegian_vat, "310000019"),
    Country("SE", "Europe/Stockholm", _swedish, _swedish_vat, "9999990006"),
    Country("DK", "Europe/Copenhagen", _danish, _danish, "99999918"),
    Country("FI", "Europe/Helsinki", _finnish, _finnish_vat, "99999909"),
)
BY_CODE = {country.code: country for country in COUNTRIES}


def is_time_zone(name: str) -> bool:
    """Say whether a name is that of a time zone."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError):
        return False
    return True
