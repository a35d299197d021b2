"""Rules of an action on many users of the list: each by the rules of a single one, the others with the reason."""

import pytest
from sqlalchemy import select

from simulator.core import events, jobs
from simulator.core.sandbox import Db, Sandbox
from simulator.directory import people
from simulator.directory.models import Company, Customer, Membership, Person, Status
from simulator.products.admin.models import BulkChange
from simulator.products.admin.services import bulk
from tests.products.admin.browser import Browser, Page
from tests.products.admin.conftest import ADMINISTRATOR, COMPANY_ADMINISTRATOR, OUTSIDER, USER, SignIn


def ids(sandbox: Sandbox, *emails: str) -> list[str]:
    with sandbox.reading() as db:
        return [str(person.id) for email in emails if (person := people.by_email(db, email)) is not None]


def run(browser: Browser, users: list[str], action: str, **more: str) -> Page:
    """Send the form of the list and confirm it."""
    values: dict[str, str | list[str]] = {"action": action, "user": users, "selection": "ticked", **more}
    assert browser.post("/admin/users/bulk", values).status == 200
    return browser.post("/admin/users/bulk", {**values, "confirmed": "y"})


def status_of(db: Db, email: str) -> str:
    person = people.by_email(db, email)
    assert person is not None
    return person.status


def test_without_confirmation_nothing_happens(administrator: Browser, sandbox: Sandbox) -> None:
    assert "Kies een actie" in administrator.open("/admin/users").text
    page = administrator.post("/admin/users/bulk", {"action": "deactivate", "user": ids(sandbox, USER)})
    assert page.status == 200 and "Gebruikers: 1" in page.text
    with sandbox.reading() as db:
        assert status_of(db, USER) == Status.ACTIVE
        assert db.scalars(select(BulkChange)).all() == []


def test_each_user_follows_the_rules_of_a_single_one(administrator: Browser, sandbox: Sandbox) -> None:
    """The user is deactivated; the own account, the primary contact, staff and a stranger are left out, each with a reason."""
    with sandbox.transaction() as db:
        customer = db.scalars(select(Customer).where(Customer.key == "office")).one()
        contact = db.scalars(
            select(Membership).where(Membership.customer_id == customer.id, Membership.primary_contact.is_(True))
        ).one()
        email = db.get_one(Person, contact.person_id).email
    page = run(administrator, ids(sandbox, USER, ADMINISTRATOR, OUTSIDER, email), "deactivate")
    assert "Uitgevoerd voor 1 van" in page.text
    assert "eigen account" in page.text
    assert OUTSIDER not in page.text and USER not in page.text and ADMINISTRATOR in page.text
    with sandbox.reading() as db:
        assert status_of(db, USER) == Status.INACTIVE
        assert status_of(db, ADMINISTRATOR) == status_of(db, OUTSIDER) == status_of(db, email) == Status.ACTIVE
        assert [event.data["done"] for event in events.after(db, type_="users.changed_in_bulk")] == [1]
    page = run(administrator, ids(sandbox, USER, ADMINISTRATOR), "reactivate")
    assert "Uitgevoerd voor 1 van" in page.text
    with sandbox.reading() as db:
        assert status_of(db, USER) == Status.ACTIVE


def test_a_role_is_given_and_taken(administrator: Browser, sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        company = db.scalars(select(Company).where(Company.key == "bakkerij")).one().id
    more = {"role": "company_administrator", "on": f"company-{company}"}
    users = ids(sandbox, USER, COMPANY_ADMINISTRATOR)
    run(administrator, users, "give", **more)
    with sandbox.reading() as db:
        held = [{(g.role, g.company_id) for g in db.get_one(Person, int(id_)).grants} for id_ in users]
    assert all(("company_administrator", company) in roles for roles in held)
    assert "heeft deze rol al" in run(administrator, users, "give", **more).text
    assert "Uitgevoerd voor 2 van" in run(administrator, users, "revoke", **more).text
    assert "heeft deze rol niet" in run(administrator, users, "revoke", **more).text


@pytest.mark.parametrize("on", ["customer-999", "company-2147483646", "", "company-x"])
def test_a_role_on_what_is_not_the_own_customer_is_refused(administrator: Browser, sandbox: Sandbox, on: str) -> None:
    page = run(administrator, ids(sandbox, USER), "give", role="company_administrator", on=on)
    assert "Er is niets gewijzigd" in page.text
    with sandbox.reading() as db:
        assert db.scalars(select(BulkChange)).all() == []


def test_all_that_match_the_filter_are_changed_in_portions(
    administrator: Browser, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "PORTION", 2)
    page = run(administrator, [], "resend", selection="all")
    with sandbox.reading() as db:
        change = db.scalars(select(BulkChange)).one()
        assert len(change.progress["remaining"]) == change.total - 2
    assert "Nog te doen" in page.text
    jobs.run_due(sandbox)
    with sandbox.reading() as db:
        change = db.scalars(select(BulkChange)).one()
        assert change.progress["remaining"] == []
        assert change.done + len(change.progress["left_out"]) == change.total > 4
        waiting = db.scalars(select(Person.id).join(Membership).where(Person.status == "not_activated")).all()
        assert change.done == len(set(waiting))


def test_who_lost_the_right_meanwhile_changes_nobody_any_more(
    administrator: Browser, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "PORTION", 1)
    run(administrator, [], "deactivate", selection="all")
    with sandbox.transaction() as db:
        administrator_row = people.by_email(db, ADMINISTRATOR)
        assert administrator_row is not None
        administrator_row.status = Status.INACTIVE
        active = set(db.scalars(select(Person.id).where(Person.status == "active")))
    jobs.run_due(sandbox)
    with sandbox.reading() as db:
        assert set(db.scalars(select(Person.id).where(Person.status == "active"))) == active
        assert {code for _, code, _ in db.scalars(select(BulkChange)).one().progress["left_out"]} >= {"admin.bulk_rights"}


def test_the_result_is_for_its_administrator_only(administrator: Browser, sign_in: SignIn, sandbox: Sandbox) -> None:
    run(administrator, ids(sandbox, USER), "deactivate")
    with sandbox.reading() as db:
        id_ = db.scalars(select(BulkChange.id)).one()
    assert administrator.open(f"/admin/users/bulk/{id_}").status == 200
    for other in (COMPANY_ADMINISTRATOR, OUTSIDER):
        assert sign_in(other).open(f"/admin/users/bulk/{id_}").status == 404


def test_a_company_administrator_removes_nobody(sign_in: SignIn, sandbox: Sandbox) -> None:
    browser = sign_in(COMPANY_ADMINISTRATOR)
    values: dict[str, str | list[str]] = {"action": "remove", "user": ids(sandbox, USER), "confirmed": "y"}
    assert browser.post("/admin/users/bulk", values).status == 403
