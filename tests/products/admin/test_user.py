"""Rules of one user's page: particulars, the grid of roles, account and primary contact."""

import pytest

from simulator.core import events, outbox
from simulator.core.sandbox import Sandbox
from simulator.core.texts import LANGUAGES
from simulator.directory import administration, people
from simulator.directory.models import Company, CompanyService, Customer, Membership, Person, Status
from simulator.directory.roles import (
    APPLICATION_ADMINISTRATOR,
    APPROVAL_SYSTEM_ADMINISTRATOR,
    APPROVAL_SYSTEM_VIEWER,
    AUTOINVOICE_USER,
    BUSINESS_CONTACT,
    CUSTOMER_ADMINISTRATOR,
    ROLES,
    Level,
    Role,
)
from tests.products.admin.browser import Browser, Form, Page
from tests.products.admin.conftest import ADMINISTRATOR, COMPANY_ADMINISTRATOR, OUTSIDER, SHARED, USER, SignIn

SECOND = "administrator2@rietkraag.example"
SAVE = "Opslaan en sluiten"
OFFICE = "Administratiekantoor De Rietkraag (klant)"
BAKERY = "Bakkerij Het Korenveld (bedrijf)"
CATERING = "Catering De Volle Tafel (bedrijf)"


def person_id(sandbox: Sandbox, email: str) -> int:
    """Return a person's id."""
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        return person.id


def path_of(sandbox: Sandbox, email: str, action: str = "") -> str:
    """Return the address of a user's page, or of an action there."""
    return f"/admin/users/{person_id(sandbox, email)}{action}"


def status_of(sandbox: Sandbox, email: str) -> str:
    """Return how an account is kept."""
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        return person.status


def roles_of(sandbox: Sandbox, email: str) -> set[tuple[str, str]]:
    """Return a person's roles, each with the customer or company it was given on."""
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        return {(grant.role, (grant.customer or grant.company).name) for grant in person.grants}  # type: ignore[union-attr]


def give(sandbox: Sandbox, email: str, role: Role, on: str = "office") -> None:
    """Give a role on the customer or company with a key, as the scenario would."""
    with sandbox.transaction() as db:
        person = people.by_email(db, email)
        assert person is not None
        company = db.query(Company).filter_by(key=on).one_or_none()
        customer = company.customer if company else db.query(Customer).filter_by(key=on).one()
        people.grant(db, None, person, role, customer=customer, company=company)
        db.merge(Membership(person_id=person.id, customer_id=customer.id))


def box(role: str, on: str) -> str:
    """Return the label of a tick box of the grid."""
    return f"{role} – {on}"


def open_user(browser: Browser, sandbox: Sandbox, email: str) -> Page:
    """Open a user's page."""
    page = browser.open(path_of(sandbox, email))
    assert page.status == 200
    return page


def pick(browser: Browser, page: Page, target_name: str) -> Page:
    """Add a line to the grid."""
    return browser.send(page, Form(page, "Toevoegen").select("Toegang geven tot...", target_name))


def test_the_page_has_account_particulars_and_roles_in_a_grid(administrator: Browser, sandbox: Sandbox) -> None:
    page = open_user(administrator, sandbox, SECOND)
    assert page.heading == "Faisal Brandsma"
    facts = dict(zip(*([e.text for e in page.root.all(tag)] for tag in ("dt", "dd")), strict=True))
    assert (facts["E-mailadres"], facts["Status"], facts["Laatst ingelogd"]) == (SECOND, "Actief", "1-2-22 08:30")
    assert page.control("Voornaam").get("value") == "Faisal"
    assert page.table[0][:3] == ["Klant of bedrijf", "Visma.net Admin", "Visma.net AutoInvoice"]
    assert [row[0] for row in page.table[1:]] == [OFFICE, "Administratiekantoor De Rietkraag B.V. (bedrijf)"]
    assert page.ticked() == [
        box("Customer administrator", OFFICE),
        box("Autoinvoice administrator", "Administratiekantoor De Rietkraag B.V. (bedrijf)"),
    ]


