"""Rules of Settings: access, licences, invoices, contact persons."""

import pytest

from simulator.core.sandbox import Sandbox
from simulator.core.texts import LANGUAGES
from simulator.directory import people
from simulator.directory.models import Status
from tests.products.settings.conftest import SignIn
from tests.products.settings.visitor import Visitor

PATHS = (
    "/settings/",
    "/settings/licenses",
    "/settings/contacts",
    "/settings/licenses/autoinvoice/invoices",
    "/settings/licenses/financials/invoices",
    "/settings/licenses/autoinvoice/invoices/71000002",
)


def test_settings_opens_on_the_customer_and_licences_are_another_tab(administrator: Visitor) -> None:
    page = administrator.page("/settings/")
    assert page.heading == "Settings"
    assert "100200" in page.text and "Nederland" in page.text
    assert [row[0] for row in page.tables[0]] == ["Bedrijf", "=Atelier Maan", "Bakkerij Zon"]
    assert [row[2] for row in page.tables[0]] == ["Land", "Nederland", "Nederland"]
    assert administrator.follow(page, "Licenties").heading == "Licenties"


def test_each_licence_is_a_row_with_its_invoices_at_the_end(administrator: Visitor) -> None:
    page = administrator.page("/settings/licenses")
    assert page.tables[0] == [
        ["Product", "Klantnummer", "Licentietype", "Aantal", "Geldig vanaf", "Geldig tot en met", "Verbruik", "Facturen"],
        ["Visma.net AutoInvoice", "100200", "Transactie", "1", "1-1-20", "", "Verbruik", "Facturen"],
        ["Visma.net Financials", "100200", "Abonnement", "1", "1-1-20", "31-12-22", "", "Facturen"],
    ]


def test_the_invoices_of_a_product_are_listed_newest_first_each_with_show_at_the_end(administrator: Visitor) -> None:
    page = administrator.follow(administrator.page("/settings/licenses"), "Facturen")
    assert page.heading == "Facturen"
    assert page.tables[0] == [
        ["Factuurnummer", "Datum", "Periode", "Bedrag", "Valuta", "Soort factuur", "Tonen"],
        ["71000002", "1-3-22", "1-2-22 aan 28-2-22", "0,24", "EUR", "Transactie", "Tonen"],
        ["71000001", "1-2-22", "1-1-22 aan 31-1-22", "1.052,07", "EUR", "Transactie", "Tonen"],
    ]
    assert administrator.follow(page, "Tonen").heading == "Specificatie 71000002"


def test_invoices_of_the_other_system_are_said_to_be_in_admin(administrator: Visitor) -> None:
    page = administrator.page("/settings/licenses/financials/invoices")
    assert "Visma.net Admin bij Rapporten , Facturen" in page.text
    assert page.tables == []


def test_the_primary_contact_is_listed_first_and_everybody_with_their_roles(administrator: Visitor) -> None:
    page = administrator.page("/settings/contacts")
    assert [row[:2] for row in page.tables[0][1:]] == [
        ["Bob Tester", "bob@office.example"],
        ["Anna Tester", "anna@office.example"],
    ]
    assert page.tables[0][1][3].startswith("Primaire contactpersoon, ")


def test_a_deactivated_person_is_no_longer_a_contact(administrator: Visitor, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        bob = people.by_email(db, "bob@office.example")
        assert bob is not None
        bob.status = Status.INACTIVE
    assert [row[0] for row in administrator.page("/settings/contacts").tables[0][1:]] == ["Anna Tester"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_every_language(sign_in: SignIn, path: str, language: str) -> None:
    page = sign_in("anna@office.example", language).page(path)
    assert page.heading


@pytest.mark.parametrize(
    ("language", "tab", "invoices", "show"),
    [("nb", "Lisenser", "Fakturaer", "Vis"), ("sv", "Licenser", "Fakturor", "Visa"), ("en", "Licences", "Invoices", "Show")],
)
def test_the_links_to_the_specification_have_the_words_of_the_language(
    sign_in: SignIn, language: str, tab: str, invoices: str, show: str
) -> None:
    visitor = sign_in("anna@office.example", language)
    page = visitor.page("/settings/")
    for link in (tab, invoices, show):
        page = visitor.follow(page, link)
    assert page.heading.endswith("71000002")


@pytest.mark.parametrize("path", PATHS)
def test_only_a_customer_administrator_gets_in_and_others_are_told_whom_to_ask(sign_in: SignIn, path: str) -> None:
    page = sign_in("cees@office.example").page(path, 403)
    assert "Anna Tester" in page.text
    assert page.tables == []


def test_without_an_administrator_a_visitor_is_told_how_to_get_one(sign_in: SignIn, sandbox: Sandbox) -> None:
    nobody = sign_in("dag@fjord.example").page("/settings/licenses", 403).text
    with sandbox.transaction() as db:
        anna = people.by_email(db, "anna@office.example")
        assert anna is not None
        anna.status = Status.INACTIVE
    inactive = sign_in("cees@office.example").page("/settings/licenses", 403).text
    assert "Anna" not in inactive
    assert inactive == nobody


@pytest.mark.parametrize("path", PATHS)
def test_a_visitor_who_is_not_signed_in_is_sent_to_sign_in(sign_in: SignIn, path: str) -> None:
    visitor = sign_in("anna@office.example")
    visitor.client.delete_cookie("vnsim_test", path="/s/test/")
    response = visitor.get(path)
    assert response.status_code == 302
    assert "/connect/" in response.location


@pytest.mark.parametrize(
    "path",
    [
        "/settings/licenses/autopay/invoices",
        "/settings/licenses/abacus/invoices",
        "/settings/licenses/abacus/invoices/71000001",
        "/settings/licenses/autoinvoice/invoices/71000003",
        "/settings/licenses/financials/invoices/71000001",
        "/settings/licenses/autoinvoice/invoices/1",
    ],
)
def test_products_and_invoices_of_other_customers_are_not_found(administrator: Visitor, path: str) -> None:
    assert administrator.get(path).status_code == 404


def test_settings_is_offered_to_administrators_only(sign_in: SignIn) -> None:
    def offered(email: str) -> bool:
        return any(text == "Settings" for text, _ in sign_in(email).page("/home/").links)

    assert offered("anna@office.example")
    assert not offered("cees@office.example")
