"""The control API: JSON in, JSON out, below ``/_sim``.

Every error below that path is a problem document, also for paths that do not exist.
"""

import json

from flask import Flask, Response, request
from flask.blueprints import BlueprintSetupState

from simulator.control import calls
from simulator.control.guard import check_caller, check_media_type, is_named_rightly
from simulator.control.guesses import Guesses
from simulator.control.long_poll import LongPollLimiter
from simulator.control.problems import answer, problem_of
from simulator.control.table import CONTROL, JSON, TAKES, blueprint, guesses, settings
from simulator.web.errors import problem_page

__all__ = ["blueprint", "calls"]

PREFIX = "/_sim"


def is_api(path: str) -> bool:
    """Return whether a path belongs to the control API."""
    return path == PREFIX or path.startswith(PREFIX + "/")


@blueprint.record_once
def _install(state: BlueprintSetupState) -> None:
    app: Flask = state.app  # type: ignore[assignment]
    app.extensions.setdefault("control.long_poll", LongPollLimiter())
    app.extensions["control.guesses"] = Guesses()
    # Before the application's own steps: nothing is read for a caller who may not call.
    app.before_request_funcs.setdefault(None, []).insert(0, _guard)


def _guard() -> Response | None:
    """Check every request first: refuse a call with a problem document, also where there is no such path or method."""
    if not is_api(request.path):
        return (
            None if request.endpoint == "static" or is_named_rightly(request, settings()) else problem_page(403, "elsewhere")
        )
    try:
        check_caller(request, settings(), guesses())
        if request.routing_exception is not None:
            raise request.routing_exception
        check_media_type(request, TAKES.get(request.endpoint or "", JSON))
    except Exception as error:
        return answer(problem_of(error))
    return None


@blueprint.errorhandler(Exception)
def _refused(error: Exception) -> Response:
    return answer(problem_of(error))


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Describe the control API."""
    from simulator.control.openapi import description

    return Response(json.dumps(description(settings().base_address)) + "\n", mimetype="application/json")


openapi.access = CONTROL  # type: ignore[attr-defined]
