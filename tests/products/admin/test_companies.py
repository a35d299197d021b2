"""Rules of the list of companies, of one company's pages, and of how companies end."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from simulator.core import jobs
from simulator.core.clock import Clock
from simulator.core.events import Event
from simulator.core.sandbox import Sandbox
from simulator.core.texts import LANGUAGES
from simulator.directory.actors import actor_of
from simulator.directory.companies import Details, add
from simulator.directory.models import Company, CompanyStatus, Customer, Grant, Person
from simulator.directory.people import by_email
from simulator.sales import exports
from simulator.sales.models import Client, ProgramCode
from tests.conftest import NOW
from tests.products.admin.browser import Browser, Form, Page
from tests.products.admin.conftest import ADMINISTRATOR, COMPANY_ADMINISTRATOR, OUTSIDER, SHARED, USER, SignIn

COMPANIES = "/admin/companies"
BUSINESS_CONTACT = "contact@rietkraag.example"


def company_id(sandbox: Sandbox, name: str) -> int:
    """Return a company's id."""
    with sandbox.reading() as db:
        return db.scalars(select(Company.id).where(Company.name == name)).one()


def row_of(sandbox: Sandbox, name: str) -> Company:
    """Return a company as it is stored."""
    with sandbox.reading() as db:
        return db.scalars(select(Company).where(Company.name == name)).one()


def journal(sandbox: Sandbox, prefix: str) -> list[tuple[str, str | None, str | None]]:
    """Return the journal's events of a kind: type, actor, subject."""
    with sandbox.reading() as db:
        events = db.scalars(select(Event).where(Event.type.startswith(prefix)).order_by(Event.id))
        return [(event.type, event.actor, event.subject) for event in events]


def names(browser: Browser, query: str = "") -> list[str]:
    """Return the names on a page of the list."""
    page = browser.open(f"{COMPANIES}?{query}")
    return [row[0] for row in page.table[1:]] if page.root.all("table") else []


def open_company(browser: Browser, name: str) -> Page:
    """Open a company from the list."""
    return browser.click(browser.open(f"{COMPANIES}?size=100"), name)


def services_page(browser: Browser, name: str) -> Page:
    """Open the tab Services of a company."""
    return browser.click(open_company(browser, name), "Diensten", "nav")


def switch(browser: Browser, page: Page, service: str) -> Page:
    """Press the button of a service, to activate or to deactivate it."""
    (form,) = [form for form in page.root.all("form") for b in form.all("button") if b.get("value") == service]
    token = next(field.get("value") for field in form.all("input") if field.get("name") == "csrf_token")
    response = browser.client.post(form.get("action"), data={"csrf_token": token, "service": service}, follow_redirects=True)
    return Page(response)


def state_of(page: Page, service: str) -> list[str]:
    """Return state and number of people of a service."""
    return next(row[1:3] for row in page.table[1:] if row[0] == service)


def end(browser: Browser, name: str, action: str) -> Page:
    """Choose an action on a company's page and confirm it."""
    return browser.press(browser.click(open_company(browser, name), action, "main"), action)


def add_many(sandbox: Sandbox, count: int) -> None:
    """Add companies to the office, all of one name."""
    with sandbox.transaction() as db:
        person = by_email(db, ADMINISTRATOR)
        assert person is not None
        office = db.scalars(select(Customer).where(Customer.key == "office")).one()
        for number in range(count):
            add(
                db,
                actor_of(db, person),
                office,
                "NL",
                "EUR",
                Details(name="Zelfde", organisation_number=str(88000000 + number)),
            )


def test_the_list_has_name_numbers_country_services_and_status(administrator: Browser) -> None:
    table = administrator.open(COMPANIES).table
    assert [heading.split()[0] for heading in table[0]] == [
        "Naam", "KvK-nummer", "Land", "Intern", "Diensten", "Bedrijfsstatus",
    ]  # fmt: skip
    rows = {row[0]: row[1:] for row in table[1:]}
    assert rows["Zeilmakerij Zonder Diensten"] == ["99999891", "Nederland", "", "Geen", "Geactiveerd"]
    sauna = rows["Löyly Saunabouw Oy"]
    assert sauna[:2] == ["99999028", "Finland"]
    assert "AutoInvoice" in sauna[3]
    assert list(rows) == sorted(rows, key=str.casefold)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=zonder diensten", ["Zeilmakerij Zonder Diensten"]),
        ("q=ZONDER  diensten", ["Zeilmakerij Zonder Diensten"]),
        ("q=9999 98-91", ["Zeilmakerij Zonder Diensten"]),
        ("q=99999028", ["Löyly Saunabouw Oy"]),
        ("q=%25", []),
        ("q=_", []),
        ("q=Buurman", []),
        ("q=" + "x" * 10_000, []),
        ("status=terminated", []),
        ("kind=demo", []),
    ],
)
def test_search_and_filters_narrow_the_list(administrator: Browser, query: str, expected: list[str]) -> None:
    assert names(administrator, query) == expected


