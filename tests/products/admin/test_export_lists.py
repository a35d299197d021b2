"""Rules of the change log, and of the exports of users, login history and change log through the queue."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from simulator.core import events, jobs, notices
from simulator.core.files import StoredFile
from simulator.core.sandbox import Sandbox
from simulator.directory import administration, companies, people
from simulator.directory.actors import actor_of
from simulator.directory.models import Company, Customer, Person
from simulator.directory.roles import CUSTOMER_ADMINISTRATOR
from tests.products.admin.browser import Browser
from tests.products.admin.conftest import ADMINISTRATOR, COMPANY_ADMINISTRATOR, OUTSIDER, SHARED, USER, SignIn

EXPORTS = {
    "/admin/users": "users",
    "/admin/reports/login-history": "login-history",
    "/admin/change-log": "change-log",
}


def office(sandbox: Sandbox, change: Any) -> None:
    """Change something as the office's administrator."""
    with sandbox.transaction() as db:
        actor = db.scalars(select(Person).where(Person.email == ADMINISTRATOR)).one()
        customer = db.scalars(select(Customer).where(Customer.key == "office")).one()
        change(db, actor_of(db, actor), customer)


def lines(browser: Browser, path: str) -> list[list[str]]:
    """Return the lines of a list, without its headings."""
    page = browser.open(path)
    assert page.status == 200
    return [[cell.text for cell in row.all("td")] for row in page.root.all("tr")[1:]]


def rename(db: Any, actor: Any, _: Any, email: str = USER, name: str = "=1+1") -> None:
    person = people.by_email(db, email)
    assert person is not None
    particulars = people.Particulars(email=email, first_name=name, last_name="Teunisse", language="nl")
    administration.change(db, actor.email, person, particulars)


def sheet(sandbox: Sandbox, browser: Browser) -> list[list[Any]]:
    """Run the queue and return the rows of the newest file, fetched by a browser."""
    jobs.run_due(sandbox)
    with sandbox.reading() as db:
        id_ = max(db.scalars(select(StoredFile.id)))
    answer = browser.client.get(f"{browser.home}/admin/exports/{id_}")
    assert answer.status_code == 200
    (worksheet,) = load_workbook(BytesIO(answer.data)).worksheets
    return [[cell.value for cell in row] for row in worksheet.iter_rows()]


def test_a_change_is_listed_with_what_was_before_and_after(administrator: Browser, sandbox: Sandbox) -> None:
    office(sandbox, rename)
    ((_, by, action, subject, before, after),) = lines(administrator, "/admin/change-log")
    assert ADMINISTRATOR in by and USER in subject
    assert (action, before, after) == (
        "Gebruiker gewijzigd",
        "Voornaam: Bram; Telefoon: +31 6 99999902",
        "Voornaam: =1+1; Telefoon: –",
    )
    assert len(lines(administrator, "/admin/change-log?q=teunisse&action=user.changed")) == 1
    for nothing in ("action=role.granted", "q=nobody", "to=2001-01-01"):
        assert lines(administrator, f"/admin/change-log?{nothing}") == []
    assert len(lines(administrator, "/admin/change-log?from=0001-01-01&to=9999-12-31")) == 1


def test_no_line_of_another_customer_is_listed(administrator: Browser, sign_in: SignIn, sandbox: Sandbox) -> None:
    def change(db: Any, actor: Any, _: Any) -> None:
        rename(db, actor, None, OUTSIDER)
        rename(db, actor, None, SHARED)  # Two customers list this account: the change is in neither change log.
        shop = db.scalars(select(Company).where(Company.key == "neighbour_shop")).one()
        companies.deactivate(db, actor, shop)

    office(sandbox, change)
    assert lines(administrator, "/admin/change-log") == []
    assert [row[2] for row in lines(sign_in(OUTSIDER), "/admin/change-log")] == [
        "Bedrijf gedeactiveerd",
        "Gebruiker gewijzigd",
    ]


