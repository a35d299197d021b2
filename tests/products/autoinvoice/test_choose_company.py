"""Opening AutoInvoice, and choosing the company."""

import pytest
from sqlalchemy import select

from simulator.core.sandbox import Sandbox
from simulator.directory import people
from simulator.directory.models import Company, CompanyService, CompanyStatus, Customer, Person
from simulator.directory.roles import AUTOINVOICE_ADMINISTRATOR, AUTOINVOICE_USER
from tests.documents import norway as no
from tests.products.autoinvoice.browser import Browser
from tests.products.autoinvoice.conftest import SignIn


def company_id(sandbox: Sandbox, number: str) -> str:
    """Return the id of a company, as forms carry it."""
    with sandbox.reading() as db:
        return str(no.company(db, number).id)


@pytest.fixture
def neighbour(norway: Sandbox) -> str:
    """Add another customer with a company of its own, and return that company's id."""
    with norway.transaction() as db:
        customer = Customer(key="neighbour", number="999999", name="Naboen AS", country="NO")
        company = no.add_company(db, "neighbour", "NO", "310000043")
        company.customer = customer
        db.flush()
        return str(company.id)


def test_a_user_with_a_role_at_several_companies_chooses_one(administrator: Browser) -> None:
    page = administrator.open("/autoinvoice")
    assert page.heading == "Velg firma"
    assert list(page.buttons) == ["Fjordlys Drift AS", "Fjordlys Eiendom AS", "Fjordlys Nybygg AS", "Fjordlys Verksted AS"]


def test_the_chosen_company_is_the_one_that_is_open_afterwards(administrator: Browser) -> None:
    page = administrator.open("/autoinvoice")
    page = administrator.send(page, company=page.buttons["Fjordlys Verksted AS"])
    assert (page.heading, page.path) == ("AutoInvoice", "/autoinvoice/start")
    assert "Fjordlys Verksted AS er ikke registrert i ELMA" in page.text
    assert "Fjordlys Verksted AS" in administrator.open("/autoinvoice/settings").text


def test_a_user_with_a_role_at_one_company_goes_straight_on(sign_in: SignIn) -> None:
    page = sign_in("user").open("/autoinvoice")
    assert (page.heading, page.path) == ("AutoInvoice", "/autoinvoice/start")
    assert "Fjordlys Drift AS" in page.text


def test_the_one_company_with_a_role_is_opened_even_when_another_is_chosen(norway: Sandbox, sign_in: SignIn) -> None:
    with norway.transaction() as db:
        deputy = people.by_email(db, "deputy@fjordlys.example")
        assert deputy is not None
        people.grant(db, None, deputy, AUTOINVOICE_USER, company=no.company(db, no.UNREGISTERED))
    page = sign_in("deputy").open("/autoinvoice")
    assert page.path == "/autoinvoice/start"
    assert "Fjordlys Verksted AS" in page.text


def test_a_user_without_a_role_is_refused_and_told_whom_to_ask(sign_in: SignIn) -> None:
    page = sign_in("deputy").open("/autoinvoice")
    assert page.status == 403
    assert "Astrid Solvang" in page.text


def test_a_company_of_another_customer_cannot_be_chosen(administrator: Browser, neighbour: str) -> None:
    page = administrator.open("/autoinvoice")
    assert administrator.send(page, company=neighbour).status == 404


def test_a_company_without_a_role_in_autoinvoice_cannot_be_chosen(norway: Sandbox, sign_in: SignIn) -> None:
    with norway.transaction() as db:
        deputy = people.by_email(db, "deputy@fjordlys.example")
        assert deputy is not None
        for number in (no.REGISTERED, no.UNREGISTERED):
            people.grant(db, None, deputy, AUTOINVOICE_ADMINISTRATOR, company=no.company(db, number))
    browser = sign_in("deputy")
    page = browser.open("/autoinvoice")
    assert browser.send(page, company=company_id(norway, no.ELSEWHERE)).status == 404


@pytest.mark.parametrize("junk", ["", "0", "-1", "1 ", "one", "9" * 40, "\u0661", None])
def test_junk_chooses_no_company(administrator: Browser, junk: str | None) -> None:
    page = administrator.open("/autoinvoice")
    assert administrator.send(page, company=junk).status == 404


def test_a_choice_without_a_token_is_refused(administrator: Browser, norway: Sandbox) -> None:
    page = administrator.open("/autoinvoice")
    company = page.buttons["Fjordlys Verksted AS"]
    assert administrator.send(page, company=company, csrf_token=None).status == 400
    with norway.reading() as db:
        person = db.scalars(select(Person).where(Person.key == "administrator")).one()
        assert db.get_one(Company, person.company_id).organisation_number == no.REGISTERED


def test_home_shows_a_tile_that_opens_autoinvoice(administrator: Browser) -> None:
    page = administrator.open("/home/")
    assert administrator.open(page.links["AutoInvoice"]).heading == "Velg firma"


def test_the_start_page_says_what_is_not_simulated(administrator: Browser, sign_in: SignIn) -> None:
    assert "Ikke simulert: fakturaer til forbrukere" in administrator.open("/autoinvoice/start").text
    assert "Niet gesimuleerd: facturen aan consumenten" in sign_in("administrator", "nl").open("/autoinvoice/start").text


def test_a_deactivated_company_is_not_offered_and_its_open_form_is_refused(norway: Sandbox, administrator: Browser) -> None:
    name = "Fjordlys Drift AS"
    page = administrator.open("/autoinvoice")
    administrator.send(page, company=page.buttons[name])
    open_form = administrator.open("/autoinvoice/settings/receive")
    with norway.transaction() as db:
        no.company(db, no.REGISTERED).status = CompanyStatus.DEACTIVATED
    refused = administrator.send(open_form, registered=None)
    assert refused.status == 422
    assert f"Ingenting er endret: {name} er deaktivert i mellomtiden." in refused.text
    assert no.journal(norway) == []
    assert list(administrator.open("/autoinvoice").buttons) == [
        "Fjordlys Eiendom AS",
        "Fjordlys Nybygg AS",
        "Fjordlys Verksted AS",
    ]


def test_a_company_whose_service_was_deactivated_is_not_offered(norway: Sandbox, administrator: Browser) -> None:
    with norway.transaction() as db:
        db.delete(db.get_one(CompanyService, (no.company(db, no.REGISTERED).id, "autoinvoice")))
    assert list(administrator.open("/autoinvoice").buttons) == [
        "Fjordlys Eiendom AS",
        "Fjordlys Nybygg AS",
        "Fjordlys Verksted AS",
    ]


def test_nothing_is_offered_for_a_company_before_one_is_chosen(administrator: Browser) -> None:
    page = administrator.open("/autoinvoice/")
    assert page.heading == "Velg firma"
    assert "Innstillinger" not in page.links
    assert "Innstillinger" in administrator.send(page, company=page.buttons["Fjordlys Verksted AS"]).links


def test_an_administrator_without_a_role_is_told_to_take_it_and_not_to_ask_herself(sign_in: SignIn, norway: Sandbox) -> None:
    with norway.reading() as db:
        deputy = people.by_email(db, "deputy@fjordlys.example")
        assert deputy is not None
    page = sign_in("deputy").open("/autoinvoice/")
    assert page.status == 403
    assert "Du er selv administrator: Du kan gi deg selv rollen." in page.response.text
    assert "/s/norway/admin/startpage" in page.links["Visma.net Admin"]
    assert deputy.name not in page.response.text
    user = sign_in("plain").open("/settings/licenses").response.text
    assert deputy.name in user
    assert "Du er selv administrator" not in user
