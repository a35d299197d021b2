"""Routes for programs: token, introspection, revocation, userinfo.

Source: RFC 6749, 7009, 7662; OpenID Connect Core, 5.3; Connect help, userinfo endpoint.
"""

from collections.abc import Callable, Mapping, Sequence

from flask import Response, request

from simulator.core import request_journal
from simulator.core.sandbox import Db
from simulator.directory.identity_providers import IdentityProvider
from simulator.products.openid.services import claims, keys, provider
from simulator.products.openid.services.keys import TokenKind
from simulator.products.openid.services.provider import Answer, Call, Provider, Trace
from simulator.products.openid.views.blueprint import (
    PRODUCT,
    blueprint,
    for_registered_origins,
    json_answer,
    preflight,
)
from simulator.web.access import for_programs, public
from simulator.web.visit import visit

FORM = "application/x-www-form-urlencoded"
_ROUTE = {"methods": ["POST", "OPTIONS"], "provide_automatic_options": False}


@blueprint.route("/connect/token", **_ROUTE)
@public
@for_programs
def token() -> Response:
    """Exchange a grant for tokens."""
    return answer_call("token", lambda made, call: made.answer_token_call(call))


@blueprint.route("/connect/introspect", **_ROUTE)
@public
@for_programs
def introspect() -> Response:
    """Say whether a token works."""
    return answer_call("introspect", lambda made, call: made.answer_endpoint_call("introspection", call))


@blueprint.route("/connect/revocation", **_ROUTE)
@public
@for_programs
def revoke() -> Response:
    """Withdraw a refresh token."""
    return answer_call("revocation", lambda made, call: made.answer_endpoint_call("revocation", call))


@blueprint.route("/connect/userinfo", methods=["GET", "POST", "OPTIONS"], provide_automatic_options=False)
@public
@for_programs
def userinfo() -> Response:
    """Say who the user of an access token is."""
    if request.method == "OPTIONS":
        return preflight()
    return answer_userinfo()


def answer_userinfo(of: IdentityProvider = IdentityProvider.CONNECT) -> Response:
    """Say who the user of an access token of a provider is."""
    trace = Trace()
    with visit().sandbox.transaction() as db:
        content = provider.bearer_claims(db, _bearer(), trace, of)
        if content is not None and "openid" not in content["scope"]:
            trace.because("openid.why.bearer_scope")
            response = _refused(403, "insufficient_scope", "The token was not issued for the scope openid.")
        elif content is None:
            response = _refused(401, "invalid_token", "The token is missing, expired, or not one of this sandbox.")
        else:
            subject = provider.subject_of(db, content["sub"], of)
            assert subject is not None
            trace.person = subject.email
            response = json_answer(200, claims.userinfo(db, subject, content))
        _write(db, "userinfo", {}, response.status_code, trace)
        return for_registered_origins(response, db)


def answer_call(
    name: str, run: Callable[[Provider, Call], Answer], of: IdentityProvider = IdentityProvider.CONNECT
) -> Response:
    """Answer a call of an endpoint of a provider."""
    if request.method == "OPTIONS":
        return preflight()
    sandbox = visit().sandbox
    keys.prepare(sandbox, of)
    form: Mapping[str, Sequence[str]] = dict(request.form.lists())
    with sandbox.transaction() as db:
        made = Provider(db, of)
        if request.mimetype != FORM:
            made.trace.because("openid.why.not_a_form", type=request.mimetype or "-")
            description = f"Send the parameters as {FORM}."
            answer: Answer = (400, {"error": "invalid_request", "error_description": description}, {})
        else:
            answer = run(made, Call(form, dict(request.headers)))
        status, document, headers = answer
        parameters = {key: values[0] for key, values in form.items() if values}
        _write(db, name, parameters, status, made.trace, document.get("error"))
        plain = {key: value for key, value in headers.items() if key.lower() != "content-type"}
        return for_registered_origins(json_answer(status, document, plain), db)


def _write(db: Db, name: str, parameters: Mapping[str, str], status: int, trace: Trace, error: str | None = None) -> None:
    caller = trace.application.client_id if trace.application is not None else parameters.get("client_id", "")
    request_journal.record(
        db, PRODUCT, caller, name, parameters, status, error=error, reason=trace.reason, person=trace.person
    )


def _bearer() -> str | None:
    """Return the access token of a call: in its header, or in the form. Source: RFC 6750, 2."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return value.strip()
    return request.form.get("access_token") if request.method == "POST" and request.mimetype == FORM else None


def concerned(db: Db) -> tuple[str | None, str | None] | None:
    """Return the address of the person whose access token a call has, and no company; None for a request without a token."""
    token = _bearer()
    if token is None:
        return None
    content = keys.claims_of(db, token, TokenKind.ACCESS)
    subject = provider.subject_of(db, content["sub"], IdentityProvider.CONNECT) if content and "sub" in content else None
    return (subject.email if subject is not None else None), None


def _refused(status: int, error: str, description: str) -> Response:
    challenge = f'Bearer error="{error}", error_description="{description}"'
    return json_answer(status, {"error": error, "error_description": description}, {"WWW-Authenticate": challenge})
