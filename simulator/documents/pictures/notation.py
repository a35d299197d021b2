"""Values of a document as a language writes them; a value that is not what its element promises stands there as it is."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from simulator.core import formats
from simulator.core.texts import PSEUDO, text
from simulator.directory.countries import BY_CODE
from simulator.documents.pictures.vocabulary import NAMES

if TYPE_CHECKING:
    from lxml.etree import _Element

LONGEST_NUMBER = 100
"""Digits of a number that is written as the language does it."""

PIECES = frozenset({"C62", "EA", "H87", "NAR", "XPP"})
UNITS = {
    "HUR": "h",
    "MIN": "min",
    "DAY": "d",
    "KGM": "kg",
    "GRM": "g",
    "TNE": "t",
    "MTR": "m",
    "KMT": "km",
    "CMT": "cm",
    "MMT": "mm",
}
UNITS |= {"MTK": "m²", "MTQ": "m³", "LTR": "l", "MLT": "ml", "KWH": "kWh", "MWH": "MWh", "P1": "%"}
"""Signs of units by their codes in UN/ECE Recommendation 20. Own choice: other codes stand there as they are."""

_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)?")
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


def local_name(element: "_Element") -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def clean(words: str) -> str:
    """Return a text without what cannot be seen: marks of direction, soft hyphens, control characters."""
    if words.isprintable():
        return words
    return "".join(letter if letter.isprintable() or letter in _JOINERS else _blank(letter) for letter in words)


def _blank(letter: str) -> str:
    import unicodedata

    return "" if unicodedata.category(letter) == "Cf" else letter if letter.isspace() else " "


class Notation:
    """The notation of one language, for a document in one currency."""

    def __init__(self, language: str, currency: str) -> None:
        self.language = language
        self.currency = currency

    def words(self, key: str, **values: str) -> str:
        """Return a text of the platform."""
        return text(self.language, key, **values)

    def term(self, name: str) -> str:
        """Return the label of a term of the vocabulary."""
        return self.words(f"documents.picture.{name}")

    def lines(self, element: "_Element") -> str:
        """Return a text of several lines."""
        return "\n".join(clean(line).strip() for line in (element.text or "").strip().splitlines())

    def value(self, element: "_Element") -> str:
        """Return the value of an element on one line, as its name and its attributes say that it is to be read."""
        words = clean(" ".join((element.text or "").split()))
        name = local_name(element)
        parent = element.getparent()
        if name == "ID" and parent is not None and local_name(parent) in ("TaxCategory", "ClassifiedTaxCategory"):
            name = local_name(parent)
        if not words:
            return ""
        if name.endswith("Date"):
            return self.day(words)
        if element.get("currencyID") is not None:
            return self.amount(element)
        if element.get("unitCode") is not None:
            return self.quantity(element)
        if name in ("Percent", "MultiplierFactorNumeric"):
            return f"{self.number(words)}{formats.NARROW}%"
        if name == "IdentificationCode":
            return self.country(words)
        if name in NAMES:
            own_words = clean(" ".join((element.get("name") or "").split()))
            return ", ".join(part for part in (self.code(name, words), own_words) if part)
        if name == "ClassifiedTaxCategory":
            return words
        if name == "EndpointID" and element.get("schemeID"):
            return f"{element.get('schemeID')}:{words}"
        lists = " ".join(
            str(element.get(name)) for name in ("schemeID", "listID", "listVersionID", "name") if element.get(name)
        )
        return f"{words} ({clean(lists)})" if lists else words

    def day(self, words: str) -> str:
        """Write a day; a time zone stays with it."""
        match = _DAY.fullmatch(words)
        try:
            return formats.short_date(self.language, date.fromisoformat(match[1])) + (match[2] or "") if match else words
        except ValueError:
            return words

    def number(self, words: str, least: int = 0) -> str:
        """Write a number with all its decimals, at least some."""
        try:
            number = Decimal(words) if len(words) <= LONGEST_NUMBER else None
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite() or "e" in words.lower():
            return words
        decimals = words.partition(".")[2].rstrip("0")
        return formats.number(self.language, number, max(least, len(decimals)))

    def amount(self, element: "_Element", *, negative: bool = False, currency: bool = False) -> str:
        """Write an amount, with its currency when that is not the document's or is asked for."""
        words = "".join((element.text or "").split())
        number = self.number(words.removeprefix("-") if negative and words.startswith("-") else words, 2)
        if negative and not words.startswith("-") and words.strip("0."):
            number = f"-{number}"
        code = element.get("currencyID") or self.currency
        if not currency and code == self.currency:
            return number
        return f"{number}{formats.NARROW}{code}" if self.language in ("nb", "sv") else f"{code}{formats.NARROW}{number}"

    def quantity(self, element: "_Element") -> str:
        """Write a quantity with the sign of its unit."""
        number, unit = self.number("".join((element.text or "").split())), element.get("unitCode") or ""
        sign = self.words("documents.picture.piece") if unit in PIECES else UNITS.get(unit, unit)
        return f"{number} {clean(sign)}".strip()

    def code(self, name: str, code: str) -> str:
        """Write a code after its name, when it has one here."""
        family, named = NAMES[name]
        return f"{self.words(f'documents.{family}.{code.lower()}')} ({code})" if code in named else code

    def country(self, code: str) -> str:
        """Return the name of a country by its code."""
        if code in BY_CODE:
            return self.words(f"country.{code.lower()}")
        from babel import Locale

        return str(Locale.parse("en" if self.language == PSEUDO else self.language).territories.get(code, code))
