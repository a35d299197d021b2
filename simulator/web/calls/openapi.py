"""Describes calls as OpenAPI: parameters and bodies from their fields, answers from the annotations of their functions.

Answers are TypedDicts. A TypedDict becomes a component of its name, unless the name begins with an underscore; an annotation
``Annotated[str, Words(...)]`` becomes an enumeration, and ``Annotated[..., Keyword(...)]`` adds to the JSON Schema.
"""

import re
from collections import abc
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints, is_typeddict

from flask import Response

from simulator.web.calls.fields import Schema, object_schema
from simulator.web.calls.reading import JSON
from simulator.web.calls.table import Call, JsonResponse

TEXT: Schema = {"type": "string"}
BINARY: Schema = {"type": "string", "format": "binary"}

_SIMPLE: dict[Any, Schema] = {
    Any: {},
    str: TEXT,
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    dict: {"type": "object"},
}


@dataclass(frozen=True)
class Keyword:
    """A keyword that an annotation adds to its JSON Schema."""

    name: str
    value: str | tuple[str, ...]


Instant = Annotated[str, Keyword("format", "date-time")]
Day = Annotated[str, Keyword("format", "date")]


@dataclass(frozen=True)
class Words:
    """The words that a text can be.

    Attributes:
        words: the words, or descriptions by word, or a function that returns either, for words that are registered on import.
        component: the name of the enumeration among the components; None to write it where it is used.
        further: what further words look like, which are too many to be listed; None if there are none.
    """

    words: Iterable[str] | Callable[[], Iterable[str]]
    component: str | None = None
    further: str | None = None

    @property
    def schema(self) -> Schema:
        """The enumeration, with the descriptions of the words if there are any."""
        words = self.words if isinstance(self.words, abc.Iterable) else self.words()
        schema: Schema = {"type": "string", "enum": [str(word) for word in words]}
        if isinstance(words, Mapping):
            schema["oneOf"] = [{"const": word, "description": description} for word, description in words.items()]
        return schema if self.further is None else {"anyOf": [schema, {"type": "string", "pattern": self.further}]}


class Components:
    """Collects the schemas that a description refers to.

    Args:
        closed: whether answers have no further properties than the described ones.
    """

    def __init__(self, *, closed: bool) -> None:
        self._closed = closed
        self._schemas: dict[str, Schema] = {}

    @property
    def schemas(self) -> dict[str, Schema]:
        """The schemas by name."""
        return dict(sorted(self._schemas.items()))

    def schema_of(self, hint: Any) -> Schema:
        """Return the JSON Schema of an annotation; named types are added to the components.

        Raises:
            TypeError: the annotation is none that an answer can have.
        """
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self._annotated(arguments[0], hint.__metadata__)
        if origin in (Required, NotRequired):
            return self.schema_of(arguments[0])
        if origin in (Union, UnionType):
            (other,) = (argument for argument in arguments if argument is not NoneType)
            return {"oneOf": [self.schema_of(other), {"type": "null"}]}
        if origin is Literal:
            return {"enum": list(arguments)} if len(arguments) > 1 else {"const": arguments[0]}
        if origin is list:
            return {"type": "array", "items": self.schema_of(arguments[0])}
        if origin in (dict, abc.Mapping):
            content = self.schema_of(arguments[1])
            return {"type": "object"} | ({"additionalProperties": content} if content else {})
        if is_typeddict(hint):
            return self._object(hint)
        if hint in _SIMPLE:
            return dict(_SIMPLE[hint])
        raise TypeError(f"an answer cannot be described from {hint!r}")

    def _annotated(self, hint: Any, metadata: Iterable[Any]) -> Schema:
        schema = self.schema_of(hint)
        for extra in metadata:
            if isinstance(extra, Keyword):
                schema[extra.name] = extra.value
            elif extra.component is None:
                schema = extra.schema
            else:
                self._schemas[extra.component] = extra.schema
                schema = reference(extra.component)
        return schema

    def _object(self, hint: Any) -> Schema:
        name = hint.__name__
        if name.startswith("_"):
            return self._properties(hint)
        if name not in self._schemas:
            self._schemas[name] = {}
            self._schemas[name] = self._properties(hint)
        return reference(name)

    def _properties(self, hint: Any) -> Schema:
        hints = get_type_hints(hint, include_extras=True)
        required = [name for name in hints if name in hint.__required_keys__]
        schema: Schema = {"type": "object", "properties": {name: self.schema_of(hints[name]) for name in hints}}
        schema |= {"additionalProperties": False} if self._closed else {}
        return schema | ({"required": required} if required else {})

    def success(self, call: Call) -> Schema:
        """Return the description of a successful response."""
        response: Schema = {"description": HTTPStatus(call.status).phrase}
        hint = answer_hint(call)
        if call.gives != JSON:
            response["content"] = {call.gives: {"schema": BINARY}}
        elif hint is not NoneType:
            response["content"] = {JSON: {"schema": self.schema_of(hint)}}
        return response


def reference(name: str) -> Schema:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def answer_hint(call: Call) -> Any:
    """Return the annotation of a call's answer as JSON: that of its function, without responses that are files."""
    hint = get_type_hints(call.view, include_extras=True)["return"]
    choices = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    (answer,) = [choice for choice in choices if choice is not Response] or [NoneType]
    return get_args(answer)[0] if get_origin(answer) is JsonResponse else answer


def path_parameters(call: Call) -> list[Schema]:
    """Return the descriptions of the placeholders of a call's path."""
    return [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in re.findall(r"{(\w+)}", call.path)]


def request_body(call: Call) -> Schema:
    """Return the ``requestBody`` of a call whose body has fields, as a part of its description; empty without them."""
    if call.body is None:
        return {}
    required = any(field.required for field in call.body.values())
    return {"requestBody": {"required": required, "content": {call.takes: {"schema": object_schema(call.body)}}}}
