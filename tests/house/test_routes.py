"""Each route says who may come in, and the list of all of them is reviewed."""

from pathlib import Path

import pytest

import simulator
from simulator.app import PRODUCTS, Platform
from simulator.control.table import CONTROL
from simulator.web.access import BY_TOKEN, PUBLIC, SIGNED_IN
from tests.house.golden import RENEW, compare

STATIC = "static"
"""The one route that Flask makes by itself: vendored files and our own style and scripts."""

METHODS_WITHOUT_A_VIEW = {"HEAD", "OPTIONS"}


def access_of(platform: Platform, endpoint: str) -> str | None:
    """Return what a route declares."""
    if endpoint == STATIC:
        return PUBLIC
    return getattr(platform.view_functions[endpoint], "access", None)


def test_every_route_declares_who_may_come_in(platform: Platform) -> None:
    silent = [rule.endpoint for rule in platform.all_routes() if access_of(platform, rule.endpoint) is None]
    assert not silent, f"mark these views with @public, @signed_in or @requires(permission): {silent}"


def test_every_permission_that_a_route_asks_for_is_held_by_somebody(platform: Platform) -> None:
    declared = {permission for product in PRODUCTS.all for permission in product.permissions}
    required = {access_of(platform, rule.endpoint) or "" for rule in platform.all_routes()}
    required = {access for access in required if not access.startswith(BY_TOKEN)}
    assert required - {PUBLIC, SIGNED_IN, CONTROL} <= declared
    in_code = {name for name in declared - required if any(f'"{name}"' in text for text in code_that_requires())}
    assert declared - required == in_code, "a permission that nothing asks for"


def code_that_requires() -> list[str]:
    """Return the modules of all products that ask for permissions, without those that declare them."""
    products = Path(simulator.__file__).parent / "products"
    declaring = {"product.py", "permissions.py"}
    return [path.read_text(encoding="utf-8") for path in products.rglob("*.py") if path.name not in declaring]


def test_the_access_of_every_route_was_reviewed(platform: Platform) -> None:
    lines = sorted(
        f"{rule.endpoint}  {' '.join(sorted(set(rule.methods or ()) - METHODS_WITHOUT_A_VIEW))}  "
        f"{access_of(platform, rule.endpoint)}  {rule.rule}"
        for rule in platform.all_routes()
    )
    compare(
        "access.txt", lines, "Who may open a route, and with which methods, is decided, not happening: look at each line."
    )


def test_the_help_of_a_golden_file_says_how_to_renew_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(RENEW, raising=False)
    with pytest.raises(AssertionError) as refused:
        compare("access.txt", ["nothing  GET  public  /nowhere"], "Look.")
    assert "VNSIM_RENEW_GOLDEN=1 pytest tests/house" in str(refused.value)
    assert "+nothing  GET  public  /nowhere" in str(refused.value)
