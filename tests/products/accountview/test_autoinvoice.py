"""AutoInvoice within AccountView: the same numbers as in the portal and on the specification; what its other windows say."""

from datetime import date

import pytest
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from simulator.billing import queries as billing
from simulator.billing.models import Invoice
from simulator.core.sandbox import Sandbox
from simulator.core.texts import text
from simulator.directory.models import CompanyService
from simulator.documents.model.models import Direction, Document
from simulator.documents.synthetic import consumption
from simulator.products.accountview.views.registration import TAKEN
from simulator.products.accountview.views.start import QUESTIONS
from simulator.sales.models import Client
from tests.products.accountview.program import Program
from tests.reading import read

JANUARY = "?from=2022-01-01&to=2022-01-31"
UNITS = {Direction.SENT: ("EINVOICE", "EMAIL"), Direction.RECEIVED: ("INCOMING_EINVOICE",)}


def charged_in_january(sandbox: Sandbox, client: int, direction: Direction) -> int:
    """Return how many documents of one direction the specifications under Settings say for a client in January."""
    with sandbox.reading() as db:
        company_id = db.get_one(Client, client).company_id
        lines = [
            line
            for invoice in db.scalars(select(Invoice).where(Invoice.system == "legacy"))
            for line in billing.specification(db, invoice)
        ]
        return sum(
            line.quantity
            for line in lines
            if line.company_id == company_id and line.unit in UNITS[direction] and line.period_from == date(2022, 1, 1)
        )


@pytest.mark.parametrize("number", ["ADM1", "ADM2"])
@pytest.mark.parametrize("direction", list(Direction))
def test_the_number_at_the_bottom_right_is_that_of_the_portal_and_of_the_specification(
    program: Program, sandbox: Sandbox, direction: Direction, number: str
) -> None:
    program = program.of(number)
    page = program.open(f"autoinvoice/{direction}{JANUARY}")
    visitor = program.visitor
    with sandbox.reading() as db:
        company_id = db.get_one(Client, program.client).company_id
    visitor.client.post(visitor.path("/home/company"), data={"csrf_token": visitor.token(), "company": str(company_id)})
    portal = next(
        element.text for element in read(visitor.get(f"/autoinvoice/{direction}{JANUARY}").text) if element["id"] == "found"
    )
    expected = charged_in_january(sandbox, program.client, direction)
    assert expected > 0
    assert page.count_line == portal == text("nl", "autoinvoice.lists.found", count=expected)
    heads = [head.text.rstrip(" ▼") for head in page.root.all("th")]
    assert {"Aanmaakdatum", "Kanaal", "Status"} <= set(heads)


@pytest.mark.parametrize("direction", list(Direction))
def test_the_range_is_about_the_day_of_creation(program: Program, sandbox: Sandbox, direction: Direction) -> None:
    with sandbox.reading() as db:
        company_id = db.get_one(Client, program.client).company_id
    assert company_id is not None
    with consumption.reading_documents(sandbox, company_id) as db:
        query = select(Document).where(Document.company_id == company_id, Document.direction == direction)
        documents = db.scalars(query).all()
        document = next(document for document in documents if document.issue_date < document.created_on)
        created, issued = document.created_on, document.issue_date
        on_that_day = sum(other.created_on == created for other in documents)
        before = sum(other.created_on == issued for other in documents)
        number = document.number
    page = program.open(f"autoinvoice/{direction}?from={created}&to={created}")
    assert page.count_line == text("nl", "autoinvoice.lists.found", count=on_that_day)
    assert number in page.html
    page = program.open(f"autoinvoice/{direction}?from={issued}&to={issued}")
    assert page.count_line == text("nl", "autoinvoice.lists.found", count=before)
    assert number not in page.html


def test_messages_are_fetched_for_a_range_of_days_and_an_empty_one_says_why(program: Program, sandbox: Sandbox) -> None:
    assert program.open("messages").count_line == ""
    expected = charged_in_january(sandbox, program.client, Direction.RECEIVED)
    assert program.open(f"messages{JANUARY}").count_line == text("nl", "autoinvoice.lists.found", count=expected)
    assert program.open("messages?from=&to=").count_line.startswith("Gevonden facturen: ")
    page = program.open("messages?from=1999-01-01&to=1999-01-31")
    assert page.count_line == text("nl", "autoinvoice.lists.found", count=0)
    assert text("nl", "accountview.messages.none") in page.html
    assert any(link["href"].endswith("#nothing") for link in page.root.all("a"))


