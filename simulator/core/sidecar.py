"""A small file beside a sandbox's own, with what lists say of it: opening a thousand sandboxes takes ten seconds.

Its first line is JSON: what it is stamped with and what is looked at; the rest is a text that lists pass on as it is.
It is derived, never the truth: it holds as long as the sandbox's file and log are as they were when it was read. So what a process
leaves that is killed between writing the one and the other, a damaged file and one that was put in by hand are read anew.
"""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from zlib import crc32

from simulator.core.chance import machine_secret
from simulator.core.clock import machine_now
from simulator.core.sandbox import Db, Sandbox

ENDING = "-summary"
"""What is added to the name of a sandbox's file."""
LARGEST = 1 << 20
"""Bytes of a summary; a longer one is cut off when it is read, and so never holds."""
SETTLED = 0.1
"""Seconds after which a log is known by its date and size: file systems tell no two writes within a few milliseconds apart."""

Stamp = tuple[int, int] | None


def read_small(path: str) -> bytes:
    """Read a small file whole; quicker than through a file object, for lists of a thousand sandboxes."""
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        return os.read(file, LARGEST)
    finally:
        os.close(file)


def stamps(file: str | Path) -> tuple[Stamp, Stamp]:
    """Return date and size of a sandbox's file and of its log: they differ when somebody wrote into the sandbox meanwhile."""
    return _stamp(str(file)), _stamp(f"{file}-wal")


def _stamp(file: str) -> Stamp:
    """Return date and size of a file; None for one that is empty or not there, because readers make and remove empty logs."""
    try:
        status = os.stat(file)
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size) if status.st_size else None


def stored_summary(file: str, form: str) -> tuple[Any, str] | None:
    """Return the summary beside a sandbox's file and its text, without opening that; None if there is none that holds.

    Args:
        file: the path of the sandbox's file.
        form: names the fields of a summary; one of another form does not hold.
    """
    try:
        line, _, text = read_small(file + ENDING).partition(b"\n")
        content = json.loads(line)
        at = [at and list(at) for at in stamps(file)]
        if content["form"] == form and content["at"] == at and at[0] and content["checksum"] == crc32(text):
            return content["summary"], text.decode()
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def read_summary(sandbox: Sandbox, form: str, read: Callable[[Db], tuple[Any, str]]) -> tuple[Any, str]:
    """Read the summary of a sandbox and its text, and write them beside its file.

    Raises:
        Unreadable: the sandbox's file is damaged.
    """
    before = stamps(sandbox.path)
    with sandbox.reading() as db:
        summary, text = read(db)
    log = before[1]
    if log is None or machine_now().timestamp() - log[0] / 1e9 > SETTLED:
        write(sandbox.path, form, before, summary, text)
    return summary, text


def write(path: Path, form: str, at: tuple[Stamp, Stamp], summary: Any, text: str) -> None:
    """Write the summary of a sandbox's file; without room, or in a directory that cannot be written, there is none."""
    target = path.with_name(path.name + ENDING)
    fresh = target.with_name(f"{target.name}.{machine_secret()[:8]}")
    rest = text.encode()
    line = json.dumps({"form": form, "at": at, "summary": summary, "checksum": crc32(rest)}).encode()
    try:
        file = os.open(fresh, os.O_CREAT | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
        try:
            os.write(file, line + b"\n" + rest)
        finally:
            os.close(file)
        fresh.replace(target)
    except OSError:
        with suppress(OSError):
            fresh.unlink()
