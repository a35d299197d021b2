"""Rules of support access: given until the end of a day, shown, changed, withdrawn, and ended by itself."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from simulator.core import events, notices, outbox
from simulator.core.advance import advance
from simulator.core.clock import Clock
from simulator.core.sandbox import Db, Sandbox
from simulator.directory import actors, administration, people, support_access
from simulator.directory.models import Company, Customer, Grant, LoginEntry, Membership, Person, Status, SupportAccess
from simulator.directory.roles import AUTOINVOICE_USER, CUSTOMER_ADMINISTRATOR
from tests.conftest import NOW
from tests.products.admin.browser import Browser, Page
from tests.products.admin.conftest import ADMINISTRATOR, COMPANY_ADMINISTRATOR, OUTSIDER, USER, SignIn

PATH = "/admin/support"
CONSULTANT = "support.person@visma-sim.example"
TODAY = NOW.astimezone(ZoneInfo("Europe/Amsterdam")).date()


def consultant_id(sandbox: Sandbox, email: str = CONSULTANT) -> int:
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        return person.id


def save(browser: Browser, sandbox: Sandbox, day: date | str, *, access: str = "support", version: int = 0) -> Page:
    id_ = consultant_id(sandbox)
    typed = day.isoformat() if isinstance(day, date) else day
    return browser.post(PATH, {"consultant": f"{id_}:{version}", f"access-{id_}": access, f"to-{id_}": typed, "q": "Saskia"})


def move(sandbox: Sandbox, to: datetime) -> None:
    with sandbox.reading() as db:
        seconds = int((to - db.clock.now()).total_seconds())
    advance(sandbox, seconds)


def roles(db: Db) -> set[str]:
    person = people.by_email(db, CONSULTANT)
    assert person is not None
    return {grant.role for grant in db.scalars(select(Grant).where(Grant.person_id == person.id))}


def mails(db: Db, name: str) -> set[str]:
    query = select(outbox.Message.recipient).where(outbox.Message.name == name)
    return set(db.scalars(query))


def test_the_consultant_is_found_by_name_and_given_access_for_a_week(administrator: Browser, sandbox: Sandbox) -> None:
    assert "Saskia Wierda" not in administrator.open(PATH).text
    page = administrator.open(PATH + "?q=wierda")
    week = support_access.USUAL + TODAY
    assert CONSULTANT in page.text
    assert f"{week.day}-{week.month}-{week:%y}" in [field.get("value") for field in page.root.all("input")]
    assert "Saskia Wierda heeft toegang" in save(administrator, sandbox, week).text
    with sandbox.reading() as db:
        assert roles(db) == {"application_administrator"}
        assert mails(db, "support_access_given") >= {CONSULTANT, ADMINISTRATOR}
        assert [event.data["until"] for event in events.after(db, type_="support_access.given")] == [week.isoformat()]
    assert "Saskia Wierda" in administrator.open(PATH).text


def test_it_ends_with_the_day_in_the_zone_of_the_customer(administrator: Browser, sign_in: SignIn, sandbox: Sandbox) -> None:
    save(administrator, sandbox, TODAY + timedelta(days=2))
    consultant = sign_in(CONSULTANT)
    assert consultant.open("/admin/users").status == 200
    with sandbox.transaction() as db:
        person = db.get_one(Person, consultant_id(sandbox))
        customer = db.scalars(select(Customer).where(Customer.key == "office")).one()
        company = db.scalars(select(Company).where(Company.customer_id == customer.id)).first()
        administration.give(db, CONSULTANT, person, AUTOINVOICE_USER, customer=customer, company=company)
        end = db.scalars(select(SupportAccess.ends_at)).one()
    assert end.astimezone(ZoneInfo("Europe/Amsterdam")).hour == 0
    assert end.astimezone(ZoneInfo("Europe/Amsterdam")).date() == TODAY + timedelta(days=3)
    move(sandbox, end - timedelta(seconds=1))
    with sandbox.reading() as db:
        assert mails(db, "support_access_ends") >= {CONSULTANT, ADMINISTRATOR}
        assert "autoinvoice_user" in roles(db)
    move(sandbox, end)
    with sandbox.reading() as db:
        assert roles(db) == set()
        assert db.get(Membership, (person.id, customer.id)) is None
        assert mails(db, "support_access_ended") >= {CONSULTANT, ADMINISTRATOR}
    assert sign_in(CONSULTANT).open("/admin/users").status == 403


def test_without_the_job_the_rights_are_gone_as_soon_as_the_day_is_over(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox
) -> None:
    save(administrator, sandbox, TODAY)
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(db.scalars(select(SupportAccess.ends_at)).one())
        person = db.get_one(Person, consultant_id(sandbox))
        actor = actors.actor_of(db, person)
        assert actor.customer_id is None and not actor.companies
    assert sign_in(CONSULTANT).open("/admin/users").status == 403
    # The page shows it as over, and renews it although the job still waits.
    again = sign_in(ADMINISTRATOR)
    assert "Afgelopen" in again.open(PATH).text
    save(again, sandbox, TODAY + timedelta(days=5))
    with sandbox.reading() as db:
        assert [access.ended_at is None for access in db.scalars(select(SupportAccess).order_by(SupportAccess.id))] == [
            False,
            True,
        ]
        assert roles(db) == {"application_administrator"}


def test_it_is_extended_and_withdrawn(administrator: Browser, sign_in: SignIn, sandbox: Sandbox) -> None:
    save(administrator, sandbox, TODAY + timedelta(days=1))
    save(administrator, sandbox, TODAY + timedelta(days=9), version=1)
    with sandbox.reading() as db:
        access = db.scalars(select(SupportAccess)).one()
        assert (access.last_day, access.version) == (TODAY + timedelta(days=9), 2)
        first_end = access.ends_at - timedelta(days=8)
    move(sandbox, first_end)
    with sandbox.reading() as db:
        assert roles(db) == {"application_administrator"}
    assert "ingetrokken" in save(sign_in(ADMINISTRATOR), sandbox, "", access="", version=2).text
    with sandbox.reading() as db:
        assert roles(db) == set()
        assert db.scalars(select(SupportAccess.ended_by)).one() == ADMINISTRATOR


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY + timedelta(days=5 * 365), "31-02-2022", "", "9999-12-31"])
def test_a_day_that_is_over_far_or_none_is_refused(administrator: Browser, sandbox: Sandbox, day: date | str) -> None:
    page = save(administrator, sandbox, day)
    assert page.status == 422
    with sandbox.reading() as db:
        assert db.scalars(select(SupportAccess)).all() == []


def test_altered_fields_give_nobody_else_access(administrator: Browser, sandbox: Sandbox) -> None:
    for email in (USER, OUTSIDER):
        id_ = consultant_id(sandbox, email)
        form = {"consultant": f"{id_}:0", f"access-{id_}": "support", f"to-{id_}": TODAY.isoformat()}
        assert administrator.post(PATH, form).status == 422
    assert administrator.post(PATH, {"consultant": "2147483646:0", "access-2147483646": "support"}).status == 422
    with sandbox.reading() as db:
        assert db.scalars(select(SupportAccess)).all() == []


def test_only_a_customer_administrator_gives_it(sign_in: SignIn, administrator: Browser, sandbox: Sandbox) -> None:
    assert save(sign_in(COMPANY_ADMINISTRATOR), sandbox, TODAY).status == 403
    save(administrator, sandbox, TODAY)
    consultant = sign_in(CONSULTANT)
    assert consultant.open(PATH).status == 200
    assert save(consultant, sandbox, TODAY + timedelta(days=30), version=1).status == 403


def test_of_two_administrators_the_second_is_told(administrator: Browser, sandbox: Sandbox) -> None:
    save(administrator, sandbox, TODAY)
    assert save(administrator, sandbox, TODAY + timedelta(days=3)).status == 409
    assert save(administrator, sandbox, "", access="", version=7).status == 409


def test_a_customer_administrator_and_a_deactivated_consultant_are_refused(administrator: Browser, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        person = db.get_one(Person, consultant_id(sandbox))
        person.status = Status.INACTIVE
    assert save(administrator, sandbox, TODAY).status == 422
    with sandbox.transaction() as db:
        person = db.get_one(Person, consultant_id(sandbox))
        person.status = Status.ACTIVE
        customer = db.scalars(select(Customer).where(Customer.key == "office")).one()
        people.grant(db, None, person, CUSTOMER_ADMINISTRATOR, customer=customer)
    assert save(administrator, sandbox, TODAY).status == 422
    with sandbox.reading() as db:
        assert db.scalars(select(SupportAccess)).all() == []


def test_its_role_is_not_taken_in_another_place_and_support_is_no_primary_contact(
    administrator: Browser, sandbox: Sandbox
) -> None:
    save(administrator, sandbox, TODAY)
    id_ = consultant_id(sandbox)
    assert administrator.post(f"/admin/users/{id_}/primary-contact", {}).status == 422
    for action in ("deactivate", "remove"):
        assert administrator.post(f"/admin/users/{id_}/{action}", {}).status == 403
    with sandbox.reading() as db:
        assert roles(db) == {"application_administrator"}


def test_what_the_consultant_opens_is_in_the_login_history_of_that_customer(
    administrator: Browser, sign_in: SignIn, sandbox: Sandbox
) -> None:
    save(administrator, sandbox, TODAY)
    consultant = sign_in(CONSULTANT)
    with sandbox.reading() as db:
        company = db.scalars(
            select(Company).join(Customer).where(Customer.key == "office", Company.status == "active")
        ).first()
        assert company is not None
    consultant.post("/home/company", {"company": str(company.id)})
    page = administrator.open("/admin/reports/login-history?q=wierda&result=opened")
    assert company.name in page.root.all("table")[0].text
    with sandbox.reading() as db:
        assert {entry.customer_id for entry in db.scalars(select(LoginEntry).where(LoginEntry.result == "opened"))} == {
            company.customer_id
        }
        assert notices.unread(db, consultant_id(sandbox)) >= 1
