"""Rules of the tab Users of a company: who has a role on it, and linking an existing user to it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from simulator.core import outbox
from simulator.core.sandbox import Sandbox
from simulator.core.texts import LANGUAGES
from simulator.directory.models import Company, CompanyService, Grant, Person
from simulator.directory.people import by_email
from tests.conftest import NOW
from tests.products.admin.browser import Browser, Form, Page
from tests.products.admin.conftest import COMPANY_ADMINISTRATOR, OUTSIDER, USER, SignIn
from tests.products.admin.test_companies import company_id, journal, open_company

SILENT = "Zeilmakerij Zonder Diensten"
BUTTON = "Gebruiker aan het bedrijf koppelen"
WEBFAKTURA_USER = "WebFaktura gebruikerstoegang"


def users_page(browser: Browser, name: str) -> Page:
    """Open the tab Users of a company."""
    return browser.click(open_company(browser, name), "Gebruikers", "main")


def activate(sandbox: Sandbox, name: str, service: str = "webfaktura") -> None:
    """Activate a service on a company, as a scenario does."""
    with sandbox.transaction() as db:
        db.add(CompanyService(company_id=company_id(sandbox, name), service=service))


def option(page: Page, label: str, text: str) -> str:
    """Return the whole text of the option that has a text in it."""
    (match,) = [option for option in page.options(label) if text in option]
    return match


def test_an_existing_user_is_linked_to_the_company_without_a_mail(administrator: Browser, sandbox: Sandbox) -> None:
    activate(sandbox, SILENT)
    page = users_page(administrator, SILENT)
    assert "Nog niemand heeft een rol op dit bedrijf." in page.text
    form = Form(page, BUTTON).select("Gebruiker", option(page, "Gebruiker", USER)).select("Toegang", WEBFAKTURA_USER)
    page = administrator.send(page, form)
    assert page.alerts[0].endswith(f"is aan {SILENT} gekoppeld met de rol {WEBFAKTURA_USER}.")
    assert [row[1:] for row in page.table[1:]] == [[USER, WEBFAKTURA_USER]]
    assert ("role.granted", "administrator@rietkraag.example", USER) in journal(sandbox, "role.")
    with sandbox.reading() as db:
        assert outbox.newest_first(db, USER) == []
        person = by_email(db, USER)
        assert person is not None
        assert (company_id(sandbox, SILENT), "webfaktura_user") in {(g.company_id, g.role) for g in person.grants}


def test_only_roles_that_can_be_given_there_are_offered(administrator: Browser, sandbox: Sandbox) -> None:
    assert not any("WebFaktura" in role for role in users_page(administrator, SILENT).options("Toegang"))
    activate(sandbox, SILENT)
    roles = users_page(administrator, SILENT).options("Toegang")
    assert roles[-2:] == [WEBFAKTURA_USER, "WebFaktura admintoegang"]
    assert "Visma.net Admin: Company administrator" in roles
    assert not any("Customer administrator" in role or "Autoinvoice" in role for role in roles)


@pytest.mark.parametrize(
    ("user", "role", "sentence"),
    [
        ("", "webfaktura_user", "Gebruiker: Vul dit veld in"),
        (USER, "", "Toegang: Vul dit veld in"),
        (OUTSIDER, "webfaktura_user", "Dit is geen gebruiker van Administratiekantoor De Rietkraag"),
        ("nobody", "webfaktura_user", "Dit is geen gebruiker van Administratiekantoor De Rietkraag"),
        (USER, "no_such_role", "Kies alleen rollen uit de lijst."),
        (USER, "customer_administrator", "Kies alleen rollen uit de lijst."),
        (USER, "autoinvoice_user", "hoort bij een dienst die op Zeilmakerij Zonder Diensten niet actief is"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(
    administrator: Browser, sandbox: Sandbox, user: str, role: str, sentence: str
) -> None:
    activate(sandbox, SILENT)
    with sandbox.reading() as db:
        person = by_email(db, user)
    page = users_page(administrator, SILENT)
    page = administrator.send(page, Form(page, BUTTON).alter("user", str(person.id) if person else user).alter("role", role))
    assert page.status == 422
    assert sentence in page.text
    assert journal(sandbox, "role.") == []


def test_the_same_link_is_made_once(administrator: Browser, sandbox: Sandbox) -> None:
    activate(sandbox, SILENT)
    page = users_page(administrator, SILENT)
    form = Form(page, BUTTON).select("Gebruiker", option(page, "Gebruiker", USER)).select("Toegang", WEBFAKTURA_USER)
    assert administrator.send(page, form).status == 200
    page = users_page(administrator, SILENT)
    form = Form(page, BUTTON).select("Gebruiker", option(page, "Gebruiker", USER)).select("Toegang", WEBFAKTURA_USER)
    page = administrator.send(page, form)
    assert page.status == 422 and f"heeft deze rol al op {SILENT}" in page.text
    assert len(journal(sandbox, "role.")) == 1


@pytest.mark.parametrize(("status", "sentence"), [("deactivated", "gedeactiveerd"), ("terminated", "beëindigd")])
def test_nobody_is_linked_to_a_company_that_is_not_active(
    administrator: Browser, sandbox: Sandbox, status: str, sentence: str
) -> None:
    activate(sandbox, SILENT)
    page = users_page(administrator, SILENT)
    form = Form(page, BUTTON).select("Gebruiker", option(page, "Gebruiker", USER)).select("Toegang", WEBFAKTURA_USER)
    with sandbox.transaction() as db:
        db.execute(update(Company).where(Company.name == SILENT).values(status=status, gone_at=NOW + timedelta(days=31)))
    page = administrator.send(page, form)
    assert page.status == 422 and sentence in page.text
    assert BUTTON not in page.text
    assert journal(sandbox, "role.") == []


def test_a_company_administrator_links_the_users_of_the_own_companies(sign_in: SignIn, sandbox: Sandbox) -> None:
    activate(sandbox, "Boekhandel De Ezelsoor")
    browser = sign_in(COMPANY_ADMINISTRATOR)
    page = users_page(browser, "Boekhandel De Ezelsoor")
    with sandbox.reading() as db:
        held = select(Grant.person_id).join(Company).where(Company.key.in_(["boeken", "catering"]))
        visible = set(db.scalars(select(Person.email).where(Person.id.in_(held))))
        hidden = by_email(db, "administrator@rietkraag.example")
        assert hidden is not None
    assert {user.rpartition("(")[2].rstrip(")") for user in page.options("Gebruiker")[1:]} == visible
    page = browser.send(page, Form(page, BUTTON).alter("user", str(hidden.id)).alter("role", "webfaktura_user"))
    assert page.status == 422
    foreign = company_id(sandbox, SILENT)
    assert browser.open(f"/admin/companies/{foreign}/users").status == 404


def test_a_search_narrows_the_users_to_choose_from(administrator: Browser, sandbox: Sandbox) -> None:
    address = f"/admin/companies/{company_id(sandbox, SILENT)}/users"
    assert [user for user in administrator.open(f"{address}?q=GERDA").options("Gebruiker")][1:] == [
        f"Gerda Nijholt ({COMPANY_ADMINISTRATOR})"
    ]
    assert administrator.open(f"{address}?q=" + "x" * 9999).options("Gebruiker") == ["Kies een gebruiker"]


def test_a_long_list_of_users_is_cut_and_says_so(
    administrator: Browser, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.products.admin.queries.company_users.MOST_OFFERED", 3)
    page = administrator.open(f"/admin/companies/{company_id(sandbox, SILENT)}/users")
    assert len(page.options("Gebruiker")) == 4
    assert "De eerste 3 van" in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tab_is_there_in_every_language(sign_in: SignIn, sandbox: Sandbox, language: str) -> None:
    page = sign_in("administrator@rietkraag.example", language).open(f"/admin/companies/{company_id(sandbox, SILENT)}/users")
    assert page.heading.startswith(f"{SILENT}: ")
