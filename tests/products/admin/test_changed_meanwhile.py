"""Two administrators edit one user: the second sees the changes with author and time, and loses nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.texts import text
from simulator.directory import companies, people
from simulator.directory.actors import actor_of
from simulator.directory.models import Company, CompanyStatus
from simulator.directory.roles import AUTOINVOICE_USER
from simulator.directory.roles import COMPANY_ADMINISTRATOR as COMPANY_ADMINISTRATOR_ROLE
from tests.conftest import NOW
from tests.products.admin.browser import Browser, Form, Page
from tests.products.admin.conftest import ADMINISTRATOR, COMPANY_ADMINISTRATOR, OUTSIDER, SHARED, USER, SignIn
from tests.products.admin.test_user import (
    BAKERY,
    CATERING,
    OFFICE,
    SAVE,
    SECOND,
    box,
    give,
    open_user,
    path_of,
    pick,
    roles_of,
)

MEANWHILE = "is door iemand anders gewijzigd"


def both(sign_in: SignIn, sandbox: Sandbox, email: str = USER) -> tuple[Browser, Page, Browser, Page]:
    """Return two administrators' browsers, each on the same user's page."""
    first, second = sign_in(ADMINISTRATOR), sign_in(SECOND)
    return first, open_user(first, sandbox, email), second, open_user(second, sandbox, email)


def later(sandbox: Sandbox, minutes: int) -> None:
    """Let time pass."""
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(minutes=minutes))


def name_of(sandbox: Sandbox, email: str) -> str:
    """Return a person's name as it is kept."""
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        return person.name


def test_the_second_administrator_sees_author_and_time_of_the_change_and_both_names(
    sign_in: SignIn, sandbox: Sandbox
) -> None:
    first, mine, second, theirs = both(sign_in, sandbox)
    later(sandbox, 5)
    first.send(mine, Form(mine, SAVE).fill("Achternaam", "Eerste"))
    later(sandbox, 9)
    page = second.send(theirs, Form(theirs, SAVE).fill("Achternaam", "Tweede").fill("Telefoon", "+31 6 99999999"))
    assert page.status == 409
    assert MEANWHILE in page.alerts[0]
    assert "1-3-22 09:05: Anouk Vermaat heeft de gegevens gewijzigd." in page.alerts[0]
    assert page.control("Achternaam").get("value") == "Tweede"
    assert "Nu: Eerste" in page.text
    assert page.control("Telefoon").get("value") == "+31 6 99999999"
    assert name_of(sandbox, USER) == "Bram Eerste"


def test_saving_again_keeps_the_own_input(sign_in: SignIn, sandbox: Sandbox) -> None:
    first, mine, second, theirs = both(sign_in, sandbox)
    first.send(mine, Form(mine, SAVE).fill("Achternaam", "Eerste"))
    page = second.send(theirs, Form(theirs, SAVE).fill("Achternaam", "Tweede"))
    page = second.send(page, Form(page, SAVE))
    assert page.status == 200
    assert name_of(sandbox, USER) == "Bram Tweede"


def test_a_third_change_before_saving_again_is_listed_too(sign_in: SignIn, sandbox: Sandbox) -> None:
    first, mine, second, theirs = both(sign_in, sandbox)
    first.send(mine, Form(mine, SAVE).fill("Achternaam", "Eerste"))
    page = second.send(theirs, Form(theirs, SAVE).fill("Achternaam", "Tweede"))
    mine = open_user(first, sandbox, USER)
    first.send(mine, Form(mine, SAVE).fill("Voornaam", "Abraham"))
    page = second.send(page, Form(page, SAVE))
    assert page.status == 409
    assert page.alerts[0].count("heeft de gegevens gewijzigd") == 1
    assert "Nu: Abraham" in page.text
    assert name_of(sandbox, USER) == "Abraham Eerste"


