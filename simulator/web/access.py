"""Access to routes. Every route declares it with one of four marks; a guard test keeps the list."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import current_app, request
from flask_login import current_user
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from simulator.web.addresses import sign_in_address
from simulator.web.product import Permission, Products
from simulator.web.visit import visit

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed in"
BY_TOKEN = "token of a program: "
"""Begins the mark of a route for programs, whose token the product issues and checks; the rest of the mark is the scope."""


def public(view: View) -> View:
    """Require nothing but the sandbox itself."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Require a signed-in person."""
    view.access = SIGNED_IN  # type: ignore[attr-defined]
    return view


def for_programs(view: View) -> View:
    """Require no token of a form: programs call it, with credentials that a browser does not send by itself."""
    view.for_programs = True  # type: ignore[attr-defined]
    return view


def by_token(scope: str) -> Callable[[View], View]:
    """Require a program's token for a scope, which the product issues and checks."""
    return requires(BY_TOKEN + scope)


def requires(permission: str) -> Callable[[View], View]:
    """Require a permission on the current customer or company."""

    def mark(view: View) -> View:
        view.access = permission  # type: ignore[attr-defined]
        return view

    return mark


def products() -> Products:
    """Return the products of this platform."""
    return cast(Products, current_app.extensions["products"])


def has_permission(permission: Permission) -> bool:
    """Return whether the visitor holds a permission, or any of several; everybody signed in holds None."""
    actor = visit().actor
    if actor is None:
        return False
    if permission is None:
        return True
    any_of = (permission,) if isinstance(permission, str) else permission
    return any(actor.holds(products().roles_with(name), anywhere=products().is_of_customer(name)) for name in any_of)


def required_permission() -> str:
    """Return the permission that the present view declares: rows of its page are limited by the same one."""
    return str(getattr(current_app.view_functions[str(request.endpoint)], "access"))  # noqa: B009


def check_access() -> Response | None:
    """Let the visitor of a product's page pass, send them to sign-in, or refuse.

    Raises:
        Forbidden: signed in, but without the permission.
    """
    if request.endpoint is None or products().by_blueprint(request.blueprint) is None:
        return None
    access = getattr(current_app.view_functions[request.endpoint], "access", None)
    assert access is not None, f"{request.endpoint} does not declare its access"
    if access == PUBLIC or access.startswith(BY_TOKEN):
        return None
    if not current_user.is_authenticated:
        return sign_in_address(request.full_path if request.method in ("GET", "HEAD") else None)
    if access != SIGNED_IN and not has_permission(access):
        raise Forbidden
    return None
