"""Reading and correcting the vendor's invoices by the control API."""

from typing import Any

import pytest

from tests.control.conftest import Client

BASE = "/_sim/sandboxes/year"


@pytest.fixture(autouse=True)
def year(make: Any) -> None:
    make(name="year", scenario="contracts-no", now="2018-03-01T09:00+01:00")


def test_a_line_is_corrected_and_then_again(client: Client) -> None:
    invoice = client.get(f"{BASE}/invoices/72000022").json
    line = next(line for line in invoice["lines"] if line["unit"] == "BUSINESS_ACCOUNTING")
    assert (line["quantity"], line["users"], line["months"], line["period"]) == (108, 9, 12, None)
    path = f"{BASE}/invoices/72000022/corrections"
    made = client.post(path, json={"line": line["line"], "quantity": 96, "reason": "Eight were ordered."})
    assert made.status_code == 201
    assert (made.json["corrects"], made.json["total"], made.json["kind"]) == ("72000022", "-3225.00", "correction")
    again = client.post(path, json={"line": line["line"], "quantity": 96, "reason": "Eight were ordered."})
    assert again.status_code == 422
    of_correction = f"{BASE}/invoices/{made.json['number']}/corrections"
    refused = client.post(of_correction, json={"line": 1, "quantity": 0, "reason": "x"})
    assert (refused.status_code, "billing." in refused.json["detail"]) == (422, False)
    assert made.json["number"] in refused.json["detail"]
    events = client.get(f"{BASE}/events?type=invoice.made").json
    assert events[-1]["subject"] == made.json["number"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"line": 1, "quantity": -12, "reason": "x"}, 422),
        ({"line": 1, "quantity": 100, "reason": "x"}, 422),
        ({"line": 1, "quantity": 24, "reason": " "}, 422),
        ({"line": 1, "quantity": 24}, 422),
        ({"line": 99, "quantity": 24, "reason": "x"}, 404),
        ({"line": 1, "quantity": 99999999, "reason": "x"}, 422),
    ],
)
def test_a_correction_that_is_refused_makes_nothing(client: Client, body: dict[str, Any], status: int) -> None:
    before = client.get(f"{BASE}/invoices?customer=nordvik").json
    assert client.post(f"{BASE}/invoices/72000022/corrections", json=body).status_code == status
    assert client.get(f"{BASE}/invoices?customer=800100").json == before


def test_unknown_names_are_not_found(client: Client) -> None:
    assert client.get(f"{BASE}/invoices?customer=nobody").status_code == 404
    assert client.get(f"{BASE}/invoices/79999999").status_code == 404
