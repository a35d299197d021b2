"""Rules of Admin's pages of groups: who may change them, what members have by them, and what nobody gets through them."""

from typing import Any

import pytest

from simulator.core import outbox
from simulator.core.sandbox import Sandbox
from simulator.directory import companies, people
from simulator.directory.actors import actor_of
from simulator.directory.groups import groups
from simulator.directory.groups.groups import Access, Kind
from simulator.directory.models import Company, CompanyService, Customer, Person
from simulator.directory.roles import APPLICATION_ADMINISTRATOR, AUTOINVOICE_USER, BUSINESS_CONTACT, CUSTOMER_ADMINISTRATOR
from tests.products.admin.browser import Browser, Form, Page
from tests.products.admin.conftest import (
    ADMINISTRATOR,
    COMPANY_ADMINISTRATOR,
    OUTSIDER,
    SHARED,
    USER,
    SignIn,
)
from tests.products.admin.test_add_user import filled, mails_to
from tests.products.admin.test_user import SAVE, box, give, open_user, pick, roles_of

BAKERY, CATERING = "Bakkerij Het Korenveld", "Catering De Volle Tafel"
NEW = "noor@rietkraag.example"


def make(
    sandbox: Sandbox,
    kind: Kind,
    name: str,
    content: list[str] | None = None,
    access: list[tuple[str | None, str | None, str | None]] | None = None,
    customer: str = "office",
) -> int:
    """Add a group, by keys or addresses of its members, and by role, role group and company group of what is assigned."""
    with sandbox.transaction() as db:
        owner = db.query(Customer).filter_by(key=customer).one()
        ids: list[int | str] = []
        for key in content or []:
            table = {Kind.COMPANY: (Company, "key"), Kind.USER: (Person, "email")}.get(kind)
            row: Any = db.query(table[0]).filter_by(**{table[1]: key}).one() if table else None
            ids.append(row.id if table else key)
        group = groups.add(db, None, kind, owner, name, ids)
        for role, role_group, company_group in access or []:
            named = {
                what: next(g.id for g in db.query(groups.table_of(Kind(what))).filter_by(name=group_name))
                for what, group_name in (("role_group", role_group), ("company_group", company_group))
                if group_name
            }
            chosen = Access(role, named.get("role_group"), None, named.get("company_group"))
            groups.change_access(db, None, group, owner, include=[chosen])  # type: ignore[arg-type]
        return group.id


def north(sandbox: Sandbox) -> int:
    """Add the company group *Noord* and the user group *Inkoop*, which has *Autoinvoice user* on it."""
    make(sandbox, Kind.COMPANY, "Noord", ["bakkerij", "catering"])
    return make(sandbox, Kind.USER, "Inkoop", [], [("autoinvoice_user", None, "Noord")])


def members(page: Page) -> list[str]:
    """Return the names of those whose box is ticked."""
    return page.ticked()


def test_a_new_employee_gets_everything_by_being_added_and_leaving_takes_it_away(
    administrator: Browser, sandbox: Sandbox
) -> None:
    page = administrator.click(administrator.open("/admin/company-groups"), "Bedrijfsgroep toevoegen")
    page = administrator.send(page, Form(page, SAVE).fill("Naam van de groep", "Noord"))
    assert page.heading == "Noord: Bedrijven in de groep"
    page = administrator.send(page, Form(page, "Selectie opslaan").check(BAKERY).check(CATERING))
    assert members(page) == [BAKERY, CATERING]
    page = administrator.click(administrator.open("/admin/user-groups"), "Gebruikersgroep toevoegen")
    page = pick(administrator, page, "Noord (bedrijfsgroep)")
    form = Form(page, SAVE).fill("Naam van de groep", "Inkoop")
    page = administrator.send(page, form.check(box("Autoinvoice user", "Noord (bedrijfsgroep)")))
    assert page.heading == "Inkoop: Leden"
    page = administrator.open("/admin/users/add")
    administrator.send(page, filled(page, NEW).select("Toevoegen aan gebruikersgroep", "Inkoop"))
    assert roles_of(sandbox, NEW) == {("autoinvoice_user", BAKERY), ("autoinvoice_user", CATERING)}
    assert mails_to(sandbox, NEW) == ["activation"]
    page = open_user(administrator, sandbox, NEW)
    assert box("Autoinvoice user", f"{BAKERY} (bedrijf)") not in page.tick_boxes()
    assert "Via Inkoop , Noord" in page.text
    assert "Inkoop" in administrator.open("/admin/users?q=noor").table[1][-1]
    page = administrator.send(page, Form(page, SAVE).uncheck("Inkoop"))
    assert roles_of(sandbox, NEW) == set()


