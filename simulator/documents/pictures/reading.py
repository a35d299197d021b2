"""How many pages a PDF from any source has. Nothing of it is drawn or run, and each byte is looked at a few times at most."""

import re
import zlib
from collections.abc import Iterator
from itertools import pairwise

_OBJECT = re.compile(rb"\bobj\b")
_PAGES = re.compile(rb"/Type\s*/Pages\b")
_PAGE = re.compile(rb"/Type\s*/Page\b")
_COUNT = re.compile(rb"/Count\s+(\d{1,6})\b")
_FIRST = re.compile(rb"/First\s+(\d{1,9})\b")

DESCRIPTION_LIMIT = 64 * 1024
LISTS_LIMIT = 200
LIST_LIMIT = 1024 * 1024
"""Own choice: how much is looked at of what an object says of itself; of how many lists of objects, and how much of each."""


def pages(pdf: bytes) -> int:
    """Return the number of a PDF's pages; 1 when it cannot be read, as of an encrypted one."""
    counts, single = [], 0
    for described in _objects(pdf):
        if _PAGES.search(described):
            counts += [int(count) for count in _COUNT.findall(described)]
        elif _PAGE.search(described):
            single += 1
    return max(counts, default=single) or 1


def _objects(pdf: bytes) -> Iterator[bytes]:
    """Yield what each object says of itself, also those in compressed lists."""
    starts = [match.end() for match in _OBJECT.finditer(pdf)]
    lists = 0
    for start, following in pairwise([*starts, len(pdf)]):
        body = pdf[start : min(following, start + DESCRIPTION_LIMIT)]
        described, stream, _ = body.partition(b"stream")
        yield described
        if stream and b"/ObjStm" in described and b"/FlateDecode" in described and lists < LISTS_LIMIT:
            lists += 1
            yield from _listed(_unpacked(pdf, start + len(described) + len(stream)), described)


def _unpacked(pdf: bytes, start: int) -> bytes:
    packed = pdf[start : start + LIST_LIMIT].lstrip(b"\r\n")
    try:
        return zlib.decompressobj().decompress(packed, LIST_LIMIT)
    except zlib.error:
        return b""


def _listed(listed: bytes, described: bytes) -> Iterator[bytes]:
    """Yield the objects of a list: its head says at which place each begins."""
    first = _FIRST.search(described)
    if first is None:
        return
    body = int(first.group(1))
    numbers = [int(number) for number in re.findall(rb"\d{1,9}", listed[:body])]
    starts = sorted({body + offset for offset in numbers[1::2]})
    for start, end in pairwise([*starts, len(listed)]):
        yield listed[start:end]
