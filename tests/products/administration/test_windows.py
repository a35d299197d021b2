"""Who opens the program, for which company, its menus, help and what it receives."""

import pytest
from sqlalchemy import select

from simulator.app import Platform
from simulator.core.texts import LANGUAGES
from simulator.directory import people
from simulator.directory.models import Company, Status
from simulator.directory.people import Particulars
from simulator.sales import clients
from simulator.sales.models import Client, ProgramCode
from tests.products.administration.program import Program, content_of
from tests.reading import read
from tests.visits import Visitor, cast

SECTIONS = (
    "Visma AutoInvoice",
    "Skicka dokument via Visma AutoInvoice",
    "Skapa kundfaktura",
    "Kunder, fliken Utskriftsval",
    "Utskrift av dokument",
    "Kundfakturor, fliken Faktura",
    "Visma AutoInvoice, företagsinställningar",
    "Utskriftsval",
)
"""The sections that the manual names."""


def test_the_only_company_is_opened_at_once(program: Program) -> None:
    answer = program.visitor.get("/administration/")
    assert answer.location == program.visitor.path(program.path(""))
    assert "Lindqvists Verkstad AB" in program.text("companies")


def test_several_companies_are_there_to_choose_from(program: Program, platform: Platform) -> None:
    with program.sandbox.transaction() as db:
        (company,) = db.scalars(select(Company).where(Company.key == "filial"))
        client = Client(
            customer_id=company.customer_id, company_id=company.id, number="2", name=company.name, country="SE",
            organisation_number=company.organisation_number,
        )  # fmt: skip
        db.add(client)
        db.flush()
        clients.install(db, client, ProgramCode.ADMINISTRATION, version="2024.0")
    visitor = Visitor.of(platform, program.sandbox, cast(program.sandbox, "administrator").email, "sv")
    page = visitor.get("/administration/")
    assert "Lindqvists Filial AB" in page.text and "Antal företag: 2" in page.text
    assert program.visitor.get(f"/administration/{client.id}/").status_code == 404


def test_somebody_without_the_company_finds_nothing(program: Program, platform: Platform) -> None:
    with program.sandbox.transaction() as db:
        particulars = Particulars(email="anna@other.example", first_name="Anna", last_name="Annan", language="sv")
        people.create(db, particulars).status = Status.ACTIVE
    stranger = Visitor.of(platform, program.sandbox, "anna@other.example", "sv")
    for page in ("", "invoices", "invoices/1/pdf", "customers/1", "settings/autoinvoice", "help/print", "forum"):
        answer = stranger.get(program.path(page))
        assert answer.status_code == 404 and "Klienten hittades inte" in answer.text
    assert "inget företag" in content_of(stranger.get("/administration/"))


@pytest.mark.parametrize("page", ["invoices/999", "invoices/999/print", "invoices/999/pdf", "customers/999", "help/nothing"])
def test_what_is_not_there_is_not_found(program: Program, page: str) -> None:
    assert program.visitor.get(program.path(page)).status_code == 404


def test_the_menu_leads_where_the_manual_says(program: Program) -> None:
    menu = read(program.visitor.get(program.path("")).text).all("nav")
    text = " ".join(" ".join(nav.text.split()) for nav in menu)
    assert "Arkiv Översikt Inställningar Företag Företagsinställningar Mina tjänster Visma AutoInvoice" in text
    assert "Försäljning Kunder Skapa kundfaktura Kundfakturor" in text


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_that_the_manual_names_is_a_topic_of_the_help(program: Program, section: str) -> None:
    page = read(program.visitor.get(program.path("")).text)
    (link,) = {link["href"] for link in page.all("a") if link.text == section and "/help/" in link["href"]}
    assert read(program.visitor.get(link).text).all("h1")[0].text == section


def test_the_forum_says_that_it_is_not_simulated(program: Program) -> None:
    assert "I forumet frågar användare" in program.text("forum")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_program_opens_in_every_language(program: Program, platform: Platform, language: str) -> None:
    visitor = Visitor.of(platform, program.sandbox, cast(program.sandbox, "user").email, language)
    for page in ("", "settings/autoinvoice", "invoices/new", "received"):
        assert visitor.get(program.path(page)).status_code == 200


def test_received_invoices_are_listed_once_the_settings_say_so(program: Program) -> None:
    assert "tar inte emot fakturor via Visma AutoInvoice" in program.text("received")
    program.send("settings/autoinvoice", "receive", receive="y")
    page = program.visitor.get(program.path("received"))
    assert "Antal fakturor:" in page.text and "Antal fakturor: 0" not in page.text