def test_a_role_that_is_inherited_cannot_be_taken_by_an_altered_form(administrator: Browser, sandbox: Sandbox) -> None:
    north(sandbox)
    page = administrator.open(f"/admin/user-groups/{1}/members?q=user@rietkraag")
    name = next(label for label in page.tick_boxes())
    administrator.send(page, Form(page, "Selectie opslaan").check(name))
    before = roles_of(sandbox, USER)
    page = open_user(administrator, sandbox, USER)
    administrator.send(page, Form(page, SAVE).alter("grant", *[]))
    assert {role for role in before if role[0] == "autoinvoice_user"} <= roles_of(sandbox, USER)


def test_a_group_of_another_customer_is_not_found(sign_in: SignIn, sandbox: Sandbox) -> None:
    theirs = make(sandbox, Kind.USER, "Hun groep", [OUTSIDER], customer="neighbour")
    browser = sign_in(ADMINISTRATOR)
    for path in ("", "/members", "/delete"):
        assert browser.open(f"/admin/user-groups/{theirs}{path}").status == 404
    page = browser.open("/admin/users/add")
    form = filled(page, NEW).alter("join", str(theirs))
    page = browser.send(page, form)
    assert page.status == 422
    assert "Hun groep" not in page.html


@pytest.mark.parametrize("email", [OUTSIDER, "support.person@visma-sim.example"])
def test_people_of_others_do_not_join_by_altered_fields(administrator: Browser, sandbox: Sandbox, email: str) -> None:
    group = north(sandbox)
    with sandbox.reading() as db:
        stranger = db.query(Person).filter_by(email=email).one().id
    page = administrator.open(f"/admin/user-groups/{group}/members")
    form = Form(page, "Selectie opslaan").alter("listed", str(stranger)).alter("member", str(stranger))
    page = administrator.send(page, form)
    assert page.status == 422
    assert email not in page.html
    assert roles_of(sandbox, email) & {("autoinvoice_user", BAKERY)} == set()


def test_a_company_administrator_has_no_rights_on_groups(sign_in: SignIn, sandbox: Sandbox) -> None:
    group = north(sandbox)
    browser = sign_in(COMPANY_ADMINISTRATOR)
    for path in ("user-groups", "role-groups", "company-groups", "user-groups/add", f"user-groups/{group}"):
        assert browser.open(f"/admin/{path}").status == 403
    page = browser.open("/admin/users/add")
    assert "Noord (bedrijfsgroep)" not in page.options("Toegang geven tot...")
    form = filled(page, NEW).alter("access_to", "company_group-1").check("Autoinvoice user").alter("join", str(group))
    assert browser.send(page, form).status in (403, 422)


@pytest.mark.parametrize("role", [APPLICATION_ADMINISTRATOR, BUSINESS_CONTACT])
def test_nobody_gives_a_role_above_the_own_ones_through_a_group(sign_in: SignIn, sandbox: Sandbox, role: object) -> None:
    give(sandbox, SHARED, role)  # type: ignore[arg-type]
    group = make(sandbox, Kind.USER, "Beheer", [], [(CUSTOMER_ADMINISTRATOR.code, None, None)])
    browser = sign_in(SHARED)
    with sandbox.transaction() as db:
        person = db.query(Person).filter_by(email=SHARED).one()
        person.company_id = db.query(Company).filter_by(key="bakkerij").one().id
    page = browser.open(f"/admin/user-groups/{group}/members?q=Tweelanden")
    page = browser.send(page, Form(page, "Selectie opslaan").check("Sanne Tweelanden"))
    assert page.status == 422
    assert ("customer_administrator", "Administratiekantoor De Rietkraag") not in roles_of(sandbox, SHARED)