def test_the_row_of_the_customer_offers_administration_roles_only(administrator: Browser, sandbox: Sandbox) -> None:
    page = open_user(administrator, sandbox, SECOND)
    offered = [label for label in page.tick_boxes() if label.endswith(OFFICE)]
    administration = [role.name for role in ROLES if role.level is Level.CUSTOMER and role.service is None]
    assert offered == [box(role, OFFICE) for role in administration]


def test_a_role_is_offered_where_its_service_is_active(administrator: Browser, sandbox: Sandbox) -> None:
    page = pick(administrator, open_user(administrator, sandbox, USER), "Zeilmakerij Zonder Diensten (bedrijf)")
    assert [label for label in page.tick_boxes() if "Zeilmakerij" in label] == [
        box("Company administrator", "Zeilmakerij Zonder Diensten (bedrijf)")
    ]
    form = Form(page, SAVE)
    silent = form.values.getlist("row")[-1]
    page = administrator.send(page, form.alter("grant", f"{silent}:autoinvoice_user"))
    assert page.status == 422
    assert "niet actief" in page.alerts[0]
    assert not any(on == "Zeilmakerij Zonder Diensten" for _, on in roles_of(sandbox, USER))


def test_particulars_are_changed_with_a_message(administrator: Browser, sandbox: Sandbox) -> None:
    page = open_user(administrator, sandbox, USER)
    form = Form(page, SAVE).fill("Achternaam", "Teunisse-Ås").fill("Telefoon", "").select("Taal", "Svenska")
    page = administrator.send(page, form)
    assert page.heading == "Gebruikers en rollen"
    assert "Bram Teunisse-Ås" in page.alerts[0]
    assert [row[0] for row in administrator.open("/admin/users?q=teunisse-ås").table[1:]] == ["Bram Teunisse-Ås"]
    with sandbox.reading() as db:
        person = people.by_email(db, USER)
        assert person is not None
        assert (person.last_name, person.phone, person.language) == ("Teunisse-Ås", None, "sv")
        (line,) = events.after(db, type_="user.changed")
        assert (line.actor, line.subject) == (ADMINISTRATOR, USER)
        assert line.data["fields"] == ["last_name", "phone", "language"]


@pytest.mark.parametrize(
    ("label", "name", "value"),
    [
        ("Voornaam", "first_name", ""),
        ("Achternaam", "last_name", "x" * 101),
        ("Achternaam", "last_name", "\u202eevil"),
        ("Telefoon", "phone", "1" * 31),
        ("Taal", "language", "xx"),
    ],
)
def test_bad_particulars_are_refused_at_their_field(
    administrator: Browser, sandbox: Sandbox, label: str, name: str, value: str
) -> None:
    page = open_user(administrator, sandbox, USER)
    page = administrator.send(page, Form(page, SAVE).alter(name, value).check(box("Autoinvoice administrator", BAKERY)))
    assert page.status == 422
    assert list(page.errors) == [name]
    assert box("Autoinvoice administrator", BAKERY) in page.ticked()
    assert roles_of(sandbox, USER) == {("autoinvoice_user", "Bakkerij Het Korenveld")}


def test_saving_without_a_change_says_so_and_records_nothing(administrator: Browser, sandbox: Sandbox) -> None:
    page = open_user(administrator, sandbox, USER)
    with sandbox.reading() as db:
        before = len(events.after(db))
    page = administrator.send(page, Form(page, SAVE))
    assert "niets gewijzigd" in page.alerts[0]
    with sandbox.reading() as db:
        assert len(events.after(db)) == before


