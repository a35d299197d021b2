"""The calls: one table that routes them, guards them and from which they are described."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Blueprint, Response, request
from sqlalchemy import exists, select
from werkzeug.exceptions import RequestEntityTooLarge

from simulator.core import faults
from simulator.core.faults import Fault
from simulator.core.sandbox import Db, Sandbox
from simulator.products.autoinvoice_api.errors import ApiError, answer, error_of
from simulator.products.autoinvoice_api.fields import Shape, read_body, read_query
from simulator.products.autoinvoice_api.tokens import Caller, caller_of
from simulator.settings import LARGEST_UPLOAD
from simulator.web.access import by_token, public
from simulator.web.visit import visit

blueprint = Blueprint("autoinvoice_api", __name__)

JSON = "application/json"
FORM = "multipart/form-data"

View = TypeVar("View", bound=Callable[..., Any])

REQUEST = "api.request"
faults.declare(
    REQUEST,
    "A program calls AutoInvoice.",
    unavailable="The call is answered with 503, and nothing is done.",
)


@dataclass(frozen=True)
class Call:
    """One call.

    Attributes:
        name: its name, also that of its function.
        method: the HTTP method.
        path: below the interface, with ``{placeholders}``.
        tells: one sentence for the description.
        scopes: one of them opens it; empty for a call without a token.
        status: the HTTP status of a good answer.
        answers: name of the schema of the answer; with ``[]`` behind it for a list; None for an answer without a body.
        query: what the query string may hold.
        body: what the body may hold; None when there is none.
        takes: the media type that the body is described as; JSON and forms are taken alike, but for files.
        changes: whether only administrators may call it.
        upload: whether its body may be as large as an invoice with its attachments.
        gives: the media type of its answer, when that is no JSON.
    """

    name: str
    method: str
    path: str
    tells: str
    scopes: tuple[str, ...]
    status: int
    answers: str | None
    query: Shape = field(default_factory=dict)
    body: Shape | None = None
    takes: str = JSON
    changes: bool = False
    upload: bool = False
    gives: str | None = None


TABLE: list[Call] = []

ANY = ("",)
"""For calls that any token opens."""


def call(
    method: str,
    path: str,
    answers: str | None,
    *scopes: str,
    status: int = 200,
    query: Shape | None = None,
    body: Shape | None = None,
    takes: str = JSON,
    changes: bool = False,
    upload: bool = False,
    gives: str | None = None,
) -> Callable[[View], View]:
    """Make a function a call of the interface.

    The function gets the ``Caller`` first, unless the call needs no token, then the placeholders of its path and what was read
    from query string and body, all by name. It returns a value that is written as JSON, or a ``Response``.
    """

    def register(view: View) -> View:
        tells = (view.__doc__ or "").partition("\n")[0]
        found = Call(
            view.__name__, method, path, tells, scopes, status, answers, query or {}, body, takes, changes, upload, gives
        )
        TABLE.append(found)
        rule = path.replace("{", "<").replace("}", ">")
        blueprint.add_url_rule(rule, found.name, _marked(found, view), methods=[method])
        return view

    return register


def _marked(found: Call, view: Callable[..., Any]) -> Callable[..., Response]:
    def respond(**values: Any) -> Response:
        if found.upload:
            request.max_content_length = LARGEST_UPLOAD
            if (request.content_length or 0) > LARGEST_UPLOAD:
                # Before anything of it is read into files.
                raise RequestEntityTooLarge
        given = []
        if found.scopes:
            given.append(_caller(found))
        else:
            _strike(None)
        values |= read_query(request, found.query)
        if method_has_body(found.method) and found.body is not None:
            values |= read_body(request, found.body)
        value = view(*given, **values)
        return value if isinstance(value, Response) else written(value, found.status)

    mark = by_token(" or ".join(scope or "any" for scope in found.scopes)) if found.scopes else public
    return mark(respond)


def method_has_body(method: str) -> bool:
    """Say whether calls of a method have a body."""
    return method in ("POST", "PUT", "PATCH")


def written(value: Any, status: int = 200) -> Response:
    """Write an answer as JSON; None has no body."""
    if value is None:
        response = Response(status=status)
        del response.headers["Content-Type"]
        return response
    return Response(json.dumps(value, ensure_ascii=False) + "\n", status, mimetype=JSON)


def sandbox() -> Sandbox:
    """Return the sandbox that is called."""
    return visit().sandbox


def _caller(found: Call) -> Caller:
    """Find out who calls, and see that they may.

    Raises:
        ApiError: 401.
    """
    with sandbox().reading() as db:
        caller, asked_for = caller_of(db, _bearer()), _is_asked_for(db, REQUEST)
    if asked_for:
        _strike(caller)
    if found.scopes != ANY and not caller.scopes & set(found.scopes):
        needed = " or ".join(found.scopes)
        raise ApiError(
            401, "insufficient_scope", "The token is not for this.", [f"a token with the scope {needed} is needed"]
        )
    if found.changes and not caller.administrator:
        raise ApiError(401, "unauthorized", "Only administrators of the company may do this.")
    return caller


def _bearer() -> str | None:
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else None


def _strike(caller: Caller | None) -> None:
    """Answer 503 when a test has asked for that."""
    person, company = (caller.person.email, caller.company.organisation_number) if caller else (None, None)
    if triggered_outcome(sandbox(), REQUEST, person, company):
        raise unavailable()


def triggered_outcome(where: Sandbox, operation: str, person: str | None, company: str | None) -> str | None:
    """Ask in a transaction of its own whether something is to go wrong; in none that writes while no test has asked for it."""
    with where.reading() as db:
        if not _is_asked_for(db, operation):
            return None
    with where.transaction() as db:
        return faults.triggered_outcome(db, operation, person=person, company=company, path=request.path)


def _is_asked_for(db: Db, operation: str) -> bool:
    return db.scalar(select(exists().where(Fault.operation == operation))) is True


def unavailable() -> ApiError:
    """Return the refusal of a call when the interface is out of order."""
    return ApiError(503, "service_unavailable", "The service is not available now; try again later.")


@blueprint.errorhandler(Exception)
def _refused(error: Exception) -> Response:
    return answer(error_of(error))


@blueprint.route(
    "/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], endpoint="elsewhere", provide_automatic_options=False
)
@public
def _elsewhere(rest: str) -> Response:
    """Say in the interface's own words that there is no such call."""
    return answer(ApiError(404, "not_found", f"There is no call {request.method} /{rest[:200]}."))