def test_an_own_administration_role_is_not_lost_without_a_confirmation(administrator: Browser, sandbox: Sandbox) -> None:
    give(sandbox, SHARED, CUSTOMER_ADMINISTRATOR)
    group = make(sandbox, Kind.USER, "Beheer", [ADMINISTRATOR], [(BUSINESS_CONTACT.code, None, None)])
    page = administrator.open(f"/admin/user-groups/{group}/delete")
    page = administrator.press(page, "Groep verwijderen")
    assert page.status == 422
    form = Form(page, "Groep verwijderen").alter("confirmed", "y")
    assert administrator.send(page, form).heading == "Gebruikersgroepen"


def test_deleting_a_group_says_how_many_people_lose_what(administrator: Browser, sandbox: Sandbox) -> None:
    make(sandbox, Kind.COMPANY, "Noord", ["bakkerij", "catering"])
    make(sandbox, Kind.USER, "Inkoop", [USER, SHARED], [("expense_user", None, "Noord")])
    page = administrator.open("/admin/company-groups/1/delete")
    assert "Gebruikers die hierdoor rollen verliezen: 2. Rollen die zij verliezen: 4." in page.text
    administrator.press(page, "Groep verwijderen")
    assert ("expense_user", BAKERY) not in roles_of(sandbox, USER)


def test_the_second_of_two_administrators_sees_who_was_first(sign_in: SignIn, sandbox: Sandbox) -> None:
    give(sandbox, SHARED, CUSTOMER_ADMINISTRATOR)
    group = north(sandbox)
    first, second = sign_in(ADMINISTRATOR), sign_in(ADMINISTRATOR)
    mine, theirs = (browser.open(f"/admin/user-groups/{group}") for browser in (first, second))
    first.send(mine, Form(mine, SAVE).fill("Naam van de groep", "Inkoop en verkoop"))
    page = second.send(theirs, Form(theirs, SAVE).fill("Naam van de groep", "Kantoor"))
    assert page.status == 409
    assert page.control("Naam van de groep").get("value") == "Kantoor"
    assert "Nu opgeslagen: Inkoop en verkoop" in page.text
    assert second.send(page, Form(page, SAVE)).heading == "Gebruikersgroepen"


def test_who_gets_roles_is_mailed_once_with_roles_and_companies(administrator: Browser, sandbox: Sandbox) -> None:
    group = north(sandbox)
    with sandbox.transaction() as db:
        inside = groups.find(db, Kind.USER, db.query(Customer).filter_by(key="office").one().id, group)
        assert inside is not None
        groups.change_members(db, None, inside, include=[db.query(Person).filter_by(email=SHARED).one().id])
    page = administrator.open(f"/admin/user-groups/{group}")
    administrator.send(pick(administrator, page, f"{BAKERY} (bedrijf)"), Form(page, SAVE))
    assert mails_to(sandbox, SHARED) == []
    page = pick(administrator, administrator.open(f"/admin/user-groups/{group}"), f"{BAKERY} (bedrijf)")
    administrator.send(page, Form(page, SAVE).check(box("Autoinvoice administrator", f"{BAKERY} (bedrijf)")))
    with sandbox.reading() as db:
        (mail,) = outbox.after(db, to=SHARED)
        assert f"{BAKERY}: Autoinvoice administrator" in mail.text
        assert CATERING not in mail.text
    assert mails_to(sandbox, USER) == []


def test_several_rows_are_picked_before_the_first_save_and_stay_after_a_refusal(
    administrator: Browser, sandbox: Sandbox
) -> None:
    north(sandbox)
    page = administrator.open("/admin/users/add")
    form = filled(page, NEW).select("Toegang geven tot...", f"{BAKERY} (bedrijf)").check("Autoinvoice administrator")
    page = administrator.send(page, form.alter("deed", "give_access"))
    assert page.status == 200
    form = filled(page, "wrong").select("Toegang geven tot...", "Noord (bedrijfsgroep)").check("Autoinvoice user")
    page = administrator.send(page, form.alter("deed", "give_access"))
    page = administrator.send(page, Form(page, SAVE))
    assert page.status == 422
    assert set(page.ticked()) == {
        box("Autoinvoice administrator", f"{BAKERY} (bedrijf)"),
        box("Autoinvoice user", "Noord (bedrijfsgroep)"),
    }
    assert page.control("Voornaam").get("value") == "Noor"
    page = administrator.send(page, Form(page, SAVE).fill("E-mailadres", NEW))
    assert page.heading == "Gebruikers en rollen"
    assert roles_of(sandbox, NEW) == {
        ("autoinvoice_administrator", BAKERY),
        ("autoinvoice_user", BAKERY),
        ("autoinvoice_user", CATERING),
    }


