"""Notice from both ends: the customer's form and mails, what the desk registers or refuses, and what everybody sees afterwards."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from simulator.app import Platform
from simulator.billing import cancellations
from simulator.billing.models import Contract
from simulator.core import advance, outbox
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.directory import people
from simulator.directory.cases.models import SupportCase
from tests.reading import read
from tests.visits import Visitor, fresh_sandbox

ADMINISTRATOR = "administrator@nordvik.example"
USER = "user@nordvik.example"
OTHER = "administrator@sandlund.example"
STAFF = "support.person@visma-sim.example"
NOW = datetime.fromisoformat("2018-03-01T09:00+01:00")


@pytest.fixture
def sandbox(platform: Platform) -> Iterator[Sandbox]:
    """Make a sandbox of contracts in 2018."""
    with fresh_sandbox(
        platform, "default", Creation(scenario="contracts-no", language="en", clock=Clock.frozen(NOW), seed="seed")
    ) as opened:
        yield opened


@pytest.fixture
def desk(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return the browser of a member of the staff."""
    return Visitor.of(platform, sandbox, STAFF, "en")


@pytest.fixture
def administrator(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return the browser of the customer's administrator."""
    return Visitor.of(platform, sandbox, ADMINISTRATOR, "en")


def move(sandbox: Sandbox, instant: str) -> None:
    """Advance the clock."""
    with sandbox.reading() as db:
        seconds = (datetime.fromisoformat(instant) - db.clock.now()).total_seconds()
    advance.advance(sandbox, int(seconds))


def write(sandbox: Sandbox, text: str, sender: str = ADMINISTRATOR) -> int:
    """Mail the cancellations desk, and return the number of the case."""
    with sandbox.transaction() as db:
        mail = outbox.PersonalMail(
            sender=sender, sender_name="A", to="oppsigelse@visma.no", subject="Oppsigelse", text=text, language="nb"
        )
        outbox.write(db, mail)
        return db.scalars(select(SupportCase.number).order_by(SupportCase.number.desc())).first() or 0


def newest_mail(sandbox: Sandbox, to: str = ADMINISTRATOR) -> str:
    """Return the text of the newest mail to somebody."""
    with sandbox.reading() as db:
        return outbox.newest_first(db, to=to, limit=1)[0].text


def days(sandbox: Sandbox, number: str) -> list[str | None]:
    """Return the day of notice and the last day of a contract."""
    with sandbox.reading() as db:
        contract = db.scalars(select(Contract).filter_by(number=number)).one()
        return [day.isoformat() if day else None for day in (contract.notice_on, contract.ends_on)]


def test_notice_is_sent_from_the_contract_and_confirmed_by_the_desk(
    sandbox: Sandbox, desk: Visitor, administrator: Visitor
) -> None:
    page = administrator.get("/settings/contracts/60102").text
    assert "/settings/contracts/60102/cancel" in page
    form = administrator.form("/settings/contracts/60102/cancel", "end")
    assert form.values["end"] == "2018-05-31"
    sent = administrator.send(form, end="2018-08-31", remark="We have another program.", follow=True)
    assert "sent to oppsigelse@visma.no" in sent.text
    assert days(sandbox, "60102") == [None, None], "nothing counts before it is confirmed"
    assert "waits to be read, as case 10001" in administrator.get("/settings/contracts/60102/cancel").text
    register = desk.form("/support/cases/10001/actions/cancellation", "subject")
    assert {name: register.values[name] for name in ("customer_number", "subject", "end")} == {
        "customer_number": "800100",
        "subject": "60102",
        "end": "31/08/2018",
    }
    assert "The reply to" in desk.send(register, follow=True).text
    assert days(sandbox, "60102") == ["2018-03-01", "2018-08-31"]
    mail = newest_mail(sandbox)
    assert "The last day of the contract is 31/08/2018." in mail
    assert "Visma.net Expense" in mail
    licences = administrator.get("/settings/licenses").text
    assert "Access until" in licences
    assert "31/08/2018" in licences
    assert "has been cancelled already" in administrator.get("/settings/contracts/60102/cancel").text
    assert "Visma.net Expense has been cancelled: access until 31/08/2018." in administrator.get("/home/").text


@pytest.mark.parametrize(("arrives", "last_day"), [("2018-09-30T23:59", "2018-12-31"), ("2018-10-01T00:00", "2019-12-31")])
def test_the_instant_of_arrival_decides(platform: Platform, sandbox: Sandbox, arrives: str, last_day: str) -> None:
    move(sandbox, f"{arrives}+02:00")
    case = write(sandbox, "Vi sier opp kontrakt 60101 til 31.12.2018.")
    move(sandbox, "2019-01-02T10:00+01:00")
    desk = Visitor.of(platform, sandbox, STAFF, "en")
    form = desk.form(f"/support/cases/{case}/actions/cancellation", "subject")
    answer = desk.send(form)
    is_late = last_day != "2018-12-31"
    assert (answer.status_code, "Too late for 31/12/2018" in answer.text) == ((422, True) if is_late else (302, False))
    assert days(sandbox, "60101")[1] == (None if is_late else last_day)
    if is_late:
        desk.send(form, otherwise="later")
        assert days(sandbox, "60101") == ["2018-10-01", last_day]


def test_a_late_notice_is_refused_by_mail_with_the_reason(platform: Platform, sandbox: Sandbox) -> None:
    move(sandbox, "2018-10-01T08:00+02:00")
    desk = Visitor.of(platform, sandbox, STAFF, "en")
    case = write(sandbox, "Vi ønsker ikke Visma Business i 2019, siste dag 31.12.2018.")
    form = desk.form(f"/support/cases/{case}/actions/cancellation", "subject")
    assert form.values["subject"] == "Visma Business"
    desk.send(form, otherwise="refuse")
    assert "had to arrive by 30/09/2018" in newest_mail(sandbox)
    assert days(sandbox, "60101") == [None, None]


@pytest.mark.parametrize(
    ("sender", "changes", "reason"),
    [
        (USER, {}, "may not cancel contracts of Nordvik Gruppen AS"),
        (OTHER, {}, "may not cancel contracts of Nordvik Gruppen AS"),
        (OTHER, {"customer_number": "800200"}, "has no contract that has the number"),
        (ADMINISTRATOR, {"subject": "WebFaktura Visma.net"}, "has no contract that has the number, or is for the product"),
        (ADMINISTRATOR, {"subject": "60104"}, "has been cancelled already, since 20/02/2018"),
        (ADMINISTRATOR, {"subject": "60105"}, "ended on 31/12/2017 already"),
        (ADMINISTRATOR, {"end": "99/99/9999"}, "This is not a day"),
        (ADMINISTRATOR, {"customer_number": "1' OR 1=1"}, "There is no customer with the number"),
        (ADMINISTRATOR, {"written": "999999"}, "Written by the customer"),
    ],
)
def test_what_is_refused_and_why(sandbox: Sandbox, desk: Visitor, sender: str, changes: dict[str, str], reason: str) -> None:
    case = write(sandbox, "Vi sier opp kontrakt 60102.", sender)
    form = desk.form(f"/support/cases/{case}/actions/cancellation", "subject")
    values: dict[str, Any] = {"customer_number": "800100", "subject": "60102", **changes}
    answer = desk.send(form, **values)
    assert (answer.status_code, reason in read(answer.text).text) == (422, True)
    assert days(sandbox, "60102") == [None, None]


def test_notice_is_withdrawn_and_reading_registered_from_cases(sandbox: Sandbox, desk: Visitor) -> None:
    case = write(sandbox, "Vi trekker oppsigelsen av 60104 tilbake.")
    path = f"/support/cases/{case}/actions"
    desk.send(desk.form(f"{path}/withdraw_cancellation", "subject"))
    assert days(sandbox, "60104") == [None, None]
    assert "The contract goes on." in newest_mail(sandbox)
    refused = desk.send(desk.form(f"{path}/reading_licence", "product"))
    assert "has not ended" in refused.text


def test_the_form_of_a_contract_of_others_is_not_there(sandbox: Sandbox, platform: Platform, administrator: Visitor) -> None:
    assert administrator.get("/settings/contracts/60201/cancel").status_code == 404
    assert administrator.get("/settings/contracts/x/cancel").status_code == 404
    form = administrator.form("/settings/contracts/60102/cancel", "end")
    for end in ("2018-03-31", "2030-01-01", "x", ""):
        assert administrator.send(form, end=end).status_code == 422
    assert administrator.send(form, remark="x" * 1001).status_code == 422


def test_after_the_end_there_is_no_service_but_its_roles_and_companies_and_a_page_says_so(
    sandbox: Sandbox, desk: Visitor, platform: Platform
) -> None:
    case = write(sandbox, "Vi sier opp 60102 og 60101.")
    desk.send(desk.form(f"/support/cases/{case}/actions/cancellation", "subject"), end="31.05.2018")
    move(sandbox, "2018-06-01T00:01+02:00")
    user, administrator = (Visitor.of(platform, sandbox, email, "en") for email in (USER, ADMINISTRATOR))
    assert "Access to Visma.net Expense ended on 31/05/2018." in user.get("/home/").text
    assert "Access to Visma.net Expense ended on 31/05/2018." in user.get("/services/expense").text
    assert "Nordvik Handel AS" in administrator.get("/admin/companies").text
    assert "access_ending" in {mail.name for mail in _mails(sandbox)}
    assert "Nordvik Handel AS" in administrator.get("/home/").text


def _mails(sandbox: Sandbox) -> list[outbox.Message]:
    with sandbox.reading() as db:
        return list(outbox.newest_first(db, to=ADMINISTRATOR))


def test_what_happens_to_a_contract_is_in_the_change_log_of_its_customer(
    platform: Platform, sandbox: Sandbox, administrator: Visitor
) -> None:
    with sandbox.transaction() as db:
        staff = people.by_email(db, STAFF)
        contract = db.scalars(select(Contract).where(Contract.number == "60101")).one()
        assert staff is not None
        request = cancellations.CancellationRequest(contract.customer.number, "60101", ADMINISTRATOR, db.clock.now(), None)
        cancellations.register(db, staff, request)
        cancellations.withdraw(db, staff, contract.customer.number, "60101", ADMINISTRATOR)
    text = read(administrator.get("/admin/change-log").text).text
    assert "Cancellation registered" in text
    assert "Cancellation withdrawn" in text
    assert "Visma Business" in text
    other = Visitor.of(platform, sandbox, OTHER, "en")
    assert "60101" not in other.get("/admin/change-log").text
