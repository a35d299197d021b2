"""What calls take: small readers that name every fault by its field, and describe themselves.

Own choice: what is not described is refused rather than passed over, so that a typing error in a test is seen. A parameter
that is empty, or ``null``, counts as not sent; a list may be sent with or without ``[]`` behind its name.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from flask import Request
from werkzeug.datastructures import MultiDict

from simulator.core.errors import BadInput
from simulator.core.numbers import whole_number
from simulator.directory.people import is_email
from simulator.products.autoinvoice_api.errors import ApiError
from simulator.web.bodies import NotJson, read_json

Schema = dict[str, Any]
LARGEST = 2**31 - 1
EARLIEST, LATEST = 1900, 2199
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_HEX_UUID = re.compile(r"[0-9a-fA-F]{8}(-?)[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class Field:
    """One thing that may be sent.

    Attributes:
        read: turns what was sent into a value, or raises ValueError with what was expected.
        schema: its JSON Schema.
        required: whether it must be sent.
        many: whether it may be sent several times, as a list.
        from_text: reads what stands in a query string or a form, where everything is a text.
        tells: what it is, where its name does not say.
    """

    read: Callable[[Any], Any]
    schema: Schema
    required: bool = False
    many: bool = False
    from_text: Callable[[str], Any] = str
    tells: str | None = None

    def needed(self) -> "Field":
        """Return the same field as one that must be sent."""
        return replace(self, required=True)


Shape = Mapping[str, Field]


def read_query(request: Request, shape: Shape) -> dict[str, Any]:
    """Read the query string.

    Raises:
        BadInput: a parameter is missing, unknown, wrong or sent twice.
    """
    return read_values(_from_texts(request.args, shape), shape)


def read_body(request: Request, shape: Shape) -> dict[str, Any]:
    """Read a body: JSON, or a form of either kind.

    Raises:
        ApiError: it is no JSON, or of another kind.
        BadInput: a field is missing, unknown or wrong.
    """
    if request.mimetype in ("multipart/form-data", "application/x-www-form-urlencoded"):
        return read_values(_from_texts(request.form, shape) | _files(request, shape), shape)
    if request.mimetype not in ("application/json", "") and request.content_length:
        raise ApiError(415, "unsupported_media_type", f"Send JSON or a form, not {request.mimetype[:100]}.")
    raw = request.get_data(cache=False)
    if not raw.strip():
        return read_values({}, shape)
    try:
        body = read_json(raw)
    except NotJson as reason:
        raise ApiError(400, "invalid_json", f"The body is not JSON: {reason}") from None
    if not isinstance(body, dict):
        raise BadInput([("", "send a JSON object")])
    return read_values(body, shape)


def _from_texts(sent: MultiDict[str, str], shape: Shape) -> dict[str, Any]:
    found: dict[str, Any] = {}
    twice = []
    for key, values in sent.lists():
        name = key.removesuffix("[]")
        field = shape.get(name)
        given = [value for value in values if value]
        if field is None or (name != key and not field.many):
            found[key] = given
        elif field.many:
            found.setdefault(name, []).extend(given)
        elif len(values) > 1:
            twice.append((name, "send it once"))
        elif given:
            found[name] = field.from_text(given[0])
    if twice:
        raise BadInput(twice)
    return {name: value for name, value in found.items() if value != [] or name not in shape}


def _files(request: Request, shape: Shape) -> dict[str, Any]:
    twice = [(name, "send it once") for name, files in request.files.lists() if len(files) > 1]
    if twice:
        raise BadInput(twice)
    return dict(request.files.items())


def read_values(values: Mapping[str, Any], shape: Shape, where: str = "") -> dict[str, Any]:
    """Read named values.

    Returns:
        Every name of the shape; None where nothing was sent.
    """
    problems = [(where + str(name), _unknown(shape)) for name in values if name not in shape]
    found: dict[str, Any] = {}
    for name, field in shape.items():
        sent = values.get(name)
        found[name] = None
        if sent is None:
            if field.required:
                problems.append((where + name, "is missing"))
            continue
        try:
            found[name] = field.read(sent)
        except BadInput as inner:
            problems += [(f"{where}{name}.{place}", what) for place, what in inner.problems]
        except ValueError as error:
            problems.append((where + name, str(error)))
    if problems:
        raise BadInput(problems)
    return found


def _unknown(shape: Shape) -> str:
    return f"is not known here; there are {', '.join(shape)}" if shape else "is not known here; nothing may be sent"


def text(*, longest: int = 200, least: int = 1, required: bool = False, tells: str | None = None) -> Field:
    """Return a field for a text of one line."""

    def read(sent: Any) -> str:
        fits = isinstance(sent, str) and least <= len(sent) <= longest and sent == sent.strip()
        if not fits or _CONTROL.search(sent):
            raise ValueError(f"write a text of {least} to {longest} characters on one line, with no blanks around it")
        return str(sent)

    schema: Schema = {"type": "string", "minLength": least, "maxLength": longest}
    return Field(read, schema, required, tells=tells)


def one_of(*words: str, required: bool = False, tells: str | None = None) -> Field:
    """Return a field for one of some words."""

    def read(sent: Any) -> str:
        if not isinstance(sent, str) or sent not in words:
            raise ValueError(f"write one of {', '.join(words)}")
        return sent

    return Field(read, {"type": "string", "enum": list(words)}, required, tells=tells)


def list_of(field: Field, *, most: int = 100, least: int = 0, required: bool = False) -> Field:
    """Return a field for a list."""

    def read(sent: Any) -> list[Any]:
        if not isinstance(sent, list) or not least <= len(sent) <= most:
            raise ValueError(f"send a list of {least} to {most} of them")
        return list(dict.fromkeys(field.read(one) for one in sent))

    schema: Schema = {"type": "array", "items": field.schema, "maxItems": most} | ({"minItems": least} if least else {})
    return Field(read, schema, required, many=True)


def whole(*, least: int = 0, most: int = LARGEST, default: int | None = None, required: bool = False) -> Field:
    """Return a field for a whole number."""

    def read(sent: Any) -> int:
        if not isinstance(sent, int) or isinstance(sent, bool) or not least <= sent <= most:
            raise ValueError(f"write a whole number from {least} to {most}")
        return sent

    def from_text(sent: str) -> Any:
        number = whole_number(sent, most=LARGEST)
        return sent if number is None else number

    schema: Schema = {"type": "integer", "minimum": least, "maximum": most}
    return Field(read, schema | ({"default": default} if default is not None else {}), required, from_text=from_text)


def flag(*, required: bool = False) -> Field:
    """Return a field for true or false."""

    def read(sent: Any) -> bool:
        if not isinstance(sent, bool):
            raise ValueError("write true or false")
        return sent

    def from_text(sent: str) -> Any:
        return {"true": True, "false": False}.get(sent, sent)

    return Field(read, {"type": "boolean"}, required, from_text=from_text)


def email(*, required: bool = False) -> Field:
    """Return a field for an e-mail address."""

    def read(sent: Any) -> str:
        if not isinstance(sent, str) or not is_email(sent) or sent != sent.strip():
            raise ValueError("write an e-mail address")
        return sent

    return Field(read, {"type": "string", "format": "email", "maxLength": 254}, required)


def instant() -> Field:
    """Return a field for an instant; one without an offset is in UTC, as the interface writes them."""

    def read(sent: Any) -> datetime:
        try:
            found = datetime.fromisoformat(sent) if isinstance(sent, str) and "T" in sent.upper() else None
            at = None if found is None else (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            at = None
        if at is None or not EARLIEST <= at.year <= LATEST:
            raise ValueError("write an instant as ISO 8601 in UTC: 2022-03-01T08:00:00Z")
        return at

    return Field(read, {"type": "string", "format": "date-time"})


def day() -> Field:
    """Return a field for a day."""

    def read(sent: Any) -> date:
        try:
            return date.fromisoformat(sent)
        except (TypeError, ValueError):
            raise ValueError("write a day as ISO 8601: 2022-03-01") from None

    return Field(read, {"type": "string", "format": "date"})


def uuid(*, required: bool = False) -> Field:
    """Return a field for a UUID."""

    def read(sent: Any) -> str:
        if not isinstance(sent, str) or not _HEX_UUID.fullmatch(sent):
            raise ValueError("write a UUID such as 4f1c0f5e-2a6b-4d53-9d0e-6f6f7e2b1c11")
        return str(UUID(sent))

    return Field(read, {"type": "string", "format": "uuid"}, required)


def group(shape: Shape, *, required: bool = False) -> Field:
    """Return a field for an object of named values."""

    def read(sent: Any) -> dict[str, Any]:
        if not isinstance(sent, dict):
            raise ValueError("send an object")
        return {name: value for name, value in read_values(sent, shape).items() if name in sent}

    return Field(read, object_of(shape), required)


def anything() -> Field:
    """Return a field for an object that is not looked into."""

    def read(sent: Any) -> dict[str, Any]:
        if not isinstance(sent, dict):
            raise ValueError("send an object")
        return sent

    return Field(read, {"type": "object"})


def file() -> Field:
    """Return a field for a file of a form."""

    def read(sent: Any) -> Any:
        if not hasattr(sent, "stream"):
            raise ValueError("send a file, with its name, in a form of the kind multipart/form-data")
        return sent

    return Field(read, {"type": "string", "format": "binary"}, required=True)


def object_of(shape: Shape) -> Schema:
    """Return the JSON Schema of named values."""
    required = [name for name, field in shape.items() if field.required]
    schema: Schema = {
        "type": "object",
        "properties": {
            name: field.schema | ({"description": field.tells} if field.tells else {}) for name, field in shape.items()
        },
        "additionalProperties": False,
    }
    return schema | ({"required": required} if required else {})
