"""Problems of shape, in our own sentences: where, what was expected, what was found."""

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from .vocabulary import describe

Problem = tuple[str, str]
Shape = TypeVar("Shape", bound=BaseModel)

_KINDS = {
    "list_type": "a list",
    "dict_type": "keys",
    "model_type": "keys",
    "model_attributes_type": "keys",
    "string_type": "a text",
}


def validate(shape: type[Shape], raw: dict[str, Any]) -> tuple[Shape | None, list[Problem]]:
    """Validate entries as read.

    Returns:
        The value, or None with all problems.
    """
    try:
        return shape.model_validate(raw), []
    except ValidationError as error:
        return None, [_problem(fault, shape) for fault in error.errors(include_url=False)]


def _problem(fault: Any, shape: type[BaseModel]) -> Problem:
    where = ".".join(str(part) for part in fault["loc"] if part != "[key]")
    value = describe(fault["input"])
    if fault["type"] == "expected":
        return where, fault["msg"]
    if fault["type"] == "missing":
        return where, "expected this key, found nothing"
    if fault["type"] == "extra_forbidden":
        keys = ", ".join(_keys_at(shape, fault["loc"][:-1]))
        return where, f"expected one of the keys {keys}; found '{fault['loc'][-1]}'"
    if fault["type"] == "literal_error":
        return where, f"expected one of {_listed(fault['ctx']['expected'])}, found {value}"
    return where, f"expected {_KINDS.get(fault['type'], fault['msg'])}, found {value}"


def _listed(expected: str) -> str:
    return expected.replace("'", "").replace(" or ", ", ")


def _keys_at(shape: type[BaseModel], path: Iterable[Any]) -> list[str]:
    """Return the keys that are allowed at a path: follows lists to the shape of their items."""
    for part in path:
        if isinstance(part, int):
            continue
        field = next(field for name, field in shape.model_fields.items() if part in {name, field.alias})
        inner = getattr(field.annotation, "__args__", (field.annotation,))
        shape = next(kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel))
    return [field.alias or name for name, field in shape.model_fields.items()]
