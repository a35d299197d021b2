"""On a network a sandbox opens only with its join link, which carries a key that becomes a cookie."""

from hmac import compare_digest
from urllib.parse import urlencode

from flask import current_app, g, redirect, request
from werkzeug.wrappers import Response

from simulator.settings import Settings
from simulator.web.access import products
from simulator.web.errors import problem_page
from simulator.web.sessions import cookie_path, set_lasting_cookie
from simulator.web.visit import visit

LIFETIME = 30 * 24 * 3600


def check_join_key() -> Response | None:
    """Require the key of the sandbox, when a control token is set."""
    settings: Settings = current_app.extensions["settings"]
    if settings.control_token is None or g.get("visit") is None or _is_for_programs():
        return None
    key = visit().join_key
    name = f"vnsim_join_{visit().sandbox.name}"
    if _same(request.cookies.get(name, ""), key):
        return None
    if not _same(request.args.get("join", ""), key):
        return problem_page(403, "join")
    rest = urlencode([(key, value) for key, value in request.args.items(multi=True) if key != "join"])
    response = redirect(f"{request.path}?{rest}" if rest else request.path)
    set_lasting_cookie(response, name, key, path=cookie_path(visit().sandbox.name), seconds=LIFETIME)
    return response


def _is_for_programs() -> bool:
    product = products().by_blueprint(request.blueprint)
    return product is not None and product.programs


def _same(candidate: str, key: str) -> bool:
    return compare_digest(candidate.encode(errors="replace"), key.encode())
