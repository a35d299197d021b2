"""Where a request comes from: this machine or elsewhere, and under which name of the server.

Own choice: without a control token the Host header must name this machine, so that a host name that was pointed at 127.0.0.1 (DNS
rebinding) opens nothing.
"""

from ipaddress import ip_address

from flask import Request, Response, current_app, request

from simulator.settings import LOOPBACK, Settings
from simulator.web.errors import problem_page

PROXY_HEADERS = frozenset({"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"})
"""Names of what a proxy writes into a request, besides ``X-Forwarded-...``: the visitor behind it may be anywhere."""

CONTROL_API = "/_sim"


def check_host() -> Response | None:
    """Refuse a page that is asked for under a foreign name of this server; the control API checks its callers itself."""
    settings: Settings = current_app.extensions["settings"]
    if request.endpoint == "static" or is_control_api(request.path) or is_named_rightly(request, settings):
        return None
    return problem_page(403, "elsewhere")


def is_control_api(path: str) -> bool:
    """Return whether a path belongs to the control API."""
    return path == CONTROL_API or path.startswith(CONTROL_API + "/")


def is_named_rightly(request: Request, settings: Settings) -> bool:
    """Return whether a page was asked for under a name of this server.

    With a control token a sandbox opens with its join key only, which is stored for each host name by itself. Without one everybody
    who reaches this machine comes in, so a host name that somebody else can point at it must not do, nor a proxy, which
    strangers may reach.
    """
    if settings.control_token is not None:
        return True
    return not is_from_proxy(request) and host_name(request.headers.get("Host", "")) in LOOPBACK | {settings.public_host}


def is_local(request: Request) -> bool:
    """Return whether a request was made at this machine, for a name of this machine, and came straight here."""
    if is_from_proxy(request):
        return False
    return host_name(request.headers.get("Host", "")) in LOOPBACK and is_loopback(request.remote_addr)


def is_from_proxy(request: Request) -> bool:
    """Return whether a proxy passed a request on.

    HTTP/1.0 counts as a proxy's: before its release 1.29.7 nginx speaks it unless told otherwise, and adds no header. A proxy of
    HTTP/1.1 that adds none cannot be told from a browser.
    """
    names = (name.lower() for name, _ in request.headers)
    if any(name in PROXY_HEADERS or name.startswith("x-forwarded") for name in names):
        return True
    return request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"


def lobby_is_open() -> bool:
    """Return whether pages lead to the lobby: only where it opens for their reader, who then may know every password."""
    settings: Settings = current_app.extensions["settings"]
    return settings.control_token is None and is_local(request)


def host_name(host: str) -> str:
    """Return the name of a Host header, without its port and brackets: ``[::1]:8000`` gives ``::1``."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def is_loopback(address: str | None) -> bool:
    """Return whether an address is this machine's own."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return bool((mapped or parsed).is_loopback)
