"""The calls of the control API: one table that routes them and from which they are described."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app

from simulator.control.guesses import Guesses
from simulator.core.store import Store
from simulator.settings import Settings
from simulator.web.calls.fields import Shape
from simulator.web.calls.reading import JSON
from simulator.web.calls.table import Call, View

FILE = "application/octet-stream"
"""The media type of an exported sandbox."""
CONTROL = "control"
"""The access that routes of the control API declare: callers with the control token, or on this machine."""


@dataclass(frozen=True)
class ControlCall(Call):
    """A call of the control API.

    Attributes:
        refusals: the HTTP statuses of errors that other calls do not have.
    """

    refusals: tuple[int, ...] = ()


TABLE: list[ControlCall] = []
"""The calls of the modules that were imported so far; ``calls.all_calls`` returns all."""


class Calls(Blueprint):
    """The calls of a module: a blueprint whose routes are described too."""

    def call(
        self,
        method: str,
        path: str,
        *,
        status: int = 200,
        query: Shape | None = None,
        body: Shape | None = None,
        body_as: str | None = None,
        refusals: tuple[int, ...] = (),
        takes: str = JSON,
        gives: str = JSON,
    ) -> Callable[[View], View]:
        """Make a function a call of the control API; the arguments are those of ``ControlCall``.

        The function gets the placeholders of its path and the fields of query string and body by name, and returns a value that is
        written as JSON; a ``Response`` is sent unchanged. A body that is not JSON is read by the function itself.
        """

        def register(view: View) -> View:
            entry = ControlCall(view, method, path, status, query or {}, body, body_as, takes, gives, refusals)
            TABLE.append(entry)

            def respond(**values: Any) -> Response:
                return entry.answer(values)

            respond.access = CONTROL  # type: ignore[attr-defined]
            respond.takes = takes  # type: ignore[attr-defined]
            self.add_url_rule(entry.rule, entry.name, respond, methods=[method])
            return view

        return register


def store() -> Store:
    """Return the sandboxes of this server."""
    store: Store = current_app.extensions["store"]
    return store


def scenarios() -> Any:
    """Return the ``seed.Catalogue`` of scenarios that this server has."""
    return current_app.extensions["scenarios"]


def guesses() -> Guesses:
    """Return the wrong guesses of this server's control token."""
    guesses: Guesses = current_app.extensions["control.guesses"]
    return guesses


def settings() -> Settings:
    """Return the settings of this server."""
    settings: Settings = current_app.extensions["settings"]
    return settings