def test_search_finds_internal_customer_numbers(administrator: Browser, sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        name, internal = db.execute(
            select(Company.name, Company.internal_number).where(Company.internal_number.is_not(None)).order_by(Company.id)
        ).first() or ("", "")
    assert name in names(administrator, f"q={internal}")


def test_demo_companies_are_listed_alone_or_left_out(administrator: Browser, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        db.get_one(Company, company_id(sandbox, "Zeilmakerij Zonder Diensten")).demo = True
    everything = names(administrator)
    assert names(administrator, "kind=demo") == ["Zeilmakerij Zonder Diensten"]
    assert names(administrator, "kind=company") == [name for name in everything if "Zeilmakerij" not in name]
    assert names(administrator, "kind=company&kind=demo") == everything
    assert "Demobedrijf" in administrator.open(f"{COMPANIES}?kind=demo").table[1][5]


@pytest.mark.parametrize(
    ("column", "position"), [("name", 0), ("number", 1), ("country", 2), ("internal", 3), ("status", 5)]
)
def test_the_list_is_sorted_by_any_column_and_back(administrator: Browser, column: str, position: int) -> None:
    up = administrator.open(f"{COMPANIES}?sort={column}&size=100")
    down = administrator.open(f"{COMPANIES}?sort={column}&order=desc&size=100")
    assert sorted(up.table[1:]) == sorted(down.table[1:])
    values = [row[position].casefold() for row in up.table[1:]]
    assert values == sorted(values)
    assert [row[position] for row in down.table[1:]] == [row[position] for row in up.table[1:]][::-1]
    headings = [(h.text.split()[0], h.get("aria-sort")) for h in down.root.all("th") if h.get("aria-sort")]
    assert [sort for _, sort in headings] == ["descending"]


def test_equal_rows_are_sorted_by_name_and_pages_leave_none_out(administrator: Browser, sandbox: Sandbox) -> None:
    add_many(sandbox, 60)
    page = administrator.open(f"{COMPANIES}?q=zelfde")
    assert "Gevonden bedrijven: 60" in page.text
    seen = [row[1] for row in page.table[1:]]
    assert len(seen) == 25
    page = administrator.click(page, "Volgende")
    seen += [row[1] for row in page.table[1:]]
    seen += [row[1] for row in administrator.click(page, "Pagina 3").table[1:]]
    assert seen == [str(88000000 + number) for number in range(60)]
    assert len(administrator.click(page, "50 regels per pagina").table) == 1 + 50


def test_the_form_of_the_list_keeps_the_filters(administrator: Browser) -> None:
    page = administrator.open(f"{COMPANIES}?q=b&status=active&sort=number&order=desc&size=50")
    form = Form(page, "Zoeken")
    assert {k: v for k, v in form.values.items() if k != "kind"} == {
        "q": "b", "status": "active", "sort": "number", "order": "desc", "size": "50",
    }  # fmt: skip
    assert administrator.click(page, "Alle bedrijven tonen").path.endswith(COMPANIES)


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "page=" + "9" * 5000, "size=7", "sort=passwords", "status=gone", "kind=x"]
)
def test_an_address_that_makes_no_sense_gives_the_default(administrator: Browser, query: str) -> None:
    if query == "kind=x":
        assert names(administrator, query) == []
    else:
        assert names(administrator, query) == names(administrator)


def test_a_company_administrator_sees_and_changes_the_own_companies_only(sign_in: SignIn, sandbox: Sandbox) -> None:
    browser = sign_in(COMPANY_ADMINISTRATOR)
    own = names(browser)
    assert own == ["Boekhandel De Ezelsoor", "Catering De Volle Tafel"]
    other = company_id(sandbox, "Zeilmakerij Zonder Diensten")
    assert browser.open(f"{COMPANIES}/{other}").status == 404
    page = open_company(browser, own[0])
    assert "Deactiveren" not in page.links()
    saved = browser.send(page, Form(page, "Opslaan en sluiten").fill("Plaats", "Appelscha"))
    assert saved.status == 200
    assert row_of(sandbox, own[0]).city == "Appelscha"
    mine = company_id(sandbox, own[0])
    for path in ("deactivate", "terminate", "delete"):
        assert browser.open(f"{COMPANIES}/{mine}/{path}").status == 403
    assert browser.open(f"{COMPANIES}/add").status == 403


