"""Cases of the desks through the control API."""

from typing import Any

import pytest

from tests.control.conftest import Client

BASE = "/_sim/sandboxes/desk/cases"
USER = "user@rietkraag.example"
STAFF = "support.person@visma-sim.example"


@pytest.fixture
def desk(make: Any) -> None:
    make(name="desk", scenario="accountant-nl")


pytestmark = pytest.mark.usefixtures("desk")


def open_case(client: Client, **values: Any) -> Any:
    """Mail a desk as a user."""
    return client.post(BASE, json={"requester": USER, "subject": "Help", "text": "Now", **values})


def test_a_case_is_opened_answered_noted_and_changed(client: Client) -> None:
    case = open_case(client, desk="cancellations").json
    assert (case["number"], case["desk"], case["state"], case["channel"]) == (10001, "cancellations", "new", "mail")
    answered = client.post(f"{BASE}/10001/answers", json={"text": "Soon", "by": STAFF}).json
    assert (answered["state"], answered["assigned"]) == ("waiting", STAFF)
    noted = client.post(f"{BASE}/10001/notes", json={"text": "Hm"}).json
    assert [entry["text"] for entry in noted["entries"] if entry["kind"] != "change"] == ["Now", "Soon", "Hm"]
    changed = client.put(f"{BASE}/10001", json={"state": "closed", "assigned": "nobody", "desk": "support"}).json
    assert (changed["state"], changed["assigned"], changed["desk"]) == ("closed", None, "support")
    assert client.post(f"{BASE}/10001/answers", json={"text": "Late"}).status_code == 409
    again = open_case(client, subject="Re: [#10001] Help").json
    assert (again["number"], again["state"]) == (10001, "open")
    check = {"facts": [{"case": {"requester": USER, "state": "open", "desk": "support"}}, {"case": {"number": 7}}]}
    findings = client.post("/_sim/sandboxes/desk/check", json=check).json
    assert [finding["holds"] for finding in findings] == [True, False]


def test_cases_are_listed_by_filters(client: Client) -> None:
    open_case(client)
    open_case(client, desk="customer_centre", subject="Other")
    for query, numbers in {
        "": [10001, 10002], "?desk=support": [10001], "?state=closed": [], "?after=10001": [10002],
        f"?requester={USER.upper()}": [10001, 10002], "?requester=a@b.example": [],
    }.items():  # fmt: skip
        assert [case["number"] for case in client.get(f"{BASE}{query}").json] == numbers


def test_what_makes_no_sense_is_refused(client: Client) -> None:
    version = open_case(client).json["version"]
    assert client.put(f"{BASE}/10001", json={"state": "open", "version": version + 5}).status_code == 409
    for body in ({"state": "x"}, {"assigned": USER}, {"assigned": "nonsense"}, {"by": USER, "state": "open"}, {"desk": "x"}):
        assert client.put(f"{BASE}/10001", json=body).status_code == 422
    for body in ({}, {"text": ""}, {"text": "x" * 10_000}, {"text": "x", "by": "nobody@nowhere.example"}):
        assert client.post(f"{BASE}/10001/answers", json=body).status_code == 422
    for number in ("9", "x", "99999999999999999999999"):
        assert client.get(f"{BASE}/{number}").status_code == 404
    assert open_case(client, requester="nonsense").status_code == 422
    assert open_case(client, text="").status_code == 422
