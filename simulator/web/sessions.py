"""Cookies: one per sandbox, with a name, a path and a signing key of its own; one for the lobby.

Source: Connect's session cookie is ``HttpOnly`` and lasts as long as the browser. The sandbox's key changes with every reset,
so that every browser session ends with it.
"""

from typing import TYPE_CHECKING

from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.http import dump_cookie
from werkzeug.wrappers import Response as BaseResponse

from simulator.settings import Settings

if TYPE_CHECKING:
    from simulator.web.visit import Visit

BrowserSession = SecureCookieSession

LOBBY_COOKIE = "vnsim_lobby"


def sandbox_of(path: str) -> str | None:
    """Return the name in a path that is below a sandbox, whether there is such a sandbox or not."""
    parts = path.split("/", 3)
    return parts[2] if len(parts) == 4 and parts[1] == "s" else None


def cookie_name(sandbox: str) -> str:
    """Return the name of a sandbox's cookie."""
    return f"vnsim_{sandbox}"


def cookie_path(sandbox: str) -> str:
    """Return the path a sandbox's cookie is sent to."""
    return f"/s/{sandbox}/"


def trainer_cookie(sandbox: str) -> str:
    """Return the name of the cookie that says that a browser is the trainer's in a trainee's sandbox."""
    return f"vnsim_trainer_{sandbox}"


def mark_trainer(response: BaseResponse, sandbox: str) -> None:
    """Let a browser be the trainer's in a trainee's sandbox: signed with the server's key, so that no trainee can say so."""
    settings: Settings = current_app.extensions["settings"]
    response.set_cookie(
        trainer_cookie(sandbox),
        seal(current_app.secret_key_for_lobby, {"trainer_of": sandbox}),  # type: ignore[attr-defined]
        path=cookie_path(sandbox),
        secure=settings.secure,
        httponly=True,
        samesite="Lax",
    )


def unmark_trainer(response: BaseResponse, sandbox: str) -> None:
    """Let a browser be a trainee's again, when it has been the trainer's in the sandbox."""
    settings: Settings = current_app.extensions["settings"]
    response.delete_cookie(
        trainer_cookie(sandbox), path=cookie_path(sandbox), secure=settings.secure, httponly=True, samesite="Lax"
    )


def is_trainer_of(sandbox: str) -> bool:
    """Return whether the browser that sent the present request is the trainer's in a trainee's sandbox."""
    sent = request.cookies.get(trainer_cookie(sandbox))
    return sent is not None and unseal(current_app.secret_key_for_lobby, sent).get("trainer_of") == sandbox  # type: ignore[attr-defined]


def seal(secret: str, content: dict[str, object]) -> str:
    """Write a cookie's value: readable, signed with the sandbox's key."""
    return str(URLSafeSerializer(secret, salt="vnsim session").dumps(content))


def unseal(secret: str, value: str) -> dict[str, object]:
    """Read a cookie's value; empty when it was altered or is of another sandbox or generation."""
    try:
        content = URLSafeSerializer(secret, salt="vnsim session").loads(value)
    except BadSignature:
        return {}
    return content if isinstance(content, dict) else {}


def set_lasting_cookie(response: BaseResponse, name: str, value: str, *, path: str, seconds: int) -> None:
    """Set a cookie that outlives the browser; by ``Max-Age`` only, because the sandbox's clock is not the browser's."""
    settings: Settings = current_app.extensions["settings"]
    cookie = dump_cookie(
        name,
        value,
        max_age=seconds,
        path=path,
        secure=settings.secure,
        httponly=True,
        samesite="Lax",
        sync_expires=False,
    )
    response.headers.add("Set-Cookie", cookie)


class SandboxSessions(SecureCookieSessionInterface):
    """A session for each sandbox, and one for the lobby.

    A sandbox's cookie is read by ``visit.find_visitor``: the sandbox, which is opened before, holds the key that signs it.

    Args:
        secure: whether cookies travel over TLS only.
    """

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        """Return the session of the lobby; an empty one below a sandbox, which is not opened yet."""
        if sandbox_of(request.path) is not None:
            return BrowserSession({})
        content = unseal(app.secret_key_for_lobby, request.cookies.get(LOBBY_COOKIE, ""))  # type: ignore[attr-defined]
        return BrowserSession(content)

    def save_session(self, app: Flask, session: SecureCookieSession, response: Response) -> None:  # type: ignore[override]
        """Send the cookie when something in it changed; none of a sandbox that could not be opened."""
        visit: Visit | None = g.get("visit")
        if not session.modified or (visit is None and sandbox_of(request.path) is not None):
            return
        if visit is None:
            name, path, key = LOBBY_COOKIE, "/", app.secret_key_for_lobby  # type: ignore[attr-defined]
        else:
            name, path, key = cookie_name(visit.sandbox.name), cookie_path(visit.sandbox.name), visit.cookie_key
        if not session:
            response.delete_cookie(name, path=path, secure=self._secure, httponly=True, samesite="Lax")
            return
        response.set_cookie(name, seal(key, dict(session)), path=path, secure=self._secure, httponly=True, samesite="Lax")
