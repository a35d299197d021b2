"""Fonts of the PDF: those that every reader has, and for other letters fonts that are embedded, as far as they are used.

Own choice: a word is drawn in one font where one has all its letters. Chinese, Japanese and Korean are drawn with the fonts that
readers of PDF bring for them; such fonts are too large to be carried along. Letters that join, as Arabic ones do, are drawn apart.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from threading import Lock

PLAIN, BOLD = "Helvetica", "Helvetica-Bold"

_VENDOR = Path(__file__).parents[2] / "web" / "static" / "vendor"
_LATIN = {PLAIN: "liberation-2.1.5/LiberationSans-Regular.ttf", BOLD: "liberation-2.1.5/LiberationSans-Bold.ttf"}
_SIGNS = "dejavu-2.37/DejaVuSans.ttf"
_CHINESE, _JAPANESE, _KOREAN = "STSong-Light", "HeiseiKakuGo-W5", "HYGothic-Medium"
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7a3]")
_EAST_ASIAN = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]")
_FROM_THE_RIGHT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_BACKWARDS = re.compile(f"[{_FROM_THE_RIGHT}](?:[^A-Za-z\u00c0-\u024f]*[{_FROM_THE_RIGHT}])?")
_NUMBER = re.compile(r"\d[\d.,:/-]*\d")
_registering = Lock()
"""Held while a font is registered: a document whose letters come from two registrations of one font would be wrong."""
_WORDS = re.compile(r"\S+\s*|\s+")

Run = tuple[str, str]
"""A font and the letters that are drawn in it."""


def runs(text: str, font: str) -> list[Run]:
    """Return how a text of one line is drawn in a font or in its stead, from left to right."""
    if text.isascii():
        return [(font, text)] if text.isprintable() else [(font, _visible(text))]
    text = _visible(unicodedata.normalize("NFC", text))
    if _is_usual(text):
        return [(font, text)]
    text = _BACKWARDS.sub(lambda match: _reversed(match[0]), text)
    asian = _asian(text)
    chosen = [run for word in _WORDS.findall(text) for run in _runs_of_word(word, font, asian)]
    return [(name, "".join(letters for _, letters in group)) for name, group in groupby(chosen, key=itemgetter(0))]


def _runs_of_word(word: str, font: str, asian: str) -> Iterator[Run]:
    """Yield the fonts of a word: one where one has all its letters."""
    for embedded in map(_embedded, (_LATIN[font], _SIGNS)):
        if all(letter in embedded for letter in word):
            yield embedded.name, word
            return
    yield from (_chosen(letter, font, asian) for letter in word)


def width(text: str, font: str, size: float) -> float:
    """Return how wide a text is drawn, in points."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return sum(float(stringWidth(letters, name, size)) for name, letters in runs(text, font))


def folded(text: str, font: str, size: float, available: float) -> list[str]:
    """Break a text into lines that fit; a word that does not fit alone is broken, too."""
    lines = []
    for paragraph in text.splitlines():
        if width(paragraph, font, size) <= available:
            lines.append(paragraph)
            continue
        line, used = "", 0.0
        blank = width(" ", font, size)
        for word in paragraph.split(" "):
            needed = width(word, font, size)
            if line and used + blank + needed <= available:
                line, used = f"{line} {word}", used + blank + needed
                continue
            if line:
                lines.append(line)
            *whole, line = [word] if needed <= available else _broken(word, font, size, available)
            lines += whole
            used = needed if not whole else width(line, font, size)
        lines.append(line)
    return [line for line in lines if line.strip()]


def _broken(word: str, font: str, size: float, available: float) -> Iterator[str]:
    part, used = "", 0.0
    for letter in word:
        needed = width(letter, font, size)
        if part and used + needed > available:
            yield part
            part, used = "", 0.0
        part, used = part + letter, used + needed
    yield part


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter == "\N{NO-BREAK SPACE}" else _space(letter) for letter in text)


def _space(letter: str) -> str:
    return "" if unicodedata.category(letter) in ("Cf", "Cs") else " "


def _is_usual(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _reversed(text: str) -> str:
    """Return letters that are read from the right in the order in which they are drawn; numbers among them stay as they are."""
    return _NUMBER.sub(lambda match: match[0][::-1], text[::-1])


class _Embedded:
    """A font that is embedded, registered with its name at the first use."""

    def __init__(self, path: str) -> None:
        from reportlab.pdfbase.pdfmetrics import registerFont
        from reportlab.pdfbase.ttfonts import TTFont

        self.name = Path(path).stem
        font = TTFont(self.name, str(_VENDOR / path))
        registerFont(font)
        self._letters = font.face.charToGlyph

    def __contains__(self, letter: str) -> bool:
        # What the file would say of letters beyond the first 65 536, readers could not copy.
        return letter <= "\uffff" and ord(letter) in self._letters


def _embedded(path: str) -> _Embedded:
    with _registering:
        return _registered(path)


@cache
def _registered(path: str) -> _Embedded:
    return _Embedded(path)


@cache
def _from_reader(name: str) -> str:
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont

    registerFont(UnicodeCIDFont(name))
    return name


def _asian(text: str) -> str:
    return _KOREAN if _HANGUL.search(text) else _JAPANESE if _KANA.search(text) else _CHINESE


def _chosen(letter: str, font: str, asian: str) -> Run:
    """Return the font for one letter; the letter without its marks, or a question mark, when no font has it."""
    for embedded in map(_embedded, (_LATIN[font], _SIGNS)):
        if letter in embedded:
            return embedded.name, letter
    if _EAST_ASIAN.match(letter):
        with _registering:
            return _from_reader(asian), letter
    plain = unicodedata.normalize("NFKD", letter)[:1]
    return font, plain if plain != letter and _is_usual(plain) else "?"
