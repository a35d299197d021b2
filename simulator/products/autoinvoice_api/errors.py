"""Errors of the interface: ``{code, message, details}``.

Source: AutoXChange API, error handling: 400 for bad parameters; 401 without access or with a token that is not valid; 404 for a
thing that does not exist or is not visible to the company. Own choice: 409 and 422 for rule violations, and the codes that no
description names.
"""

import json
import logging

from flask import Response
from werkzeug.exceptions import HTTPException

from simulator.core.database import NoRoom, QuotaReached, Unreadable
from simulator.core.errors import AlreadyExists, BadInput, Forbidden, NotFound, RuleViolation
from simulator.core.texts import text
from simulator.web.bodies import NotJson
from simulator.web.fault_errors import OrderedFailure
from simulator.web.headers import protocol_headers

REGISTER = {
    "documents.owned_by_other": ("profile_eia_conflict", 422),
    "documents.not_verified": ("unauthorized", 401),
    "documents.duplicate_upload": ("invoice_already_exists", 409),
}
"""Rule violations for which the interface has a code of its own, with the HTTP status."""


class ApiError(Exception):
    """A call is refused.

    Args:
        status: the HTTP status.
        code: a stable word.
        message: one sentence.
        details: one text per problem.
        headers: further headers of the answer.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: list[str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details or []
        self.headers = headers or {}


def not_found(what: str) -> ApiError:
    """Return the refusal for something that is not there, or that the company may not see."""
    return ApiError(404, "not_found", f"There is no such {what}.")


def answer(error: ApiError) -> Response:
    """Write a refusal."""
    body = {"code": error.code, "message": error.message, "details": error.details}
    content = json.dumps(body, ensure_ascii=False) + "\n"
    response = Response(content, error.status, error.headers, mimetype="application/json")
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="autoinvoice"'
    if error.status == 503:
        response.headers["Retry-After"] = "1"
    return response


def error_of(error: Exception) -> ApiError:
    """Return an error as the interface answers it; an unexpected error is logged and becomes a 500 without details."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, BadInput):
        details = [f"{where}: {what}" if where else what for where, what in error.problems]
        return ApiError(400, "invalid_parameters", "Request parameters are invalid.", details)
    if isinstance(error, NotJson):
        return ApiError(400, "invalid_json", f"The body is not JSON: {error}")
    if isinstance(error, RuleViolation):
        return _refusal(error)
    if isinstance(error, NotFound):
        return not_found(error.kind)
    if isinstance(error, AlreadyExists):
        return ApiError(409, "conflict", str(error))
    if isinstance(error, Unreadable):
        return ApiError(409, "unreadable", str(error))
    if isinstance(error, NoRoom):
        return ApiError(507, "quota_reached" if isinstance(error, QuotaReached) else "no_room", str(error))
    if (
        isinstance(error, HTTPException)
        and error.code is not None
        and (error.code < 500 or isinstance(error, OrderedFailure))
    ):
        return _of_http(error)
    logging.getLogger(__name__).error("AutoInvoice's interface for programs failed", exc_info=error)
    return ApiError(500, "internal_error", "The simulator failed; its log says why.")


def _refusal(refused: RuleViolation) -> ApiError:
    message = text("en", f"error.{refused.code}", **refused.facts)
    details = [f"{refused.field}: {message}"] if refused.field else [message]
    if refused.code == "documents.not_verified":
        # Source: AutoInvoice, sending through the interface: a company that is not verified is answered with this word.
        return ApiError(401, "unauthorized", "Unauthorized", details)
    own = REGISTER.get(refused.code)
    if own is not None:
        return ApiError(own[1], own[0], message, details)
    status = 401 if isinstance(refused, Forbidden) else refused.status
    return ApiError(status, refused.code.rpartition(".")[2], message, details)


def _of_http(error: HTTPException) -> ApiError:
    status = error.code or 400
    codes = {
        404: "not_found",
        405: "method_not_allowed",
        409: "conflict",
        413: "request_too_large",
        415: "unsupported_media_type",
        422: "refused",
        500: "internal_error",
        503: "service_unavailable",
    }
    message = error.description or "The request cannot be understood."
    return ApiError(status, codes.get(status, "invalid_request"), message, headers=protocol_headers(error))
