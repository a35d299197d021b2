"""What *About* and *What's new* show: the assets that come with the simulator, and what changed in it.

Own choice: both pages; Visma.net's own menu *Help* has *What's new* and *About* too.
"""

import tomllib
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import simulator.web

_ASSETS = Path(simulator.web.__file__).parent / "static" / "vendor" / "README.md"
_NEWS = Path(__file__).with_name("whats_new.toml")


@dataclass(frozen=True)
class Asset:
    """A style sheet, font or set of icons that comes with the simulator; ``folder`` is where its licence text is."""

    name: str
    version: str
    licence: str
    folder: str


@dataclass(frozen=True)
class News:
    """Something new in a version: the text key of the product's name, and the sentence in a language."""

    version: str
    product: str
    text: str


def assets() -> list[Asset]:
    """Return the assets that come with the simulator, as the list beside them names them."""
    rows = [line.strip("|").split("|") for line in _ASSETS.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in row] for row in rows[1:]]
    return [
        Asset(name, version, licence, files.strip("`").partition("/")[0]) for name, version, licence, _, files, *_ in cells
    ]


def news(language: str) -> list[tuple[str, list[News]]]:
    """Return what is new by version, the newest first, in a language, or in English where it has no text."""
    with _NEWS.open("rb") as file:
        entries = tomllib.load(file)["news"]
    lines = [News(entry["version"], entry["product"], entry.get(language, entry["en"])) for entry in entries]
    return [(version, list(group)) for version, group in groupby(lines, key=lambda line: line.version)]
