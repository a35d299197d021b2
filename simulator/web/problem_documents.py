"""Problem documents (RFC 9457): the answer to every refused call of the control API and of Connect's interface for programs."""

import logging

from flask import Response
from werkzeug.exceptions import HTTPException

from simulator.core.database import NO_ROOM, NoRoom, Unreadable, is_full
from simulator.core.errors import AlreadyExists, BadInput, NotFound, RuleViolation
from simulator.core.texts import MissingText, text
from simulator.directory.roles import Role
from simulator.web.bodies import NotJson
from simulator.web.fault_errors import OrderedFailure
from simulator.web.headers import protocol_headers
from simulator.web.programs import problem_document


class Problem(Exception):
    """A call is refused.

    Args:
        status: the HTTP status.
        detail: one sentence that says what is wrong here.
        errors: ``(field, message)`` pairs where input was at fault.
        headers: further headers of the answer.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        errors: list[tuple[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}


def answer(problem: Problem) -> Response:
    """Write a problem document."""
    more: dict[str, object] = {}
    if problem.errors is not None:
        more["errors"] = [{"field": field, "message": message} for field, message in problem.errors]
    response = problem_document(problem.status, problem.detail, **more)
    response.headers.extend(problem.headers)
    return response


def problem_of(error: Exception) -> Problem:
    """Say as a problem what went wrong; an unexpected error is logged and becomes a 500 without particulars."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, NotFound):
        return Problem(404, str(error))
    if isinstance(error, AlreadyExists):
        return Problem(409, str(error))
    if isinstance(error, BadInput):
        return Problem(422, f"The input is not right: {error}", error.problems)
    if isinstance(error, NotJson):
        return Problem(400, f"The body is not JSON: {error}", [("", f"is not JSON: {error}")])
    if isinstance(error, RuleViolation):
        detail = _sentence(error)
        return Problem(error.status, detail, [(error.field, detail)] if error.field else None)
    if isinstance(error, Unreadable):
        return Problem(409, str(error))
    if is_full(error):
        return Problem(507, str(error) if isinstance(error, NoRoom) else NO_ROOM)
    if (
        isinstance(error, HTTPException)
        and error.code is not None
        and (error.code < 500 or isinstance(error, OrderedFailure))
    ):
        return Problem(error.code, error.description or "", headers=protocol_headers(error))
    logging.getLogger(__name__).error("a call failed", exc_info=error)
    return Problem(500, "The simulator failed; its log says why.")


def _sentence(error: RuleViolation) -> str:
    """Return what the pages say of a refusal, in English, with days as ISO 8601; its code when no page ever says it."""
    facts = {name: text("en", fact.text) if isinstance(fact, Role) else fact for name, fact in error.facts.items()}
    try:
        return text("en", f"error.{error.code}", **facts)
    except MissingText:
        return error.code
