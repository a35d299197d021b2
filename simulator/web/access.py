"""Who may open a route. Every route says so with one of three marks; a guard test keeps the list."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g, request
from flask_login import current_user
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from simulator.web.addresses import sign_in_address
from simulator.web.product import Products
from simulator.web.visit import visit

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed in"
BY_TOKEN = "token of a program: "
"""What the mark of a route begins with that wants a token which its product hands out and checks; the rest says for what."""


def public(view: View) -> View:
    """Let everybody in who can reach the sandbox."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Let everybody in who is signed in."""
    view.access = SIGNED_IN  # type: ignore[attr-defined]
    return view


def by_token(scope: str) -> Callable[[View], View]:
    """Let in programs with a token of the product's own for a scope, which the product checks for itself."""
    return requires(BY_TOKEN + scope)


def requires(permission: str) -> Callable[[View], View]:
    """Let in who holds a permission for the customer or company that is open."""

    def mark(view: View) -> View:
        view.access = permission  # type: ignore[attr-defined]
        return view

    return mark


def products() -> Products:
    """Return the products of this platform."""
    found: Products = current_app.extensions["products"]
    return found


def has_permission(permission: str | None) -> bool:
    """Say whether the visitor holds a permission; everybody signed in holds None."""
    actor = visit().actor
    if actor is None:
        return False
    if permission is None:
        return True
    return actor.holds(products().roles_with(permission), anywhere=products().is_of_customer(permission))


def check_access() -> Response | None:
    """Before each request below a sandbox: let the visitor pass, send to sign-in, or refuse.

    Raises:
        NotFound: there is no sandbox of that name.
        Unreadable: its file cannot be used.
        Forbidden: signed in, but without the permission.
    """
    if g.get("missing"):
        raise NotFound
    if g.get("unreadable"):
        raise g.unreadable
    if request.endpoint is None or request.blueprint is None or products().by_blueprint(request.blueprint) is None:
        return None
    access = getattr(current_app.view_functions[request.endpoint], "access", None)
    assert access is not None, f"{request.endpoint} does not say who may come in"
    if access == PUBLIC or access.startswith(BY_TOKEN):
        return None
    if not current_user.is_authenticated:
        return sign_in_address(request.full_path if request.method in ("GET", "HEAD") else None)
    if access != SIGNED_IN and not has_permission(access):
        raise Forbidden
    return None
