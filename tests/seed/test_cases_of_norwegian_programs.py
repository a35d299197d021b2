"""Support cases of Visma Business and WebFaktura Admin (sync): what is missing is said there, and the task can be solved."""

from pathlib import Path
from typing import Any

import pytest

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.store import Creation
from simulator.sales import clients
from tests.conftest import NOW
from tests.office import alerts, press, states
from tests.visits import Visitor, make_platform, store_of

EXPORT = "Export/update companies"
UPDATE = "Update WebFaktura client to Visma.net"


@pytest.fixture
def platform(tmp_path: Path, templates: Path) -> Platform:
    """Put a platform together, without any sandbox."""
    return make_platform(tmp_path / "data", templates)


def opened(platform: Platform, case: str) -> tuple[Visitor, int]:
    """Make the sandbox of a case, and return the browser of its administrator and the id of the client."""
    store_of(platform).create("case", Creation(scenario=f"case-{case}", language="en", clock=Clock.frozen(NOW)))
    people = platform.test_client().get("/_sim/sandboxes/case/people").get_json()
    (email,) = (person["email"] for person in people if person["key"] == "administrator")
    with store_of(platform).open("case") as sandbox, sandbox.reading() as db:
        client = clients.by_key(db, "client")
        assert client is not None
        return Visitor.of(platform, sandbox, email, "en"), client.id


def is_solved(platform: Platform) -> bool:
    """Return whether the case is solved, as ``vnsim class check`` says."""
    findings: list[dict[str, Any]] = platform.test_client().post("/_sim/sandboxes/case/check", json={}).get_json()
    return all(finding["holds"] for finding in findings)


def change(platform: Platform, path: str, **values: Any) -> None:
    """Do the dealer's part, by the control API."""
    answer = platform.test_client().put(f"/_sim/sandboxes/case/{path}", json=values)
    assert answer.status_code == 200, answer.text


def test_without_a_gateway_the_dealer_helps(platform: Platform) -> None:
    visitor, client = opened(platform, "no-opg")
    page = f"/business/{client}/activate"
    assert states(visitor.get(page))["Connection with Visma.net"] is False
    assert "On Premise Gateway is not installed." in alerts(press(visitor, page, EXPORT))[0]
    assert not is_solved(platform)
    change(platform, "servers/office", opg="connected")
    press(visitor, page, EXPORT)
    assert is_solved(platform)


def test_programs_that_are_too_old_are_upgraded_by_the_dealer(platform: Platform) -> None:
    visitor, client = opened(platform, "version-too-old")
    page, tab = f"/business/{client}/activate", f"/webfaktura-admin/{client}/visma-net"
    assert "Visma Business 12 or newer is required. Installed is 11.0." in alerts(press(visitor, page, EXPORT))[0]
    assert states(visitor.get(tab)) == {"This version has no tab VismaNet.": False}
    change(platform, "clients/client/programs/business", version="12.0")
    change(platform, "clients/client/programs/webfaktura-admin", version="2.2")
    press(visitor, page, EXPORT)
    assert not is_solved(platform)
    press(visitor, tab, UPDATE)
    assert is_solved(platform)


def test_a_licence_that_is_missing_is_registered_in_settings(platform: Platform) -> None:
    visitor, client = opened(platform, "licence-missing")
    page = f"/business/{client}/activate"
    refused = alerts(press(visitor, page, EXPORT))[0]
    assert "has no licence of WebFaktura Visma.net" in refused
    assert not is_solved(platform)
    form = visitor.form("/settings/licenses/register", "key")
    press(visitor, "/settings/licenses/register", "Send the key of WebFaktura Visma.net")
    (message,) = platform.test_client().get("/_sim/sandboxes/case/messages").get_json()
    visitor.send(form, customer_number="450502", key=message["codes"][0])
    press(visitor, page, EXPORT)
    assert is_solved(platform)