def test_a_business_contact_reads_and_changes_nothing(sign_in: SignIn, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        person = by_email(db, USER)
        assert person is not None
        office = db.scalars(select(Customer).where(Customer.key == "office")).one()
        db.add(Grant(person_id=person.id, role="business_contact", customer_id=office.id))
    browser = sign_in(USER)
    page = open_company(browser, "Zeilmakerij Zonder Diensten")
    assert page.status == 200
    assert not page.root.all("main")[0].all("form")
    assert "99999891" in page.text
    assert "Bedrijf toevoegen" not in browser.open(COMPANIES).links()


def test_nobody_sees_companies_of_another_customer(sign_in: SignIn, sandbox: Sandbox) -> None:
    other = company_id(sandbox, "Zeilmakerij Zonder Diensten")
    outsider = sign_in(OUTSIDER)
    assert names(outsider) == ["Buurman Winkel"]
    for path in ("", "/services", "/deactivate", "/terminate", "/delete", "/change-log"):
        page = outsider.open(f"{COMPANIES}/{other}{path}")
        assert page.status == 404
        assert "Zeilmakerij" not in page.text


@pytest.mark.parametrize("number", ["0", "999999", "2147483648", "9" * 30, "-1", "x"])
def test_a_company_that_does_not_exist_is_not_found(administrator: Browser, number: str) -> None:
    assert administrator.open(f"{COMPANIES}/{number}").status == 404


def test_details_are_changed_and_the_journal_names_them(administrator: Browser, sandbox: Sandbox) -> None:
    page = open_company(administrator, "Zeilmakerij Zonder Diensten")
    form = (
        Form(page, "Opslaan en sluiten")
        .fill("KvK-nummer *".removesuffix(" *"), " 9999 9892 ")
        .fill("Intern klantnummer", "K-17")
        .fill("Adres", "Kade 3")
        .fill("Postcode", "9999 ZZ")
        .fill("Plaats", "Zoutkamp")
        .fill("E-mailadres", "post@zeilmakerij.example")
        .fill("Telefoon", "+31 6 99999977")
        .fill("Btw-nummer", "NL 0044.95.445.B01")
    )
    page = administrator.send(page, form)
    assert page.alerts == ["De gegevens van Zeilmakerij Zonder Diensten zijn opgeslagen."]
    row = row_of(sandbox, "Zeilmakerij Zonder Diensten")
    assert (row.organisation_number, row.internal_number, row.vat_number) == ("99999892", "K-17", "NL004495445B01")
    assert (row.street, row.postal_code, row.city) == ("Kade 3", "9999 ZZ", "Zoutkamp")
    assert (row.email, row.phone, row.version) == ("post@zeilmakerij.example", "+31 6 99999977", 2)
    with sandbox.reading() as db:
        event = db.scalars(select(Event).where(Event.type == "company.changed")).one()
    assert event.actor == ADMINISTRATOR
    assert event.data["changes"]["organisation_number"] == ["99999891", "99999892"]
    assert set(event.data["changes"]) == {
        "organisation_number", "internal_number", "street", "postal_code", "city", "email", "phone", "vat_number",
    }  # fmt: skip


def test_saving_without_a_change_changes_nothing(administrator: Browser, sandbox: Sandbox) -> None:
    page = open_company(administrator, "Zeilmakerij Zonder Diensten")
    page = administrator.press(page, "Opslaan en sluiten")
    assert page.alerts == ["Er is niets gewijzigd in de gegevens van Zeilmakerij Zonder Diensten."]
    assert row_of(sandbox, "Zeilmakerij Zonder Diensten").version == 1
    assert journal(sandbox, "company.") == []


@pytest.mark.parametrize(
    ("label", "text", "field"),
    [
        ("Naam", "", "name"),
        ("Naam", "x" * 101, "name"),
        ("Naam", "Bel\x07", "name"),
        ("KvK-nummer", "1234567", "organisation_number"),
        ("KvK-nummer", "abcdefgh", "organisation_number"),
        ("KvK-nummer", "\u0661" * 8, "organisation_number"),
        ("KvK-nummer", "99999901", "organisation_number"),
        ("E-mailadres", "nobody", "email"),
        ("Btw-nummer", "NL999999999B99", "vat_number"),
    ],
)
def test_bad_input_is_refused_at_its_field(
    administrator: Browser, sandbox: Sandbox, label: str, text: str, field: str
) -> None:
    page = open_company(administrator, "Zeilmakerij Zonder Diensten")
    page = administrator.send(page, Form(page, "Opslaan en sluiten").fill("Plaats", "Elders").fill(label, text))
    assert page.status == 422
    assert list(page.errors) == [field]
    assert page.control("Plaats").get("value") == "Elders"
    assert row_of(sandbox, "Zeilmakerij Zonder Diensten").city is None


@pytest.mark.parametrize(
    ("country", "right", "wrong", "currency"),
    [
        ("Nederland", "12345678", "123456789", "EUR"),
        ("Noorwegen", "312002205", "312002206", "NOK"),
        ("Zweden", "999999-0006", "999999-0007", "SEK"),
        ("Denemarken", "99999918", "99999919", "DKK"),
        ("Finland", "9999990-9", "9999990-8", "EUR"),
    ],
)
def test_a_company_is_added_with_the_number_of_its_country(
    administrator: Browser, sandbox: Sandbox, country: str, right: str, wrong: str, currency: str
) -> None:
    page = administrator.click(administrator.open(COMPANIES), "Bedrijf toevoegen")
    form = Form(page, "Opslaan en sluiten").fill("Naam", "Nieuw & Co").select("Land", country)
    page = administrator.send(page, form.fill("KvK-nummer", wrong))
    assert page.status == 422
    assert list(page.errors) == ["organisation_number"]
    form = Form(page, "Opslaan en sluiten").fill("KvK-nummer", right)
    page = administrator.send(page, form)
    assert page.status == 200
    assert page.alerts == ["Nieuw & Co is toegevoegd. Activeer de diensten die het gebruikt."]
    row = row_of(sandbox, "Nieuw & Co")
    assert (row.currency, row.status, row.organisation_number) == (currency, "active", right.replace("-", ""))
    assert journal(sandbox, "company.") == [("company.added", ADMINISTRATOR, "Nieuw & Co")]
    assert "Nieuw & Co" in names(administrator, "size=100")


def test_a_country_has_to_be_chosen_and_exist(administrator: Browser) -> None:
    page = administrator.open(f"{COMPANIES}/add")
    form = Form(page, "Opslaan en sluiten").fill("Naam", "Nieuw").fill("KvK-nummer", "12345678")
    assert list(administrator.send(page, form).errors) == ["country"]
    assert list(administrator.send(page, form.alter("country", "XX")).errors) == ["country"]


def test_of_two_administrators_the_second_sees_the_conflict_and_loses_nothing(sign_in: SignIn, sandbox: Sandbox) -> None:
    first, second = sign_in(ADMINISTRATOR), sign_in("administrator2@rietkraag.example")
    page_of_first = open_company(first, "Zeilmakerij Zonder Diensten")
    page_of_second = open_company(second, "Zeilmakerij Zonder Diensten")
    first.send(page_of_first, Form(page_of_first, "Opslaan en sluiten").fill("Plaats", "Zoutkamp"))
    form = Form(page_of_second, "Opslaan en sluiten").fill("Plaats", "Lauwersoog").fill("Telefoon", "050 999 99 99")
    page = second.send(page_of_second, form)
    assert page.status == 409
    assert "Anouk Vermaat" in page.alerts[0]
    assert "1-3-22 09:00" in page.alerts[0]
    assert page.control("Plaats").get("value") == "Lauwersoog"
    assert "Intussen opgeslagen: Zoutkamp" in page.text
    assert "Intussen opgeslagen: –" in page.text
    assert row_of(sandbox, "Zeilmakerij Zonder Diensten").city == "Zoutkamp"
    second.press(page, "Opslaan en sluiten")
    row = row_of(sandbox, "Zeilmakerij Zonder Diensten")
    assert (row.city, row.phone) == ("Lauwersoog", "050 999 99 99")


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 400, "\u00b2"])
def test_a_version_that_was_tampered_with_is_no_failure(administrator: Browser, sandbox: Sandbox, version: str) -> None:
    page = open_company(administrator, "Zeilmakerij Zonder Diensten")
    administrator.send(page, Form(page, "Opslaan en sluiten").fill("Plaats", "Zoutkamp"))
    form = Form(page, "Opslaan en sluiten").fill("Plaats", "Elders").alter("version", version)
    assert administrator.send(page, form).status == 409
    assert row_of(sandbox, "Zeilmakerij Zonder Diensten").city == "Zoutkamp"


