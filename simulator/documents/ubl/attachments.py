"""Names and types of files that go with a document.

Source: AutoInvoice, file names of attachments: a to z, digits, dot and underscore, at most 50 characters, and some types. Own
choice: other characters become underscores, so that a file is not refused for its name; the end of the name decides about the type.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from simulator.documents.model.content import Attached
from simulator.documents.ubl.words import MEDIA_TYPES, NAME_LENGTH

_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ł": "l"})


def ending(name: str) -> str:
    """Return the end of a name, which says its type: ``pdf``."""
    return PurePosixPath(name.lower()).suffix.removeprefix(".")


def clean(name: str, end: str) -> str:
    """Return a name with the characters and the length that names may have, with that end."""
    stem = name[: -len(end) - 1] if name.lower().endswith(f".{end}") else name
    ascii_only = unicodedata.normalize("NFKD", stem.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9._]+", "_", ascii_only).strip("._") or "file"
    return f"{name[: NAME_LENGTH - len(end) - 1]}.{end}"


def named(name: str, media_type: str | None, content: bytes) -> Attached:
    """Return a file under a clean name; one without a known end gets that of its type."""
    end = ending(name)
    if end not in MEDIA_TYPES:
        end = next((extension for extension, type_ in MEDIA_TYPES.items() if type_ == media_type), "txt")
    return Attached(clean(name, end), MEDIA_TYPES[end], content)


def distinct(files: Iterable[Attached]) -> tuple[Attached, ...]:
    """Return files under names that differ: a second ``a.pdf`` is called ``a_2.pdf``."""
    taken: dict[str, Attached] = {}
    for file in files:
        name, count = file.name, 1
        while name in taken:
            count += 1
            stem, _, end = file.name.rpartition(".")
            mark = f"_{count}.{end}"
            name = stem[: NAME_LENGTH - len(mark)] + mark
        taken[name] = replace(file, name=name)
    return tuple(taken.values())
