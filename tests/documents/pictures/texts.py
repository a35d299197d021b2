"""The texts of a PDF of ours, as its letters are drawn."""

import re
import zlib
from base64 import a85decode
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

_OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)endobj", re.DOTALL)
_DRAWN = re.compile(
    rb"/(\S+) [\d.]+ Tf|1 0 0 1 (-?[\d.]+) (-?[\d.]+) Tm|\(((?:[^()\\]|\\.)*)\) Tj",
    re.DOTALL,
)


class Drawn(NamedTuple):
    """A text of one line, with where it begins."""

    x: float
    y: float
    text: str
    font: str


def drawn(pdf: bytes) -> Iterator[Drawn]:
    """Yield what a PDF draws, in its order."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    readers = {
        name.decode(): _reader(objects[int(number)], objects)
        for body in objects.values()
        for name, number in re.findall(rb"/(F\d\S*) (\d+) 0 R", body)
    }
    for page in re.findall(rb"/Contents (\d+) 0 R", pdf):
        font, x, y = "", 0.0, 0.0
        for name, across, up, letters in _DRAWN.findall(_stream(objects[int(page)])):
            if name:
                font = name.decode()
            elif across:
                x, y = float(across), float(up)
            else:
                yield Drawn(x, y, readers[font](_unescaped(letters)), font)


def written(pdf: bytes) -> str:
    """Return the texts that a PDF draws, one a line."""
    return "\n".join(text.text for text in drawn(pdf))


def blocks(pdf: bytes) -> list[str]:
    """Return the texts that begin at the same distance from the left, with those below them."""
    columns: dict[float, list[str]] = defaultdict(list)
    for text in drawn(pdf):
        columns[text.x].append(text.text)
    return [" ".join(texts) for texts in columns.values()]


def _stream(body: bytes) -> bytes:
    head, _, rest = body.partition(b"stream")
    length = re.search(rb"/Length (\d+)", head)
    assert length is not None
    packed = rest.lstrip(b"\r\n")[: int(length[1])]
    return zlib.decompress(a85decode(b"<~" + packed.strip(), adobe=True) if b"ASCII85Decode" in head else packed)


def _unescaped(letters: bytes) -> bytes:
    escapes = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def plain(match: re.Match[bytes]) -> bytes:
        code = match[1]
        return bytes([int(code, 8)]) if code.isdigit() else escapes.get(code, code)

    return re.sub(rb"\\([0-7]{3}|.)", plain, letters, flags=re.DOTALL)


def _reader(font: bytes, objects: dict[int, bytes]) -> Callable[[bytes], str]:
    """Return what turns the bytes that a font draws into letters."""
    if b"UCS2-H" in font:
        return lambda letters: letters.decode("utf-16-be")
    if (unicode := re.search(rb"/ToUnicode (\d+) 0 R", font)) is None:
        return lambda letters: letters.decode("cp1252")
    table = _stream(objects[int(unicode[1])])
    pairs = re.findall(rb"^<(\w+)> <(\w{4})>$", table, re.MULTILINE)
    letters_of = {int(code, 16): chr(int(letter, 16)) for code, letter in pairs}
    return lambda letters: "".join(letters_of.get(code, "\ufffd") for code in letters)
