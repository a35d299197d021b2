"""Rules of adding a user."""

import pytest

from simulator.core import events, outbox
from simulator.core.sandbox import Sandbox
from simulator.core.texts import NAMES, text
from simulator.directory import people
from simulator.directory.models import Status
from tests.products.admin.browser import Browser, Form, Page
from tests.products.admin.conftest import ADMINISTRATOR, COMPANY_ADMINISTRATOR, OUTSIDER, SHARED, USER, SignIn

ADD = "/admin/users/add"
NEW = "nieuw@rietkraag.example"
COMPANY = "Bakkerij Het Korenveld"
LABELS = {
    "nl": (
        "Gebruikers en rollen",
        "Gebruiker toevoegen",
        "E-mailadres",
        "Voornaam",
        "Achternaam",
        "Toegang geven tot...",
        "(bedrijf)",
        "Customer administrator",
        "Opslaan en sluiten",
    ),
    "nb": (
        "Brukere og roller",
        "Legg til bruker",
        "E-postadresse (brukernavn)",
        "Fornavn",
        "Etternavn",
        "Gi tilgang til...",
        "(firma)",
        "Customer administrator",
        "Lagre og lukk",
    ),
    "sv": (
        "Användare och roller",
        "Lägg till användare",
        "E-postadress",
        "Förnamn",
        "Efternamn",
        "Ge tillgång till...",
        "(företag)",
        "Kundadministratör",
        "Spara & Stäng",
    ),
    "en": (
        "Users and roles",
        "Add user",
        "E-mail (user name)",
        "First name",
        "Last name",
        "Give access to...",
        "(company)",
        "Customer administrator",
        "Save and close",
    ),
}


def filled(page: Page, email: str = NEW, first_name: str = "Noor", last_name: str = "Nieuw") -> Form:
    """Fill in the Dutch form, except for the customer or company and the roles."""
    form = Form(page, "Opslaan en sluiten")
    return form.fill("E-mailadres", email).fill("Voornaam", first_name).fill("Achternaam", last_name)


def complete(page: Page, email: str = NEW) -> Form:
    """Fill in the Dutch form so that it can be saved."""
    return filled(page, email).select("Toegang geven tot...", f"{COMPANY} (bedrijf)").check("Autoinvoice user")


def grants_of(sandbox: Sandbox, email: str) -> list[tuple[str, str]]:
    """Return a person's roles, each with the customer or company it was given on."""
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        grants = [(grant.role, grant.customer or grant.company) for grant in person.grants]
        return [(role, target.name) for role, target in grants if target is not None]


def mails_to(sandbox: Sandbox, email: str) -> list[str]:
    """Return which mails an address got, oldest first."""
    with sandbox.reading() as db:
        return [message.name for message in outbox.after(db, to=email)]


def nobody_was_added(sandbox: Sandbox, email: str = NEW) -> bool:
    """Return whether an address has neither an account nor a mail."""
    with sandbox.reading() as db:
        return people.by_email(db, email) is None and not outbox.after(db, to=email)


@pytest.mark.parametrize("language", LABELS)
def test_the_manual_leads_from_the_menu_to_an_administrator_who_signs_in(
    sign_in: SignIn, sandbox: Sandbox, language: str
) -> None:
    users, add, email, first_name, last_name, access_to, company, role, save = LABELS[language]
    administrator = sign_in(ADMINISTRATOR, language)
    page = administrator.click(administrator.open("/home/"), "Visma.net Admin", "header")
    page = administrator.click(page, users, "nav")
    assert page.heading == users
    page = administrator.click(page, add, "main")
    assert page.heading == add
    form = Form(page, save).fill(email, NEW).fill(first_name, "Noor").fill(last_name, "Nieuw")
    form.select(access_to, f"{COMPANY} {company}").check(role)
    page = administrator.send(page, form)
    assert page.heading == users
    assert [("Noor Nieuw" in alert, NEW in alert) for alert in page.alerts][:1] == [(True, True)]
    assert "Administratiekantoor De Rietkraag" in page.alerts[1]

    with sandbox.reading() as db:
        (mail,) = outbox.after(db, to=NEW)
        assert mail.name == "activation"
        (link,) = mail.links
    visitor = sign_in(language=language)
    page = visitor.open(link)
    form = Form(page, text(language, "connect.password.save"))
    form.fill(text(language, "connect.password.new"), "Nieuw!2022x")
    page = visitor.send(page, form.fill(text(language, "connect.password.repeat"), "Nieuw!2022x"))
    page = visitor.click(page, text(language, "connect.password.go_to_sign_in"))
    form = Form(page, text(language, "connect.sign_in.next")).fill(text(language, "connect.sign_in.email"), NEW)
    page = visitor.send(page, form)
    form = Form(page, text(language, "connect.sign_in.submit"))
    page = visitor.send(page, form.fill(text(language, "connect.sign_in.password"), "Nieuw!2022x"))
    page = visitor.press(page, text(language, "connect.enroll.later"))
    home = visitor.press(page, text(language, "connect.terms.accept"))
    assert home.heading == "Visma Home"
    assert visitor.click(visitor.click(home, "Admin"), users, "nav").heading == users


