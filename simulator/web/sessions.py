"""Cookies: one per sandbox, with a name, a path and a signing key of its own; one for the lobby.

Source: Connect's session cookie is ``HttpOnly`` and lasts as long as the browser. The sandbox's key changes with every reset,
so that every browser session ends with it.
"""

from collections.abc import Collection

from flask import Flask, Request, Response, current_app, g
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.http import dump_cookie
from werkzeug.wrappers import Response as BaseResponse

from simulator.core.database import Unreadable
from simulator.core.errors import NotFound
from simulator.core.store import Store
from simulator.settings import Settings
from simulator.web.visit import Visit, read_visit

BrowserSession = SecureCookieSession


def cookie_name(sandbox: str) -> str:
    """Return the name of a sandbox's cookie."""
    return f"vnsim_{sandbox}"


def cookie_path(sandbox: str) -> str:
    """Return the path a sandbox's cookie is sent to."""
    return f"/s/{sandbox}/"


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
    """Opens the sandbox that the address names, and reads its cookie and its visitor in one go.

    Args:
        store: where the sandboxes are.
        secure: whether cookies travel over TLS only.
        unvisited: the first parts of paths below a sandbox that are read without any visit: no cookie, nobody signed in.
    """

    def __init__(self, store: Store, *, secure: bool, unvisited: Collection[str] = ()) -> None:
        self._store = store
        self._secure = secure
        self._unvisited = frozenset(unvisited)

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        """Return the session of this sandbox, or of the lobby.

        Sets ``g.visit``, and ``g.missing`` or ``g.unreadable`` for what ``web.access`` refuses, because errors that are raised
        here would not reach the pages for them.
        """
        g.visit, g.missing, g.unreadable = None, None, None
        parts = request.path.split("/", 3)
        if len(parts) < 4 or parts[1] != "s":
            content = unseal(app.secret_key_for_lobby, request.cookies.get("vnsim_lobby", ""))  # type: ignore[attr-defined]
            return BrowserSession(content)
        try:
            sandbox = self._store.open(parts[2])
        except NotFound:
            g.missing = parts[2]
            return BrowserSession({})
        g.sandbox = sandbox
        if parts[3].partition("/")[0] in self._unvisited:
            return BrowserSession({})
        try:
            with sandbox.reading() as db:
                session = BrowserSession(unseal(db.head.secret, request.cookies.get(cookie_name(sandbox.name), "")))
                g.visit = read_visit(db, session)
        except Unreadable as error:
            g.unreadable = error
            return BrowserSession({})
        return session

    def save_session(self, app: Flask, session: SecureCookieSession, response: Response) -> None:  # type: ignore[override]
        """Send the cookie when something in it changed."""
        if not session.modified or g.get("missing") or g.get("unreadable"):
            return
        visit: Visit | None = g.get("visit")
        if visit is None:
            name, path, key = "vnsim_lobby", "/", app.secret_key_for_lobby  # type: ignore[attr-defined]
        else:
            name, path, key = cookie_name(visit.sandbox.name), cookie_path(visit.sandbox.name), visit.secret
        if not session:
            response.delete_cookie(name, path=path, secure=self._secure, httponly=True, samesite="Lax")
            return
        response.set_cookie(name, seal(key, dict(session)), path=path, secure=self._secure, httponly=True, samesite="Lax")
