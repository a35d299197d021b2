"""ELMA's API for the programs of access points."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from simulator.core import jobs
from simulator.core.sandbox import Sandbox
from simulator.documents.registers import access_points
from tests.documents import norway as no

API = "/s/norway/elma/api"
BILLING = "PEPPOLBIS_3_0_BILLING_01_UBL"
NEW = {
    "countryCode": "NO",
    "organizationNumber": no.UNREGISTERED,
    "name": "Fjordlys Verksted AS",
    "profileIds": [BILLING],
    "contact": {"name": "Ola", "email": "ola@fjordlys.example", "phoneNumber": "+47 99999999"},
}


@pytest.fixture
def endpoint(norway: Sandbox) -> int:
    """Return the id of the other access point."""
    with norway.reading() as db:
        return access_points.by_key(db, "nordavind").id


def password(browser: FlaskClient, user: str) -> str:
    """Return the password of an access point, as the control API lists it."""
    listed = browser.get("/_sim/sandboxes/norway/elma", headers={"Host": "localhost"}).json
    assert listed is not None
    return next(str(point["password"]) for point in listed["access_points"] if point["user"] == user)


def call(browser: FlaskClient, method: str, path: str, body: Any = None, user: str = "nordavind") -> TestResponse:
    """Call as an access point."""
    return browser.open(API + path, method=method, json=body, auth=(user, password(browser, user)))


def test_an_access_point_lists_its_endpoint_and_participants(browser: FlaskClient, endpoint: int) -> None:
    answer = call(browser, "GET", "/endpoints")
    assert answer.json == {
        "content": [{"id": endpoint, "name": no.OTHER_ACCESS_POINT, "accessPointProvider": no.OTHER_ACCESS_POINT}],
        "page": {"number": 0, "size": 30, "totalElements": 1, "totalPages": 1},
    }
    listed = call(browser, "GET", f"/endpoints/{endpoint}/participants?size=2").json
    assert listed is not None
    assert [participant["participantIdentifier"] for participant in listed["content"]] == [
        "0192::319000003",
        "0192::319000038",
    ]
    total = listed["page"]["totalElements"]
    assert listed["page"] == {"number": 0, "size": 2, "totalElements": total, "totalPages": (total + 1) // 2}
    last = call(browser, "GET", f"/endpoints/{endpoint}/participants?size=1&page={total - 1}").json
    assert last is not None
    assert [(participant["name"], participant["profileIds"]) for participant in last["content"]] == [
        ("Viken Kontorrekvisita AS", [f"{BILLING}_CREDIT_NOTE"])
    ]
    beyond = call(browser, "GET", f"/endpoints/{endpoint}/participants?page=9").json
    assert beyond is not None
    assert beyond["content"] == []


def test_a_participant_is_added_read_changed_and_removed(browser: FlaskClient, norway: Sandbox, endpoint: int) -> None:
    added = call(browser, "POST", f"/endpoints/{endpoint}/participants", NEW)
    assert added.status_code == 201
    path = f"/endpoints/{endpoint}/participants/0192::{no.UNREGISTERED}"
    assert added.location == f"{API}{path}"
    assert added.json == {
        "participantIdentifier": f"0192::{no.UNREGISTERED}",
        "countryCode": "NO",
        "organizationNumber": no.UNREGISTERED,
        "name": "Fjordlys Verksted AS",
        "profileIds": [BILLING],
        "registered": "2022-03-01",
        "state": "PENDING_ADD",
    }
    jobs.run_due(norway)
    read = call(browser, "GET", path).json
    assert read is not None
    assert read["state"] == "ACTIVE"
    changed = call(browser, "PUT", path, {"name": "Verksted AS", "profileIds": [f"{BILLING}_INVOICE"]})
    assert changed.status_code == 200
    assert changed.json is not None
    assert (changed.json["name"], changed.json["profileIds"]) == ("Verksted AS", [f"{BILLING}_INVOICE"])
    removed = call(browser, "DELETE", path)
    assert (removed.status_code, removed.data) == (204, b"")
    jobs.run_due(norway)
    assert call(browser, "GET", path).status_code == 404


def test_processes_are_listed_for_participants_organisations_and_all(browser: FlaskClient, endpoint: int) -> None:
    of_participant = call(browser, "GET", f"/endpoints/{endpoint}/participants/0192::{no.ELSEWHERE}/processes")
    of_organisation = call(browser, "GET", f"/organizations/0192::{no.REGISTERED}/processes")
    everything = call(browser, "GET", "/processes").json
    assert of_participant.json == of_organisation.json
    assert everything is not None
    assert [process["profileId"] for process in everything] == [BILLING, f"{BILLING}_INVOICE", f"{BILLING}_CREDIT_NOTE"]
    assert call(browser, "GET", "/organizations/0192::310000035/processes").status_code == 404


@pytest.mark.parametrize("user", [None, "nordavind", "nobody", "", "autoinvoice"])
def test_without_credentials_every_call_is_refused(browser: FlaskClient, endpoint: int, user: str | None) -> None:
    wrong = {"autoinvoice": password(browser, "nordavind"), "": ""}
    auth = (user, wrong.get(user, "elma-nordavind")) if user is not None else None
    for path in ("/endpoints", f"/endpoints/{endpoint}", f"/endpoints/{endpoint}/participants", "/processes"):
        answer = browser.get(API + path, auth=auth)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
        assert answer.mimetype == "application/problem+json"
    assert browser.post(f"{API}/endpoints/{endpoint}/participants", json=NEW, auth=auth).status_code == 401


def test_another_access_points_endpoint_and_participants_are_refused(
    browser: FlaskClient, norway: Sandbox, endpoint: int
) -> None:
    with norway.reading() as db:
        ours = access_points.ours(db).id
    assert call(browser, "GET", f"/endpoints/{ours}").status_code == 403
    assert call(browser, "POST", f"/endpoints/{ours}/participants", NEW).status_code == 403
    answer = call(browser, "DELETE", f"/endpoints/{endpoint}/participants/0192::{no.REGISTERED}")
    assert answer.status_code == 403
    assert answer.json is not None
    assert "only Visma.net AutoInvoice can change or remove it" in answer.json["detail"]
    assert no.registration(norway, no.REGISTERED).stays_registered
    assert call(browser, "GET", "/endpoints/4711").status_code == 404
    assert call(browser, "GET", f"/endpoints/{endpoint}/participants/0192::310000035").status_code == 404
    assert call(browser, "GET", f"/endpoints/{endpoint}/participants/x").status_code == 404


def test_a_participant_of_another_access_point_cannot_be_added(browser: FlaskClient, endpoint: int) -> None:
    answer = call(browser, "POST", f"/endpoints/{endpoint}/participants", {**NEW, "organizationNumber": no.REGISTERED})
    assert answer.status_code == 400
    assert answer.json is not None
    assert "Only Visma.net AutoInvoice can remove it" in answer.json["detail"]


def test_an_address_of_another_scheme_is_given_with_its_scheme(browser: FlaskClient, endpoint: int) -> None:
    body = {**NEW, "organizationNumber": "0007:5560000001", "countryCode": "SE"}
    answer = call(browser, "POST", f"/endpoints/{endpoint}/participants", body)
    assert answer.json is not None
    assert (answer.json["participantIdentifier"], answer.json["countryCode"]) == ("0007::5560000001", "SE")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"organizationNumber": "310000018"}, "310000018"),
        ({"organizationNumber": ""}, "organizationNumber"),
        ({"organizationNumber": 310000035}, "organizationNumber"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 300}, "name"),
        ({"profileIds": []}, "profileIds"),
        ({"profileIds": ["EHF"]}, "profileIds"),
        ({"profileIds": [1]}, "profileIds"),
        ({"profileIds": BILLING}, "profileIds"),
        ({"countryCode": "NOR"}, "countryCode"),
        ({"contact": "Ola"}, "contact"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_invalid_value_is_refused_and_the_answer_says_where(
    browser: FlaskClient, norway: Sandbox, endpoint: int, change: dict[str, Any], where: str
) -> None:
    answer = call(browser, "POST", f"/endpoints/{endpoint}/participants", {**NEW, **change})
    assert answer.status_code == 400
    assert answer.json is not None
    assert where in answer.json["detail"]
    assert no.registration(norway, no.UNREGISTERED).state is None


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("text/plain", b"{}"),
        ("application/x-www-form-urlencoded", b"name=x"),
        ("application/json", b"[" * 100_000),
        ("application/json", b'{"\\ud800": 1}'),
        ("application/json", b'{"name": "\\ud800"}'),
    ],
)
def test_only_json_is_read(browser: FlaskClient, endpoint: int, kind: str, data: bytes) -> None:
    path = f"{API}/endpoints/{endpoint}/participants"
    answer = browser.post(path, data=data, content_type=kind, auth=("nordavind", password(browser, "nordavind")))
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("other", "where"),
    [
        ({"organizationNumber": no.REGISTERED}, "organizationNumber"),
        ({"organizationNumber": f"0007:{no.UNREGISTERED}"}, "organizationNumber"),
        ({"countryCode": "SE"}, "countryCode"),
    ],
)
def test_a_participant_keeps_its_number_and_country(
    browser: FlaskClient, endpoint: int, other: dict[str, Any], where: str
) -> None:
    call(browser, "POST", f"/endpoints/{endpoint}/participants", NEW)
    path = f"/endpoints/{endpoint}/participants/0192::{no.UNREGISTERED}"
    assert call(browser, "PUT", path, NEW).status_code == 200
    assert call(browser, "PUT", path, {**NEW, "organizationNumber": f"0192:{no.UNREGISTERED}"}).status_code == 200
    refused = call(browser, "PUT", path, {**NEW, **other, "name": "Another AS"})
    assert refused.status_code == 400 and refused.json is not None and refused.json["detail"].startswith(where)
    read = call(browser, "GET", path).json
    assert read is not None and read["name"] == NEW["name"]


@pytest.mark.parametrize("query", ["size=0", "size=101", "page=-1", "page=x", "size=1e3"])
def test_invalid_pages_are_refused(browser: FlaskClient, endpoint: int, query: str) -> None:
    assert call(browser, "GET", f"/endpoints/{endpoint}/participants?{query}").status_code == 400
