"""Dates, periods and numbers in the notation of each language.

Source: Dutch ``27-3-22`` and ``1-12-21 aan 31-12-21`` as on the invoice of "Specificatie verbruik Visma.net AutoInvoice";
Norwegian ``01.12.2017-28.02.2018`` as in "Brukertips i Kundeservice". Own choice: Swedish, English, and all times of day.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from simulator.core.normal_forms import visible
from simulator.core.texts import PSEUDO

NARROW = "\N{NO-BREAK SPACE}"

_SEPARATORS = {"en": (",", "."), "nl": (".", ","), "nb": (NARROW, ","), "sv": (NARROW, ",")}
_EXACT = Context(prec=100_000)
"""More digits than a number has that documents are read with."""
_TWO_DIGITS = range(1970, 2070)
_TYPED = re.compile(
    r"(?:(?P<first>\d{4})|(?P<day>\d\d?))(?P<sign>[-./])(?P<month>\d\d?)(?P=sign)"
    r"(?:(?(first)(?P<second>\d\d?)|(?:(?P<last>\d{4})|(?P<short>\d\d))))",
    re.ASCII,
)
_BETWEEN = {"en": " to ", "nl": " aan ", "nb": "-", "sv": " - "}


def short_date(language: str, day: date) -> str:
    """Write a day: nl ``27-3-22``, nb ``27.03.2022``, sv ``2022-03-27``, en ``27/03/2022``.

    Own choice: in Dutch a year has four digits when two would be taken for another year.
    """
    year = f"{day.year:04}"
    if language == "nl":
        return f"{day.day}-{day.month}-{year[2:] if day.year in _TWO_DIGITS else year}"
    if language == "nb":
        return f"{day.day:02}.{day.month:02}.{year}"
    if language == "sv":
        return f"{year}-{day.month:02}-{day.day:02}"
    return f"{day.day:02}/{day.month:02}/{year}"


def month_names(language: str, width: Literal["abbreviated", "wide"]) -> Mapping[int, str]:
    """Return the names of the months in a language, by number."""
    from babel.dates import get_month_names

    if language == PSEUDO:
        return {month: f"⟦{name}⟧" for month, name in get_month_names(width, "stand-alone", "en").items()}
    return get_month_names(width, "stand-alone", language)


def read_short_date(language: str, text: str) -> date:
    """Read a day as people write it in a language, or as ISO 8601 has it.

    Own choice: any of the signs ``- . /`` stands between the numbers, in every language; a year of two digits comes last, and in
    Swedish, where days begin with the year, it is refused, since it could be read either way.

    Raises:
        ValueError: it is not a day.
    """
    match = _TYPED.fullmatch(text.strip())
    if match is None or (match["short"] and language == "sv"):
        raise ValueError("no day")
    year = int(match["first"] or match["last"] or match["short"])
    if match["short"]:
        year += _TWO_DIGITS.start // 100 * 100 + (100 if year < _TWO_DIGITS.start % 100 else 0)
    return date(year, int(match["month"]), int(match["second"] or match["day"]))


def period(language: str, first: date, last: date) -> str:
    """Write a period: nl ``1-12-21 aan 31-12-21``, nb ``01.12.2021-31.12.2021``."""
    return short_date(language, first) + _BETWEEN.get(language, " to ") + short_date(language, last)


def clock_time(language: str, instant: datetime, zone: str) -> str:
    """Write day and time of an instant in a time zone: nl ``27-3-22 09:05``."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{short_date(language, local.date())} {local:%H:%M}"


def number(language: str, value: int | Decimal, decimals: int = 0, *, grouped: bool = True) -> str:
    """Write a number with that many decimals, rounded half up: nl ``1.132,00``, or ``1132,00`` when its digits are not grouped."""
    thousands, point = _SEPARATORS.get(language, _SEPARATORS["en"])
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _EXACT)
    return f"{rounded:,f}".replace(",", "\0").replace(".", point).replace("\0", thousands if grouped else "")


def read_number(language: str, text: str) -> Decimal:
    """Read a number with or without decimals as people write it in a language; blanks may stand in it.

    Own choice: a point or comma is a decimal sign unless it groups thousands: as the language does it, or before another one.

    Raises:
        ValueError: it is not a number.
    """
    typed = "".join(visible(text).split())
    for thousands, point, decimals in ((*_SEPARATORS.get(language, _SEPARATORS["en"]), "?"), (".", ",", ""), (",", ".", "")):
        grouped = rf"[+-]?\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(point)}\d+){decimals}"
        if re.fullmatch(grouped, typed, re.ASCII):
            typed = typed.replace(thousands, "")
    if not re.fullmatch(r"[+-]?\d{1,20}(?:[.,]\d{1,20})?", typed, re.ASCII):
        raise ValueError("no number")
    return Decimal(typed.replace(",", "."))


def money(language: str, value: Decimal, currency: str | None = None, decimals: int = 2) -> str:
    """Write an amount, with its currency when one is given: nl ``EUR 1.132,00``, nb ``1 132,00 NOK``."""
    amount = number(language, value, decimals)
    if currency is None:
        return amount
    return f"{amount}{NARROW}{currency}" if language in ("nb", "sv") else f"{currency}{NARROW}{amount}"