def test_roles_that_were_given_and_taken_meanwhile_are_marked(sign_in: SignIn, sandbox: Sandbox) -> None:
    first, mine, second, theirs = both(sign_in, sandbox)
    mine = pick(first, mine, CATERING)
    form = Form(mine, SAVE).check(box("Autoinvoice user", CATERING)).uncheck(box("Autoinvoice user", BAKERY))
    first.send(mine, form)
    page = second.send(theirs, Form(theirs, SAVE).check(box("Autoinvoice administrator", BAKERY)))
    assert page.status == 409
    assert "Anouk Vermaat heeft de rol Autoinvoice user op Bakkerij Het Korenveld ingetrokken." in page.alerts[0]
    assert "Anouk Vermaat heeft de rol Autoinvoice user op Catering De Volle Tafel gegeven." in page.alerts[0]
    assert page.ticked() == [box("Autoinvoice administrator", BAKERY), box("Autoinvoice user", BAKERY)]
    cells = {row[0]: row for row in page.table[1:]}
    assert "Nu: toegekend" in " ".join(cells[CATERING])
    assert " ".join(cells[BAKERY]).count("Nu: niet toegekend") == 2
    assert roles_of(sandbox, USER) == {("autoinvoice_user", "Catering De Volle Tafel")}
    form = Form(page, SAVE).check(box("Autoinvoice user", CATERING)).uncheck(box("Autoinvoice user", BAKERY))
    second.send(page, form)
    assert roles_of(sandbox, USER) == {
        ("autoinvoice_user", "Catering De Volle Tafel"),
        ("autoinvoice_administrator", "Bakkerij Het Korenveld"),
    }


def test_deactivating_and_the_primary_contact_are_listed_as_changes(sign_in: SignIn, sandbox: Sandbox) -> None:
    first, _, second, theirs = both(sign_in, sandbox)
    first.press(open_user(first, sandbox, USER), "Als primaire contactpersoon instellen")
    first.press(open_user(first, sandbox, SECOND), "Als primaire contactpersoon instellen")
    first.press(first.open(path_of(sandbox, USER, "/deactivate")), "Deactiveren")
    page = second.send(theirs, Form(theirs, SAVE).fill("Achternaam", "Tweede"))
    assert "Anouk Vermaat heeft de gebruiker primaire contactpersoon gemaakt." in page.alerts[0]
    assert "Anouk Vermaat heeft de gebruiker gedeactiveerd." in page.alerts[0]
    assert name_of(sandbox, USER) == "Bram Teunisse"


SILENT = "Zeilmakerij Zonder Diensten"


def delete_silent(sandbox: Sandbox, by: str | None = SECOND) -> None:
    """Delete the company without services: somebody, or nobody when its days are over."""
    with sandbox.transaction() as db:
        company = db.scalars(select(Company).where(Company.name == SILENT)).one()
        if by is None:
            company.status, company.gone_at = CompanyStatus.TERMINATED, db.clock.now()
            companies.delete_terminated(db, company_id=company.id)
            return
        person = people.by_email(db, by)
        assert person is not None
        companies.remove(db, actor_of(db, person), company)


@pytest.mark.parametrize(
    ("by", "sentence"),
    [
        (SECOND, f"heeft de rol Company administrator op {SILENT} ingetrokken."),
        (None, f"De rol Company administrator op {SILENT} is met het bedrijf vervallen."),
    ],
)
def test_a_company_deleted_meanwhile_is_listed_with_its_earlier_changes(
    sign_in: SignIn, sandbox: Sandbox, by: str | None, sentence: str
) -> None:
    give(sandbox, USER, COMPANY_ADMINISTRATOR_ROLE, "silent")
    first, mine, second, theirs = both(sign_in, sandbox)
    second.send(theirs, Form(theirs, SAVE).fill("Telefoon", "+31 6 99999999"))
    delete_silent(sandbox, by)
    page = first.send(mine, Form(mine, SAVE).fill("Achternaam", "Eerste"))
    assert page.status == 409
    assert "heeft de gegevens gewijzigd." in page.alerts[0]
    assert sentence in page.alerts[0]
    assert first.send(page, Form(page, SAVE)).status == 200
    assert name_of(sandbox, USER) == "Bram Eerste"
    assert roles_of(sandbox, USER) == {("autoinvoice_user", "Bakkerij Het Korenveld")}


def test_a_company_administrator_whose_company_is_gone_sees_that_beside_the_own_input(
    sign_in: SignIn, sandbox: Sandbox
) -> None:
    give(sandbox, COMPANY_ADMINISTRATOR, COMPANY_ADMINISTRATOR_ROLE, "silent")
    give(sandbox, USER, COMPANY_ADMINISTRATOR_ROLE, "silent")
    give(sandbox, USER, AUTOINVOICE_USER, "catering")
    browser = sign_in(COMPANY_ADMINISTRATOR)
    page = open_user(browser, sandbox, USER)
    delete_silent(sandbox)
    page = browser.send(page, Form(page, SAVE).check(box("Autoinvoice administrator", CATERING)))
    assert page.status == 422
    assert "Een van de bedrijven valt niet meer onder uw beheer" in page.alerts[0]
    assert browser.send(page, Form(page, SAVE)).status == 200
    assert ("autoinvoice_administrator", "Catering De Volle Tafel") in roles_of(sandbox, USER)


