"""Rules of the customer's configuration."""

import pytest
from sqlalchemy import select

from simulator.core.events import Event
from simulator.core.sandbox import Sandbox
from simulator.core.texts import LANGUAGES
from simulator.directory import two_step
from simulator.directory.models import Customer, Grant, Person
from simulator.directory.people import by_email
from tests.products.admin.browser import Browser, Form
from tests.products.admin.conftest import ADMINISTRATOR, COMPANY_ADMINISTRATOR, OUTSIDER, USER, SignIn

CONFIGURATION = "/admin/configuration"
TICK = "Ik wil tweestapsverificatie inschakelen voor mijn gebruikers"


def is_required(sandbox: Sandbox, email: str) -> bool:
    """Return whether a person's customer requires two-step verification."""
    with sandbox.reading() as db:
        person = by_email(db, email)
        assert person is not None
        return two_step.required_by(db, person) is not None


def policies(sandbox: Sandbox) -> list[bool]:
    """Return the events of the policy in the journal, oldest first."""
    with sandbox.reading() as db:
        events = db.scalars(select(Event).where(Event.type == "customer.policy_changed").order_by(Event.id))
        return [event.data["require_two_step"] for event in events]


def test_the_page_is_reached_from_the_start_page_and_shows_the_customer_number(administrator: Browser) -> None:
    page = administrator.click(administrator.open("/admin/startpage"), "Configuratie")
    assert page.heading == "Configuratie"
    assert "100200" in page.text


def test_the_tick_requires_two_steps_of_the_customers_users_and_nobody_else(
    administrator: Browser, sandbox: Sandbox
) -> None:
    page = administrator.open(CONFIGURATION)
    page = administrator.send(page, Form(page, "Opslaan").check(TICK))
    assert "Vanaf de volgende keer inloggen" in page.alerts[0]
    assert is_required(sandbox, USER)
    assert not is_required(sandbox, OUTSIDER)
    page = administrator.open(CONFIGURATION)
    assert "checked" in page.control(TICK).attributes
    form = Form(page, "Opslaan").alter("require_two_step")
    assert "niet meer" in administrator.send(page, form).alerts[0]
    assert not is_required(sandbox, USER)
    assert policies(sandbox) == [True, False]


def test_saving_without_a_change_records_nothing(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.press(administrator.open(CONFIGURATION), "Opslaan")
    assert page.alerts == ["Er is niets gewijzigd."]
    assert policies(sandbox) == []


def test_the_page_counts_users_without_two_step_verification_and_warns_the_administrator(
    administrator: Browser, sandbox: Sandbox
) -> None:
    def users_without() -> int:
        text = administrator.open(CONFIGURATION).text
        return int(text.partition("nog niet hebben ingeschakeld: ")[2].split()[0])

    before = users_without()
    assert before > 0
    assert "U hebt het zelf nog niet ingeschakeld" not in administrator.open(CONFIGURATION).text
    with sandbox.transaction() as db:
        person = by_email(db, ADMINISTRATOR)
        assert person is not None
        assert person.totp_secret is not None
        person.totp_secret = None
    assert users_without() == before + 1
    assert "U hebt het zelf nog niet ingeschakeld" in administrator.open(CONFIGURATION).text


def test_a_business_contact_reads_and_a_company_administrator_does_not(sign_in: SignIn, sandbox: Sandbox) -> None:
    assert sign_in(COMPANY_ADMINISTRATOR).open(CONFIGURATION).status == 403
    with sandbox.transaction() as db:
        person = db.scalars(select(Person).where(Person.email == USER)).one()
        office = db.scalars(select(Customer).where(Customer.key == "office")).one()
        db.add(Grant(person_id=person.id, role="business_contact", customer_id=office.id))
    browser = sign_in(USER)
    page = browser.open(CONFIGURATION)
    assert page.status == 200
    assert "niet verplicht" in page.text
    assert not page.tick_boxes()
    token = next(field.get("value") for field in page.root.all("input") if field.get("name") == "csrf_token")
    data = {"csrf_token": token, "require_two_step": "y"}
    assert browser.client.post(browser.home + CONFIGURATION, data=data).status_code == 403
    assert not is_required(sandbox, USER)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_every_language(sign_in: SignIn, language: str) -> None:
    page = sign_in(ADMINISTRATOR, language).open(CONFIGURATION)
    assert page.status == 200
    assert page.root.all("html")[0].get("lang") == language
