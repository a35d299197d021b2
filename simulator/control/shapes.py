"""Shapes of what comes in: small readers that name every fault by its field, and describe themselves for OpenAPI.

Written by hand because a validation library would have to be imported before the server can start.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Request

from simulator.control.problems import Problem
from simulator.core.clock import parse_instant
from simulator.core.errors import BadInput
from simulator.core.numbers import whole_number
from simulator.web.bodies import NotJson, read_json

LARGEST_NUMBER = 2**63 - 1
FIRST_YEAR, LAST_YEAR = 2000, 2099
"""Own choice: the years in which a sandbox can be; everything in a scenario fits well around them."""

Schema = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One thing that may be sent.

    Attributes:
        read: turns what was sent into a value, or raises ValueError with what was expected.
        schema: its JSON Schema.
        required: whether it must be sent.
        from_text: reads what stands in a query string, where everything is a text.
    """

    read: Callable[[Any], Any]
    schema: Schema
    required: bool = False
    from_text: Callable[[str], Any] = str


Shape = Mapping[str, Field]


def read_body(request: Request, shape: Shape) -> dict[str, Any]:
    """Read a JSON body; one that is empty counts as ``{}``.

    Raises:
        Problem: 400 for what is no JSON.
        BadInput: a field is missing, unknown or wrong.
    """
    raw = request.get_data(cache=False)
    if not raw.strip():
        return read_values({}, shape)
    try:
        body = read_json(raw)
    except NotJson as reason:
        raise Problem(400, f"The body is not JSON: {reason}", [("", f"is not JSON: {reason}")]) from None
    if not isinstance(body, dict):
        raise BadInput([("", "send a JSON object")])
    return read_values(body, shape)


