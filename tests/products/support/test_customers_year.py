"""A customer's year on a moved clock: hired, more users, support access, notice and the end, month by month and at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from simulator.app import Platform
from simulator.billing.contract_days import add_months
from simulator.billing.models import Invoice, Licence
from simulator.core import advance, events
from simulator.core.clock import Clock
from simulator.core.outbox import Message
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.directory import people
from simulator.directory.models import CompanyService
from tests.visits import Visitor, store_of

ADMINISTRATOR, CONSULTANT = "administrator@nordvik.example", "support.person@visma-sim.example"
HIRED = "hired@nordvik.example"
OSLO = ZoneInfo("Europe/Oslo")
BIRTH = datetime(2018, 3, 1, 9, tzinfo=OSLO)
END = datetime(2019, 8, 1, 9, tzinfo=OSLO)
MONTHS = [datetime.combine(add_months(date(2018, 4, 1), month), BIRTH.time(), OSLO) for month in range(17)]


@dataclass(frozen=True)
class Year:
    """What a year left behind: rows without ids and addresses."""

    journal: list[tuple[datetime, str, str | None]]
    mails: list[tuple[datetime, str, str]]
    invoices: list[tuple[str, date, Decimal]]
    licences: list[tuple[str, int, date | None]]
    services: list[tuple[int, str]]
    roles: list[str]


@pytest.fixture(scope="module")
def years(platform: Platform) -> dict[str, Year]:
    """Live the year twice."""
    return {name: live(platform, name, days) for name, days in (("months", MONTHS), ("jump", [END]))}


def live(platform: Platform, name: str, instants: Sequence[datetime]) -> Year:
    """Do in March 2018 what leads to the events of the year, and let the time pass."""
    store = store_of(platform)
    store.create(name, Creation(scenario="contracts-no", language="nb", clock=Clock.frozen(BIRTH), seed="seed"))
    try:
        with store.open(name) as sandbox:
            begin(platform, sandbox)
            for instant in instants:
                with sandbox.reading() as db:
                    seconds = (instant - db.clock.now()) // timedelta(seconds=1)
                advance.advance(sandbox, seconds)
            return remains(sandbox)
    finally:
        store.delete(name)


def begin(platform: Platform, sandbox: Sandbox) -> None:
    """Hire a user, order users, give support access, and give notice of the yearly contract, which the desk registers."""
    administrator = Visitor.of(platform, sandbox, ADMINISTRATOR, "nb")
    staff = Visitor.of(platform, sandbox, CONSULTANT, "nb")

    def act(visitor: Visitor, path: str, holding: str, **values: Any) -> None:
        assert visitor.send(visitor.form(path, holding), **values).status_code == 302, path

    person = {"email": HIRED, "first_name": "Siri", "last_name": "Ny"}
    grants = {"row": ["company-1"], "grant": ["company-1:expense_user"]}
    act(administrator, "/admin/users/add", "email", **person, **grants)
    with sandbox.reading() as db:
        expense = db.scalars(select(Licence).filter_by(product="expense", customer_number="800100")).one().id
        consultant = people.by_email(db, CONSULTANT)
        assert consultant is not None
    order = f"/settings/licenses/{expense}/users"
    act(administrator, order, "users", users="40", confirmed="1")
    access = {f"access-{consultant.id}": "support", f"to-{consultant.id}": "09.03.2018"}
    act(administrator, "/admin/support?q=Solveig", "consultant", **access)
    act(administrator, "/settings/contracts/60101/cancel", "end")
    act(staff, "/support/cases/10001/actions/cancellation", "subject")


def remains(sandbox: Sandbox) -> Year:
    """Read what is left at the end."""
    with sandbox.reading() as db:
        hired = people.by_email(db, HIRED)
        assert hired is not None
        return Year(
            journal=[(line.at, line.type, line.subject) for line in events.after(db, limit=10_000)],
            mails=[
                (row.sent_at.astimezone(OSLO), row.recipient, row.subject)
                for row in db.scalars(select(Message).order_by(Message.id))
            ],
            invoices=[
                (row.number, row.invoice_date, row.total_excluding_vat)
                for row in db.scalars(select(Invoice).order_by(Invoice.id))
                if row.customer.number == "800100"
            ],
            licences=[
                (row.product, row.quantity, row.valid_to)
                for row in db.scalars(select(Licence).order_by(Licence.id))
                if row.customer.number == "800100"
            ],
            services=[(row.company_id, row.service) for row in db.scalars(select(CompanyService))],
            roles=[grant.role for grant in hired.grants],
        )


def test_month_by_month_and_at_once_the_year_is_the_same(years: dict[str, Year]) -> None:
    assert years["months"] == years["jump"]


def test_the_mails_of_the_year_come_on_their_days(years: dict[str, Year]) -> None:
    mails = [
        (f"{sent_at:%Y-%m-%d %H:%M}", subject)
        for sent_at, to, subject in years["jump"].mails
        if to == ADMINISTRATOR and "faktura" not in subject
    ]
    renewals = [(day[:10], subject.rpartition(" ")[2]) for day, subject in mails if "fornyes" in subject]
    assert renewals[:6] == [
        ("2018-03-31", "01.06.2018"),
        ("2018-07-01", "01.09.2018"),
        ("2018-10-01", "01.12.2018"),
        ("2018-12-01", "01.02.2019"),
        ("2019-01-01", "01.03.2019"),
        ("2019-03-01", "01.05.2019"),
    ], "thirty days before the last day of notice, and none for the contracts that end"
    assert [mail for mail in mails if "fornyes" not in mail[1]] == [
        ("2018-03-01 09:00", "Bestillingen av brukere av Visma.net Expense"),
        ("2018-03-01 09:00", "Supporttilgang til Nordvik Gruppen AS til og med 09.03.2018"),
        ("2018-03-01 09:00", "[#10001] Oppsigelse av kontrakt 60101"),
        ("2018-03-01 09:00", "[#10001] Oppsigelse av kontrakt 60101"),
        ("2018-03-08 08:00", "Supporttilgang til Nordvik Gruppen AS avsluttes i morgen"),
        ("2018-03-10 00:00", "Supporttilgang til Nordvik Gruppen AS er avsluttet"),
        ("2018-12-01 08:00", "Huldt & Lillevik Lønn kan bare leses etter 31.12.2018"),
        ("2018-12-01 08:00", "Tilgangen til Visma Bizweb opphører etter 31.12.2018"),
        ("2019-05-31 08:00", "Tilgangen til Visma Business opphører etter 30.06.2019"),
    ]


def test_the_contract_ends_with_its_year_and_the_others_are_invoiced_on(years: dict[str, Year]) -> None:
    year = years["jump"]
    made = [(number, f"{day}", amount) for number, day, amount in year.invoices if day >= BIRTH.date()][3:]
    quarters = {"03-01", "06-01", "09-01", "12-01"}
    assert made[0] == ("72000028", "2018-03-01", Decimal(1200)), "eight users more, for three months"
    assert {amount for _, day, amount in made[1:] if day[5:] in quarters} == {Decimal(6000)}, (
        "forty users at 50, three months"
    )
    assert {amount for _, day, amount in made[1:] if day[5:] not in quarters} == {Decimal(2385)}
    assert "2019-01-01" not in {day for _, day, _ in made}, "the yearly contracts under notice are not renewed"
    ended = {(product, last_day) for product, _, last_day in year.licences if last_day is not None}
    assert ended == {
        ("visma_business", date(2018, 12, 31)),
        ("bizweb", date(2018, 12, 31)),
        ("payroll", date(2018, 12, 31)),
        ("document_center", date(2017, 12, 31)),
    }
    assert ("expense", 40, None) in year.licences


def test_access_ends_when_the_manual_says_and_people_keep_their_roles(years: dict[str, Year]) -> None:
    year = years["jump"]
    ends = [(f"{at.astimezone(OSLO):%Y-%m-%d}", subject) for at, type_, subject in year.journal if type_ == "access.ended"]
    assert ends == [("2019-01-01", "800100"), ("2019-01-01", "800100"), ("2019-07-01", "800100")]
    assert [f"{at.astimezone(OSLO):%Y-%m-%d}" for at, type_, _ in year.journal if type_ == "support_access.ended"] == [
        "2018-03-10"
    ]
    assert year.roles == ["expense_user"]
    assert (1, "expense") in year.services