def test_a_role_counts_only_while_its_service_is_active(administrator: Browser, sign_in: SignIn, sandbox: Sandbox) -> None:
    user = sign_in(USER)
    with sandbox.reading() as db:
        name = db.scalars(
            select(Company.name).join(Grant, Grant.company_id == Company.id).join(Person).where(Person.email == USER)
        ).one()
    assert user.open("/autoinvoice/start").status == 200
    page = services_page(administrator, name)
    service = next(row[0] for row in page.table if "AutoInvoice" in row[0])
    assert state_of(page, service)[0] == "Actief"
    page = switch(administrator, page, "autoinvoice")
    assert state_of(page, service)[0] == "Niet actief · rollen zonder effect"
    assert "zonder effect" in page.alerts[0]
    refused = user.open("/autoinvoice/start")
    assert refused.status == 403
    assert f"niet actief op {name}" in refused.text
    assert user.open("/autoinvoice/").status == 403
    switch(administrator, page, "autoinvoice")
    assert user.open("/autoinvoice/start").status == 200
    assert [line[0] for line in journal(sandbox, "company.")] == ["company.service_deactivated", "company.service_activated"]


@pytest.mark.parametrize("service", ["", "nothing", "autoinvoice' --", "x" * 5000])
def test_a_service_that_does_not_exist_is_refused(administrator: Browser, sandbox: Sandbox, service: str) -> None:
    page = services_page(administrator, "Zeilmakerij Zonder Diensten")
    form = next(form for form in page.root.all("main")[0].all("form"))
    token = form.all("input")[0].get("value")
    answer = administrator.client.post(form.get("action"), data={"csrf_token": token, "service": service})
    assert answer.status_code == 422
    assert "Die dienst bestaat niet." in answer.text
    assert journal(sandbox, "company.") == []


