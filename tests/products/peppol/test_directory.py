"""The search of the Peppol Directory."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import etree

from simulator.core import faults
from simulator.core.sandbox import Sandbox
from simulator.documents.registers import access_points, participants
from simulator.documents.registers.document_types import INVOICE
from simulator.documents.registers.participants import deregister
from tests.documents import norway as no

SEARCH = "/s/norway/directory/search/1.0/"
FJORDLYS = {"participant": "iso6523-actorid-upis::0192:310000019"}


def addresses(program: FlaskClient, **terms: Any) -> list[str]:
    """Return the addresses of the matches of a search."""
    answer = program.get(SEARCH + "json", query_string=terms)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return [match["participantID"]["value"] for match in answer.json["matches"]]


def test_a_participant_is_found_as_json(program: FlaskClient) -> None:
    answer = program.get(SEARCH + "json", query_string=FJORDLYS)
    assert answer.json is not None
    assert (answer.json["total-result-count"], answer.json["result-page-index"], answer.json["result-page-count"]) == (
        1,
        0,
        20,
    )
    (match,) = answer.json["matches"]
    assert match["participantID"] == {"scheme": "iso6523-actorid-upis", "value": "0192:310000019"}
    assert match["docTypes"][0] == {"scheme": "busdox-docid-qns", "value": INVOICE.identifier.partition("::")[2]}
    (entity,) = match["entities"]
    assert (entity["name"], entity["countryCode"], entity["regDate"]) == (
        [{"name": "Fjordlys Drift AS"}],
        "NO",
        "2020-07-01",
    )


def test_the_same_is_found_as_xml(program: FlaskClient) -> None:
    answer = program.get(SEARCH + "xml", query_string=FJORDLYS)
    assert answer.mimetype == "application/xml"
    result = etree.fromstring(answer.data)
    assert (result.tag, result.get("total-result-count"), result.get("version")) == ("resultlist", "1", "1.0")
    assert [child.tag for child in result[0]] == ["participantID", "docTypeID", "docTypeID", "entity"]
    assert [child.tag for child in result[0][3]] == ["name", "countryCode", "identifier", "regDate"]
    assert result.findtext("match/entity/name") == "Fjordlys Drift AS"


@pytest.mark.parametrize(
    ("terms", "numbers"),
    [
        ({"q": "fjordlys"}, ["0192:310000019", "0192:310000027"]),
        ({"q": "fjordlys eiendom"}, ["0192:310000027"]),
        ({"q": "310000019"}, ["0192:310000019"]),
        ({"q": "iso6523-actorid-upis::0192:310000019"}, ["0192:310000019"]),
        ({"name": "Skogvang"}, ["0192:312002205"]),
        ({"name": "fjordlys", "country": "no"}, ["0192:310000019", "0192:310000027"]),
        ({"name": "fjordlys", "country": "SE"}, []),
        ({"doctype": INVOICE.identifier, "q": "viken"}, []),
        ({"doctype": INVOICE.identifier, "q": "skogvang"}, ["0192:312002205"]),
        ({"doctype": INVOICE.identifier.upper(), "q": "skogvang"}, []),
        ({"identifierScheme": "NO:ORGNR", "identifierValue": "310000027"}, ["0192:310000027"]),
        ({"identifierValue": "310000035"}, []),
        ({"q": "%"}, []),
        ({"name": "' OR 1=1"}, []),
    ],
)
def test_all_criteria_have_to_match(program: FlaskClient, terms: dict[str, str], numbers: list[str]) -> None:
    assert addresses(program, **terms) == numbers


def test_a_search_without_matches_is_an_empty_answer(program: FlaskClient) -> None:
    answer = program.get(SEARCH + "xml", query_string={"q": "nobody"})
    assert answer.status_code == 200
    assert len(etree.fromstring(answer.data)) == 0


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"q": "  "},
        {"participant": "310000019"},
        {"participant": "0192:310000019"},
        {"participant": "iso6523-actorid-upis::x"},
        {"doctype": "invoice"},
        {"q": "a", "resultPageIndex": "-1"},
        {"q": "a", "resultPageCount": "0"},
        {"q": "a", "resultPageCount": "1001"},
        {"q": "a", "resultPageIndex": "50"},
        {"q": "a", "resultPageCount": "x"},
    ],
)
def test_an_invalid_criterion_is_refused_and_the_answer_says_where(program: FlaskClient, terms: dict[str, str]) -> None:
    answer = program.get(SEARCH + "json", query_string=terms)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["errors"]


def test_results_come_in_pages(program: FlaskClient, norway: Sandbox) -> None:
    with norway.transaction() as db:
        for number in ("310000043", "310000078", "310000086"):
            participants.enter(db, number, "Tallrik AS", access_points.ours(db))
    assert addresses(program, q="tallrik", resultPageCount=2) == ["0192:310000043", "0192:310000078"]
    assert addresses(program, q="tallrik", resultPageCount=2, resultPageIndex=1) == ["0192:310000086"]
    assert addresses(program, q="tallrik", rpc=2, rpi=1) == ["0192:310000086"]
    assert addresses(program, q="tallrik", resultPageCount=2, resultPageIndex=2) == []


def test_only_reading_is_allowed(program: FlaskClient) -> None:
    assert program.post(SEARCH + "json", query_string=FJORDLYS).status_code == 405
    assert program.get(SEARCH + "csv", query_string=FJORDLYS).status_code == 404


def test_a_fault_makes_a_search_exceed_the_limit(program: FlaskClient, norway: Sandbox) -> None:
    with norway.transaction() as db:
        faults.add(db, "directory.search", nth=2)
    answers = [program.get(SEARCH + "json", query_string=FJORDLYS) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 429, 200]
    assert answers[1].headers["Retry-After"] == "1"


def test_the_directory_lags_behind_the_registers(program: FlaskClient, norway: Sandbox) -> None:
    with norway.transaction() as db:
        db.record.delays = "real"
    no.ask_and_wait(norway, deregister, no.REGISTERED)
    no.pass_time(norway, 60)
    assert no.registration(norway, no.REGISTERED).state is None
    assert addresses(program, **FJORDLYS) == ["0192:310000019"]
    no.pass_time(norway, 60)
    assert addresses(program, **FJORDLYS) == []
