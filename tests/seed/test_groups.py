"""Groups in scenarios and overlays: members have the roles, and what refers to nothing is reported at its place."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import seed
from simulator.core.clock import Clock
from simulator.core.errors import BadInput
from simulator.core.facts import check
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from simulator.directory import facts
from tests.conftest import BASE_ADDRESS, NOW


@pytest.fixture
def store(tmp_path: Path, templates: Path) -> Store:
    """Return a store without sandboxes."""
    return Store(tmp_path, seed.template_for(templates), seed.finish, BASE_ADDRESS)


def create(store: Store, overlay: dict[str, Any] | None = None) -> Iterator[Sandbox]:
    """Make a sandbox of the scenario with groups."""
    store.create("groups", Creation(scenario="groups-no", clock=Clock.frozen(NOW), overlay=overlay or {}))
    with store.open("groups") as sandbox:
        yield sandbox


assert facts


def holds(sandbox: Sandbox, **fact: Any) -> bool:
    """Return whether a fact holds."""
    with sandbox.reading() as db:
        return all(result.holds for result in check(db, [fact]))


def test_members_have_the_roles_of_their_user_group(store: Store) -> None:
    for sandbox in create(store):
        for company in ("bakery", "cafe", "mill"):
            assert holds(sandbox, has_role={"person": "approver", "role": "Autoinvoice user", "on": company})
        assert holds(sandbox, has_role={"person": "user", "role": "Invoice Approver", "on": "cafe"})
        assert not holds(sandbox, has_role={"person": "user", "role": "Invoice Approver", "on": "mill"})
        assert holds(sandbox, in_group={"group": "clerks", "person": "user"})
        assert holds(sandbox, in_group={"group": "Bakeri og kafé", "company": "Solvik Kafé AS"})
        assert not holds(sandbox, in_group={"group": "food", "company": "mill"})


def test_an_overlay_changes_a_group_and_keeps_inherited_roles_of_people_it_changes(store: Store) -> None:
    overlay = {
        "people": [{"key": "user", "grants": [{"role": "Expense user", "on": "cafe"}]}],
        "company_groups": [{"key": "food", "customer": "solvik", "name": "Alle", "companies": "all"}],
        "user_groups": [
            {
                "key": "clerks",
                "customer": "solvik",
                "name": "Regnskap",
                "members": ["user"],
                "access": [{"role_group": "clerk", "on": "food"}],
            }
        ],
    }
    for sandbox in create(store, overlay):
        assert holds(sandbox, has_role={"person": "user", "role": "Autoinvoice user", "on": "mill"})
        assert holds(sandbox, has_role={"person": "user", "role": "Expense user", "on": "cafe"})
        assert not holds(sandbox, has_role={"person": "user", "role": "Expense user", "on": "bakery"})
        assert not holds(sandbox, has_role={"person": "approver", "role": "Autoinvoice user", "on": "mill"})


@pytest.mark.parametrize(
    ("section", "change", "where"),
    [
        ("user_groups", {"customer": "nobody"}, "user_groups.0.customer"),
        ("user_groups", {"members": ["nobody@solvik.example"]}, "user_groups.0.members"),
        ("user_groups", {"access": [{"role": "Expense user", "on": "mill"}]}, "user_groups.0.access.0.on"),
        ("user_groups", {"access": [{"role": "Autoinvoice user", "on": "solvik"}]}, "user_groups.0.access.0.on"),
        ("user_groups", {"access": [{"role": "Business contact", "on": "food"}]}, "user_groups.0.access.0.on"),
        ("user_groups", {"access": [{"role_group": "none", "on": "food"}]}, "user_groups.0.access.0.role_group"),
        ("user_groups", {"access": [{"on": "food"}]}, "user_groups.0.access.0"),
        ("company_groups", {"companies": ["none"]}, "company_groups.0.companies"),
        ("role_groups", {"roles": ["King"]}, "role_groups.0.roles"),
        ("role_groups", {"name": "bilagsmottak"}, "role_groups.0"),
    ],
)
def test_a_problem_is_reported_at_its_place(store: Store, section: str, change: dict[str, Any], where: str) -> None:
    entry = {"key": "fresh", "customer": "solvik", "name": "Ny", **change}
    with pytest.raises(BadInput) as problems:
        next(create(store, {section: [entry]}))
    assert all(f"{at}.".startswith(f"with.{where}.") for at, _ in problems.value.problems)
