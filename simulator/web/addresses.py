"""Builds every address that pages use, so that sandboxes by host name could come beside sandboxes by path."""

from functools import cache
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.web.product import Product, Products


def install(app: Flask) -> None:
    """Take the sandbox's name out of the arguments of views, and put it into every address below a sandbox."""

    @cache
    def is_below_a_sandbox(endpoint: str) -> bool:
        return app.url_map.is_endpoint_expecting(endpoint, "sandbox")

    @app.url_value_preprocessor
    def _take_out(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values is not None:
            g.sandbox_name = values.pop("sandbox", None)

    @app.url_defaults
    def _put_in(endpoint: str, values: dict[str, Any]) -> None:
        if "sandbox" not in values and g.get("sandbox_name") and is_below_a_sandbox(endpoint):
            values["sandbox"] = g.sandbox_name


def product_address(code: str, sandbox: str | None = None, **query: str | None) -> str:
    """Return the address of a product's first page, without importing the product.

    Args:
        code: the product's code.
        sandbox: name of a sandbox; the present one when None.
        query: further arguments; those that are None are left out.
    """
    product: Product = current_app.extensions["products"][code]
    own = f"{product.path}/" if product.path else ""
    path = f"{request.script_root}/s/{sandbox or g.sandbox_name}/{own}{product.start}"
    arguments = urlencode({name: value for name, value in query.items() if value is not None})
    return f"{path}?{arguments}" if arguments else path


def local_path(target: str | None) -> str | None:
    """Return a path that may be gone to after signing in: one below the present sandbox, or None.

    Own choice against open redirects: an absolute address, another sandbox, a backslash, a control character, or a path that
    climbs are all refused, encoded or not.
    """
    if not target or len(target) > 2000:
        return None
    plain = unquote(unquote(target))
    try:
        parts = urlsplit(plain)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or "\\" in plain or "//" in parts.path or ".." in parts.path:
        return None
    if any(ord(character) < 32 or ord(character) == 127 for character in plain):
        return None
    return target if parts.path.startswith(f"/s/{g.sandbox_name}/") else None


def application_of(back_to: str | None) -> str:
    """Return the code of the product that a path of this sandbox belongs to; Home's, where people go without one."""
    path = local_path(back_to) or ""
    start = path.removeprefix(f"/s/{g.sandbox_name}/").partition("/")[0].partition("?")[0]
    products: Products = current_app.extensions["products"]
    paths = {name: product.code for product in products.all for name in product.paths or (product.code,)}
    return paths.get(start, "home")


def sign_in_address(back_to: str | None = None) -> Response:
    """Send the visitor to the sign-in page, and afterwards to a path of this sandbox."""
    path = local_path(back_to.rstrip("?")) if back_to else None
    return redirect(url_for("connect.sign_in", returnUrl=path))


def here() -> str:
    """Return the path of the present page, for forms that lead back to it."""
    return request.full_path.rstrip("?")
