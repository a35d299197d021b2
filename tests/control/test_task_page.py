"""Rules of the first page behind a join link: the case, as whom to act, and what to do."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from simulator.core.texts import LANGUAGES, catalogue
from tests.seed.conftest import SMALL
from tests.visits import make_platform

TOKEN = {"Authorization": "Bearer a-token-of-the-tests"}


@pytest.fixture
def client(tmp_path: Path, templates: Path) -> FlaskClient:
    """Return a client of a server on a network."""
    return make_platform(tmp_path / "data", templates, control_token="a-token-of-the-tests").test_client()


def opened(client: FlaskClient, accept: str = "en", **body: str) -> str:
    """Make a sandbox, follow its join link, and return the page that comes."""
    made = client.post("/_sim/sandboxes", json={"name": "mine", **body}, headers=TOKEN)
    assert made.status_code == 201, made.text
    path = made.get_json()["join_url"].partition("/s/")[2]
    return client.get(f"/s/{path}", headers={"Accept-Language": accept}, follow_redirects=True).text


def test_a_trainee_reads_the_case_the_role_and_the_task_and_signs_in(client: FlaskClient) -> None:
    page = opened(client, scenario="case-lost-phone")
    for text in (
        "Support case: lost phone", "You work at the vendor", "Solveig Nordheim", "support.person@visma-sim.example",
        "Helpdesk!11", "Support desk", 'href="/s/mine/home/"', ">Sign in<", 'href="/s/mine/phone/',
    ):  # fmt: skip
        assert text in page, text
    assert "Brygge#Sol6" in page, "the user whom the trainee signs in as, too"
    assert client.get("/s/mine/home/", follow_redirects=True).request.path.startswith("/s/mine/connect/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_task_is_in_the_reader_s_language(client: FlaskClient, language: str) -> None:
    page = opened(client, accept=f"{language};q=0.9", scenario="case-wrong-company")
    assert catalogue(language)["task.role"] in page
    assert page.count("AutoInvoice") == 1


@pytest.mark.parametrize("task", ["Find the shop's invoices.", "{en: Find the shop's invoices.}"])
def test_an_own_case_has_its_page_with_its_title_as_it_is(client: FlaskClient, task: str) -> None:
    text = SMALL.replace("title: Small", "title: <b>" + "wide" * 61 + "</b>")
    page = opened(client, "sv", scenario="small", scenario_text=text + f"task: {{person: administrator, text: {task}}}\n")
    assert "&lt;b&gt;widewide" in page
    assert "Find the shop&#39;s invoices." in page
    assert "administrator@owner.example" in page


def test_without_a_task_the_link_leads_to_the_sign_in(client: FlaskClient) -> None:
    assert 'name="Username"' in opened(client, scenario="small", scenario_text=SMALL)


def test_without_the_join_link_nobody_reads_the_task(client: FlaskClient) -> None:
    client.post("/_sim/sandboxes", json={"name": "mine", "scenario": "case-lost-phone"}, headers=TOKEN)
    refused = client.get("/s/mine/")
    assert refused.status_code == 403
    assert "Helpdesk" not in refused.text
