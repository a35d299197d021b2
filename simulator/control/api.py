"""The control API: JSON in, JSON out, below ``/_sim``.

Every error below that path is a problem document, also for paths that do not exist.
"""

import json

from flask import Blueprint, Response

from simulator.control.table import CONTROL, settings
from simulator.web.platform import platform
from simulator.web.problem_documents import answer, problem_of

blueprint = Blueprint("control", __name__)


@blueprint.errorhandler(Exception)
def _refused(error: Exception) -> Response:
    return answer(problem_of(error))


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Describe the control API."""
    from simulator.control.openapi import description

    platform().load_all()
    return Response(json.dumps(description(settings().base_address)) + "\n", mimetype="application/json")


openapi.access = CONTROL  # type: ignore[attr-defined]