@pytest.mark.parametrize("path", ["autoinvoice/sent", "messages"])
def test_a_day_that_is_none_is_said(program: Program, path: str) -> None:
    page = program.open(f"{path}?from=31-2-22")
    assert page.status == 200
    assert any(element["class"].startswith("alert alert-danger") for element in page.root)


def test_registering_stops_where_the_number_is_taken(program: Program) -> None:
    visitor = program.visitor
    forms = [form for form in visitor.forms(f"/accountview/{program.client}/register") if form.action.endswith("/register")]
    answer = visitor.send(forms[0])
    assert answer.status_code == 422
    assert f"Fout bij aanmelden voor AutoInvoice: {TAKEN}" in answer.text
    assert TAKEN == "ERROR: REGISTRATION FAILED, BID ALREADY TAKEN"


def test_the_report_of_electronic_addresses_says_why_a_debtor_has_none(program: Program) -> None:
    page = program.open("electronic-addresses")
    rows = {row.all("td")[1].text: row.all("td")[3].text for row in page.root.all("tr") if row.all("td")}
    assert rows["Molenrade Loonbedrijf B.V."].endswith("99999912")
    assert rows["Kantine De Poort"] == text("nl", "accountview.debtor.unregistered")
    assert rows["Sportvereniging Vooruit"] == text("nl", "accountview.debtor.no_number")
    assert page.count_line == text("nl", "accountview.addresses.found", count=2)


def test_the_questions_page_answers_each_question(program: Program) -> None:
    page = program.open("questions")
    assert [heading.text for heading in page.root.all("h2")] == [
        text("nl", f"accountview.question.{question}") for question in QUESTIONS
    ]


def test_accountview_net_opens_for_the_administrator_alone(program: Program) -> None:
    assert program.open("net").status == 403
    menus = [link.text for link in program.open().root.all("a")]
    assert "AccountView.Net" not in menus
    program.go_to_the_last_step()
    user = "boekhouding@vlijt.example"
    program.create(user)
    page = program.open("net")
    assert (page.status, page.heading) == (200, "AccountView.Net")
    assert text("nl", "not_simulated") in page.html
    assert "AccountView.Net" in [link.text for link in program.open().root.all("a")]


def test_the_program_is_on_home_and_opens_with_a_choice_of_clients(program: Program) -> None:
    home = read(program.visitor.get("/home/").text)
    (tile,) = (link for link in home.all("a") if link["class"] == "tile" and link.text == "AccountView")
    page = read(program.visitor.get(tile["href"]).text)
    (main,) = page.all("main")
    assert [link.text for link in main.all("a")] == [
        "ADM1 Groothandel De Vlijt B.V.",
        "ADM2 De Vlijt Verhuur B.V.",
        "ADM3 De Vlijt Vastgoed B.V.",
    ]


def test_a_client_without_an_account_is_led_to_the_registration_at_autoinvoice(program: Program, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        row = db.get_one(Client, program.clients["ADM3"])
        assert row.company is not None
        db.execute(delete(CompanyService).where(CompanyService.company_id == row.company_id))
        row.company.organisation_number = row.organisation_number = "99999990"
    rental = program.of("ADM3")
    assert rental.open("autoinvoice/sent").states == [(False, f"Niet in orde: {text('nl', 'accountview.unregistered')}")]
    visitor = program.visitor
    address = f"/accountview/{rental.client}/register"

    def send() -> TestResponse:
        return visitor.send(next(form for form in visitor.forms(address) if form.action.endswith("/register")))

    answer = send()
    assert (answer.status_code, TAKEN in answer.text) == (200, False)
    assert text("nl", "not_simulated") in answer.text
    assert any(link["href"].endswith("/autoinvoice/register") for link in read(answer.text).all("a"))
    with sandbox.transaction() as db:
        db.get_one(Client, rental.client).organisation_number = "99999903"
    assert TAKEN in send().text, "the number of another company"