def test_the_tab_of_a_company_lists_that_company_only(administrator: Browser, sandbox: Sandbox) -> None:
    ids = []

    def change(db: Any, actor: Any, customer: Any) -> None:
        for company in db.scalars(select(Company).where(Company.customer_id == customer.id).order_by(Company.id).limit(2)):
            companies.deactivate(db, actor, company)
            ids.append(company.id)

    office(sandbox, change)
    assert len(lines(administrator, "/admin/change-log")) == 2
    assert len(lines(administrator, f"/admin/companies/{ids[0]}/change-log")) == 1


@pytest.mark.parametrize("path", EXPORTS)
def test_a_list_is_exported_and_fetched_by_the_same_person_only(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox, path: str
) -> None:
    office(sandbox, rename)
    page = administrator.press(administrator.open(path), "Exporteren")
    assert "wachtrij" in page.text
    assert "niet klaar" in administrator.press(administrator.open(path), "Exporteren").text
    rows = sheet(sandbox, administrator)
    assert len(rows) > 1
    texts = [cell for row in rows for cell in row if cell]
    assert any("=1+1" in text for text in texts)
    with sandbox.reading() as db:
        id_ = max(db.scalars(select(StoredFile.id)))
        assert [event.data["list"] for event in events.after(db, type_="list.exported")] == [EXPORTS[path]]
        person = people.by_email(db, ADMINISTRATOR)
        assert person is not None
        assert notices.latest(db, person.id)[0].link == f"/admin/exports/{id_}"
    for other in (COMPANY_ADMINISTRATOR, OUTSIDER):
        assert sign_in(other).open(f"/admin/exports/{id_}").status == 404


def test_the_file_follows_the_filter_and_has_a_row_per_role(administrator: Browser, sandbox: Sandbox) -> None:
    page = administrator.open("/admin/users?q=" + USER)
    administrator.press(page, "Exporteren")
    rows = sheet(sandbox, administrator)
    assert {row[1] for row in rows[1:]} == {USER}
    assert all(row[7] for row in rows[1:])


def test_a_company_administrator_exports_the_own_companies_only(sign_in: SignIn, sandbox: Sandbox) -> None:
    browser = sign_in(COMPANY_ADMINISTRATOR)
    listed = browser.open("/admin/users")
    browser.press(listed, "Exporteren")
    with sandbox.reading() as db:
        person = people.by_email(db, COMPANY_ADMINISTRATOR)
        assert person is not None
        own = {grant.company.name for grant in person.grants if grant.company}
    assert {row[4] for row in sheet(sandbox, browser)[1:]} <= own


@pytest.mark.parametrize("when", ["before the job", "before fetching"])
def test_a_person_who_lost_access_gets_no_file(administrator: Browser, sandbox: Sandbox, when: str) -> None:
    """Demoted to nothing, or to an administrator of less than the file holds."""

    def demote(db: Any, actor: Any, customer: Any) -> None:
        second = people.by_email(db, "administrator2@rietkraag.example")
        assert second is not None
        administration.give(db, None, second, CUSTOMER_ADMINISTRATOR, customer=customer, company=None)
        person = db.get_one(Person, actor.id)
        for grant in list(person.grants):
            if grant.customer_id is not None:
                administration.take(db, "test", person, grant)
        administration.make_primary_contact(db, "test", second, customer)

    office(sandbox, rename)
    administrator.press(administrator.open("/admin/change-log"), "Exporteren")
    if when == "before the job":
        office(sandbox, demote)
        jobs.run_due(sandbox)
        with sandbox.reading() as db:
            assert db.scalars(select(StoredFile.id)).all() == []
        return
    sheet(sandbox, administrator)
    office(sandbox, demote)
    with sandbox.reading() as db:
        id_ = max(db.scalars(select(StoredFile.id)))
    assert administrator.client.get(f"{administrator.home}/admin/exports/{id_}").status_code in (403, 404)
