"""Documents over the control API: what stands in a company's lists, and a supplier outside who sends an invoice."""

from typing import Any

import pytest

from tests.control.conftest import Client
from tests.control.test_guard import assert_problem

NORWAY = "/_sim/sandboxes/norway"
SUPPLIER = {"name": "Ravnefjell Verktøy AS", "organisation_number": "319000127"}


@pytest.fixture
def norway(client: Client) -> Client:
    """Return a client of a platform with the sandbox ``norway``."""
    body = {"scenario": "company-no", "name": "norway", "now": "2022-03-01T09:00:00+01:00"}
    assert client.post("/_sim/sandboxes", json=body).status_code == 201
    return client


def documents(client: Client, **query: Any) -> list[dict[str, Any]]:
    """Return the documents of a company, page by page."""
    result: list[dict[str, Any]] = []
    while page := client.get(
        f"{NORWAY}/documents", query_string={"after": result[-1]["id"] if result else "", **query}
    ).json:
        result += page
    return result


def test_a_companys_documents_are_listed_by_key_or_number(norway: Client) -> None:
    sent = documents(norway, company="registered", direction="sent")
    assert len(sent) > 200
    assert sent == documents(norway, company="310000019", direction="sent")
    everything = documents(norway, company="registered")
    assert {document["direction"] for document in everything} == {"sent", "received"}
    assert len(everything) == len({document["uuid"] for document in everything}) > len(sent)
    (held,) = [document for document in sent if document["status"] == "on_hold"]
    assert (held["number"], held["party"]["organisation_number"], held["total"]) == ("5010", "310000051", "18750.00")


def test_an_unknown_company_or_direction_is_refused(norway: Client) -> None:
    assert_problem(norway.get(f"{NORWAY}/documents", query_string={"company": "nobody"}), 404)
    assert_problem(norway.get(f"{NORWAY}/documents"), 422)
    assert_problem(norway.get(f"{NORWAY}/documents", query_string={"company": "registered", "direction": "up"}), 422)


def test_an_invoice_from_outside_arrives_in_the_inbox_of_who_stands_in_elma_here(norway: Client) -> None:
    answer = norway.post(f"{NORWAY}/documents", json={"from": SUPPLIER, "to": "310000019", "number": "R-1", "amount": 1200})
    assert answer.status_code == 200, answer.text
    assert (answer.json["route"], answer.json["message"]) == ("peppol", None)
    document = answer.json["document"]
    assert (document["number"], document["net"], document["total"], document["status"]) == (
        "R-1",
        "1200.00",
        "1500.00",
        "new",
    )
    assert document in documents(norway, company="registered", direction="received")


def test_lines_make_the_sum(norway: Client) -> None:
    lines = [{"name": "Bolts", "quantity": 3, "price": "2.50"}, {"name": "Nuts", "price": 10}]
    answer = norway.post(
        f"{NORWAY}/documents", json={"from": SUPPLIER, "to": "310000019", "lines": lines, "due": "2022-04-05"}
    )
    assert (answer.json["document"]["net"], answer.json["document"]["due_date"]) == ("17.50", "2022-04-05")


def test_it_goes_by_mail_to_who_does_not_stand_in_elma_and_leaves_nothing_in_the_inbox(norway: Client) -> None:
    before = documents(norway, company="unregistered")
    answer = norway.post(f"{NORWAY}/documents", json={"from": SUPPLIER, "to": "310000035"})
    assert (answer.json["route"], answer.json["document"]) == ("email", None)
    assert answer.json["message"]["to"] == "faktura@fjordlys-verksted.example"
    assert documents(norway, company="unregistered") == before


