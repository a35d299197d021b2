"""The requests of a sandbox: every page, form and call of a program below its address, in a file beside the sandbox's own.

Own choice: no table, because a page would pay more for a transaction than for all its queries. A request is one line, appended in
one write; a line that a killed process left half-written is skipped. When the file is full it becomes the older one of two, and the
one before it goes. Requests are of one generation: a reset, also to a snapshot, begins anew, and exported files have none.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

ENDING, BEFORE = "-requests", "-requests-before"
"""What is added to the name of a sandbox's file: the newer and the older requests."""
FULL = 2 << 20
"""Own choice: bytes of each of the two files; requests have room beside the quota, because nobody can use more of it."""
LONGEST = 16 * 1024
"""Own choice: bytes of a request; of a longer one, body and answer are left out."""
LARGE_PARTS = ("body", "answer")
_FLAGS = os.O_CREAT | os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0)

_lock = Lock()


def append(path: Path, request: Mapping[str, Any]) -> None:
    """Append a request; without room on the disk there is none.

    Args:
        path: the file of the sandbox's generation, which somebody holds open.
        request: what is stored, as JSON.
    """
    line = _line(request)
    if len(line) > LONGEST:
        line = _line({name: None if name in LARGE_PARTS else value for name, value in request.items()})
    with _lock, suppress(OSError):
        file = os.open(f"{path}{ENDING}", _FLAGS, 0o600)
        try:
            # Begins the line, so that half a line before it is a line of its own.
            os.write(file, b"\n" + line)
            is_full = os.fstat(file).st_size >= FULL
        finally:
            os.close(file)
        if is_full:
            _begin_file(path)
            os.replace(f"{path}{ENDING}.next", f"{path}{ENDING}")


def requests(path: Path) -> list[dict[str, Any]]:
    """Return the requests of a sandbox's file, oldest first, each with its ``id``: the number of its line."""
    with _lock:
        return list(_numbered(path))


def forget(path: Path) -> None:
    """Forget the requests of a sandbox's file; the next one has the next id."""
    with _lock:
        _begin_file(path)
        os.replace(f"{path}{ENDING}.next", f"{path}{ENDING}")
        Path(f"{path}{BEFORE}").unlink(missing_ok=True)


def _begin_file(path: Path) -> None:
    """Write the next file, whose first line says which number follows, and let the present one be the older one."""
    first, lines = _read(path)
    file = os.open(f"{path}{ENDING}.next", os.O_CREAT | os.O_TRUNC | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
    try:
        os.write(file, json.dumps({"first": first + len(lines)}).encode())
    finally:
        os.close(file)
    with suppress(FileNotFoundError):
        os.replace(f"{path}{ENDING}", f"{path}{BEFORE}")


def _numbered(path: Path) -> Iterator[dict[str, Any]]:
    first, lines = _read(path)
    for number, line in enumerate(lines, start=first):
        with suppress(ValueError):
            yield {"id": number, **json.loads(line)}


def _read(path: Path) -> tuple[int, list[bytes]]:
    """Return all lines of both files, and the number of the first one."""
    older_first, older = _lines(f"{path}{BEFORE}")
    first, lines = _lines(f"{path}{ENDING}")
    return (older_first, older + lines) if older else (first, lines)


def _lines(path: str) -> tuple[int, list[bytes]]:
    try:
        with open(path, "rb") as file:
            head, *lines = file.read().split(b"\n")
    except FileNotFoundError:
        return 1, []
    return int(json.loads(head)["first"]) if head else 1, lines


def _line(request: Mapping[str, Any]) -> bytes:
    return json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
