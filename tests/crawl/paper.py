"""Reads what a browser has printed to a PDF."""

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)endobj", re.DOTALL)
_STEP = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-F]+)> Tj|\b(ET)\b")
_PAIR = re.compile(rb"^<(\w{4})> <(\w{4,})>$", re.MULTILINE)
_RANGE = re.compile(rb"^<(\w{4})> <(\w{4})> <(\w{4})>$", re.MULTILINE)


def pages_of(pdf: bytes) -> list[str]:
    """Return the letters of each page, in the order in which they are drawn and without blanks."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\b", body)]
    return [_letters(page, objects) for page in pages]


def without_blanks(text: str) -> str:
    """Return a text as ``pages_of`` has it."""
    return re.sub(r"[\s\u200b\u00ad]+", "", text)


def _letters(page: bytes, objects: dict[int, bytes]) -> str:
    fonts = {name: _letters_of(objects[int(font)], objects) for name, font in re.findall(rb"/(F\d+) (\d+) 0 R", page)}
    contents = re.search(rb"/Contents (\d+) 0 R", page)
    assert contents is not None
    text, font = [], b""
    for name, glyphs, _ in _STEP.findall(_stream(objects[int(contents[1])])):
        if name:
            font = name
        elif glyphs:
            text += [fonts[font].get(glyphs[at : at + 4], "\ufffd") for at in range(0, len(glyphs), 4)]
    return without_blanks("".join(text))


def _letters_of(font: bytes, objects: dict[int, bytes]) -> dict[bytes, str]:
    """Return glyph → letters of a font, from the table that is there for copying."""
    unicode = re.search(rb"/ToUnicode (\d+) 0 R", font)
    assert unicode is not None
    table = _stream(objects[int(unicode[1])])
    letters = {glyph: bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in _PAIR.findall(table)}
    for first, last, letter in _RANGE.findall(table):
        start = int(first, 16)
        for glyph in range(start, int(last, 16) + 1):
            letters[b"%04X" % glyph] = chr(int(letter, 16) + glyph - start)
    return letters


def _stream(body: bytes) -> bytes:
    head, _, rest = body.partition(b"stream")
    length = re.search(rb"/Length (\d+)", head)
    assert length is not None
    return zlib.decompress(rest.lstrip(b"\r\n")[: int(length[1])])
