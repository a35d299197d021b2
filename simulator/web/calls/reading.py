"""Reads the query string and the body of a call.

Own choice: an unknown name is refused rather than ignored, so that a typing error in a test is noticed. An empty parameter, or
``null``, counts as not sent; a list may be sent with or without ``[]`` behind its name.
"""

from typing import Any

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from simulator.core.errors import BadInput
from simulator.web.bodies import read_json
from simulator.web.calls.fields import Shape, read_values

JSON = "application/json"
FORM = "multipart/form-data"
FORMS = (FORM, "application/x-www-form-urlencoded")


def read_query(request: Request, shape: Shape) -> dict[str, Any]:
    """Read the query string.

    Raises:
        BadInput: a parameter is missing, unknown, wrong or sent twice.
    """
    return read_values(_values_of(request.args, shape), shape)


def read_body(request: Request, shape: Shape) -> dict[str, Any]:
    """Read a body, JSON or a form of either kind; an empty body counts as ``{}``.

    Raises:
        UnsupportedMediaType: it is neither.
        NotJson: it is no JSON.
        BadInput: a field is missing, unknown or wrong.
    """
    if request.mimetype in FORMS:
        return read_values(_values_of(request.form, shape) | _files_of(request), shape)
    if request.mimetype not in (JSON, "") and request.content_length:
        raise UnsupportedMediaType(f"Send JSON or a form, not {request.mimetype[:100]}.")
    raw = request.get_data()
    body = read_json(raw) if raw.strip() else {}
    if not isinstance(body, dict):
        raise BadInput([("", "send a JSON object")])
    return read_values(body, shape)


def _values_of(texts: MultiDict[str, str], shape: Shape) -> dict[str, Any]:
    """Return the values of a query string or form, converted for their fields; unknown names keep their texts."""
    result: dict[str, Any] = {}
    repeated = []
    for key, values in texts.lists():
        name = key.removesuffix("[]")
        field = shape.get(name)
        filled = [value for value in values if value]
        if field is None or (name != key and not field.many):
            result[key] = filled
        elif field.many:
            result.setdefault(name, []).extend(filled)
        elif len(values) > 1:
            repeated.append((name, "send it once"))
        elif filled:
            result[name] = field.from_text(filled[0])
    if repeated:
        raise BadInput(repeated)
    return {name: value for name, value in result.items() if value != [] or name not in shape}


def _files_of(request: Request) -> dict[str, Any]:
    repeated = [(name, "send it once") for name, files in request.files.lists() if len(files) > 1]
    if repeated:
        raise BadInput(repeated)
    return dict(request.files.items())
