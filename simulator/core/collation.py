"""Sorting names as a reader of a language expects them.

Source: Unicode Common Locale Data Repository, collation of *nb* and *sv*; in *nl* and *en* letters with an accent count as the
letter. Own choice: capitals and accents make no difference, so that lists are sorted by something else where names are equal;
the library that knows the rules of all languages is larger than the platform.
"""

import unicodedata
from contextvars import ContextVar
from functools import lru_cache

_PLAIN = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})
_SCANDINAVIAN = {"ü": "y", "ű": "y"}
_AFTER_Z = {
    "nb": {"æ": "{", "ä": "{", "ę": "{", "ø": "|", "ö": "|", "ő": "|", "œ": "|", "å": "}"},
    "sv": {"å": "{", "ä": "|", "æ": "|", "ę": "|", "ö": "}", "ø": "}", "ő": "}", "œ": "}"},
}
"""The letters after Z, in their order, as the characters that follow ``z`` in ASCII."""
_TABLES = {language: str.maketrans(letters | {"ü": "y", "ű": "y"}) for language, letters in _AFTER_Z.items()}

_language: ContextVar[str] = ContextVar("language of sorting", default="en")


def use_language(language: str = "en") -> None:
    """Choose the language in which lists are sorted from now on, in this thread."""
    _language.set(language)


def sort_key(text: str | None) -> str:
    """Return what to sort a name by, in the language that was chosen; also a function of every database, ``sort_key``."""
    language, text = _language.get(), text or ""
    if text.isascii() and not (language == "nb" and "aa" in text.lower()):
        return text.lower()
    return _key(language, text)


@lru_cache(maxsize=4096)
def _key(language: str, text: str) -> str:
    text = unicodedata.normalize("NFC", text.casefold())
    if language == "nb":
        text = text.replace("aa", "å")
    letters = unicodedata.normalize("NFD", text.translate(_TABLES.get(language, {})).translate(_PLAIN))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
