"""Read a manual file, and say in plain words what is wrong with one."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml
from pydantic import ValidationError

from .bounded_yaml import CANNOT_BE_BUILT, check_bounds, read_text
from .model import Manual
from .targets import KINDS
from .words import Strict, describe_value

Content = TypeVar("Content", bound=Strict)


class _WithId(Protocol):
    id: Any


Named = TypeVar("Named", bound=_WithId)

_EXPECTED = {
    "string_type": "a text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "list_type": "a list",
    "dict_type": "a mapping",
    "too_short": "at least one entry",
    "greater_than_equal": "{ge} or more",
    "greater_than": "more than {gt}",
    "less_than_equal": "{le} or less",
}


class ManualError(Exception):
    """A manual file is not as it should be.

    The text has one line for each problem: file, line, step, key, what was expected and what was found.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Parser):  # type: ignore[misc]
    """YAML as everybody knows it, but a key that stands twice is an error, and `on`, `yes` and `no` are plain words."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, list | dict) or key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"expected each key once, found '{key_node.value}' again", key_node.start_mark
            )
        seen.add(key)
    loader.flatten_mapping(node)
    content: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    return content


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_manual(path: Path) -> Manual:
    """Read one manual.

    Raises:
        ManualError: The file cannot be read, is no YAML, or is no manual.
    """
    return parse_manual(read_file(path), str(path))


def read_file(path: Path) -> str:
    """Read the text of a file in the format of manuals.

    Raises:
        ManualError: The file cannot be read.
    """
    try:
        return read_text(path)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else getattr(error, "strerror", None) or error
        raise ManualError([f"{path}: expected a file that can be read, found none: {reason}"]) from None


def read_each(files: Iterable[Path], read: Callable[[Path], Named]) -> tuple[list[tuple[Path, Named]], list[str]]:
    """Read files that each have an id of its own.

    Args:
        files: The files.
        read: Reads one.

    Returns:
        Each file that is as it should be with its content, and a line for each problem of the others.
    """
    contents: list[tuple[Path, Named]] = []
    problems: list[str] = []
    owner: dict[str, Path] = {}
    for file in dict.fromkeys(files):
        try:
            content = read(file)
        except ManualError as error:
            problems += error.problems
            continue
        if content.id in owner:
            problems.append(f"{file}: id: expected an id of its own, found '{content.id}', which {owner[content.id]} has")
            continue
        owner[content.id] = file
        contents.append((file, content))
    return contents, problems


def located(path: Path, location: list[Any], message: str) -> str:
    """Write a problem of a manual that could be read as `file:line: step 3, do: expected …, found …`.

    Args:
        path: The manual's file.
        location: Keys and places in lists that lead to what is wrong.
        message: What was expected and found.
    """
    loader = _Loader(path.read_text(encoding="utf-8"))
    try:
        return f"{path}:{_line(loader.get_single_node(), location)}: {_where(location)}{message}"
    finally:
        loader.dispose()


def parse_manual(text: str, file: str) -> Manual:
    """Read one manual from its text.

    Args:
        text: YAML.
        file: How the file is called in errors.

    Raises:
        ManualError: With one line for each problem.
    """
    return parse(text, file, Manual)


def parse(text: str, file: str, model: type[Content], prepare: Callable[[Any], Any] = lambda raw: raw) -> Content:
    """Read what is written in the format of manuals.

    Args:
        text: YAML.
        file: How the file is called in errors.
        model: What it has to be.
        prepare: Changes what YAML says, each thing at its place, before it is looked at.

    Raises:
        ManualError: With one line for each problem.
    """
    loader: Any = None
    try:
        check_bounds(text)
        loader = _Loader(text)
        node = loader.get_single_node()
        raw = loader.construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        raise ManualError([f"{file}{line}: expected YAML, found: {error.problem or error.context}"]) from None
    except yaml.YAMLError as error:
        raise ManualError([f"{file}: expected YAML, found: {' '.join(str(error).split())}"]) from None
    except CANNOT_BE_BUILT as error:
        raise ManualError([f"{file}: expected YAML, found a value that does not suit its tag: {error}"]) from None
    finally:
        if loader is not None:
            loader.dispose()
    raw = prepare(raw)
    variants = raw.get("variants") if isinstance(raw, dict) else None
    names = tuple(variants) if isinstance(variants, dict) else ()
    try:
        return model.model_validate(raw, context={"variants": names})
    except ValidationError as error:
        problems: list[str] = []
        for fault in error.errors(include_url=False):
            problem = _problem(file, node, dict(fault))
            if problem not in problems:
                problems.append(problem)
        raise ManualError(problems) from None


def _problem(file: str, node: Any, error: dict[str, Any]) -> str:
    """Write one problem as `file:line: step 3, do.click: expected …, found …`."""
    context = error.get("ctx") or {}
    location = [part for part in error["loc"] if part != "*" and not _is_branch(part)]
    if len(location) > 1 and location[-1] == "text" and (location[-2] in KINDS or isinstance(location[-2], int)):
        location.pop()  # a label is an object for us and a word in the file
    if context.get("key"):
        location.append(context["key"])
    return f"{file}:{_line(node, location)}: {_where(location)}{_message(error, context)}"


def _is_branch(part: Any) -> bool:
    """Say whether a part of a location is pydantic's name of a type and not a key of the file."""
    return part in ("by_language", "str", "int") or (isinstance(part, str) and "[" in part)


def _message(error: dict[str, Any], context: dict[str, Any]) -> str:
    kind = error["type"]
    if kind == "expected":
        return str(error["msg"])
    if kind == "literal_error":
        return f"expected one of {context['expected']}, found {describe_value(error['input'])}"
    expected = _EXPECTED[kind].format_map(context) if kind in _EXPECTED else str(error["msg"])
    return f"expected {expected}, found {describe_value(error['input'])}"


def _where(location: list[Any]) -> str:
    if location and location[0] == "steps" and len(location) > 1 and isinstance(location[1], int):
        rest = _path(location[2:])
        return f"step {location[1] + 1}, {rest}: " if rest else f"step {location[1] + 1}: "
    path = _path(location)
    return f"{path}: " if path else ""


def _path(location: list[Any]) -> str:
    text = ""
    for part in location:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _line(node: Any, location: list[Any]) -> int:
    """Find the line of a location, or of the nearest thing around it."""
    line: int = node.start_mark.line + 1 if node is not None else 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            if isinstance(part, int):
                continue  # one thing where a list may stand
            for key, value in node.value:
                if key.value == part:
                    line, node = key.start_mark.line + 1, value
                    break
            else:
                return line
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            return line
    return line
