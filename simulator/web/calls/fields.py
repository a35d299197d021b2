"""Fields of a query string or body: each reads a value, names the problem when it cannot, and describes itself for OpenAPI.

Written by hand because a validation library would have to be imported before the server can start.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from simulator.core import normal_forms
from simulator.core.clock import parse_day, parse_instant
from simulator.core.errors import BadInput
from simulator.core.numbers import decimal_number, whole_number

Schema = dict[str, Any]

LARGEST_NUMBER = 2**63 - 1
FIRST_YEAR, LAST_YEAR = 2000, 2099
"""Own choice: the years in which a sandbox can be; everything in a scenario fits well around them."""
EARLIEST_YEAR, LATEST_YEAR = 1900, 2199
"""Own choice: the years that a filter can name."""


@dataclass(frozen=True)
class Field:
    """A named value of a query string or body.

    Attributes:
        read: returns the value, or raises ValueError with a sentence about what was expected.
        schema: its JSON Schema.
        required: whether it must be sent.
        many: whether it may be sent several times, as a list.
        from_text: converts the text of a query string or form, for ``read``.
        note: its description, where its name does not suffice.
    """

    read: Callable[[Any], Any]
    schema: Schema
    required: bool = False
    many: bool = False
    from_text: Callable[[str], Any] = str
    note: str | None = None

    def as_required(self) -> "Field":
        """Return the same field as one that must be sent."""
        return replace(self, required=True)


Shape = Mapping[str, Field]
"""The fields of a query string, a body or an object in it, by name."""


def read_values(values: Mapping[str, Any], shape: Shape, path: str = "") -> dict[str, Any]:
    """Read named values; a null counts as not sent.

    Args:
        values: the values as they were sent.
        shape: the fields that may be sent.
        path: prefix of the names in problems.

    Returns:
        Every name of the shape; None where nothing was sent.

    Raises:
        BadInput: fields are missing, unknown or wrong; all of them are named.
    """
    problems = [(path + str(name), _unknown(shape)) for name in values if name not in shape]
    result: dict[str, Any] = {}
    for name, field in shape.items():
        value = values.get(name)
        result[name] = None
        if value is None:
            if field.required:
                problems.append((path + name, "is missing"))
            continue
        try:
            result[name] = field.read(value)
        except BadInput as nested:
            problems += [(f"{path}{name}.{inner}", what) for inner, what in nested.problems]
        except ValueError as error:
            problems.append((path + name, str(error)))
    if problems:
        raise BadInput(problems)
    return result


def read_nested(path: str, value: Any, shape: Shape) -> dict[str, Any]:
    """Read an object inside a body.

    Raises:
        BadInput: it is no object, or its fields are missing, unknown or wrong; problems name their path.
    """
    if not isinstance(value, dict):
        raise BadInput([(path, "write an object")])
    return read_values(value, shape, f"{path}.")


def object_schema(shape: Shape) -> Schema:
    """Return the JSON Schema of an object with these fields."""
    required = [name for name, field in shape.items() if field.required]
    schema: Schema = {
        "type": "object",
        "properties": {
            name: field.schema | ({"description": field.note} if field.note else {}) for name, field in shape.items()
        },
        "additionalProperties": False,
    }
    return schema | ({"required": required} if required else {})


def _unknown(shape: Shape) -> str:
    return f"is not known here; there are {', '.join(shape)}" if shape else "is not known here; nothing may be sent"


def text(*, longest: int = 200, required: bool = False) -> Field:
    """Return a field for a text that is not empty."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not value or len(value) > longest:
            raise ValueError(f"write a text of 1 to {longest} characters")
        return value

    return Field(read, {"type": "string", "minLength": 1, "maxLength": longest}, required)