def test_access_is_given_to_another_company_and_taken_from_the_first(administrator: Browser, sandbox: Sandbox) -> None:
    page = pick(administrator, open_user(administrator, sandbox, USER), CATERING)
    assert [row[0] for row in page.table[1:]] == [BAKERY, CATERING]
    assert CATERING not in page.options("Toegang geven tot...")
    form = Form(page, SAVE).check(box("Autoinvoice administrator", CATERING)).uncheck(box("Autoinvoice user", BAKERY))
    administrator.send(page, form)
    assert roles_of(sandbox, USER) == {("autoinvoice_administrator", "Catering De Volle Tafel")}
    with sandbox.reading() as db:
        lines = [
            (line.type, line.actor, line.data["role"], line.data["on"]) for line in events.after(db) if "role" in line.data
        ]
    assert lines == [
        ("role.revoked", ADMINISTRATOR, "Autoinvoice user", "Bakkerij Het Korenveld"),
        ("role.granted", ADMINISTRATOR, "Autoinvoice administrator", "Catering De Volle Tafel"),
    ]


def test_adding_a_row_keeps_the_input(administrator: Browser, sandbox: Sandbox) -> None:
    page = open_user(administrator, sandbox, USER)
    form = Form(page, "Toevoegen").fill("Achternaam", "Getypt").check(box("Autoinvoice administrator", BAKERY))
    page = administrator.send(page, form.select("Toegang geven tot...", OFFICE))
    assert page.status == 200
    assert page.control("Achternaam").get("value") == "Getypt"
    assert box("Autoinvoice administrator", BAKERY) in page.ticked()
    assert [row[0] for row in page.table[1:]] == [OFFICE, BAKERY]
    assert roles_of(sandbox, USER) == {("autoinvoice_user", "Bakkerij Het Korenveld")}


