"""Who may use the control API: callers with the control token, or, without one, callers on this machine; never another site's page.

Own choice: a browser tells where a request comes from, and whatever comes from another site is refused.
"""

from hmac import compare_digest
from urllib.parse import urlsplit

from flask import Request, Response, current_app, request

from simulator.control.guesses import Guesses
from simulator.control.table import guesses, settings
from simulator.settings import Settings
from simulator.web.calls.reading import JSON
from simulator.web.origin import is_control_api, is_local
from simulator.web.problem_documents import Problem, answer, problem_of


def check_call() -> Response | None:
    """Let a call of the control API through, or answer with a problem; also where there is no such path or method."""
    if not is_control_api(request.path):
        return None
    try:
        check_caller(request, settings(), guesses())
        if request.routing_exception is not None:
            raise request.routing_exception
        check_media_type(request, getattr(current_app.view_functions[str(request.endpoint)], "takes", JSON))
    except Exception as error:
        return answer(problem_of(error))
    return None


def check_caller(request: Request, settings: Settings, guesses: Guesses) -> None:
    """Refuse a call of the control API whose caller may not make it.

    Raises:
        Problem: 401 without the required token; 429 after too many wrong ones; 403 from elsewhere.
    """
    check_origin(request, settings)
    if settings.control_token is not None:
        if has_token(request, settings.control_token):
            return
        guessed = "Authorization" in request.headers
        wait = guesses.seconds_to_wait(request.remote_addr) if guessed else 0
        if wait:
            raise Problem(429, f"Too many wrong tokens; try again in {wait} seconds.", headers={"Retry-After": str(wait)})
        if guessed:
            guesses.count_wrong(request.remote_addr)
        raise Problem(
            401,
            "This server asks for its control token: send the header 'Authorization: Bearer <token>'.",
            headers={"WWW-Authenticate": 'Bearer realm="vnsim"'},
        )
    if not is_local(request):
        raise Problem(403, "Without a control token this server answers on localhost only.")


def check_media_type(request: Request, takes: str) -> None:
    """Refuse a body of another media type than a call takes; without a body no content type is needed.

    Raises:
        Problem: 415.
    """
    if request.method in ("POST", "PUT") and not _is_of(request, takes):
        raise Problem(415, f"Send {takes}, not {request.mimetype or 'a body without a content type'}.")


def check_origin(request: Request, settings: Settings) -> None:
    """Refuse what a page of another site sent.

    Raises:
        Problem: 403.
    """
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Problem(403, "Pages of other sites may not call this server.")
    origin = request.headers.get("Origin")
    if origin is not None and _host_and_port(origin) not in (request.host, urlsplit(settings.base_address).netloc):
        raise Problem(403, f"Pages of {origin[:100]} may not call this server.")


def _host_and_port(origin: str) -> str | None:
    """Return host and port of an Origin header; None when it is malformed."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None


def has_token(request: Request, token: str) -> bool:
    """Return whether a request carries the control token; takes equally long for every wrong token."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    return kind.lower() == "bearer" and same_token(value.strip(), token)


def same_token(submitted: str, token: str) -> bool:
    """Compare a token in constant time."""
    return compare_digest(submitted.encode(errors="replace"), token.encode())


def _is_of(request: Request, takes: str) -> bool:
    if request.mimetype:
        return request.mimetype == takes
    return not request.content_length and "Transfer-Encoding" not in request.headers
