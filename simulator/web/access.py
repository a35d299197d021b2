"""Access to routes. Every route declares it with one of four marks; a guard test keeps the list."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import abort, current_app, g, request
from flask_login import current_user
from werkzeug.exceptions import Conflict, Forbidden
from werkzeug.wrappers import Response

from simulator.core.sandbox import Db
from simulator.web.addresses import sign_in_address
from simulator.web.platform import platform
from simulator.web.product import Permission, Products
from simulator.web.visit import actor_of_session, visit

if TYPE_CHECKING:
    from simulator.directory.actors import Actor

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed in"
BY_TOKEN = "token of a program: "
"""Begins the mark of a route for programs, whose token the product issues and checks; the rest of the mark is the scope."""


class RightsChanged(Conflict):
    """The visitor's rights, or the chosen company, changed between the start of a request and its transaction."""


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


def without_visit(view: View) -> View:
    """Identify no visitor: for public answers that programs ask for many times a second. Such a view has ``g.sandbox`` only."""
    view.without_visit = True  # type: ignore[attr-defined]
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
    return actor is not None and permits(actor, permission)


def permits(actor: "Actor", permission: Permission) -> bool:
    """Return whether an actor holds a permission, or any of several; everybody holds None."""
    if permission is None:
        return True
    any_of = (permission,) if isinstance(permission, str) else permission
    return any(actor.holds(products().roles_with(name), anywhere=products().is_of_customer(name)) for name in any_of)


def may_open(actor: "Actor", path: str) -> bool:
    """Return whether an actor has the permission of the page at an address below the present sandbox; its view may ask for more."""
    endpoint = platform().page_at(f"/s/{visit().sandbox.name}{path}")
    access = getattr(current_app.view_functions[endpoint], "access", None) if endpoint is not None else None
    if access is None or access.startswith(BY_TOKEN):
        return False
    return access in (PUBLIC, SIGNED_IN) or permits(actor, access)


def required_permission() -> str:
    """Return the permission that the present view declares: rows of its page are limited by the same one."""
    return str(getattr(current_app.view_functions[str(request.endpoint)], "access"))  # noqa: B009


def check_access() -> Response | None:
    """Let the visitor of a product's page pass, send them to sign-in, or refuse; transactions that write check it once more.

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
    visit().sandbox.check_before_writing = _check_access_again
    return None


def _check_access_again(db: Db) -> None:
    """Check, in a transaction that has the write lock, that the visitor still has the rights that the request began with.

    Everything that a view has decided by the actor so far still holds then. Own choice: a request whose visitor gained a right or
    chose another company meanwhile is refused too, because its form was made for the rights and the company of before.

    Raises:
        HTTPException: the answer of ``check_access``, or ``RightsChanged``.
    """
    before = visit()
    now = actor_of_session(db, before.session_id) if before.session_id else None
    if now == before.actor:
        return
    g.visit = replace(before, actor=now, session_id=before.session_id if now else None)
    g.pop("_login_user", None)  # Flask-Login asks for its user anew
    refusal = check_access()
    if refusal is not None:
        abort(refusal)
    raise RightsChanged
