"""The blueprint of the provider, and what its routes for programs share."""

from flask import Blueprint, Response, jsonify, request, session

from simulator.core.sandbox import Db
from simulator.directory import sign_in_sessions
from simulator.directory.models import SignInSession
from simulator.products.openid.services import applications
from simulator.web import fault_errors
from simulator.web.fault_errors import OrderedFailure, OrderedRefusal
from simulator.web.headers import protocol_headers
from simulator.web.visit import visit

blueprint = Blueprint("openid", "simulator.products.openid", template_folder="templates")

PRODUCT = "openid"
PREFLIGHT_SECONDS = 600
_CODES = {409: "invalid_request", 422: "invalid_request", 500: "server_error", 503: "temporarily_unavailable"}


def json_answer(status: int, document: object, headers: dict[str, str] | None = None) -> Response:
    """Return a document to a program."""
    response = jsonify(document)
    response.status_code = status
    response.headers.update(headers or {})
    return response


@blueprint.errorhandler(OrderedFailure)
def _failure(error: OrderedFailure) -> Response:
    """Answer a failure that a test ordered: to a browser that shows pages by one, to programs as OAuth does.

    Source: RFC 6749, 4.1.2.1 and 5.2, for the codes of errors.
    """
    if "text/html" in request.headers.get("Accept", ""):
        return fault_errors.answer(error)
    document = {"error": _CODES[error.code], "error_description": error.description}
    return json_answer(error.code, document, protocol_headers(error))


@blueprint.errorhandler(OrderedRefusal)
def _refusal(error: OrderedRefusal) -> Response:
    return _failure(OrderedFailure(error.status, error.fault))


def for_everybody(response: Response) -> Response:
    """Let scripts of any origin read an answer that is public."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def for_registered_origins(response: Response, db: Db) -> Response:
    """Let scripts of the origins that are registered for some application read an answer. Source: Fetch standard, CORS."""
    origin = request.headers.get("Origin")
    response.headers.add("Vary", "Origin")
    if origin is None or not any(applications.allows_origin(application, origin) for application in applications.all_of(db)):
        return response
    response.headers["Access-Control-Allow-Origin"] = origin
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, X-Vnsim-Join"
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response


def preflight() -> Response:
    """Answer what a browser asks before a script calls."""
    with visit().sandbox.reading() as db:
        return for_registered_origins(Response(status=204), db)


def current_session(db: Db) -> SignInSession | None:
    """Return the session of this browser, also one that opens nothing but an application."""
    session_id = session.get("sid")
    return sign_in_sessions.current(db, session_id) if session_id else None
