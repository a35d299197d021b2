"""The browser of a visitor who is not signed in, and what it was told about cookies.

A guest's identifier is in a cookie of its own, signed with the key of this generation of the sandbox, so that it survives signing
in, opens no other sandbox, and cannot be made up from a case's number.
"""

from flask import g, request
from werkzeug.wrappers import Response

from simulator.core.sandbox import Db
from simulator.web.sessions import cookie_path, seal, set_lasting_cookie, unseal
from simulator.web.visit import visit

GUEST_DAYS = 7
CHOICE_DAYS = 180
CHOICES = ("accepted", "refused")
_DAY = 24 * 60 * 60


def guest() -> str | None:
    """Return the identifier of this browser, or None when it has none of this generation."""
    content = unseal(visit().cookie_key, request.cookies.get(_name("guest"), ""))
    identifier = content.get("guest")
    return identifier if isinstance(identifier, str) else None


def guest_or_new(db: Db) -> str:
    """Return the identifier of this browser; a fresh one is sent with the answer, see ``remember``."""
    identifier = guest() or db.chance.token()
    g.guest = identifier
    return identifier


def remember(response: Response) -> Response:
    """Send the cookie of a guest whose case began with this request."""
    identifier: str | None = g.get("guest")
    if identifier is not None:
        _set(response, "guest", seal(visit().cookie_key, {"guest": identifier}), GUEST_DAYS)
    return response


def choice() -> str | None:
    """Return what this browser chose about cookies, or None."""
    value = request.cookies.get(_name("cookies"), "")
    return value if value in CHOICES else None


def remember_choice(response: Response, chosen: str) -> Response:
    """Send the cookie that says what was chosen about cookies; it has the choice itself and identifies nobody."""
    _set(response, "cookies", chosen, CHOICE_DAYS)
    return response


def _name(kind: str) -> str:
    return f"vnsim_{kind}_{visit().sandbox.name}"


def _set(response: Response, kind: str, value: str, days: int) -> None:
    name, path = _name(kind), cookie_path(visit().sandbox.name)
    set_lasting_cookie(response, name, value, path=path, seconds=days * _DAY)
