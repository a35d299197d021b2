"""Make what Online help shows by walking manuals in every language; ``make pictures`` does it."""

import hashlib
import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from e2e.engine.camera import Camera, Figure, Picture
from e2e.engine.library import load
from e2e.engine.model import Manual
from e2e.engine.walker import Walker
from e2e.engine.words import LANGUAGES
from simulator.products.home.online_help import ENGLISH, TOPICS

FOLDER = Path(__file__).resolve().parents[1] / "simulator" / "web" / "static" / "online-help"
MANUALS = tuple(code for codes in TOPICS.values() for code in codes)
"""The manuals that Online help shows, in its order."""

COLOURS = 64
"""How many colours a picture has: on a screen nobody sees a difference, and it is a sixth of the size."""


class Listener(Camera):
    """A watcher that takes no picture, and has what each step tells."""

    scale = 1

    def show(self, *_: object, **__: object) -> None:
        """See a page, and leave it at that."""


def fingerprint(file: Path) -> str:
    """Return what tells whether the pictures were made of a manual as it is: the SHA-256 of its text."""
    return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def make(walker: Walker, manual_id: str, language: str, folder: Path) -> None:
    """Walk a manual in a language and write ``manual.json``, with pictures in English and the manual's language, into a folder."""
    ((file, manual),) = load([manual_id])
    with TemporaryDirectory() as pictures:
        has_pictures = language in (manual.language, ENGLISH)
        camera = (Camera if has_pictures else Listener)(Path(pictures), hide_mark=True)
        walker.walk(manual, manual.variant_names()[0], language, file.parent, [camera])
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        figures = [replace(figure, pictures=_last_page(figure)) for figure in camera.figures]
        for picture in (picture for figure in figures for picture in figure.pictures):
            _reduce(Path(pictures) / picture.file, picture).save(folder / picture.file, "PNG", optimize=True)
        content = _content(manual, fingerprint(file), walker.labels(manual, language).words(manual.title), figures)
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        (folder / "manual.json").write_text(text, encoding="utf-8", newline="\n")


def make_all(walker: Walker) -> None:
    """Renew everything that Online help shows."""
    for manual_id in MANUALS:
        for language in LANGUAGES:
            make(walker, manual_id, language, FOLDER / manual_id / language)


def _last_page(figure: Figure) -> list[Picture]:
    """Return the picture of the last page that the hand works on in a step; of its result where it works on none."""
    return ([picture for picture in figure.pictures if not picture.result] or figure.pictures)[-1:]


def _reduce(file: Path, picture: Picture) -> Image.Image:
    """Return a picture with one pixel for each pixel of the page, and few colours."""
    return Image.open(file).resize(picture.size, Image.Resampling.LANCZOS).quantize(COLOURS, dither=Image.Dither.NONE)


def _content(manual: Manual, source: str, title: str, figures: list[Figure]) -> dict[str, object]:
    return {
        "manual": source,
        "title": title,
        "source": {"title": manual.source.title, "section": manual.source.section, "language": manual.language},
        "steps": [
            {
                "tell": figure.tell[0],
                "hint": figure.hint[0] if figure.hint else None,
                "pictures": [asdict(p) for p in figure.pictures],
            }
            for figure in figures
        ],
    }