def test_customer_administrator_is_given_on_the_customer_of_the_company(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.open(ADD)
    form = filled(page).select("Toegang geven tot...", f"{COMPANY} (bedrijf)")
    administrator.send(page, form.check("Customer administrator").check("Autoinvoice user"))
    assert grants_of(sandbox, NEW) == [
        ("customer_administrator", "Administratiekantoor De Rietkraag"),
        ("autoinvoice_user", COMPANY),
    ]


def test_a_new_user_is_listed_as_not_activated_with_the_data_that_was_typed(administrator: Browser) -> None:
    page = administrator.open(ADD)
    form = complete(page).fill("Telefoon", "+31 6 99999999").select("Taal", NAMES["sv"])
    page = administrator.send(page, form)
    (row,) = [row for row in page.table if row[1] == NEW]
    assert row == ["Noor Nieuw", NEW, "Niet geactiveerd", "Nooit", "1"]
    details = administrator.click(page, "Noor Nieuw")
    assert details.control("Telefoon").get("value") == "+31 6 99999999"
    assert Form(details, "Opslaan en sluiten").values["language"] == "sv"
    assert f"{COMPANY} (bedrijf)" in [row[0] for row in details.table]


def test_the_activation_mail_is_in_the_language_that_was_chosen(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.open(ADD)
    administrator.send(page, complete(page).select("Taal", NAMES["nb"]))
    with sandbox.reading() as db:
        (mail,) = outbox.after(db, to=NEW)
        assert mail.subject == text("nb", "message.activation.subject")


def test_the_journal_records_actor_user_and_role(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.open(ADD)
    administrator.send(page, complete(page))
    with sandbox.reading() as db:
        lines = [(line.type, line.actor, line.subject) for line in events.after(db) if line.subject == NEW]
        (granted,) = events.after(db, type_="role.granted")
        assert {"role": "Autoinvoice user", "on": COMPANY}.items() <= granted.data.items()
    assert ("user.invited", ADMINISTRATOR, NEW) in lines
    assert ("role.granted", ADMINISTRATOR, NEW) in lines


def test_the_list_offers_the_customer_and_its_companies_with_their_kind(administrator: Browser) -> None:
    options = administrator.open(ADD).options("Toegang geven tot...")
    assert options[:2] == ["Kies een klant of een bedrijf", "Administratiekantoor De Rietkraag (klant)"]
    assert options[2:] == sorted(options[2:])
    assert all(option.endswith(" (bedrijf)") for option in options[2:])
    assert not any("Buurman" in option for option in options)


def test_cancel_leads_back_to_the_list_and_adds_nobody(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.open(ADD)
    assert administrator.press(page, "Annuleren").heading == "Gebruikers en rollen"
    assert nobody_was_added(sandbox)


def test_an_address_is_stored_in_lower_case_without_blanks_around_it(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.open(ADD)
    administrator.send(page, complete(page, "  Nieuw@Rietkraag.EXAMPLE "))
    assert mails_to(sandbox, NEW) == ["activation"]


def test_an_empty_form_has_an_error_at_each_required_field(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.press(administrator.open(ADD), "Opslaan en sluiten")
    assert page.status == 422
    assert page.errors == {
        "email": "Vul dit veld in.",
        "first_name": "Vul dit veld in.",
        "last_name": "Vul dit veld in.",
        "access_to": "Kies waartoe de persoon toegang krijgt.",
        "roles": "Kies ten minste één rol.",
    }


def test_a_refused_form_keeps_its_input(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.open(ADD)
    form = complete(page).fill("Achternaam", "").fill("Telefoon", "012").select("Taal", NAMES["sv"])
    page = administrator.send(page, form.check("Company administrator"))
    assert page.status == 422
    assert list(page.errors) == ["last_name"]
    values = Form(page, "Opslaan en sluiten").values
    assert (values["email"], values["first_name"], values["phone"], values["language"]) == (NEW, "Noor", "012", "sv")
    assert values["access_to"] == form.values["access_to"]
    assert values.getlist("roles") == ["company_administrator", "autoinvoice_user"]
    page = administrator.send(page, Form(page, "Opslaan en sluiten").fill("Achternaam", "Nieuw"))
    assert page.heading == "Gebruikers en rollen"


@pytest.mark.parametrize("name", ["email", "first_name", "last_name", "access_to", "roles"])
def test_a_field_that_is_not_sent_is_missing(administrator: Browser, sandbox: Sandbox, name: str) -> None:
    page = administrator.open(ADD)
    form = complete(page)
    form.values.poplist(name)
    page = administrator.send(page, form)
    assert page.status == 422
    assert list(page.errors) == [name]
    assert nobody_was_added(sandbox)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "x" * 10_000 + "@rietkraag.example"),
        ("email", "no address"),
        ("email", "two@at@rietkraag.example"),
        ("email", "nieuw @rietkraag.example"),
        ("email", "\u202enieuw@rietkraag.example"),
        ("first_name", "x" * 10_000),
        ("first_name", "   "),
        ("first_name", "Noor\r\nBcc: all@rietkraag.example"),
        ("last_name", "Nieuw\u2028Regel"),
        ("last_name", "\0"),
        ("last_name", "\u202eweiN"),
        ("phone", "1" * 10_000),
        ("phone", "12\x7f"),
        ("language", "xx"),
        ("language", "en-XA"),
        ("language", "x" * 10_000),
        ("access_to", "company-999"),
        ("access_to", "company-"),
        ("access_to", "x" * 10_000),
        ("roles", "no_such_role"),
        ("roles", "x" * 10_000),
    ],
)
def test_bad_input_is_refused_at_its_field(administrator: Browser, sandbox: Sandbox, name: str, value: str) -> None:
    page = administrator.open(ADD)
    page = administrator.send(page, complete(page).alter(name, value))
    assert page.status == 422
    assert list(page.errors) == [name]
    assert nobody_was_added(sandbox)


def test_markup_in_a_name_is_shown_as_it_was_typed(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.open(ADD)
    form = complete(page).fill("Voornaam", "<b>Noor</b>").fill("Achternaam", "</title><script>x()</script>%s {{7*7}}")
    page = administrator.send(page, form)
    name = "<b>Noor</b> </title><script>x()</script>%s {{7*7}}"
    assert name in page.alerts[0]
    details = administrator.click(page, name)
    assert details.heading == name
    assert "<script>x()" not in page.html + details.html
    with sandbox.reading() as db:
        (mail,) = outbox.after(db, to=NEW)
        assert mail.html is not None and "<b>Noor" not in mail.html


def test_the_same_form_sent_twice_adds_one_user(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.open(ADD)
    form = complete(page)
    assert administrator.send(page, form).status == 200
    again = administrator.send(page, form)
    assert again.status == 422
    assert again.errors == {"email": f"Er bestaat al een gebruiker met het adres {NEW}."}
    assert mails_to(sandbox, NEW) == ["activation"]


def test_a_user_who_exists_already_can_be_opened_from_the_form(administrator: Browser) -> None:
    page = administrator.open(ADD)
    page = administrator.send(page, complete(page, USER.upper()))
    assert page.errors == {"email": f"Er bestaat al een gebruiker met het adres {USER}."}
    assert administrator.click(page, "Bram Teunisse openen").heading == "Bram Teunisse"


def test_a_person_of_another_customer_keeps_the_account_and_hears_of_the_new_rights(
    administrator: Browser, sandbox: Sandbox
) -> None:
    page = administrator.open(ADD)
    page = administrator.send(page, complete(page, OUTSIDER))
    assert "Olaf Buurman had al een account" in page.alerts[0]
    assert mails_to(sandbox, OUTSIDER) == ["new_rights"]
    assert ("autoinvoice_user", COMPANY) in grants_of(sandbox, OUTSIDER)
    with sandbox.reading() as db:
        person = people.by_email(db, OUTSIDER)
        assert person is not None
        assert (person.name, person.status) == ("Olaf Buurman", Status.ACTIVE)


def test_support_staff_cannot_be_added_to_a_customer(administrator: Browser, sandbox: Sandbox) -> None:
    desk = "support.person@visma-sim.example"
    page = administrator.open(ADD)
    page = administrator.send(page, complete(page, desk.upper()))
    assert page.status == 422
    assert page.errors == {
        "email": f"{desk} hoort bij de supportdesk van de leverancier en kan niet als gebruiker worden toegevoegd."
    }
    assert grants_of(sandbox, desk) == []
    assert mails_to(sandbox, desk) == []


@pytest.mark.parametrize(
    ("target_name", "role", "message"),
    [
        ("Administratiekantoor De Rietkraag (klant)", "Autoinvoice user", "kan alleen op een bedrijf worden gegeven"),
        ("Administratiekantoor De Rietkraag (klant)", "Company administrator", "kan alleen op een bedrijf"),
        (f"{COMPANY} (bedrijf)", "Business contact", "Business contact kan alleen op de klant"),
        ("Zeilmakerij Zonder Diensten (bedrijf)", "Autoinvoice user", "op Zeilmakerij Zonder Diensten niet actief is"),
    ],
)
def test_a_role_must_fit_the_customer_or_company_it_is_given_on(
    administrator: Browser, sandbox: Sandbox, target_name: str, role: str, message: str
) -> None:
    page = administrator.open(ADD)
    page = administrator.send(page, filled(page).select("Toegang geven tot...", target_name).check(role))
    assert page.status == 422
    assert list(page.errors) == ["roles"] and message in page.errors["roles"]
    assert nobody_was_added(sandbox)


@pytest.mark.parametrize("role", ["Customer administrator", "Business contact"])
def test_roles_on_the_customer_are_given_on_the_customer(administrator: Browser, sandbox: Sandbox, role: str) -> None:
    page = administrator.open(ADD)
    form = filled(page).select("Toegang geven tot...", "Administratiekantoor De Rietkraag (klant)").check(role)
    assert administrator.send(page, form).status == 200
    assert [on for _, on in grants_of(sandbox, NEW)] == ["Administratiekantoor De Rietkraag"]


def test_without_its_token_a_form_changes_nothing(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.open(ADD)
    assert administrator.send(page, complete(page).alter("csrf_token", "")).status == 400
    assert nobody_was_added(sandbox)


def test_a_company_administrator_is_offered_the_own_companies_and_their_roles(sign_in: SignIn) -> None:
    page = sign_in(COMPANY_ADMINISTRATOR).open(ADD)
    assert page.options("Toegang geven tot...")[1:] == [
        "Boekhandel De Ezelsoor (bedrijf)",
        "Catering De Volle Tafel (bedrijf)",
    ]
    assert page.tick_boxes() == ["Company administrator", "Autoinvoice administrator", "Autoinvoice user"]


def test_a_company_administrator_adds_a_user_to_an_own_company(sign_in: SignIn, sandbox: Sandbox) -> None:
    browser = sign_in(COMPANY_ADMINISTRATOR)
    page = browser.open(ADD)
    form = filled(page).select("Toegang geven tot...", "Catering De Volle Tafel (bedrijf)").check("Autoinvoice user")
    page = browser.send(page, form)
    assert NEW in page.alerts[0]
    assert grants_of(sandbox, NEW) == [("autoinvoice_user", "Catering De Volle Tafel")]


@pytest.mark.parametrize(
    ("name", "value"), [("roles", "customer_administrator"), ("roles", "business_contact"), ("access_to", "customer-1")]
)
def test_a_company_administrator_cannot_reach_beyond_by_an_altered_form(
    sign_in: SignIn, sandbox: Sandbox, name: str, value: str
) -> None:
    browser = sign_in(COMPANY_ADMINISTRATOR)
    page = browser.open(ADD)
    form = filled(page).select("Toegang geven tot...", "Catering De Volle Tafel (bedrijf)").check("Autoinvoice user")
    page = browser.send(page, form.alter(name, value))
    assert page.status == 422
    assert list(page.errors) == [name]
    assert nobody_was_added(sandbox)


def test_another_companys_code_is_unknown_to_a_company_administrator(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox
) -> None:
    page = administrator.open(ADD)
    codes = [option.get("value") for option in page.control("Toegang geven tot...").all("option")]
    browser = sign_in(COMPANY_ADMINISTRATOR)
    page = browser.open(ADD)
    own = [option.get("value") for option in page.control("Toegang geven tot...").all("option")]
    for code in set(codes) - set(own):
        form = filled(page).check("Autoinvoice user").alter("access_to", code)
        assert list(browser.send(page, form).errors) == ["access_to"]
    assert nobody_was_added(sandbox)


def test_a_company_administrator_gets_no_link_to_a_user_of_another_company(sign_in: SignIn) -> None:
    browser = sign_in(COMPANY_ADMINISTRATOR)
    page = browser.open(ADD)
    form = filled(page, USER).select("Toegang geven tot...", "Catering De Volle Tafel (bedrijf)").check("Autoinvoice user")
    page = browser.send(page, form)
    assert list(page.errors) == ["email"]
    assert "Bram" not in page.text


def test_an_outsider_cannot_add_a_user_to_this_customer(administrator: Browser, sign_in: SignIn, sandbox: Sandbox) -> None:
    codes = [option.get("value") for option in administrator.open(ADD).control("Toegang geven tot...").all("option")]
    outsider = sign_in(OUTSIDER)
    page = outsider.open(ADD)
    assert page.options("Toegang geven tot...")[1:] == ["Buurman Beheer (klant)", "Buurman Winkel (bedrijf)"]
    for code in codes:
        form = filled(page).check("Customer administrator").alter("access_to", code)
        assert list(outsider.send(page, form).errors) == ["access_to"]
    assert nobody_was_added(sandbox)


def test_an_outsider_who_adds_one_of_our_users_learns_the_name_and_no_role(sign_in: SignIn) -> None:
    outsider = sign_in(OUTSIDER)
    page = outsider.open(ADD)
    form = filled(page, USER).select("Toegang geven tot...", "Buurman Winkel (bedrijf)").check("Autoinvoice administrator")
    page = outsider.click(outsider.send(page, form), "Bram Teunisse")
    assert [row[0] for row in page.table[1:]] == ["Buurman Winkel (bedrijf)"]
    assert page.ticked() == ["Autoinvoice administrator – Buurman Winkel (bedrijf)"]
    assert COMPANY not in page.text


@pytest.mark.parametrize("email", [USER, SHARED])
def test_a_person_without_an_administration_role_cannot_send_the_form(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox, email: str
) -> None:
    page = administrator.open(ADD)
    visitor = sign_in(email)
    form = complete(page)
    form.alter("csrf_token", next(e.get("value") for e in visitor.open("/home/").root.all("input")))
    answer = visitor.send(page, form)
    assert answer.status == 403
    assert "Anouk Vermaat" in answer.text
    assert nobody_was_added(sandbox)


def test_an_address_that_nobody_has_is_free_and_nothing_is_saved_by_checking_it(
    administrator: Browser, sandbox: Sandbox
) -> None:
    page = administrator.open(ADD)
    form = Form(page, "Adres controleren").fill("E-mailadres", NEW).fill("Voornaam", "Noor").check("Autoinvoice user")
    page = administrator.send(page, form)
    assert page.status == 200
    assert "geen account om over te nemen" in page.text
    assert page.control("Voornaam").get("value") == "Noor"
    assert page.ticked() == ["Autoinvoice user"]
    assert nobody_was_added(sandbox)


def test_checking_an_address_shows_the_name_of_its_account_and_no_more(administrator: Browser) -> None:
    page = administrator.open(ADD)
    page = administrator.send(page, Form(page, "Adres controleren").fill("E-mailadres", OUTSIDER.upper()))
    assert [page.control(label).get("value") for label in ("Voornaam", "Achternaam")] == ["Olaf", "Buurman"]
    assert "Buurman Beheer" not in page.html and "Buurman Winkel" not in page.html


def test_names_that_were_typed_do_not_change_an_account(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.open(ADD)
    page = administrator.send(page, complete(page, OUTSIDER).fill("Telefoon", "012").select("Taal", NAMES["sv"]))
    assert "Olaf Buurman had al een account" in page.alerts[0]
    with sandbox.reading() as db:
        person = people.by_email(db, OUTSIDER)
        assert person is not None
        assert (person.name, person.phone, person.language) == ("Olaf Buurman", None, "nl")


def test_a_role_for_support_excludes_customer_administrator_from_the_start(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.open(ADD)
    form = filled(page).select("Toegang geven tot...", "Administratiekantoor De Rietkraag (klant)")
    page = administrator.send(page, form.check("Customer administrator").check("Application administrator"))
    assert page.status == 422
    assert list(page.errors) == ["roles"]
    assert nobody_was_added(sandbox)


def test_a_mail_that_came_back_is_said_at_once_and_on_the_users_page(administrator: Browser, sandbox: Sandbox) -> None:
    address = "bounce.nieuw@rietkraag.example"
    came_back = text("nl", "ui.mail_came_back", email=address)
    page = administrator.send(administrator.open(ADD), complete(administrator.open(ADD), address))
    assert came_back in page.alerts
    assert came_back in administrator.click(administrator.open("/admin/users?q=bounce"), "Noor Nieuw").text
    assert address not in administrator.open("/mail/").text
    with sandbox.reading() as db:
        assert [message.state for message in outbox.after(db, to=address)] == ["bounced"]
        assert not outbox.newest_first(db, to=address)
        assert len(events.after(db, type_="mail.bounced")) == 1
