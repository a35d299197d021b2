"""The table of an API's calls: routes them, answers them, and is what their description is written from."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from flask import Response, request

from simulator.web.calls.fields import Shape
from simulator.web.calls.reading import JSON, read_body, read_query

View = TypeVar("View", bound=Callable[..., Any])
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Call:
    """A call of an API.

    Its name and summary are those of the function; what the function returns, by its annotation, is described as the answer.

    Attributes:
        view: the function that answers it.
        method: the HTTP method.
        path: below the API's address, with ``{placeholders}``.
        status: the HTTP status of a success.
        query: the fields of the query string.
        body: the fields of the body; None for a call without one.
        body_as: the argument that gets the whole body; without it every field is an argument of its own.
        takes: the media type of its body.
        gives: the media type of its answer.
    """

    view: Callable[..., Any]
    method: str
    path: str
    status: int = 200
    query: Shape = field(default_factory=dict)
    body: Shape | None = None
    body_as: str | None = None
    takes: str = JSON
    gives: str = JSON

    @property
    def name(self) -> str:
        """The name of its function."""
        return str(self.view.__name__)

    @property
    def summary(self) -> str:
        """The first line of its function's docstring."""
        return (self.view.__doc__ or "").partition("\n")[0]

    @property
    def rule(self) -> str:
        """Its path as Flask writes it."""
        return self.path.replace("{", "<").replace("}", ">")

    def answer(self, values: dict[str, Any], *arguments: Any) -> Response:
        """Read the request, call the function, and return what it returns as a response.

        Args:
            values: the placeholders of the path.
            arguments: arguments that come before those of the request.
        """
        values |= read_query(request, self.query)
        if self.body is not None and self.method in ("POST", "PUT", "PATCH"):
            body = read_body(request, self.body)
            values |= {self.body_as: body} if self.body_as else body
        result = self.view(*arguments, **values)
        return result if isinstance(result, Response) else json_response(result, self.status)


class JsonResponse(Response, Generic[Answer]):
    """A response whose body is an answer as JSON, for a call that sets status or headers itself."""


def json_response(answer: Answer, status: int = 200) -> JsonResponse[Answer]:
    """Return an answer as JSON; None has no body."""
    if answer is None:
        empty: JsonResponse[Answer] = JsonResponse(status=status)
        del empty.headers["Content-Type"]
        return empty
    return JsonResponse(json.dumps(answer, ensure_ascii=False) + "\n", status, mimetype=JSON)
