"""What Online help shows: walked manuals with their pictures, as ``tools/online_help.py`` has stored them.

Source: "WebFaktura og Visma.net", Registrer bruker i Visma.net: *Online help* describes how new users are made.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup, escape

TOPICS = {
    "admin.name": ("register-user-webfaktura", "user-group", "support-access", "change-log"),
    "settings.name": ("quantity-on-invoice", "binding-and-notice", "give-notice", "access-after-end", "transfer-licences"),
    "contact.name": ("support-by-chat",),
}
"""The manuals in their order, by the text key of their product; each is a folder of ``static/online-help``."""

ENGLISH = "en"
"""The language of the pictures where a topic has none in the reader's; it has some in English and in the language of its manual."""


@dataclass(frozen=True)
class StepPicture:
    """A picture: its path below the static files, what it shows in words, its size in pixels, whether it shows a result."""

    path: str
    alt: str
    size: tuple[int, int]
    result: bool


@dataclass(frozen=True)
class Step:
    """An instruction with its hint, labels strong, and its pictures."""

    tell: Markup
    hint: Markup | None
    pictures: Sequence[StepPicture]


@dataclass(frozen=True)
class Topic:
    """A walked manual in one language.

    Attributes:
        code: its id.
        title: in that language.
        source: title and section of the published manual.
        source_language: the language of the published manual.
        steps: in order.
        picture_language: the language of the pictures.
    """

    code: str
    title: str
    source: str
    source_language: str
    steps: Sequence[Step]
    picture_language: str


def topics(language: str) -> dict[str, list[Topic]]:
    """Return all topics in a language, by the text key of their product."""
    return {product: [topic(code, language) for code in codes] for product, codes in TOPICS.items()}


@cache
def topic(code: str, language: str) -> Topic:
    """Return a topic in a language."""
    stored = _stored(code, language)
    has_pictures = any(step["pictures"] for step in stored["steps"])
    pictured = language if has_pictures else ENGLISH
    pictures = [step["pictures"] for step in _stored(code, pictured)["steps"]]
    source = stored["source"]
    return Topic(
        code,
        stored["title"],
        f"{source['title']}: {source['section']}",
        source["language"],
        [
            _step(step, shots, f"online-help/{code}/{pictured}")
            for step, shots in zip(stored["steps"], pictures, strict=True)
        ],
        pictured,
    )


def _stored(code: str, language: str) -> dict[str, Any]:
    path = files("simulator.web").joinpath(f"static/online-help/{code}/{language}/manual.json")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _step(stored: dict[str, Any], shots: list[dict[str, Any]], folder: str) -> Step:
    pictures = [StepPicture(f"{folder}/{shot['file']}", shot["alt"], tuple(shot["size"]), shot["result"]) for shot in shots]
    return Step(_strong(stored["tell"]), _strong(stored["hint"]) if stored["hint"] else None, pictures)


def _strong(text: str) -> Markup:
    """Return a text in which ``**words**`` are strong."""
    parts = str(escape(text)).split("**")
    return Markup("".join(f"<strong>{part}</strong>" if index % 2 else part for index, part in enumerate(parts)))
