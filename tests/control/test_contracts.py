"""Reading contracts and registering notice by the control API, and the facts about them."""

from typing import Any

import pytest

from tests.control.conftest import Client

BASE = "/_sim/sandboxes/year"
ADMINISTRATOR = "administrator@nordvik.example"


@pytest.fixture(autouse=True)
def year(make: Any) -> None:
    make(name="year", scenario="contracts-no", now="2018-03-01T09:00+01:00")


def test_notice_is_registered_once_and_only_for_an_end_that_it_is_in_time_for(client: Client) -> None:
    contracts = {contract["number"]: contract for contract in client.get(f"{BASE}/contracts?customer=nordvik").json}
    assert {number: contract["state"] for number, contract in contracts.items()} == {
        "60101": "running", "60102": "running", "60103": "running", "60104": "under_notice", "60105": "ended",
    }  # fmt: skip
    path = f"{BASE}/contracts/60101/cancellation"
    for body in (
        {"by": ADMINISTRATOR, "end": "2017-12-31"},
        {"by": "user@nordvik.example"},
        {"by": ADMINISTRATOR, "end": "x"},
    ):
        assert client.post(path, json=body).status_code == 422, body
    assert client.post(f"{BASE}/contracts/1/cancellation", json={"by": ADMINISTRATOR}).status_code == 404
    assert client.get(f"{BASE}/contracts?customer=nobody").status_code == 404
    registered = client.post(path, json={"by": ADMINISTRATOR}).json
    assert registered["ends_on"] == "2018-12-31"
    assert {"product": "visma_business", "state": "ending", "until": "2019-06-30"} in registered["access"]
    assert client.post(path, json={"by": ADMINISTRATOR}).status_code == 422


@pytest.mark.parametrize(
    ("fact", "holds"),
    [
        ({"contract": {"number": "60104", "state": "under_notice", "ends_on": "2018-12-31"}}, True),
        ({"contract": {"number": "60104", "state": "running"}}, False),
        ({"contract": {"customer": "800100", "state": "ended"}}, True),
        ({"contract": {"number": "1"}}, False),
        ({"access": {"customer": "800100", "product": "document_center", "state": "ended"}}, True),
        ({"access": {"customer": "1", "product": "document_center"}}, False),
        ({"access": {"customer": "800100", "product": "autoinvoice"}}, False),
        ({"transfer": {"contract": "60102"}}, False),
        ({"contract": {"state": "gone"}}, None),
        ({"access": {"customer": "800100", "product": "nothing"}}, None),
        ({"transfer": {"contract": "60102", "state": "gone"}}, None),
    ],
)
def test_facts_about_contracts(client: Client, fact: dict[str, Any], holds: bool | None) -> None:
    answer = client.post(f"{BASE}/check", json={"facts": [fact]})
    if holds is None:
        assert answer.status_code == 422
    else:
        assert [finding["holds"] for finding in answer.json] == [holds]
