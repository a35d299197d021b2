"""The calls: one table that routes them, guards them and from which they are described."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, request
from sqlalchemy import exists, select
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.routing import RequestRedirect

from simulator.core import faults
from simulator.core.faults import Fault
from simulator.core.sandbox import Db, Sandbox
from simulator.products.autoinvoice_api.errors import ApiError, answer, error_of
from simulator.products.autoinvoice_api.tokens import Caller, caller_of
from simulator.settings import LARGEST_UPLOAD
from simulator.web.access import by_token, public
from simulator.web.calls.fields import Shape
from simulator.web.calls.reading import JSON
from simulator.web.calls.table import Call, View
from simulator.web.visit import visit

blueprint = Blueprint("autoinvoice_api", __name__)

REQUEST = "api.request"
faults.declare(
    REQUEST,
    "A program calls AutoInvoice.",
    unavailable="The call is answered with 503, and nothing is done.",
)


@dataclass(frozen=True)
class ApiCall(Call):
    """A call of the interface.

    Attributes:
        scopes: one of them opens it; empty for a call without a token.
        changes: whether only administrators may call it.
        upload: whether its body may be as large as an invoice with its attachments.
    """

    scopes: tuple[str, ...] = ()
    changes: bool = False
    upload: bool = False


TABLE: list[ApiCall] = []

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
ELSEWHERE = f"{blueprint.name}.elsewhere"
"""The endpoint of every address that no call has."""

ANY = ("",)
"""For calls that any token opens."""


def call(
    method: str,
    path: str,
    *scopes: str,
    status: int = 200,
    query: Shape | None = None,
    body: Shape | None = None,
    takes: str = JSON,
    gives: str = JSON,
    changes: bool = False,
    upload: bool = False,
) -> Callable[[View], View]:
    """Make a function a call of the interface; the arguments are those of ``ApiCall``.

    The function gets the ``Caller`` first, unless the call needs no token, then the placeholders of its path and the fields of
    query string and body by name. It returns a value that is written as JSON, or a ``Response``.
    """

    def register(view: View) -> View:
        entry = ApiCall(view, method, path, status, query or {}, body, None, takes, gives, scopes, changes, upload)
        TABLE.append(entry)
        blueprint.add_url_rule(entry.rule, entry.name, _responder(entry), methods=[method])
        return view

    return register


def _responder(entry: ApiCall) -> Callable[..., Response]:
    """Return the view that checks the caller and answers the call, marked with the access that it declares."""

    def respond(**values: Any) -> Response:
        if entry.upload:
            request.max_content_length = LARGEST_UPLOAD
            if (request.content_length or 0) > LARGEST_UPLOAD:
                # Before any of it is read into files.
                raise RequestEntityTooLarge
        if entry.scopes:
            return entry.answer(values, _caller(entry))
        _raise_on_fault(None)
        return entry.answer(values)

    mark = by_token(" or ".join(scope or "any" for scope in entry.scopes)) if entry.scopes else public
    return mark(respond)


def sandbox() -> Sandbox:
    """Return the sandbox that is called."""
    return visit().sandbox


def _caller(entry: ApiCall) -> Caller:
    """Return the caller, who may make the call; transactions that write check it once more.

    Raises:
        ApiError: 401.
    """
    with sandbox().reading() as db:
        caller, has_fault = caller_of(db, _bearer()), _has_fault(db, REQUEST)
    sandbox().person = caller.person.email
    if has_fault:
        _raise_on_fault(caller)
    _check_right(entry, caller)
    secret = _bearer()
    sandbox().check_before_writing = lambda db: _check_right(entry, caller_of(db, secret))
    return caller


def concerned(db: Db) -> tuple[str | None, str | None]:
    """Return the address of the person and the number of the company whose token a call has; None without a token that is valid."""
    try:
        caller = caller_of(db, _bearer())
    except ApiError:
        return None, None
    return caller.person.email, caller.company.organisation_number


def _check_right(entry: ApiCall, caller: Caller) -> None:
    """Refuse a call that needs another scope or role.

    Raises:
        ApiError: 401.
    """
    if entry.scopes != ANY and not caller.scopes & set(entry.scopes):
        needed = " or ".join(entry.scopes)
        raise ApiError(
            401, "insufficient_scope", "The token is not for this.", [f"a token with the scope {needed} is needed"]
        )
    if entry.changes and not caller.administrator:
        raise ApiError(401, "unauthorized", "Only administrators of the company may do this.")


def _bearer() -> str | None:
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else None


def _raise_on_fault(caller: Caller | None) -> None:
    """Answer 503 when a fault of calls triggers."""
    person, company = (caller.person.email, caller.company.organisation_number) if caller else (None, None)
    if triggered_outcome(sandbox(), REQUEST, person, company):
        raise unavailable()


def triggered_outcome(target: Sandbox, operation: str, person: str | None, company: str | None) -> str | None:
    """Return the outcome of a fault that triggers, in a transaction of its own; without a fault no transaction writes."""
    with target.reading() as db:
        if not _has_fault(db, operation):
            return None
    with target.transaction() as db:
        return faults.triggered_outcome(db, operation, person=person, company=company, path=request.path)


def _has_fault(db: Db, operation: str) -> bool:
    return db.scalar(select(exists().where(Fault.operation == operation))) is True


def unavailable() -> ApiError:
    """Return the refusal of a call when the interface is out of order."""
    return ApiError(503, "service_unavailable", "The service is not available now; try again later.")


@blueprint.errorhandler(Exception)
def _error(error: Exception) -> Response:
    return answer(error_of(error))


@blueprint.route("/<path:rest>", methods=METHODS, endpoint="elsewhere", provide_automatic_options=False)
@public
def _elsewhere(rest: str) -> Response:
    """Answer in the interface's own words that there is no such call, or not with this method."""
    methods = _methods_here()
    if methods:
        raise MethodNotAllowed(methods)
    return answer(ApiError(404, "not_found", f"There is no call {request.method} /{rest[:200]}."))


def _methods_here() -> list[str]:
    """Return the methods of the calls at the requested address."""
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    methods = []
    for method in (*METHODS, "HEAD", "OPTIONS"):
        with suppress(HTTPException, RequestRedirect):
            endpoint, _ = adapter.match(method=method)
            if endpoint != ELSEWHERE:
                methods.append(method)
    return methods