def read_query(request: Request, shape: Shape) -> dict[str, Any]:
    """Read the query string; a parameter that is empty counts as not sent.

    Raises:
        BadInput: a parameter is unknown, wrong or sent twice.
    """
    twice = [(name, "send it once") for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise BadInput(twice)
    unknown = [(name, _unknown(shape)) for name in request.args if name not in shape]
    if unknown:
        raise BadInput(unknown)
    return read_values({name: shape[name].from_text(value) for name, value in request.args.items() if value}, shape)


def read_values(values: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    """Read named values; a null counts as not sent.

    Returns:
        Every name of the shape; None where nothing was sent.
    """
    problems: list[tuple[str, str]] = [(str(name), _unknown(shape)) for name in values if name not in shape]
    found: dict[str, Any] = {}
    for name, field in shape.items():
        sent = values.get(name)
        found[name] = None
        if sent is None:
            if field.required:
                problems.append((name, "is missing"))
            continue
        try:
            found[name] = field.read(sent)
        except ValueError as error:
            problems.append((name, str(error)))
    if problems:
        raise BadInput(problems)
    return found


def _unknown(shape: Shape) -> str:
    return f"is not known here; there are {', '.join(shape)}" if shape else "is not known here; nothing may be sent"


def text(*, longest: int = 200, required: bool = False) -> Field:
    """Return a field for a text that is not empty."""

    def read(sent: Any) -> str:
        if not isinstance(sent, str) or not sent or len(sent) > longest:
            raise ValueError(f"write a text of 1 to {longest} characters")
        return sent

    return Field(read, {"type": "string", "minLength": 1, "maxLength": longest}, required)


def line(*, longest: int = 200, required: bool = False) -> Field:
    """Return a field for a text of one line, of characters that can be printed."""

    def read(sent: Any) -> str:
        if not isinstance(sent, str) or not sent.strip() or len(sent) > longest or not sent.isprintable():
            raise ValueError(f"write a text of 1 to {longest} characters on one line, all of which can be printed")
        return sent

    return Field(read, {"type": "string", "minLength": 1, "maxLength": longest}, required)


def pattern(expression: Any, what: str, refused: frozenset[str] = frozenset(), *, required: bool = False) -> Field:
    """Return a field for a text that fits a compiled pattern and is none of the refused ones."""

    def read(sent: Any) -> str:
        if not isinstance(sent, str) or not expression.fullmatch(sent) or sent in refused:
            raise ValueError(what)
        return sent

    schema: Schema = {"type": "string", "pattern": f"^{expression.pattern}$"}
    return Field(read, schema | ({"not": {"enum": sorted(refused)}} if refused else {}), required)


def one_of(*words: str, required: bool = False) -> Field:
    """Return a field for one of some words."""

    def read(sent: Any) -> str:
        if not isinstance(sent, str) or sent not in words:
            raise ValueError(f"write one of {', '.join(words)}")
        return sent

    return Field(read, {"type": "string", "enum": list(words)}, required)


def whole(*, least: int = 0, most: int = LARGEST_NUMBER, required: bool = False) -> Field:
    """Return a field for a whole number; in a query string it is written in decimal digits."""

    def read(sent: Any) -> int:
        if not isinstance(sent, int) or isinstance(sent, bool) or not least <= sent <= most:
            raise ValueError(f"write a whole number from {least} to {most}")
        return sent

    def from_text(text: str) -> Any:
        number = whole_number(text, most=LARGEST_NUMBER)
        return text if number is None else number

    return Field(read, {"type": "integer", "minimum": least, "maximum": most}, required, from_text)


def seconds(most: float, *, more_than_none: bool = False) -> Field:
    """Return a field for seconds, with or without a fraction."""
    what = f"write seconds {'more than 0, up to' if more_than_none else 'from 0 to'} {most:.0f}, as a number"

    def read(sent: Any) -> float:
        if not isinstance(sent, int | float) or isinstance(sent, bool) or not 0 <= sent <= most:
            raise ValueError(what)
        if more_than_none and not sent:
            raise ValueError(what)
        return float(sent)

    def from_text(text: str) -> Any:
        try:
            return float(text)
        except ValueError:
            return text

    least = {"exclusiveMinimum": 0} if more_than_none else {"minimum": 0}
    return Field(read, {"type": "number", **least, "maximum": most}, from_text=from_text)


def instant() -> Field:
    """Return a field for an instant with offset, in the years a sandbox can be in."""

    def read(sent: Any) -> datetime:
        what = f"write an instant as ISO 8601 with offset, in {FIRST_YEAR} to {LAST_YEAR}: 2022-03-01T09:00:00+01:00"
        try:
            found = parse_instant(sent) if isinstance(sent, str) else None
        except (ValueError, OverflowError):
            found = None
        if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ValueError(what)
        return found

    return Field(read, {"type": "string", "format": "date-time"})


def texts_list(*, most: int = 20, longest: int = 60) -> Field:
    """Return a field for a list of different short texts."""

    def read(sent: Any) -> tuple[str, ...]:
        fits = isinstance(sent, list) and len(sent) <= most
        if not fits or not all(isinstance(item, str) and 0 < len(item) <= longest for item in sent):
            raise ValueError(f"write a list of at most {most} texts of 1 to {longest} characters")
        return tuple(dict.fromkeys(sent))

    items = {"type": "string", "minLength": 1, "maxLength": longest}
    return Field(read, {"type": "array", "items": items, "maxItems": most})


def mapping(*, required: bool = False) -> Field:
    """Return a field for an object whose content somebody else reads."""

    def read(sent: Any) -> dict[str, Any]:
        if not isinstance(sent, dict):
            raise ValueError("write an object")
        return sent

    return Field(read, {"type": "object"}, required)


def objects(*, most: int, required: bool = False) -> Field:
    """Return a field for a list of objects whose content somebody else reads."""

    def read(sent: Any) -> list[Any]:
        if not isinstance(sent, list) or len(sent) > most:
            raise ValueError(f"write a list of at most {most} objects")
        return sent

    return Field(read, {"type": "array", "items": {"type": "object"}, "maxItems": most}, required)