def test_a_user_who_was_removed_meanwhile_is_gone(sign_in: SignIn, sandbox: Sandbox) -> None:
    first, _, second, theirs = both(sign_in, sandbox)
    first.press(first.open(path_of(sandbox, USER, "/remove")), "Gebruiker verwijderen")
    page = second.send(theirs, Form(theirs, SAVE).fill("Achternaam", "Tweede"))
    assert page.status == 404
    assert roles_of(sandbox, USER) == set()


def test_changes_at_another_customer_are_no_conflict_and_not_listed(sign_in: SignIn, sandbox: Sandbox) -> None:
    browser, neighbour = sign_in(ADMINISTRATOR), sign_in(OUTSIDER)
    mine, theirs = open_user(browser, sandbox, SHARED), open_user(neighbour, sandbox, SHARED)
    form = Form(theirs, SAVE).check(box("Autoinvoice administrator", "Buurman Winkel (bedrijf)"))
    neighbour.send(theirs, form)
    page = browser.send(mine, Form(mine, SAVE).check(box("Autoinvoice administrator", BAKERY)))
    assert page.status == 200
    assert ("autoinvoice_administrator", "Bakkerij Het Korenveld") in roles_of(sandbox, SHARED)


def test_a_company_administrator_sees_changes_on_the_own_companies_only(sign_in: SignIn, sandbox: Sandbox) -> None:
    give(sandbox, SHARED, AUTOINVOICE_USER, "catering")
    browser, first = sign_in(COMPANY_ADMINISTRATOR), sign_in(ADMINISTRATOR)
    page = open_user(browser, sandbox, SHARED)
    mine = open_user(first, sandbox, SHARED)
    first.send(mine, Form(mine, SAVE).check(box("Autoinvoice administrator", BAKERY)))
    page = browser.send(page, Form(page, SAVE).check(box("Autoinvoice administrator", CATERING)))
    assert page.status == 200
    page = open_user(browser, sandbox, SHARED)
    mine = open_user(first, sandbox, SHARED)
    first.send(mine, Form(mine, SAVE).uncheck(box("Autoinvoice administrator", CATERING)))
    page = browser.send(page, Form(page, SAVE).uncheck(box("Autoinvoice user", CATERING)))
    assert page.status == 409
    assert "Bakkerij" not in page.text
    assert "Catering De Volle Tafel ingetrokken" in page.alerts[0]


def test_a_change_that_the_journal_does_not_know_is_a_conflict_all_the_same(sign_in: SignIn, sandbox: Sandbox) -> None:
    browser = sign_in(ADMINISTRATOR)
    page = open_user(browser, sandbox, USER)
    with sandbox.transaction() as db:
        person = people.by_email(db, USER)
        assert person is not None
        person.version += 1
    page = browser.send(page, Form(page, SAVE).fill("Achternaam", "Anders"))
    assert page.status == 409
    assert MEANWHILE in page.alerts[0]


def test_a_form_without_a_version_saves_nothing(administrator: Browser, sandbox: Sandbox) -> None:
    page = open_user(administrator, sandbox, USER)
    for version in ("", "x", "-1", "9" * 40):
        answer = administrator.send(page, Form(page, SAVE).alter("version", version).fill("Achternaam", "Anders"))
        assert answer.status == 409, version
    assert name_of(sandbox, USER) == "Bram Teunisse"


def test_the_person_who_changes_the_own_particulars_counts_as_somebody_else(sign_in: SignIn, sandbox: Sandbox) -> None:
    browser, user = sign_in(ADMINISTRATOR), sign_in(USER)
    page = open_user(browser, sandbox, USER)
    details = user.open("/details/edit")
    user.send(details, Form(details, text("nl", "details.save")).fill("Achternaam", "Zelf"))
    page = browser.send(page, Form(page, SAVE).fill("Achternaam", "Anders"))
    assert "Bram Zelf heeft de eigen gegevens gewijzigd in Mijn gegevens." in page.alerts[0]
    assert "Nu: Zelf" in page.text


ROLES = "/admin/roles"


def roles_page(browser: Browser, target_code: str = BAKERY, search: str = "") -> Page:
    """Open the tab Roles on a company."""
    page = browser.open(ROLES)
    return browser.send(page, Form(page, "Tonen").select("Klant of bedrijf", target_code).alter("q", search))


