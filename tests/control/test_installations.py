"""Switches of testers and trainers: programs of clients, and what runs on the servers of customers."""

from typing import Any

import pytest

from tests.control.conftest import Client
from tests.control.test_lobby import token_of

BASE = "/_sim/sandboxes/av"


@pytest.fixture
def av(make: Any) -> None:
    make(name="av", scenario="accountview-nl")


pytestmark = pytest.mark.usefixtures("av")


def test_the_clients_of_a_scenario_are_listed_with_their_programs(client: Client) -> None:
    answer = client.get(f"{BASE}/installations").json
    assert answer["servers"][0] == {
        "customer": "groothandel",
        "name": "Groothandel De Vlijt B.V.",
        "acs": "running",
        "acs_server": "AVSERVER",
        "opg": "connected",
    }
    vlijt = next(row for row in answer["clients"] if row["key"] == "vlijt")
    assert [(row["program"], row["version"], row["licensed"]) for row in vlijt["programs"]] == [
        ("accountview", "11.0", True),
        ("financials", "9.0", True),
    ]


def test_a_server_is_set_in_parts_and_each_change_is_an_event(client: Client) -> None:
    assert client.put(f"{BASE}/servers/100000", json={"acs": "off"}).json["acs"] == "off"
    answer = client.put(f"{BASE}/servers/groothandel", json={"opg": "down", "acs_server": "NEW"}).json
    assert (answer["acs"], answer["acs_server"], answer["opg"]) == ("off", "NEW", "down")
    events = [event["type"] for event in client.get(f"{BASE}/events").json]
    assert events == ["acs.changed", "opg.changed"]


def test_a_program_is_installed_changed_and_removed(client: Client) -> None:
    address = f"{BASE}/clients/verhuur/programs/financials"
    assert client.put(address, json={"version": "9.1"}).json == {
        "program": "financials",
        "version": "9.1",
        "licensed": True,
        "modules": [],
    }
    assert client.put(address, json={"modules": ["document_center"]}).json["version"] == "9.1"
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status", "word"),
    [
        ("/servers/nobody", {"acs": "off"}, 404, "nobody"),
        ("/servers/groothandel", {"acs": "asleep"}, 422, "acs"),
        ("/clients/nobody/programs/accountview", {}, 404, "nobody"),
        ("/clients/vlijt/programs/excel", {}, 404, "excel"),
        ("/clients/vlijt/programs/accountview", {"version": "new"}, 422, "version"),
        ("/clients/vlijt/programs/accountview", {"modules": ["chess"]}, 422, "modules"),
    ],
)
def test_what_does_not_exist_is_named(client: Client, path: str, body: dict[str, Any], status: int, word: str) -> None:
    answer = client.put(BASE + path, json=body)
    assert (answer.status_code, word in answer.text) == (status, True)


def test_the_books_of_a_client_are_listed_with_what_became_of_each_invoice(client: Client) -> None:
    rows = client.get(f"{BASE}/clients/vlijt/invoices").json
    assert [(row["number"], row["kind"], row["total"], row["outcome"]) for row in rows][::4] == [
        ("2001", "invoice", "605.00", "not_sent"),
        ("2005", "credit_note", "60.50", "not_sent"),
    ]


def test_facts_about_books_and_clients_are_checked(client: Client) -> None:
    facts = [
        {"sales_invoice": {"client": "vlijt", "number": 2001, "outcome": "not_sent"}},
        {"sales_invoice": {"client": "vlijt", "number": "9", "outcome": "sent"}},
        {"client": {"client": "vlijt", "registered": True}},
    ]
    findings = client.post(f"{BASE}/check", json={"facts": facts}).json
    assert [finding["holds"] for finding in findings] == [True, False, True]


def test_the_lobby_sets_the_same(client: Client) -> None:
    page = client.get("/lobby/programs?name=av")
    assert page.status_code == 200
    assert "/lobby/programs?name=av" in client.get("/?name=av").text
    path = "/lobby/programs?name=av"
    server = {"name": "av", "customer": "groothandel", "acs": "off", "acs_server": "AVSERVER", "opg": "down"}
    client.post("/lobby/programs/server", data={"csrf_token": token_of(client.get(path).text), **server})
    ids = {row["key"]: row["id"] for row in client.get(f"{BASE}/installations").json["clients"]}
    program = {
        "csrf_token": token_of(client.get(path).text),
        "name": "av",
        "client": str(ids["vlijt"]),
        "program": "accountview",
    }
    refused = client.post("/lobby/programs/program", data={**program, "version": "<newest>"})
    assert (refused.status_code, "&lt;newest&gt;" in refused.text) == (422, True)
    client.post("/lobby/programs/program", data={**program, "version": "9.6"})
    answer = client.get(f"{BASE}/installations").json
    assert (answer["servers"][0]["acs"], answer["servers"][0]["opg"]) == ("off", "down")
    vlijt = next(row for row in answer["clients"] if row["key"] == "vlijt")
    assert vlijt["programs"][0] == {"program": "accountview", "version": "9.6", "licensed": False, "modules": []}