def test_a_row_can_be_taken_away_again(administrator: Browser) -> None:
    page = administrator.open("/admin/users/add")
    form = filled(page, NEW).select("Toegang geven tot...", f"{BAKERY} (bedrijf)").check("Autoinvoice user")
    page = administrator.send(page, form.alter("deed", "give_access"))
    row = page.root.all("input")
    code = next(field.get("value") for field in row if field.get("name") == "row")
    page = administrator.send(page, Form(page, SAVE).alter("deed", f"remove {code}"))
    assert not [field for field in page.root.all("input") if field.get("name") == "row"]


def test_a_row_without_a_role_is_saved_with_a_warning(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.open("/admin/users/add")
    form = filled(page, NEW).select("Toegang geven tot...", f"{CATERING} (bedrijf)")
    page = administrator.send(page, form.alter("deed", "give_access"))
    form = Form(page, SAVE).select("Toegang geven tot...", f"{BAKERY} (bedrijf)").check("Autoinvoice user")
    page = administrator.send(page, form)
    assert any(CATERING in alert for alert in page.alerts)
    assert roles_of(sandbox, NEW) == {("autoinvoice_user", BAKERY)}


def test_a_role_group_is_given_with_one_tick(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.open("/admin/role-groups/add")
    form = (
        Form(page, SAVE).fill("Naam van de groep", "Facturen").check("Autoinvoice user").check("Autoinvoice administrator")
    )
    page = administrator.send(page, form)
    assert page.heading == "Rollengroepen"
    page = open_user(administrator, sandbox, SHARED)
    administrator.send(page, Form(page, SAVE).check(box("Facturen", f"{BAKERY} (bedrijf)")))
    assert ("autoinvoice_administrator", BAKERY) in roles_of(sandbox, SHARED)
    page = open_user(administrator, sandbox, SHARED)
    assert box("Facturen", f"{BAKERY} (bedrijf)") in page.ticked()
    page = administrator.open("/admin/role-groups/1")
    administrator.send(page, Form(page, SAVE).uncheck("Autoinvoice administrator"))
    assert ("autoinvoice_administrator", BAKERY) not in roles_of(sandbox, SHARED)
    assert ("autoinvoice_user", BAKERY) in roles_of(sandbox, SHARED)


def test_a_deactivated_company_says_in_the_list_that_it_cannot_be_chosen(administrator: Browser, sandbox: Sandbox) -> None:
    north(sandbox)
    with sandbox.transaction() as db:
        actor = actor_of(db, db.query(Person).filter_by(email=ADMINISTRATOR).one())
        companies.deactivate(db, actor, db.query(Company).filter_by(key="bakkerij").one())
    page = administrator.open("/admin/company-groups/1/members?all=1")
    assert members(page) == [CATERING]
    assert "Niet actief: kan niet in een groep" in page.text


def test_a_long_grid_has_pages_and_ticks_on_the_others_are_saved_too(administrator: Browser, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        first = db.query(Company).filter_by(key="bakkerij").one()
        person = db.query(Person).filter_by(email=SHARED).one()
        for number in range(30):
            values = {c.key: getattr(first, c.key) for c in Company.__table__.columns if c.key not in ("id", "key")}
            company = Company(**values | {"name": f"Zaak {number:02}", "organisation_number": f"9980{number:04}"})
            db.add(company)
            db.flush()
            db.add(CompanyService(company_id=company.id, service="autoinvoice"))
            people.grant(db, None, person, AUTOINVOICE_USER, company=company)
    page = open_user(administrator, sandbox, SHARED)
    assert len([field for field in page.root.all("input") if field.get("name") == "row"]) == 25
    form = Form(page, "Volgende").check(box("Autoinvoice administrator", "Zaak 03 (bedrijf)"))
    page = administrator.send(page, form)
    form = Form(page, SAVE).uncheck(box("Autoinvoice user", "Zaak 29 (bedrijf)"))
    administrator.send(page, form)
    roles = roles_of(sandbox, SHARED)
    assert ("autoinvoice_administrator", "Zaak 03") in roles
    assert ("autoinvoice_user", "Zaak 29") not in roles
    assert {("autoinvoice_user", f"Zaak {number:02}") for number in range(29)} <= roles
