"""Rules of Admin's start page, its menu and its access."""

import pytest

from simulator.core.sandbox import Sandbox
from simulator.core.texts import text
from simulator.directory import people
from simulator.directory.models import Grant, Status
from tests.products.admin.browser import Browser
from tests.products.admin.conftest import ADMINISTRATOR, COMPANY_ADMINISTRATOR, USER, SignIn

MENUS = {
    "nl": ["Startpagina", "Gebruikers en rollen", "Bedrijven", "Rapporten", "Support"],
    "nb": ["Startside", "Brukere og roller", "Firmaer", "Rapporter", "Brukerstøtte"],
    "sv": ["Startsidan", "Användare och roller", "Företag", "Rapporter", "Support"],
    "en": ["Home", "Users and roles", "Companies", "Reports", "Support"],
}
PATHS = (
    "/admin/",
    "/admin/startpage",
    "/admin/users",
    "/admin/users/1",
    "/admin/users/add",
    "/admin/companies",
    "/admin/companies/1",
    "/admin/companies/add",
    "/admin/configuration",
    "/admin/reports",
    "/admin/support",
)


@pytest.mark.parametrize("language", MENUS)
def test_the_menu_has_the_order_of_the_manual(sign_in: SignIn, language: str) -> None:
    page = sign_in(ADMINISTRATOR, language).open("/admin/")
    assert [link.text for link in page.root.all("nav")[0].all("a")] == MENUS[language]
    assert page.heading == MENUS[language][0]


def test_home_shows_the_tile_admin_and_the_app_menu_visma_net_admin(administrator: Browser) -> None:
    home = administrator.open("/home/")
    assert administrator.click(home, "Admin").path == "/s/default/admin/startpage"
    assert administrator.click(home, "Visma.net Admin", "header").path == "/s/default/admin/startpage"


def test_the_top_bar_names_the_product(administrator: Browser) -> None:
    page = administrator.open("/admin/startpage")
    assert "product-name" in page.html
    assert [span.text for span in page.root.all("span") if span.get("class") == "product-name"] == ["Visma.net Admin"]


def test_the_start_page_has_a_tile_for_each_common_task(administrator: Browser) -> None:
    page = administrator.open("/admin/startpage")
    assert "Klant: Administratiekantoor De Rietkraag" in page.text
    assert administrator.click(page, "Gebruiker toevoegen", "main").heading == "Gebruiker toevoegen"
    assert administrator.click(page, "Gebruikers en rollen", "main").heading == "Gebruikers en rollen"


@pytest.mark.parametrize("path", PATHS)
def test_a_person_without_an_administration_role_sees_whom_to_ask(sign_in: SignIn, path: str) -> None:
    page = sign_in(USER).open(path)
    assert page.status == 403
    assert "Anouk Vermaat" in page.text and "Faisal Brandsma" in page.text
    assert "Chantal" not in page.text


def test_a_person_without_an_administration_role_sees_no_tile(sign_in: SignIn) -> None:
    assert "Admin" not in sign_in(USER).open("/home/").links()


@pytest.mark.parametrize("path", PATHS)
def test_a_visitor_who_is_not_signed_in_is_sent_to_sign_in(sign_in: SignIn, path: str) -> None:
    assert sign_in().open(path).path.startswith("/s/default/connect/")


def test_a_company_administrator_gets_in(sign_in: SignIn) -> None:
    assert sign_in(COMPANY_ADMINISTRATOR).open("/admin/").heading == "Startpagina"


def test_a_person_without_any_role_left_sees_whom_to_ask_all_the_same(sign_in: SignIn, sandbox: Sandbox) -> None:
    browser = sign_in(USER)
    with sandbox.transaction() as db:
        user = people.by_email(db, USER)
        assert user is not None
        db.query(Grant).filter_by(person_id=user.id).delete()
    page = browser.open("/settings/licenses")
    assert page.status == 403
    assert "Anouk Vermaat" in page.text and "Faisal Brandsma" in page.text


def test_without_any_administrator_the_page_says_how_to_register_one(sign_in: SignIn, sandbox: Sandbox) -> None:
    browser = sign_in(USER)
    with sandbox.transaction() as db:
        db.query(Grant).filter_by(role="customer_administrator").delete()
    page = browser.open("/settings/licenses")
    assert page.status == 403
    assert "Stuur support een e-mail met de contactgegevens" in page.text
    report = browser.click(page, text("nl", "contact.administrator.report"))
    assert report.status == 200
    assert browser.click(report, text("nl", "code_request.write")).status == 200


def test_an_administrator_who_is_deactivated_is_not_named(sign_in: SignIn, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        second = people.by_email(db, "administrator2@rietkraag.example")
        assert second is not None
        second.status = Status.INACTIVE
    page = sign_in(USER).open("/settings/licenses")
    assert "Anouk Vermaat" in page.text and "Faisal Brandsma" not in page.text
