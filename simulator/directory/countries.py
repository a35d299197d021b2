"""Countries of companies: their language, their time zone, and the form of their organisation and VAT numbers.

Source: published check-digit rules, as python-stdnum implements them; a Dutch KvK number has eight digits and no check digit.
Own choice: one time zone per country.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from simulator.core import normal_forms


@dataclass(frozen=True)
class Country:
    """One country.

    Attributes:
        code: two letters; also the end of the text key of its name.
        language: the language of the platform that is spoken there; None where English is used.
        time_zone: the time zone of its companies, which decides the day of an event.
        is_number: whether digits are a valid organisation number.
        is_vat_number: whether letters and digits are a valid VAT number.
        number: an example of an organisation number, for the hint at the field.
    """

    code: str
    language: str | None
    time_zone: str
    is_number: Callable[[str], bool]
    is_vat_number: Callable[[str], bool]
    number: str

    @property
    def text(self) -> str:
        """Text key of the name shown."""
        return f"country.{self.code.lower()}"


def compact(number: str) -> str:
    """Return a number as it is stored: in capitals, without spaces, dots and dashes."""
    return normal_forms.number(number)


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
    Country("NL", "nl", "Europe/Amsterdam", _dutch, _dutch_vat, "99999901"),
    Country("NO", "nb", "Europe/Oslo", _norwegian, _norwegian_vat, "310000019"),
    Country("SE", "sv", "Europe/Stockholm", _swedish, _swedish_vat, "9999990006"),
    Country("DK", None, "Europe/Copenhagen", _danish, _danish, "99999918"),
    Country("FI", None, "Europe/Helsinki", _finnish, _finnish_vat, "99999909"),
)
BY_CODE = {country.code: country for country in COUNTRIES}


def language_of(code: str) -> str:
    """Return the platform's language for a country with a code of two letters; English for all others."""
    country = BY_CODE.get(code)
    return (country and country.language) or "en"


def is_time_zone(name: str) -> bool:
    """Return whether a name is the name of a time zone."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError):
        return False
    return True