def line(*, longest: int = 200, required: bool = False) -> Field:
    """Return a field for a text of one line, of printable characters."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > longest or not value.isprintable():
            raise ValueError(f"write a text of 1 to {longest} characters on one line, all of which can be printed")
        return value

    return Field(read, {"type": "string", "minLength": 1, "maxLength": longest}, required)


def stripped_line(*, longest: int = 200, least: int = 1, required: bool = False, note: str | None = None) -> Field:
    """Return a field for a text of one line, without blanks around it."""

    def read(value: Any) -> str:
        fits = isinstance(value, str) and least <= len(value) <= longest and value == value.strip()
        if not fits or any(map(normal_forms.is_control, value)):
            raise ValueError(f"write a text of {least} to {longest} characters on one line, with no blanks around it")
        return str(value)

    schema: Schema = {"type": "string", "minLength": least, "maxLength": longest}
    return Field(read, schema, required, note=note)


def pattern(
    expression: re.Pattern[str], rule: str, refused: frozenset[str] = frozenset(), *, required: bool = False
) -> Field:
    """Return a field for a text that matches a pattern and is none of the refused ones; ``rule`` is the sentence of the problem."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not expression.fullmatch(value) or value in refused:
            raise ValueError(rule)
        return value

    schema: Schema = {"type": "string", "pattern": f"^{expression.pattern}$"}
    return Field(read, schema | ({"not": {"enum": sorted(refused)}} if refused else {}), required)


def choice(*words: str, required: bool = False, note: str | None = None) -> Field:
    """Return a field for one of some words."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in words:
            raise ValueError(f"write one of {', '.join(words)}")
        return value

    return Field(read, {"type": "string", "enum": list(words)}, required, note=note)


def country(*codes: str, required: bool = False) -> Field:
    """Return a field for the code of a country, in either case; without ``codes`` any two letters."""

    def read(value: Any) -> str:
        code = normal_forms.number(value) if isinstance(value, str) else ""
        if len(code) != 2 or not (code.isascii() and code.isalpha()) or (codes and code not in codes):
            raise ValueError(f"write one of {', '.join(codes)}" if codes else "write two letters, such as NO")
        return code

    schema: Schema = {"type": "string", "enum": list(codes)} if codes else {"type": "string", "minLength": 2, "maxLength": 2}
    return Field(read, schema, required)


def whole(*, least: int = 0, most: int = LARGEST_NUMBER, default: int | None = None, required: bool = False) -> Field:
    """Return a field for a whole number; in a query string it is written in decimal digits."""

    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"write a whole number from {least} to {most}")
        return value

    def from_text(text: str) -> Any:
        number = whole_number(text, most=most)
        return text if number is None else number

    schema: Schema = {"type": "integer", "minimum": least, "maximum": most}
    return Field(read, schema | ({"default": default} if default is not None else {}), required, from_text=from_text)


def seconds(most: float, *, more_than_none: bool = False) -> Field:
    """Return a field for seconds, with or without a fraction."""
    limits = "more than 0, up to" if more_than_none else "from 0 to"

    def read(value: Any) -> float:
        fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most
        if not fits or (more_than_none and not value):
            raise ValueError(f"write seconds {limits} {most:.0f}, as a number")
        return float(value)

    def from_text(text: str) -> Any:
        number = decimal_number(text)
        return text if number is None else float(number)

    least = {"exclusiveMinimum": 0} if more_than_none else {"minimum": 0}
    return Field(read, {"type": "number", **least, "maximum": most}, from_text=from_text)


def share() -> Field:
    """Return a field for a number from 0 to 1."""

    def read(value: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
            raise ValueError(f"write a number from 0 to 1, found {str(value)[:40]}")
        return float(value)

    return Field(read, {"type": "number", "minimum": 0, "maximum": 1})


def flag(*, required: bool = False) -> Field:
    """Return a field for true or false."""

    def read(value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError("write true or false")
        return value

    def from_text(text: str) -> Any:
        return {"true": True, "false": False}.get(text, text)

    return Field(read, {"type": "boolean"}, required, from_text=from_text)


def email(*, required: bool = False) -> Field:
    """Return a field for an e-mail address."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not normal_forms.is_email(value):
            raise ValueError("write an e-mail address")
        return normal_forms.email(value)

    return Field(read, {"type": "string", "format": "email", "maxLength": 254}, required)


