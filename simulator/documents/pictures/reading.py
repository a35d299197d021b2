"""How many pages a PDF has, whoever made it. Nothing of it is drawn or run."""

import re
import zlib
from collections.abc import Iterator

_OBJECT = re.compile(rb"\bobj\b(.*?)(?:\bstream\r?\n|\bendobj\b)", re.DOTALL)
_PAGES = re.compile(rb"/Type\s*/Pages\b")
_PAGE = re.compile(rb"/Type\s*/Page\b")
_COUNT = re.compile(rb"/Count\s+(\d{1,6})\b")
UNPACKED_LIMIT = 8 * 1024 * 1024
"""Own choice: of lists of objects that are compressed, no more is looked at."""


def pages(pdf: bytes) -> int:
    """Return the number of a PDF's pages; 1 when it cannot be told, as of an encrypted one."""
    counts, single = [1], 0
    for described in _objects(pdf):
        if _PAGES.search(described):
            counts += [int(count) for count in _COUNT.findall(described)]
        elif _PAGE.search(described):
            single += 1
    return max(*counts, single) if len(counts) == 1 else max(counts)


def _objects(pdf: bytes) -> Iterator[bytes]:
    """Yield what each object says of itself, also those in compressed lists."""
    left = UNPACKED_LIMIT
    for match in _OBJECT.finditer(pdf):
        described = match.group(1)
        yield described
        if b"/ObjStm" in described and b"/FlateDecode" in described and left > 0:
            listed = _unpacked(pdf, match.end(), left)
            left -= len(listed)
            yield from _listed(listed, described)


def _unpacked(pdf: bytes, start: int, limit: int) -> bytes:
    end = pdf.find(b"endstream", start)
    try:
        return zlib.decompressobj().decompress(pdf[start : end if end > 0 else len(pdf)], limit)
    except zlib.error:
        return b""


def _listed(listed: bytes, described: bytes) -> Iterator[bytes]:
    """Yield the objects of a list: its head says at which place each begins."""
    first = re.search(rb"/First\s+(\d{1,9})\b", described)
    if first is None:
        return
    body = int(first.group(1))
    numbers = [int(number) for number in re.findall(rb"\d{1,9}", listed[:body])]
    starts = [body + place for place in numbers[1::2]]
    for start, end in zip(starts, [*starts[1:], len(listed)], strict=True):
        yield listed[start:end]
