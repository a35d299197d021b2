"""What the platform says, in four languages: gettext catalogues over stable keys.

``translations/<language>.po`` hold one entry a key; a comment above each says where its wording is from. They are read when a
language is first used, so that nothing has to be compiled before the platform starts.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "nl", "nb", "sv")
NAMES = {"en": "English", "nl": "Nederlands", "nb": "Norsk bokmål", "sv": "Svenska"}
PSEUDO = "en-XA"
"""A made-up language for tests: every text marked, so that what was not translated shows."""

_DIRECTORY = Path(__file__).parent.parent / "translations"


class MissingText(KeyError):
    """A key has no text in a language; a guard test keeps this from happening."""


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return all texts of a language by key."""
    if language == PSEUDO:
        return {key: f"⟦{text}⟧" for key, text in catalogue("en").items()}
    from babel.messages.pofile import read_po

    texts: dict[str, str] = {}
    for path in sorted((_DIRECTORY / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language, abort_invalid=True):
                if message.id:
                    texts[str(message.id)] = str(message.string)
    return texts


def text(language: str, key: str, **values: Any) -> str:
    """Return a text with its placeholders (``%(name)s``) filled.

    Raises:
        MissingText: there is no such key, or no text for it in this language.
    """
    try:
        found = catalogue(language)[key]
    except KeyError:
        raise MissingText(f"{key} ({language})") from None
    if not found:
        raise MissingText(f"{key} ({language})")
    return found % values if values else found.replace("%%", "%")


def best_language(wanted: str | None, fallback: str = "en") -> str:
    """Return the language of ours that serves a tag such as ``nb-NO``, ``no`` or ``nn``."""
    if not wanted:
        return fallback
    if wanted == PSEUDO:
        return PSEUDO
    short = wanted.replace("_", "-").split("-")[0].lower()
    short = {"no": "nb", "nn": "nb"}.get(short, short)
    return short if short in LANGUAGES else fallback
