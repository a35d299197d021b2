"""The platform's texts, in four languages: gettext catalogues with stable keys.

``translations/<language>/*.po`` hold one entry per key; a comment above each names the source of its wording. They are read when a
language is first used, so that nothing has to be compiled before the platform starts.

A text that names a label of a page takes it from the label's key: ``choose {connect.sign_in.forgot}``.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "nl", "nb", "sv")
ALIASES = {"no": "nb", "nn": "nb"}
"""Tags of Norwegian that Bokmål serves."""
REQUESTABLE = ("en", "nl", "nb", *ALIASES, "sv")
"""Tags of ``Accept-Language`` that are served; of equally preferred ones the first."""
NAMES = {"en": "English", "nl": "Nederlands", "nb": "Norsk bokmål", "sv": "Svenska"}
PSEUDO = "en-XA"
"""A made-up language for tests: every text is marked, so that untranslated texts stand out."""

_DIRECTORY = Path(__file__).parent.parent / "translations"
LABEL = re.compile(r"\{([A-Za-z0-9_.]+)\}")
"""A label inside a text, by its key."""


_END = re.compile(r"(%\((\w+)\)s\**)\.(?!\.)")
"""A placeholder at the end of a sentence, strong or not."""


class MissingText(KeyError):
    """A key has no text in a language; a guard test prevents this."""


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return all texts of a language by key, with the labels that they name.

    Raises:
        MissingText: a text names a label that there is not.
    """
    if language == PSEUDO:
        return {key: f"⟦{text}⟧" for key, text in catalogue("en").items()}
    from babel.messages.pofile import read_po

    texts: dict[str, str] = {}
    for path in sorted((_DIRECTORY / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language, abort_invalid=True):
                if message.id:
                    texts[str(message.id)] = str(message.string)

    def label(match: re.Match[str]) -> str:
        if match[1] not in texts:
            raise MissingText(f"{match[1]} ({language})")
        return texts[match[1]]

    return {key: LABEL.sub(label, text) for key, text in texts.items()}


def text(language: str, key: str, **values: Any) -> str:
    """Return a text with its placeholders (``%(name)s``) filled.

    Raises:
        MissingText: there is no such key, or no text for it in this language.
    """
    template = sentence(language, key, values)
    return template % values if values else template.replace("%%", "%")


def sentence(language: str, key: str, values: Mapping[str, Any]) -> str:
    """Return a text with its placeholders; a sentence that a value with a full stop ends, such as *B.V.*, gets no second one.

    Raises:
        MissingText: there is no such key, or no text for it in this language.
    """
    template = catalogue(language).get(key)
    if not template:
        raise MissingText(f"{key} ({language})")
    if not values:
        return template
    return _END.sub(lambda end: end[1] if str(values.get(end[2], "")).endswith(".") else end[0], template)


def best_language(tag: str | None, fallback: str = "en") -> str:
    """Return the platform's language for a tag such as ``nb-NO``, ``no`` or ``nn``."""
    if not tag:
        return fallback
    if tag == PSEUDO:
        return PSEUDO
    short = tag.replace("_", "-").split("-")[0].lower()
    short = ALIASES.get(short, short)
    return short if short in LANGUAGES else fallback


def spoken(language: str) -> dict[str, str]:
    """Return the texts of a language as screens say them, by key; placeholders stay."""
    return {key: text if "%(" in text else text.replace("%%", "%") for key, text in catalogue(language).items()}