def test_the_tab_roles_lists_the_users_with_a_role_on_the_company(administrator: Browser) -> None:
    page = roles_page(administrator)
    assert page.heading == "Rollen"
    assert [row[0].split("  ")[0] for row in page.table[1:]] == [
        f"Bram Teunisse {USER}",
        f"Sanne Tweelanden {SHARED}",
    ]
    assert page.ticked() == [box("Autoinvoice user", "Bram Teunisse"), box("Autoinvoice user", "Sanne Tweelanden")]


def test_the_tab_roles_begins_with_the_customer(administrator: Browser) -> None:
    page = administrator.open(ROLES)
    assert page.options("Klant of bedrijf")[0] == OFFICE
    assert page.ticked() == [box("Customer administrator", name) for name in ("Anouk Vermaat", "Faisal Brandsma")]


def test_roles_of_several_users_are_saved_in_one_go(administrator: Browser, sandbox: Sandbox) -> None:
    page = roles_page(administrator)
    form = Form(page, SAVE).check(box("Autoinvoice administrator", "Bram Teunisse"))
    page = administrator.send(page, form.uncheck(box("Autoinvoice user", "Sanne Tweelanden")))
    assert "Bakkerij Het Korenveld zijn opgeslagen" in page.alerts[0]
    assert ("autoinvoice_administrator", "Bakkerij Het Korenveld") in roles_of(sandbox, USER)
    assert roles_of(sandbox, SHARED) == {("autoinvoice_user", "Buurman Winkel")}


def test_somebody_without_a_role_on_the_company_is_found_by_searching(administrator: Browser, sandbox: Sandbox) -> None:
    page = roles_page(administrator, search="HIDDE")
    page = administrator.send(page, Form(page, SAVE).check(box("Autoinvoice user", "Hidde Postmus")))
    assert ("autoinvoice_user", "Bakkerij Het Korenveld") in roles_of(sandbox, "hidde@rietkraag.example")


def test_nothing_is_saved_when_one_of_the_users_was_changed_meanwhile(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox
) -> None:
    page = roles_page(administrator)
    second = sign_in(SECOND)
    theirs = open_user(second, sandbox, USER)
    second.send(theirs, Form(theirs, SAVE).uncheck(box("Autoinvoice user", BAKERY)))
    form = Form(page, SAVE).check(box("Autoinvoice administrator", "Sanne Tweelanden"))
    page = administrator.send(page, form)
    assert page.status == 409
    assert "Bram Teunisse is door iemand anders gewijzigd" in page.alerts[0]
    assert "Faisal Brandsma heeft de rol Autoinvoice user op Bakkerij Het Korenveld ingetrokken." in page.alerts[0]
    assert box("Autoinvoice administrator", "Sanne Tweelanden") in page.ticked()
    assert box("Autoinvoice user", "Bram Teunisse") in page.ticked()
    assert page.text.count("Nu: niet toegekend") == 2
    assert roles_of(sandbox, USER) == set()
    assert ("autoinvoice_administrator", "Bakkerij Het Korenveld") not in roles_of(sandbox, SHARED)
    administrator.send(page, Form(page, SAVE))
    assert ("autoinvoice_administrator", "Bakkerij Het Korenveld") in roles_of(sandbox, SHARED)


def test_the_own_administrator_role_needs_a_confirmation_on_the_tab_too(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.open(ROLES)
    page = administrator.send(page, Form(page, SAVE).uncheck(box("Customer administrator", "Anouk Vermaat")))
    assert page.status == 422
    page = administrator.send(page, Form(page, SAVE).check("Ik geef mijn eigen beheerdersrol op"))
    assert page.status == 200
    assert roles_of(sandbox, ADMINISTRATOR) == set()


def test_a_company_administrator_finds_the_own_companies_on_the_tab(sign_in: SignIn, sandbox: Sandbox) -> None:
    browser = sign_in(COMPANY_ADMINISTRATOR)
    page = browser.open(ROLES)
    assert page.options("Klant of bedrijf") == ["Boekhandel De Ezelsoor (bedrijf)", CATERING]
    with sandbox.reading() as db:
        person = people.by_email(db, USER)
        assert person is not None
        entry, target_code = f"{person.id}:{person.version}", people.grant_target(person.grants[0])
    assert browser.open(f"{ROLES}?on={target_code}").status == 404
    assert browser.send(page, Form(page, SAVE).alter("on", target_code)).status == 404
    refused = browser.send(page, Form(page, SAVE).alter("user", entry))
    assert refused.status == 422
    assert "Bram" not in refused.text
    assert roles_of(sandbox, USER) == {("autoinvoice_user", "Bakkerij Het Korenveld")}
