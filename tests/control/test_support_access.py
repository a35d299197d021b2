"""Support access by the control API, in a stored scenario, and in an overlay."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.control.conftest import Client

BASE = "/_sim/sandboxes/access/support-access"
CONSULTANT = "support.person@visma-sim.example"
NOW = "2026-11-02T09:00+01:00"


@pytest.fixture
def norway(make: Any) -> None:
    make(name="access", scenario="company-no", now=NOW)


def test_it_is_given_changed_and_withdrawn(client: Client, norway: None) -> None:
    assert client.get(BASE).json == []
    customer = client.get("/_sim/sandboxes/access/contracts").json[0]["customer"]
    first = client.post(BASE, json={"customer": customer, "consultant": CONSULTANT})
    assert (first.status_code, first.json["last_day"], first.json["ended_at"]) == (201, "2026-11-09", None)
    changed = client.post(BASE, json={"customer": customer, "consultant": CONSULTANT, "last_day": "2026-11-12"}).json
    assert (changed["id"], changed["last_day"]) == (first.json["id"], "2026-11-12")
    assert client.post(BASE, json={"customer": customer, "consultant": CONSULTANT, "last_day": "2026-11-12"}).json == changed
    for _ in range(2):
        assert client.delete(f"{BASE}/{changed['id']}").status_code == 204
    (ended,) = client.get(f"{BASE}?customer={customer}").json
    assert ended["ended_at"] is not None
    assert ended["ended_by"] is not None


def test_what_cannot_be_is_refused(client: Client, norway: None) -> None:
    customer = client.get("/_sim/sandboxes/access/contracts").json[0]["customer"]
    good = {"customer": customer, "consultant": CONSULTANT}
    for wrong, status in (
        ({"customer": "nobody"}, 404),
        ({"consultant": "nobody@visma-sim.example"}, 404),
        ({"by": CONSULTANT}, 422),
        ({"last_day": "2026-11-01"}, 422),
        ({"last_day": "2028-01-01"}, 422),
        ({"last_day": "x"}, 422),
        ({"more": 1}, 422),
    ):
        assert client.post(BASE, json=good | wrong).status_code == status, wrong
    for id_ in ("1", "x", "99999999999999999999"):
        assert client.delete(f"{BASE}/{id_}").status_code == 404, id_
    assert client.get(BASE).json == []


def test_a_stored_scenario_begins_with_one_relative_to_its_creation(client: Client, make: Any) -> None:
    make(name="access", scenario="company-se", now=NOW)
    (access,) = client.get(BASE).json
    assert datetime.fromisoformat(access["last_day"]) == datetime(2026, 11, 2) + timedelta(days=5)


def test_an_overlay_gives_one_to_begin_with(client: Client, make: Any) -> None:
    people = [{"key": "support", "support_access": [{"customer": "granlund", "until": "+9 days"}]}]
    make(name="access", scenario="company-se", now=NOW, **{"with": {"people": people}})
    assert [access["last_day"] for access in client.get(BASE).json] == ["2026-11-11"]