def test_picking_nothing_asks_for_a_choice(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.press(open_user(administrator, sandbox, USER), "Toevoegen")
    assert page.status == 422
    assert list(page.errors) == ["access_to"]


def test_cancel_leads_back_and_changes_nothing(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.press(open_user(administrator, sandbox, USER), "Annuleren")
    assert page.heading == "Gebruikers en rollen"


def test_all_roles_can_be_taken_and_the_user_stays_in_the_list(administrator: Browser, sandbox: Sandbox) -> None:
    page = open_user(administrator, sandbox, USER)
    page = administrator.send(page, Form(page, SAVE).uncheck(box("Autoinvoice user", BAKERY)))
    assert roles_of(sandbox, USER) == set()
    assert "Bram Teunisse" in [row[0] for row in page.table]


def test_a_role_in_a_service_that_is_not_active_is_marked_as_without_effect(
    administrator: Browser, sandbox: Sandbox
) -> None:
    with sandbox.transaction() as db:
        bakery = db.query(Company).filter_by(key="bakkerij").one()
        db.delete(db.get_one(CompanyService, (bakery.id, "autoinvoice")))
    page = open_user(administrator, sandbox, USER)
    assert page.ticked() == [box("Autoinvoice user", BAKERY)]
    assert "Geen effect" in page.text
    administrator.send(page, Form(page, SAVE).uncheck(box("Autoinvoice user", BAKERY)))
    assert roles_of(sandbox, USER) == set()


def test_two_roles_that_never_go_together_are_warned_about(administrator: Browser, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        bakery = db.query(Company).filter_by(key="bakkerij").one()
        db.add(CompanyService(company_id=bakery.id, service="approval"))
    give(sandbox, USER, APPROVAL_SYSTEM_ADMINISTRATOR, "bakkerij")
    assert not open_user(administrator, sandbox, USER).alerts
    give(sandbox, USER, APPROVAL_SYSTEM_VIEWER, "bakkerij")
    (alert,) = open_user(administrator, sandbox, USER).alerts
    assert "System Administrator" in alert and "System Viewer" in alert and "Bakkerij Het Korenveld" in alert


def test_support_access_and_customer_administrator_exclude_each_other(administrator: Browser, sandbox: Sandbox) -> None:
    page = open_user(administrator, sandbox, SECOND)
    page = administrator.send(page, Form(page, SAVE).check(box("Application administrator", OFFICE)))
    assert page.status == 422
    assert "sluit de andere rol uit" in page.alerts[0]
    assert "Application administrator" in page.alerts[0]
    assert ("application_administrator", "Administratiekantoor De Rietkraag") not in roles_of(sandbox, SECOND)


def test_one_exclusive_role_can_replace_the_other(administrator: Browser, sandbox: Sandbox) -> None:
    page = open_user(administrator, sandbox, SECOND)
    form = Form(page, SAVE).check(box("Application administrator", OFFICE)).uncheck(box("Customer administrator", OFFICE))
    assert administrator.send(page, form).status == 200
    assert ("application_administrator", "Administratiekantoor De Rietkraag") in roles_of(sandbox, SECOND)


def test_the_own_administrator_role_goes_after_a_confirmation_only(sign_in: SignIn, sandbox: Sandbox) -> None:
    browser = sign_in(SECOND)
    page = open_user(browser, sandbox, SECOND)
    page = browser.send(page, Form(page, SAVE).uncheck(box("Customer administrator", OFFICE)))
    assert page.status == 422
    assert ("customer_administrator", "Administratiekantoor De Rietkraag") in roles_of(sandbox, SECOND)
    assert box("Customer administrator", OFFICE) not in page.ticked()
    page = browser.send(page, Form(page, SAVE).check("Ik geef mijn eigen beheerdersrol op"))
    assert page.heading == "Visma Home"
    assert "Admin" not in page.links("main")
    assert ("customer_administrator", "Administratiekantoor De Rietkraag") not in roles_of(sandbox, SECOND)


def leave_a_single_administrator(sandbox: Sandbox) -> None:
    """Leave the office with one Customer administrator, who is not the primary contact."""
    with sandbox.transaction() as db:
        office = db.query(Customer).filter_by(key="office").one()
        first, second = people.by_email(db, ADMINISTRATOR), people.by_email(db, SECOND)
        assert first is not None and second is not None
        user = people.by_email(db, USER)
        assert user is not None
        administration.make_primary_contact(db, "test", user, office)
        grant = next(grant for grant in second.grants if grant.role == CUSTOMER_ADMINISTRATOR.code)
        administration.take(db, "test", second, grant)


def test_the_last_customer_administrator_cannot_be_taken_deactivated_or_removed(sign_in: SignIn, sandbox: Sandbox) -> None:
    leave_a_single_administrator(sandbox)
    browser = sign_in(USER)  # the primary contact now
    page = open_user(browser, sandbox, ADMINISTRATOR)
    refused = browser.send(page, Form(page, SAVE).uncheck(box("Customer administrator", OFFICE)))
    assert refused.status == 422
    assert "laatste actieve Customer administrator" in refused.alerts[0]
    for action, button in (("/deactivate", "Deactiveren"), ("/remove", "Gebruiker verwijderen")):
        refused = browser.press(browser.open(path_of(sandbox, ADMINISTRATOR, action)), button)
        assert refused.status == 422, action
        assert "laatste actieve Customer administrator" in refused.alerts[0]
    assert status_of(sandbox, ADMINISTRATOR) == Status.ACTIVE


def test_an_administrator_who_is_not_active_does_not_count_as_one(administrator: Browser, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        second = people.by_email(db, SECOND)
        assert second is not None
        second.status = Status.INACTIVE
    page = open_user(administrator, sandbox, ADMINISTRATOR)
    form = Form(page, SAVE).uncheck(box("Customer administrator", OFFICE)).alter("confirmed", "y")
    assert "laatste actieve" in administrator.send(page, form).alerts[0]


def test_two_administrators_who_take_each_other_leave_one(sign_in: SignIn, sandbox: Sandbox) -> None:
    first, second = sign_in(ADMINISTRATOR), sign_in(SECOND)
    on_second, on_first = open_user(first, sandbox, SECOND), open_user(second, sandbox, ADMINISTRATOR)
    assert first.send(on_second, Form(on_second, SAVE).uncheck(box("Customer administrator", OFFICE))).status == 200
    assert second.send(on_first, Form(on_first, SAVE).uncheck(box("Customer administrator", OFFICE))).status == 403
    with sandbox.reading() as db:
        office = db.query(Customer).filter_by(key="office").one()
        assert len(administration.administrators(db, office.id)) == 1


def test_a_deactivated_user_is_signed_out_at_once_and_keeps_the_roles(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox
) -> None:
    user = sign_in(USER)
    assert user.open("/home/").heading == "Visma Home"
    page = administrator.click(open_user(administrator, sandbox, USER), "Deactiveren", "main")
    assert page.heading == "Bram Teunisse deactiveren"
    page = administrator.press(page, "Deactiveren")
    assert "Bram Teunisse is gedeactiveerd" in page.alerts[0]
    assert user.open("/home/").path.startswith("/s/default/connect/")
    assert status_of(sandbox, USER) == Status.INACTIVE
    assert roles_of(sandbox, USER) == {("autoinvoice_user", "Bakkerij Het Korenveld")}
    page = administrator.press(open_user(administrator, sandbox, USER), "Activeren")
    assert "weer actief" in page.alerts[0]
    assert sign_in(USER).open("/home/").heading == "Visma Home"
    with sandbox.reading() as db:
        kinds = [line.type for line in events.after(db) if line.type.startswith("user.") and line.actor == ADMINISTRATOR]
    assert kinds == ["user.signed_in", "user.deactivated", "user.reactivated"]


def test_a_user_who_never_activated_the_account_waits_for_activation_again(administrator: Browser, sandbox: Sandbox) -> None:
    waiting = "new@rietkraag.example"
    administrator.press(administrator.open(path_of(sandbox, waiting, "/deactivate")), "Deactiveren")
    assert status_of(sandbox, waiting) == Status.INACTIVE
    administrator.press(open_user(administrator, sandbox, waiting), "Activeren")
    assert status_of(sandbox, waiting) == Status.NOT_ACTIVATED


def test_a_locked_account_shows_until_when(administrator: Browser, sandbox: Sandbox) -> None:
    assert "Vergrendeld – tot 31-3-22" in open_user(administrator, sandbox, "locked@rietkraag.example").text


def test_setting_a_primary_contact_demotes_the_one_before(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.press(open_user(administrator, sandbox, SECOND), "Als primaire contactpersoon instellen")
    assert "Faisal Brandsma is nu de primaire contactpersoon" in page.alerts[0]
    assert "Als primaire contactpersoon instellen" not in page.text
    assert "Als primaire contactpersoon instellen" in open_user(administrator, sandbox, ADMINISTRATOR).text
    with sandbox.reading() as db:
        contacts = db.query(Membership).filter_by(primary_contact=True).all()
        assert [db.get_one(Person, contact.person_id).email for contact in contacts] == [SECOND]


@pytest.mark.parametrize("email", ["former@rietkraag.example", "new@rietkraag.example"])
def test_a_user_who_cannot_sign_in_cannot_become_primary_contact(
    administrator: Browser, sandbox: Sandbox, email: str
) -> None:
    page = administrator.press(open_user(administrator, sandbox, email), "Als primaire contactpersoon instellen")
    assert page.status == 422
    assert "kan niet inloggen" in page.alerts[0]


def test_the_primary_contact_is_not_removed_or_deactivated_until_another_is_set(sign_in: SignIn, sandbox: Sandbox) -> None:
    browser = sign_in(SECOND)
    for action, button in (("/deactivate", "Deactiveren"), ("/remove", "Gebruiker verwijderen")):
        page = browser.press(browser.open(path_of(sandbox, ADMINISTRATOR, action)), button)
        assert page.status == 422
        assert "is de primaire contactpersoon" in page.alerts[0]
    browser.press(open_user(browser, sandbox, SECOND), "Als primaire contactpersoon instellen")
    page = browser.press(browser.open(path_of(sandbox, ADMINISTRATOR, "/remove")), "Gebruiker verwijderen")
    assert "Anouk Vermaat is verwijderd" in page.alerts[0]


def test_a_removed_user_loses_access_here_and_keeps_account_and_roles_elsewhere(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox
) -> None:
    shared = sign_in(SHARED)
    assert "Bakkerij Het Korenveld" in shared.open("/home/").html
    page = administrator.click(open_user(administrator, sandbox, SHARED), "Gebruiker verwijderen", "main")
    page = administrator.press(page, "Gebruiker verwijderen")
    assert "Sanne Tweelanden is verwijderd" in page.alerts[0]
    assert "Sanne Tweelanden" not in [row[0] for row in page.table]
    assert roles_of(sandbox, SHARED) == {("autoinvoice_user", "Buurman Winkel")}
    home = shared.open("/home/")
    assert home.heading == "Visma Home"
    assert "Bakkerij" not in home.html
    assert administrator.open(path_of(sandbox, SHARED)).status == 404
    assert sign_in(OUTSIDER).open(path_of(sandbox, SHARED)).status == 200


def test_a_removed_user_can_be_added_again_without_a_second_account(administrator: Browser, sandbox: Sandbox) -> None:
    before = person_id(sandbox, USER)
    administrator.press(administrator.open(path_of(sandbox, USER, "/remove")), "Gebruiker verwijderen")
    page = administrator.open("/admin/users/add")
    form = Form(page, "Adres controleren").fill("E-mailadres", USER)
    page = administrator.send(page, form)
    assert page.control("Voornaam").get("value") == "Bram"
    assert "readonly" in page.control("Voornaam").attributes
    assert "Telefoon" not in [label.text for label in page.root.all("label")]
    form = Form(page, SAVE).select("Toegang geven tot...", BAKERY).check("Autoinvoice user")
    page = administrator.send(page, form)
    assert "had al een account" in page.alerts[0]
    assert person_id(sandbox, USER) == before
    with sandbox.reading() as db:
        assert [message.name for message in outbox.after(db, to=USER)][-1] == "new_rights"


def test_the_account_of_somebody_with_another_customer_is_not_changed_here(administrator: Browser, sandbox: Sandbox) -> None:
    page = open_user(administrator, sandbox, SHARED)
    assert "hoort ook bij een andere klant" in page.text
    assert "Buurman" not in page.text
    assert "Deactiveren" not in page.text
    form = Form(page, SAVE).alter("last_name", "Anders").check(box("Autoinvoice administrator", BAKERY))
    administrator.send(page, form)
    with sandbox.reading() as db:
        person = people.by_email(db, SHARED)
        assert person is not None
        assert person.last_name == "Tweelanden"
    assert ("autoinvoice_administrator", "Bakkerij Het Korenveld") in roles_of(sandbox, SHARED)
    page = administrator.press(administrator.open(path_of(sandbox, SHARED, "/deactivate")), "Deactiveren")
    assert page.status == 403
    assert status_of(sandbox, SHARED) == Status.ACTIVE


def test_a_company_administrator_gives_and_takes_roles_on_the_own_companies_only(sign_in: SignIn, sandbox: Sandbox) -> None:
    give(sandbox, USER, AUTOINVOICE_USER, "catering")
    browser = sign_in(COMPANY_ADMINISTRATOR)
    page = open_user(browser, sandbox, USER)
    assert [row[0] for row in page.table[1:]] == [CATERING]
    assert "Bakkerij" not in page.text
    assert "heeft ook buiten uw bedrijven toegang" in page.text
    with sandbox.reading() as db:
        bakery = db.query(Company).filter_by(key="bakkerij").one().id
        office = db.query(Customer).filter_by(key="office").one().id
    for value in (f"company-{bakery}:autoinvoice_administrator", f"customer-{office}:customer_administrator"):
        form = Form(page, SAVE)
        form.values.add("grant", value)
        assert browser.send(page, form).status == 422, value
    form = Form(page, SAVE).alter("row", f"company-{bakery}")
    browser.send(page, form.alter("grant"))
    page = open_user(browser, sandbox, USER)
    browser.send(page, Form(page, SAVE).uncheck(box("Autoinvoice user", CATERING)))
    assert roles_of(sandbox, USER) == {("autoinvoice_user", "Bakkerij Het Korenveld")}


def test_a_company_administrator_changes_nobody_beyond_the_own_companies(sign_in: SignIn, sandbox: Sandbox) -> None:
    give(sandbox, SECOND, AUTOINVOICE_USER, "catering")
    browser = sign_in(COMPANY_ADMINISTRATOR)
    page = browser.press(browser.open(path_of(sandbox, SECOND, "/deactivate")), "Deactiveren")
    assert page.status == 403
    assert status_of(sandbox, SECOND) == Status.ACTIVE
    assert browser.open(path_of(sandbox, SECOND, "/remove")).status == 403
    assert browser.open(path_of(sandbox, USER)).status == 404


def test_a_company_administrator_keeps_admin_whichever_company_is_chosen(sign_in: SignIn, sandbox: Sandbox) -> None:
    give(sandbox, COMPANY_ADMINISTRATOR, AUTOINVOICE_USER, "bakkerij")
    with sandbox.transaction() as db:
        person = people.by_email(db, COMPANY_ADMINISTRATOR)
        assert person is not None
        person.company_id = db.query(Company).filter_by(key="bakkerij").one().id
    browser = sign_in(COMPANY_ADMINISTRATOR)
    home = browser.open("/home/")
    assert "Admin" in home.links("main")
    page = browser.open("/admin/users/add")
    assert page.options("Toegang geven tot...")[1:] == ["Boekhandel De Ezelsoor (bedrijf)", CATERING]
    assert browser.open(path_of(sandbox, USER)).status == 404


def test_an_application_administrator_gives_no_role_on_the_customer_and_changes_no_administrator(
    sign_in: SignIn, sandbox: Sandbox
) -> None:
    give(sandbox, USER, APPLICATION_ADMINISTRATOR)
    browser = sign_in(USER)
    page = open_user(browser, sandbox, SECOND)
    boxes = [e for e in page.root.all("input") if e.get("type") == "checkbox" and "customer_administrator" in e.get("value")]
    assert ["disabled" in e.attributes for e in boxes] == [True]
    browser.send(page, Form(page, SAVE))
    assert ("customer_administrator", "Administratiekantoor De Rietkraag") in roles_of(sandbox, SECOND)
    assert browser.open(path_of(sandbox, SECOND, "/deactivate")).status == 200
    refused = browser.press(browser.open(path_of(sandbox, SECOND, "/deactivate")), "Deactiveren")
    assert refused.status == 403
    assert status_of(sandbox, SECOND) == Status.ACTIVE


@pytest.mark.parametrize("role", [BUSINESS_CONTACT, CUSTOMER_ADMINISTRATOR])
def test_administrators_of_the_customer_give_roles_on_it(sign_in: SignIn, sandbox: Sandbox, role: Role) -> None:
    give(sandbox, USER, role)
    browser = sign_in(USER)
    page = pick(browser, open_user(browser, sandbox, "hidde@rietkraag.example"), OFFICE)
    browser.send(page, Form(page, SAVE).check(box("Business contact", OFFICE)))
    assert ("business_contact", "Administratiekantoor De Rietkraag") in roles_of(sandbox, "hidde@rietkraag.example")


def test_an_application_administrator_removes_nobody_of_higher_rank_listed_elsewhere_or_not(
    sign_in: SignIn, sandbox: Sandbox
) -> None:
    give(sandbox, USER, APPLICATION_ADMINISTRATOR)
    give(sandbox, SHARED, CUSTOMER_ADMINISTRATOR)
    browser = sign_in(USER)
    page = open_user(browser, sandbox, SHARED)
    assert "beheert de klant" in page.text
    assert not any(link.get("href").endswith("/remove") for link in page.root.all("a"))
    refused = browser.press(browser.open(path_of(sandbox, SHARED, "/remove")), "Gebruiker verwijderen")
    assert refused.status == 403
    assert ("customer_administrator", "Administratiekantoor De Rietkraag") in roles_of(sandbox, SHARED)


def test_support_staff_are_administered_by_no_customer(administrator: Browser, sandbox: Sandbox) -> None:
    desk = "support.person@visma-sim.example"
    give(sandbox, desk, AUTOINVOICE_USER, "bakkerij")
    page = open_user(administrator, sandbox, desk)
    assert "De gegevens en het account worden hier niet gewijzigd" in page.text
    assert "Deactiveren" not in page.text
    administrator.send(page, Form(page, SAVE).alter("last_name", "Anders"))
    with sandbox.reading() as db:
        person = people.by_email(db, desk)
        assert person is not None
        assert person.name == "Saskia Wierda"
    for action, label in (("/deactivate", "Deactiveren"), ("/remove", "Gebruiker verwijderen")):
        assert administrator.press(administrator.open(path_of(sandbox, desk, action)), label).status == 403
    assert status_of(sandbox, desk) == Status.ACTIVE
    assert ("autoinvoice_user", "Bakkerij Het Korenveld") in roles_of(sandbox, desk)


def test_nobody_gives_a_role_above_the_own_to_the_own_account(sign_in: SignIn, sandbox: Sandbox) -> None:
    give(sandbox, USER, BUSINESS_CONTACT)
    browser = sign_in(USER)
    page = open_user(browser, sandbox, USER)
    page = browser.send(page, Form(page, SAVE).check(box("Customer administrator", OFFICE)))
    assert page.status == 422
    assert "U kunt uzelf de rol Customer administrator niet geven." in page.alerts[0]
    assert ("customer_administrator", "Administratiekantoor De Rietkraag") not in roles_of(sandbox, USER)
    page = pick(browser, open_user(browser, sandbox, "hidde@rietkraag.example"), OFFICE)
    browser.send(page, Form(page, SAVE).check(box("Customer administrator", OFFICE)))
    assert ("customer_administrator", "Administratiekantoor De Rietkraag") in roles_of(sandbox, "hidde@rietkraag.example")


@pytest.mark.parametrize(("role", "offered"), [(BUSINESS_CONTACT, False), (CUSTOMER_ADMINISTRATOR, True)])
def test_support_access_is_given_by_a_customer_administrator(
    sign_in: SignIn, sandbox: Sandbox, role: Role, offered: bool
) -> None:
    give(sandbox, USER, role)
    page = sign_in(USER).open("/admin/users/add")
    assert ("Application administrator" in page.tick_boxes()) is offered


def test_a_business_contact_who_is_not_the_contact_cannot_change_the_primary_contact(
    sign_in: SignIn, sandbox: Sandbox
) -> None:
    give(sandbox, USER, BUSINESS_CONTACT)
    assert "Als primaire contactpersoon" not in open_user(sign_in(USER), sandbox, SECOND).text


@pytest.mark.parametrize("action", ["", "/deactivate", "/remove", "/reactivate", "/primary-contact", "/resend-activation"])
def test_without_its_token_nothing_happens(administrator: Browser, sandbox: Sandbox, action: str) -> None:
    path = f"{administrator.home}{path_of(sandbox, USER, action)}"
    before = roles_of(sandbox, USER), status_of(sandbox, USER)
    assert administrator.client.post(path, data={"first_name": "X"}).status_code == 400
    assert (roles_of(sandbox, USER), status_of(sandbox, USER)) == before


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", ["", "/deactivate", "/remove"])
def test_every_page_about_a_user_speaks_every_language(
    sign_in: SignIn, sandbox: Sandbox, language: str, action: str
) -> None:
    page = sign_in(ADMINISTRATOR, language).open(path_of(sandbox, USER, action))
    assert page.status == 200
    assert page.root.all("html")[0].get("lang") == language