def test_another_access_point_takes_it_away_and_nobody_without_an_address_gets_a_mail(norway: Client) -> None:
    elsewhere = norway.post(f"{NORWAY}/documents", json={"from": SUPPLIER, "to": "310000027"}).json
    assert (elsewhere["route"], elsewhere["document"], elsewhere["message"]) == ("peppol", None, None)
    nobody = norway.post(f"{NORWAY}/documents", json={"from": SUPPLIER, "to": "310000043"}).json
    assert (nobody["route"], nobody["message"]) == ("print", None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"from": {"name": "X"}}, "from.organisation_number"),
        ({"from": SUPPLIER | {"organisation_number": "319000128"}}, "from.organisation_number"),
        ({"from": SUPPLIER | {"colour": "red"}}, "from.colour"),
        ({"to": "12"}, "to"),
        ({"amount": 0}, "amount"),
        ({"lines": [{"name": "Bolts"}]}, "lines.0.price"),
        ({"due": "soon"}, "due"),
        ({"number": "10\x9f01"}, "number"),
        ({"number": "10\u202e01"}, "number"),
        ({"from": {**SUPPLIER, "name": "Ravnefjell\r\nBcc: a@b.example"}}, "from.name"),
        ({"lines": [{"name": "Hammer\ufeff", "price": 1}]}, "lines.0.name"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(norway: Client, change: dict[str, Any], field: str) -> None:
    answer = norway.post(f"{NORWAY}/documents", json={"from": SUPPLIER, "to": "310000019"} | change)
    assert_problem(answer, 422)
    assert field in [error["field"] for error in answer.get_json(force=True)["errors"]]


def test_documents_can_be_laid_over_a_scenario(client: Client) -> None:
    recorded = {
        "company": "bakkerij",
        "direction": "sent",
        "number": "2022-17",
        "party": {"name": "Molenrade Loonbedrijf B.V.", "organisation_number": 99999912},
        "created": "-2 days",
        "channel": "email",
        "net": 88.5,
    }
    body = {
        "scenario": "accountant-nl",
        "name": "laid",
        "now": "2022-03-01T09:00:00+01:00",
        "with": {"documents": [recorded]},
    }
    assert client.post("/_sim/sandboxes", json=body).status_code == 201
    result = client.get("/_sim/sandboxes/laid/documents", query_string={"company": "bakkerij", "number": "2022-17"}).json
    mine = [document for document in result if document["number"] == "2022-17"]
    assert [(document["net"], document["unit"], document["status"]) for document in mine] == [
        ("88.50", "EMAIL", "delivered")
    ]
    wrong = body | {"name": "wrong", "with": {"documents": [recorded | {"net": "much", "company": "nobody"}]}}
    answer = client.post("/_sim/sandboxes", json=wrong)
    assert_problem(answer, 422)
    fields = {error["field"] for error in answer.get_json(force=True)["errors"]}
    assert fields == {"with.documents.0.net", "with.documents.0.company"}


def test_documents_are_the_same_whoever_read_some_before(client: Client) -> None:
    answers = []
    for name, earlier in (("first", ()), ("second", ("second", "registered")), ("third", ("registered", "second"))):
        body = {"scenario": "company-no", "name": name, "now": "2022-03-01T09:00:00+01:00", "seed": "same"}
        assert client.post("/_sim/sandboxes", json=body).status_code == 201
        path = f"/_sim/sandboxes/{name}/documents"
        companies = [company for company in client.get(f"/_sim/sandboxes/{name}/people").json[0]["companies"]]
        keys = {"registered": "registered", "second": next(c["key"] for c in companies if c["key"] != "registered")}
        for company in earlier[:1]:
            client.get(path, query_string={"company": keys[company]})
        for number in ("R-1", "R-2"):
            client.post(path, json={"from": SUPPLIER, "to": "310000019", "number": number})
            client.post(f"/_sim/sandboxes/{name}/jobs/run", json={})
        for company in earlier[1:]:
            client.get(path, query_string={"company": keys[company]})
        answers.append([client.get(path, query_string={"company": key}).json for key in ("registered", keys["second"])])
        newest = client.get(path, query_string={"company": "registered", "order": "newest"}).json
        assert [document["number"] for document in newest[:2]] == ["R-2", "R-1"]
    assert answers[0][0]
    assert answers[0] == answers[1] == answers[2]


def test_documents_are_filtered_and_ordered_and_paged_in_both_directions(norway: Client) -> None:
    oldest = documents(norway, company="registered")
    assert [document["created_at"] for document in oldest] == sorted(document["created_at"] for document in oldest)
    assert documents(norway, company="registered", order="newest") == oldest[::-1]
    document = oldest[7]
    assert documents(norway, company="registered", uuid=document["uuid"]) == [document]
    assert document in documents(norway, company="registered", number=document["number"])
    assert {row["number"] for row in documents(norway, company="registered", number="5010", direction="sent")} == {"5010"}
    assert documents(norway, company="registered", number="no such number") == []
    for wrong in ({"uuid": "x"}, {"order": "up"}, {"after": 5_000_000_000}):
        assert_problem(norway.get(f"{NORWAY}/documents", query_string={"company": "registered", **wrong}), 422)