def instant() -> Field:
    """Return a field for an instant with offset, in the years a sandbox can be in."""

    def read(value: Any) -> datetime:
        try:
            at = parse_instant(value) if isinstance(value, str) else None
        except (ValueError, OverflowError):
            at = None
        if at is None or not FIRST_YEAR <= at.year <= LAST_YEAR:
            raise ValueError(
                f"write an instant as ISO 8601 with offset, in {FIRST_YEAR} to {LAST_YEAR}: 2022-03-01T09:00:00+01:00"
            )
        return at

    return Field(read, {"type": "string", "format": "date-time"})


def utc_instant() -> Field:
    """Return a field for an instant, in UTC when it has no offset."""

    def read(value: Any) -> datetime:
        try:
            at = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value.upper() else None
            at = None if at is None else (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            at = None
        if at is None or not EARLIEST_YEAR <= at.year <= LATEST_YEAR:
            raise ValueError("write an instant as ISO 8601 in UTC: 2022-03-01T08:00:00Z")
        return at

    return Field(read, {"type": "string", "format": "date-time"})


def day() -> Field:
    """Return a field for a day."""

    def read(value: Any) -> date:
        try:
            return parse_day(value)
        except (TypeError, ValueError):
            raise ValueError("write a day as ISO 8601: 2022-03-01") from None

    return Field(read, {"type": "string", "format": "date"})


def uuid(*, required: bool = False) -> Field:
    """Return a field for a UUID."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not normal_forms.is_uuid(value):
            raise ValueError("write a UUID such as 4f1c0f5e-2a6b-4d53-9d0e-6f6f7e2b1c11")
        return normal_forms.uuid(value)

    return Field(read, {"type": "string", "format": "uuid"}, required)


def texts(*, most: int = 20, longest: int = 60) -> Field:
    """Return a field for a list of different short texts."""

    def read(value: Any) -> tuple[str, ...]:
        fits = isinstance(value, list) and len(value) <= most
        if not fits or not all(isinstance(item, str) and 0 < len(item) <= longest for item in value):
            raise ValueError(f"write a list of at most {most} texts of 1 to {longest} characters")
        return tuple(dict.fromkeys(value))

    items = {"type": "string", "minLength": 1, "maxLength": longest}
    return Field(read, {"type": "array", "items": items, "maxItems": most})


def list_of(field: Field, *, most: int = 100, least: int = 0, required: bool = False) -> Field:
    """Return a field for a list of different values, each read by another field."""

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise ValueError(f"send a list of {least} to {most} of them")
        return list(dict.fromkeys(field.read(item) for item in value))

    schema: Schema = {"type": "array", "items": field.schema, "maxItems": most} | ({"minItems": least} if least else {})
    return Field(read, schema, required, many=True)


def mapping(*, required: bool = False) -> Field:
    """Return a field for an object whose content is read elsewhere."""

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueError("write an object")
        return value

    return Field(read, {"type": "object"}, required)


def objects(*, most: int, required: bool = False) -> Field:
    """Return a field for a list of objects whose content is read elsewhere."""

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) > most:
            raise ValueError(f"write a list of at most {most} objects")
        return value

    return Field(read, {"type": "array", "items": {"type": "object"}, "maxItems": most}, required)


def group(shape: Shape | None = None) -> Field:
    """Return a field for an object of named values, read to those that were sent; without a shape, of any content."""

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueError("send an object")
        if shape is None:
            return value
        return {name: item for name, item in read_values(value, shape).items() if name in value}

    return Field(read, {"type": "object"} if shape is None else object_schema(shape))


def file() -> Field:
    """Return a field for a file of a form."""

    def read(value: Any) -> Any:
        if not hasattr(value, "stream"):
            raise ValueError("send a file, with its name, in a form of the kind multipart/form-data")
        return value

    return Field(read, {"type": "string", "format": "binary"}, required=True)
