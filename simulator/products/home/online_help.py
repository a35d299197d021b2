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

TOPICS = ("register-user-webfaktura",)
"""The manuals, in their order; each is a folder of ``static/online-help``, with a folder for each language."""


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
    """

    code: str
    title: str
    source: str
    source_language: str
    steps: Sequence[Step]


@cache
def topics(language: str) -> list[Topic]:
    """Return all topics in a language."""
    return [_topic(code, language) for code in TOPICS]


def _topic(code: str, language: str) -> Topic:
    folder = f"online-help/{code}/{language}"
    stored = json.loads(files("simulator.web").joinpath(f"static/{folder}/manual.json").read_text(encoding="utf-8"))
    source = stored["source"]
    return Topic(
        code,
        stored["title"],
        f"{source['title']}: {source['section']}",
        source["language"],
        [_step(step, folder) for step in stored["steps"]],
    )


def _step(stored: dict[str, Any], folder: str) -> Step:
    pictures = [
        StepPicture(f"{folder}/{picture['file']}", picture["alt"], tuple(picture["size"]), picture["result"])
        for picture in stored["pictures"]
    ]
    return Step(_strong(stored["tell"]), _strong(stored["hint"]) if stored["hint"] else None, pictures)


def _strong(text: str) -> Markup:
    """Return a text in which ``**words**`` are strong."""
    parts = str(escape(text)).split("**")
    return Markup("".join(f"<strong>{part}</strong>" if index % 2 else part for index, part in enumerate(parts)))
