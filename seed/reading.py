"""Reading the text of a scenario: YAML with few surprises, and every fault of form with its line.

Own choice: only ``true`` and ``false`` are yes and no (so that the country ``NO`` stays a country), whole numbers are decimal
without leading zeros, and days stay text; a key that stands twice in one place is a fault.
"""

import re
from pathlib import Path
from typing import Any, ClassVar

import yaml

from simulator.core.bounded_yaml import CANNOT_BE_BUILT, check_bounds, read_text
from simulator.core.errors import BadInput

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Parser):  # type: ignore[misc]
    """A YAML loader with scalars of five kinds: text, whole number, number, yes or no, nothing."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("int", r"[+-]?(?:0|[1-9][0-9]*)", "+-0123456789"),
    ("float", r"[+-]?[0-9]+\.[0-9]+", "+-0123456789"),
    ("null", r"~|null|", ["~", "n", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))


def read(path: Path) -> dict[str, Any]:
    """Read a scenario file as it stands.

    Raises:
        BadInput: it cannot be read, is not YAML, has a key twice or is not a set of keys.
    """
    return parse(text_of(path), path.name)


def text_of(path: Path) -> str:
    """Read the text of a scenario file.

    Raises:
        BadInput: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        return read_text(path)
    except OSError as error:
        raise BadInput([(path.name, f"expected a readable file, found none ({error.strerror})")]) from None
    except UnicodeDecodeError:
        raise BadInput([(path.name, "expected UTF-8 text, found other bytes")]) from None
    except yaml.YAMLError as error:
        raise BadInput([(path.name, f"expected a scenario, found {error}")]) from None


def decoded(content: bytes, name: str) -> str:
    """Decode the bytes of a scenario.

    Raises:
        BadInput: they are not UTF-8.
    """
    try:
        return content.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise BadInput([(name, "expected UTF-8 text, found other bytes")]) from None


def parse(text: str, name: str) -> dict[str, Any]:
    """Read the text of a scenario.

    Args:
        text: the YAML.
        name: the file's name, for messages.

    Raises:
        BadInput: as ``read``.
    """
    problems: list[tuple[str, str]] = []
    loader: Any = None
    try:
        check_bounds(text)
        loader = _Loader(text)
        node = loader.get_single_node()
        value = _plain(loader, node, (), problems, frozenset()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise BadInput([(f"{name}{position}", f"expected YAML, found a fault: {error.problem or error.context}")]) from None
    except yaml.YAMLError as error:
        raise BadInput([(name, f"expected YAML, found a fault: {str(error).splitlines()[0]}")]) from None
    except CANNOT_BE_BUILT as error:
        raise BadInput([(name, f"expected YAML, found a value that does not suit its tag: {error}")]) from None
    finally:
        if loader is not None:
            loader.dispose()
    if problems:
        raise BadInput([(f"{name}{where}", what) for where, what in problems])
    if not isinstance(value, dict):
        raise BadInput([(name, f"expected keys such as 'name: …', found {_kind(value)}")])
    return value


def _plain(loader: Any, node: Any, path: tuple[str, ...], problems: list[tuple[str, str]], above: frozenset[int]) -> Any:
    if id(node) in above:
        raise yaml.constructor.ConstructorError(None, None, "an alias of itself", node.start_mark)
    above = above | {id(node)}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, item, (*path, str(at)), problems, above) for at, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return loader.construct_object(node)
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in mapping:
            where = ".".join((*path, key))
            mark = key_node.start_mark
            problems.append(
                (f", line {mark.line + 1}, column {mark.column + 1}: {where}", "expected each key once, found it twice")
            )
        mapping[key] = _plain(loader, value_node, (*path, key), problems, above)
    return mapping


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    return "a list" if isinstance(value, list) else f"{value!r}"
