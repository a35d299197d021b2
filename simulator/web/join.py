"""On a network a sandbox opens with its join key only: for people, browsers and programs alike.

The key is in an address (``?join=`` as in the join link, or as a segment, ``/s/<sandbox>/~<key>/…``, for programs that only know a
base address), in the header ``X-Vnsim-Join``, the password of HTTP Basic authentication, or in the cookie that a page sets.
"""

import re
from collections.abc import Callable, Iterable
from hmac import compare_digest
from typing import Any
from urllib.parse import quote, unquote_plus

from flask import current_app, g, redirect, request
from werkzeug.wrappers import Response

from simulator.settings import Settings
from simulator.web.errors import problem_page
from simulator.web.programs import is_for_programs, problem_document
from simulator.web.sessions import cookie_path, sandbox_of, set_lasting_cookie
from simulator.web.visit import Visit

LIFETIME = 30 * 24 * 3600
HEADER = "X-Vnsim-Join"
FROM_ADDRESS = "vnsim.join_key"
"""Where the environment of a request has the key that stood in its address."""

REFUSAL = (
    f"This sandbox opens with its join key: in the address (/s/<sandbox>/~<key>/…, or ?join=<key>), in the header {HEADER}, "
    "or as the password of HTTP Basic authentication. The control API calls it join_url and join_base."
)

_SEGMENT = re.compile(r"(/s/[^/]+)/~([^/]*)(/.*)?", re.DOTALL)

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class KeyFromAddress:
    """Takes the join key out of an address, so that nothing behind it routes by it, shows it or passes it on.

    Args:
        application: what answers the request, a WSGI application.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        match = _SEGMENT.fullmatch(environ.get("PATH_INFO", ""))
        if match is not None:
            environ["PATH_INFO"], environ[FROM_ADDRESS] = match[1] + (match[3] or "/"), match[2]
        query = environ.get("QUERY_STRING", "")
        if "join" in query and sandbox_of(environ.get("PATH_INFO", "")) is not None:
            pairs = [(pair.partition("="), pair) for pair in query.split("&")]
            values = [unquote_plus(value) for (name, _, value), _ in pairs if unquote_plus(name) == "join"]
            environ["QUERY_STRING"] = "&".join(pair for (name, _, _), pair in pairs if unquote_plus(name) != "join")
            if values:
                environ.setdefault(FROM_ADDRESS, values[0])
        return self._application(environ, start_response)


def check_join_key() -> Response | None:
    """Require the key of the sandbox, when a control token is set.

    A page that was opened with the key in its address sets the cookie and leads to the address without the key.
    """
    if "sandbox" not in g:
        return None
    settings: Settings = current_app.extensions["settings"]
    submitted = request.environ.get(FROM_ADDRESS)
    is_page = request.method in ("GET", "HEAD") and not is_for_programs()
    if settings.control_token is None:
        return redirect(_address()) if submitted is not None and is_page else None
    key, name = _join_key(), f"vnsim_join_{g.sandbox.name}"
    if submitted is not None and _same(submitted, key):
        if not is_page:
            return None
        response = redirect(_address())
        set_lasting_cookie(response, name, key, path=cookie_path(g.sandbox.name), seconds=LIFETIME)
        return response
    password = request.authorization.password if request.authorization else None
    if any(_same(value or "", key) for value in (request.cookies.get(name), request.headers.get(HEADER), password)):
        return redirect(_address()) if submitted is not None and is_page else None
    return problem_document(403, REFUSAL) if is_for_programs() else problem_page(403, "join")


def _address() -> str:
    """Return the address of the request without the key."""
    path, query = quote(f"{request.script_root}{request.path}"), request.query_string.decode(errors="replace")
    return f"{path}?{query}" if query else path


def _join_key() -> str:
    """Return the sandbox's key, also for a request that is answered without a visit."""
    visit: Visit | None = g.get("visit")
    return visit.join_key if visit is not None else str(g.sandbox.join_key())


def _same(candidate: str, key: str) -> bool:
    return compare_digest(candidate.encode(errors="replace"), key.encode())
