"""The public page of ELMA."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from simulator.core.sandbox import Sandbox
from simulator.documents.registers.participants import deregister, register
from tests.documents import norway as no

SEARCH = "/s/norway/elma/"


def search(browser: FlaskClient, text: str, language: str = "nb") -> TestResponse:
    """Search in ELMA."""
    return browser.get(SEARCH, query_string={"q": text}, headers={"Accept-Language": language})


def words(response: TestResponse) -> str:
    """Return the words of the content, as a person reads them."""
    content = response.text.partition("<main")[2].partition(">")[2]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", content)).split())


def rows(response: TestResponse) -> list[list[str]]:
    """Return the rows of the table, headings first."""
    return [
        [
            " ".join(unescape(re.sub(r"<[^>]*>", " ", cell)).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", response.text, re.DOTALL)
    ]


def test_everybody_may_look_without_signing_in(browser: FlaskClient) -> None:
    response = browser.get(SEARCH, headers={"Accept-Language": "nb"})
    assert response.status_code == 200
    assert "<h1>Søk i ELMA</h1>" in response.text
    assert "Navn eller organisasjonsnummer" in words(response)
    assert rows(response) == []


def test_a_registered_company_is_shown_with_its_access_point(browser: FlaskClient) -> None:
    assert rows(search(browser, "310 000 019")) == [
        ["Navn", "Organisasjonsnummer", "ICD", "Registrert", "Aksesspunkt", "Dokumenttyper"],
        [
            "Fjordlys Drift AS",
            "310000019",
            "0192",
            "01.07.2020",
            "Visma.net AutoInvoice",
            "Faktura (Peppol BIS Billing 3.0) Kreditnota (Peppol BIS Billing 3.0)",
        ],
    ]


def test_a_name_finds_all_participants_who_have_it(browser: FlaskClient) -> None:
    assert [row[1] for row in rows(search(browser, "fjordlys"))[1:]] == [no.REGISTERED, no.ELSEWHERE]


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("nb", "«310000035» er ikke registrert i ELMA."),
        ("nl", "‘310000035’ is niet geregistreerd in ELMA."),
        ("sv", "”310000035” är inte registrerad i ELMA."),
        ("en", "“310000035” is not registered in ELMA."),
    ],
)
def test_the_answer_names_a_number_that_is_not_registered(browser: FlaskClient, language: str, answer: str) -> None:
    response = search(browser, "310 000 035", language)
    assert response.status_code == 200
    assert answer in words(response)


def test_an_invalid_number_gets_another_message_than_one_that_is_not_registered(browser: FlaskClient) -> None:
    response = search(browser, "310 000 018")
    assert response.status_code == 422
    assert "310000018 er ikke et norsk organisasjonsnummer" in words(response)
    assert "er ikke registrert" not in words(response)
    assert 'value="310 000 018"' in response.text


@pytest.mark.parametrize("text", ["", "   ", "\t", "\x00"])
def test_an_empty_search_finds_nothing(browser: FlaskClient, text: str) -> None:
    response = search(browser, text)
    assert response.status_code == 200
    assert "er ikke registrert" not in words(response)


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", '"><b>', "%", "_" * 5_000, "' OR '1'='1", "{{ 7*7 }}", "%(text)s", "\ud83c"],
)
def test_markup_and_code_in_a_search_are_plain_text(browser: FlaskClient, text: str) -> None:
    response = search(browser, text.encode("utf-8", "replace").decode())
    assert response.status_code == 200
    assert rows(response) == []
    assert "<script>alert" not in response.text
    assert "<b>" not in response.text
    assert "49" not in words(response)


def test_the_page_only_reads(browser: FlaskClient) -> None:
    assert browser.post(SEARCH, data={"q": no.REGISTERED}).status_code in (400, 405)


def test_a_company_that_left_is_not_registered_any_more(browser: FlaskClient, norway: Sandbox) -> None:
    no.ask(norway, deregister, no.REGISTERED)
    assert len(rows(search(browser, no.REGISTERED))) == 2
    no.pass_time(norway, 0)
    assert "«310000019» er ikke registrert i ELMA." in words(search(browser, no.REGISTERED))


def test_a_company_that_came_in_is_registered(browser: FlaskClient, norway: Sandbox) -> None:
    no.ask_and_wait(norway, register, no.UNREGISTERED)
    assert rows(search(browser, "verksted"))[1][:4] == ["Fjordlys Verksted AS", no.UNREGISTERED, "0192", "01.03.2022"]
