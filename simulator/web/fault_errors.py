"""Errors that a test ordered, and their answers: a page for people, a problem document for programs."""

from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException

from simulator.core.errors import RuleViolation
from simulator.web import i18n
from simulator.web.headers import protocol_headers
from simulator.web.programs import is_for_programs, problem_document

if TYPE_CHECKING:
    from simulator.core.faults import Trigger

RETRY_AFTER = 1
"""Own choice, in seconds."""

SENTENCES = {
    409: "Somebody else changed this meanwhile.",
    422: "This was refused.",
    500: "The server failed.",
    503: "The service is not available now; try again later.",
}
"""What programs read, by the status of the answer."""


class OrderedFailure(HTTPException):
    """A request that fails because a test ordered it.

    Args:
        code: the status of the answer.
        fault: what the request triggered.
    """

    code: int

    def __init__(self, code: int, fault: "Trigger") -> None:
        super().__init__(SENTENCES[code] + ("" if fault.hidden else f" A test ordered this fault: {fault.operation}."))
        self.code = code
        self.is_hidden = fault.hidden

    def get_headers(self, *arguments: Any, **named: Any) -> list[tuple[str, str]]:
        """Return the headers of the answer."""
        headers = super().get_headers(*arguments, **named)
        return [*headers, ("Retry-After", str(RETRY_AFTER))] if self.code == 503 else headers


class OrderedRefusal(RuleViolation):
    """A command that is refused because a test ordered it; the product says it where it says the refusals of its own rules.

    Args:
        code: names the text of the refusal.
        fault: what the request triggered.
    """

    def __init__(self, code: str, fault: "Trigger") -> None:
        super().__init__(code)
        self.fault = fault


def answer(error: OrderedFailure) -> Response:
    """Return the answer to people or programs; registers that identify no visitor have programs only."""
    if is_for_programs() or "visit" not in g:
        response = problem_document(error.code, str(error.description))
    else:
        from simulator.web.errors import problem_page

        code, hint = error.code, None if error.is_hidden else i18n.t("problem.ordered")
        response = problem_page(
            code,
            "ordered_409"
            if code == 409
            else "ordered_422"
            if code == 422
            else "ordered_503"
            if code == 503
            else "ordered_500",
            hint=hint,
        )
    response.headers.update(protocol_headers(error))
    return response


def install(app: Flask) -> None:
    """Register the answers."""

    @app.errorhandler(OrderedFailure)
    def _failure(error: OrderedFailure) -> Response:
        return answer(error)

    @app.errorhandler(OrderedRefusal)
    def _refusal(error: OrderedRefusal) -> Response:
        return answer(OrderedFailure(error.status, error.fault))
