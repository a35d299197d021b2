"""Bounds of a YAML text from outside, checked before anything is built from it.

Own choice: a million characters, a hundred thousand values and fifty levels, with everything counted that an alias repeats.
The server has the same for scenarios; a client imports nothing of it.
"""

from pathlib import Path
from typing import Any

import yaml

MAX_LENGTH = 1_000_000
MAX_VALUES = 100_000
MAX_DEPTH = 50

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

CANNOT_BE_BUILT = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)
"""What PyYAML raises for a value that does not suit its tag, such as a day of a thirteenth month."""


def read_text(path: Path) -> str:
    """Read a file of at most ``MAX_LENGTH`` bytes.

    Raises:
        OSError: it cannot be read.
        UnicodeDecodeError: it is not UTF-8.
        yaml.YAMLError: it is larger.
    """
    with path.open("rb") as file:
        content = file.read(MAX_LENGTH + 1)
    if len(content) > MAX_LENGTH:
        raise yaml.YAMLError(f"more than {MAX_LENGTH} bytes")
    return content.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")


def check_bounds(text: str) -> None:
    """Check that a YAML text is not too long, deep or large.

    Raises:
        yaml.YAMLError: it is, or it is no YAML.
    """
    if len(text) > MAX_LENGTH:
        raise yaml.YAMLError(f"more than {MAX_LENGTH} characters")
    sizes: dict[str | None, int] = {}
    total, open_nodes = 0, []
    event: Any
    for event in yaml.parse(text, Loader=_Parser):
        if isinstance(event, yaml.AliasEvent):
            total += sizes.get(event.anchor, 0)
        elif isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor, total))
            total += 1
        elif isinstance(event, yaml.ScalarEvent):
            total += 1
            if event.anchor:
                sizes[event.anchor] = 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            if anchor:
                sizes[anchor] = total - before
        if len(open_nodes) > MAX_DEPTH or total > MAX_VALUES:
            what = f"more than {MAX_DEPTH} levels" if len(open_nodes) > MAX_DEPTH else f"more than {MAX_VALUES} values"
            raise yaml.MarkedYAMLError(problem=what, problem_mark=event.start_mark)