def test_a_deactivated_company_leaves_the_switcher_and_its_roles_rest(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox
) -> None:
    user, shared = sign_in(USER), sign_in(SHARED)
    name = "Bakkerij Het Korenveld"
    assert name in administrator.open("/home/").text
    page = end(administrator, name, "Deactiveren")
    assert page.alerts == [f"{name} is gedeactiveerd."]
    assert "zonder effect" in page.text
    assert f">{name}</button>" not in administrator.open("/home/").html
    assert name in names(administrator, "status=deactivated")
    with sandbox.reading() as db:
        grants = db.scalars(select(Grant.id).where(Grant.company_id == company_id(sandbox, name))).all()
    assert grants
    refused = shared.open("/autoinvoice/start")
    assert refused.status in (200, 403)
    assert name not in refused.text or f"{name} is gedeactiveerd." in refused.text
    administrator.press(open_company(administrator, name), "Activeren")
    assert f">{name}</button>" in administrator.open("/home/").html
    assert user.open("/home/").status == 200
    assert [line[0] for line in journal(sandbox, "company.")] == ["company.deactivated", "company.reactivated"]


def test_a_user_with_roles_on_a_deactivated_company_only_sees_why_nothing_opens(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox
) -> None:
    with sandbox.reading() as db:
        name = db.scalars(
            select(Company.name).join(Grant, Grant.company_id == Company.id).join(Person).where(Person.email == USER)
        ).one()
    user = sign_in(USER)
    end(administrator, name, "Deactiveren")
    for path in ("/autoinvoice/", "/autoinvoice/start"):
        refused = user.open(path)
        assert refused.status == 403
        assert f"{name} is gedeactiveerd." in refused.text
    assert user.open("/home/").status == 200


def test_a_company_with_services_is_terminated_after_it_was_deactivated(administrator: Browser, sandbox: Sandbox) -> None:
    name = "Bakkerij Het Korenveld"
    page = open_company(administrator, name)
    assert not {"Beëindigen", "Verwijderen"} & set(page.links())
    number = company_id(sandbox, name)
    page = administrator.press(administrator.open(f"{COMPANIES}/{number}/terminate"), "Beëindigen")
    assert page.status == 422
    assert f"{name} is actief." in page.alerts[0]
    page = administrator.press(administrator.open(f"{COMPANIES}/{number}/delete"), "Verwijderen")
    assert page.status == 422
    assert "diensten actief" in page.alerts[0]
    end(administrator, name, "Deactiveren")
    page = end(administrator, name, "Beëindigen")
    assert "1-4-22 10:00" in page.text
    assert not page.root.all("main")[0].all("form")
    assert names(administrator, "status=terminated") == [name]


