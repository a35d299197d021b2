"""Routes as operations that can fail: ``http.admin.users`` is one, ``http.admin`` all of a product, ``http`` all of a sandbox."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from werkzeug.routing import Rule

from simulator.core.errors import BadInput
from simulator.core.fault_operations import ROUTE_OUTCOMES, ROUTES, Operation, near
from simulator.core.sandbox import STALE

if TYPE_CHECKING:
    from simulator.web.platform import Platform
    from simulator.web.product import Products

BELOW = "/s/<sandbox>"
"""How the rules of routes begin that are below a sandbox."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ANY_SANDBOX = "/s/any"
"""Begins an address whose route is looked for, in no particular sandbox."""
_CONVERTER = re.compile(r"<[a-z]+(?:\([^)]*\))?:")


def operations_of(endpoint: str) -> tuple[str, ...]:
    """Return the names of the operation of a route, and of those that include it."""
    blueprint, _, _ = endpoint.rpartition(".")
    return (ROUTES, f"{ROUTES}.{endpoint}", *([f"{ROUTES}.{blueprint}"] if blueprint else []))


def find(app: "Platform", name: str) -> Operation | None:
    """Return the operation of a route, of a product's routes or of all; nothing but that product is imported."""
    if name == ROUTES:
        return _of_all()
    endpoint = name.partition(".")[2]
    blueprint, _, view = endpoint.partition(".")
    if _products(app).by_blueprint(blueprint) is not None:
        app.load(blueprint)
        if not view:
            return _of_product(blueprint)
    with app.url_map.growing:
        rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint]
    return _of_endpoint(app, endpoint, rules)


def all_of(app: "Platform") -> Iterator[Operation]:
    """Yield the operations of all routes; all products are imported."""
    by_endpoint: dict[str, list[Rule]] = {}
    for rule in app.all_routes():
        by_endpoint.setdefault(rule.endpoint, []).append(rule)
    yield _of_all()
    for product in _products(app).all:
        yield _of_product(product.blueprint.name)
    for endpoint, rules in by_endpoint.items():
        operation = _of_endpoint(app, endpoint, rules)
        if operation is not None:
            yield operation


def named_by(app: "Platform", route: str) -> tuple[str, str]:
    """Return the operation and the method of a route that is named as testers see it, ``POST /admin/users/add``.

    Args:
        app: the platform.
        route: method and path below the sandbox, as in a browser (``/admin/users/17``) or as it is listed, with variables
            (``/admin/users/<user_id>``).

    Raises:
        BadInput: there is no such route; near ones are named.
    """
    method, _, path = route.strip().partition(" ")
    method, path = method.upper(), path.strip().partition("?")[0]
    if method not in METHODS or not path.startswith("/"):
        raise BadInput([("route", f"expected a method and a path, such as 'POST /admin/users/add', found {route!r}")])
    if "<" not in path and (endpoint := app.endpoint_at(f"{ANY_SANDBOX}{path}", method)):
        return f"{ROUTES}.{endpoint}", method
    listed = {f"{method} {operation.path}": operation.name for operation in all_of(app) if method in operation.methods}
    if f"{method} {path}" not in listed:
        raise BadInput([("route", f"expected a route of the platform, found {route!r}{near(f'{method} {path}', listed)}")])
    return listed[f"{method} {path}"], method


def _products(app: "Platform") -> "Products":
    products: Products = app.extensions["products"]
    return products


def _of_all() -> Operation:
    return Operation(ROUTES, "Anything below the sandbox is asked for.", ROUTE_OUTCOMES, METHODS)


def _of_product(blueprint: str) -> Operation:
    return Operation(f"{ROUTES}.{blueprint}", f"Anything of {blueprint} is asked for.", ROUTE_OUTCOMES, METHODS)


def _of_endpoint(app: "Platform", endpoint: str, rules: list[Rule]) -> Operation | None:
    below = [rule for rule in rules if rule.rule.startswith(f"{BELOW}/")]
    accepted = {method for rule in below for method in rule.methods or ()}
    methods = tuple(method for method in METHODS if method in accepted)
    if not methods:
        return None
    reads = "GET" in methods
    outcomes = {name: meaning for name, meaning in ROUTE_OUTCOMES.items() if reads or name != STALE}
    summary = (app.view_functions[endpoint].__doc__ or "").strip().partition("\n")[0]
    path = _CONVERTER.sub("<", below[0].rule.removeprefix(BELOW))
    return Operation(f"{ROUTES}.{endpoint}", summary or f"{', '.join(methods)} {path}", outcomes, methods, path)
