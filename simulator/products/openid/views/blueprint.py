"""The blueprint of the provider, and what its routes for programs share."""

from flask import Blueprint, Response, jsonify, request, session

from simulator.core.sandbox import Db
from simulator.directory import sign_in_sessions
from simulator.directory.models import SignInSession
from simulator.products.openid.services import applications
from simulator.web.visit import visit

blueprint = Blueprint("openid", "simulator.products.openid", template_folder="templates")

PRODUCT = "openid"
PREFLIGHT_SECONDS = 600


def json_answer(status: int, document: object, headers: dict[str, str] | None = None) -> Response:
    """Return a document to a program."""
    response = jsonify(document)
    response.status_code = status
    response.headers.update(headers or {})
    return response


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