def advance(sandbox: Sandbox, days: float) -> None:
    """Set the clock a number of days after the creation and run the due jobs."""
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(days=days))
    jobs.run_due(sandbox)


def test_a_terminated_company_is_gone_after_31_days_by_the_clock(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox
) -> None:
    name, days = "Bakkerij Het Korenveld", timedelta(days=31)
    end(administrator, name, "Deactiveren")
    end(administrator, name, "Beëindigen")
    number = company_id(sandbox, name)
    for after, there in ((days - timedelta(seconds=1), True), (days, False)):
        with sandbox.transaction() as db:
            db.record.clock = Clock.frozen(NOW + after)
        browser = sign_in(ADMINISTRATOR)
        assert (name in names(browser, "size=100")) is there
        assert browser.open(f"{COMPANIES}/{number}").status == (200 if there else 404)
    assert row_of(sandbox, name).status == CompanyStatus.TERMINATED
    jobs.run_due(sandbox)
    row = row_of(sandbox, name)
    assert row.status == CompanyStatus.DELETED
    with sandbox.reading() as db:
        assert not db.scalars(select(Grant).where(Grant.company_id == row.id)).all()
    assert journal(sandbox, "company.deleted") == [("company.deleted", None, name)]
    assert journal(sandbox, "role.revoked")


def test_the_number_of_a_company_that_is_gone_is_free_again(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox
) -> None:
    name = "Bakkerij Het Korenveld"
    number = row_of(sandbox, name).organisation_number
    end(administrator, name, "Deactiveren")
    end(administrator, name, "Beëindigen")

    def register(browser: Browser) -> Page:
        page = browser.open(f"{COMPANIES}/add")
        form = Form(page, "Opslaan en sluiten").fill("Naam", "Opvolger").select("Land", "Nederland")
        return browser.send(page, form.fill("KvK-nummer", number))

    assert list(register(administrator).errors) == ["organisation_number"]
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(days=31))
    assert register(sign_in(ADMINISTRATOR)).status == 200
    jobs.run_due(sandbox)
    assert len(journal(sandbox, "company.deleted")) == 1


def test_a_company_without_services_is_deleted_at_once(administrator: Browser, sandbox: Sandbox) -> None:
    page = end(administrator, "Zeilmakerij Zonder Diensten", "Verwijderen")
    assert page.alerts == ["Zeilmakerij Zonder Diensten is verwijderd."]
    assert "Zeilmakerij Zonder Diensten" not in names(administrator, "size=100")
    assert "Zeilmakerij" not in administrator.open("/home/").text
    assert journal(sandbox, "company.") == [("company.deleted", ADMINISTRATOR, "Zeilmakerij Zonder Diensten")]


def test_markup_in_a_companys_name_is_escaped(administrator: Browser, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        db.get_one(Company, company_id(sandbox, "Zeilmakerij Zonder Diensten")).name = "<img src=x>"
    page = administrator.open(COMPANIES)
    assert "<img src=x>" in [row[0] for row in page.table]
    assert not page.root.all("img")
    assert administrator.click(page, "<img src=x>").heading == "<img src=x>"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_every_language(sign_in: SignIn, sandbox: Sandbox, language: str) -> None:
    browser = sign_in(ADMINISTRATOR, language)
    number = company_id(sandbox, "Zeilmakerij Zonder Diensten")
    for path in ("", "/add", f"/{number}", f"/{number}/services", f"/{number}/deactivate", f"/{number}/delete"):
        page = browser.open(COMPANIES + path)
        assert page.status == 200
        assert page.root.all("html")[0].get("lang") == language


def test_a_company_says_from_which_program_it_was_exported(administrator: Browser, sandbox: Sandbox) -> None:
    name = "Zeilmakerij Zonder Diensten"
    assert "Geëxporteerd uit" not in open_company(administrator, name).text
    company = row_of(sandbox, name)
    with sandbox.transaction() as db:
        client = Client(
            customer_id=company.customer_id,
            company_id=company.id,
            number="77",
            name=name,
            country="NL",
            organisation_number=company.organisation_number,
        )
        db.add(client)
        db.flush()
        exports.record(db, client, ProgramCode.BUSINESS, "webfaktura", actor=None)
    page = open_company(administrator, name)
    assert "Geëxporteerd uit Visma Business, voor WebFaktura, 1-3-22" in page.text
    assert f"Bedrijfs-ID {exports.firma_id(company)}" in page.text
