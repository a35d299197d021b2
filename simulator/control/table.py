"""The calls of the control API: one table that routes them and from which they are described."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, request

from simulator.control.guesses import Guesses
from simulator.control.shapes import Shape, read_body, read_query
from simulator.core.store import Store
from simulator.settings import Settings

blueprint = Blueprint("control", __name__)

JSON = "application/json"
CONTROL = "control"
"""How routes of the control API declare who may open them: whoever may steer."""

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Call:
    """One call.

    Attributes:
        name: its name, also that of its function.
        method: the HTTP method.
        path: below ``/_sim``, with ``{placeholders}``.
        tells: one sentence for the description.
        status: the HTTP status of a good answer.
        answers: name of the schema of the answer; with ``[]`` behind it for a list; None for an answer without a body.
        query: what the query string may hold.
        body: what the body may hold; None when there is none.
        refusals: the HTTP statuses of refusals that are its own.
        takes: the media type of its body.
        gives: the media type of its answer.
    """

    name: str
    method: str
    path: str
    tells: str
    status: int
    answers: str | None
    query: Shape = field(default_factory=dict)
    body: Shape | None = None
    refusals: tuple[int, ...] = ()
    takes: str = JSON
    gives: str = JSON


TABLE: list[Call] = []
TAKES: dict[str, str] = {}
"""The media type that each call takes, by its endpoint."""


def call(
    method: str,
    path: str,
    answers: str | None,
    *,
    status: int = 200,
    query: Shape | None = None,
    body: Shape | None = None,
    refusals: tuple[int, ...] = (),
    takes: str = JSON,
    gives: str = JSON,
    body_as: str | None = None,
    on: Blueprint = blueprint,
) -> Callable[[View], View]:
    """Make a function a call of the control API.

    The function gets the placeholders of its path and what was read from query string and body, all by name, and returns
    a value that is written as JSON; a ``Response`` goes out as it is. Its first line of docstring describes it. What was read
    from the body comes as one argument when that has a name, ``body_as``; a body that is not JSON is read by the function itself.
    """

    def register(view: View) -> View:
        tells = (view.__doc__ or "").partition("\n")[0]
        found = Call(view.__name__, method, path, tells, status, answers, query or {}, body, refusals, takes, gives)
        TABLE.append(found)
        TAKES[f"{on.name}.{found.name}"] = takes

        def answer(**values: Any) -> Response:
            values |= read_query(request, found.query)
            if method in ("POST", "PUT") and takes == JSON:
                read = read_body(request, found.body or {})
                values |= {body_as: read} if body_as else read
            value = view(**values)
            if isinstance(value, Response):
                return value
            if value is None:
                return _nothing(status)
            return Response(json.dumps(value, ensure_ascii=False) + "\n", status, mimetype="application/json")

        answer.access = CONTROL  # type: ignore[attr-defined]
        rule = path.replace("{", "<").replace("}", ">")
        on.add_url_rule(rule, found.name, answer, methods=[method])
        return view

    return register


def _nothing(status: int) -> Response:
    response = Response(status=status)
    del response.headers["Content-Type"]
    return response


def store() -> Store:
    """Return the sandboxes of this server."""
    found: Store = current_app.extensions["store"]
    return found


def guesses() -> Guesses:
    """Return the wrong guesses of this server's control token."""
    found: Guesses = current_app.extensions["control.guesses"]
    return found


def settings() -> Settings:
    """Return what this server was told."""
    found: Settings = current_app.extensions["settings"]
    return found
