"""Renewals of contracts are announced: once a term, by notice and mail, whatever the clock does."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from simulator.billing import contracts, renewals
from simulator.billing.contract_days import ContractKind
from simulator.billing.models import Contract
from simulator.core import outbox
from simulator.core.advance import advance
from simulator.core.clock import Clock
from simulator.core.events import Event
from simulator.core.notices import Notice, NoticeKind
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from simulator.directory.models import Company, Grant, Person, Status
from simulator.directory.roles import CUSTOMER_ADMINISTRATOR
from tests.billing.books import Books, add_customer, add_licence

BIRTH = datetime(2018, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def company(books: Books) -> Company:
    """Return a company whose customer has an administrator."""
    (company,) = add_customer(books.db, "NO", "Fjord AS")
    person = Person(
        email="ca@fjord.example",
        first_name="Kari",
        last_name="Nordmann",
        language="nb",
        status=Status.ACTIVE,
        created_at=books.db.clock.now(),
    )
    books.db.add(person)
    books.db.flush()
    books.db.add(Grant(person=person, role=CUSTOMER_ADMINISTRATOR.code, customer_id=company.customer_id))
    books.db.flush()
    return company


def sign(books: Books, company: Company, kind: ContractKind, signed_on: date, product: str, unit: str) -> Contract:
    contract = contracts.sign(books.db, company, kind, signed_on)
    licence = add_licence(books.db, company.customer, product, valid_from=signed_on)
    contracts.add_order(books.db, contract, licence, unit, 3, signed_on)
    return contract


def announced(books: Books, kind: NoticeKind) -> list[dict[str, object]]:
    """Return the data of the notices of a kind."""
    books.db.flush()
    return list(books.db.scalars(select(Notice.data).where(Notice.kind == kind).order_by(Notice.id)))


@pytest.mark.parametrize(
    ("kind", "signed_on", "product", "unit", "reminded_on", "last_day", "renewal_day"),
    [
        (ContractKind.QUARTERLY, date(2018, 2, 1), "expense", "EXPENSE_USER", "2018-12-01", "2018-12-31", "2019-02-01"),
        (ContractKind.YEARLY, date(2018, 1, 1), "bizweb", "BIZWEB", "2018-08-31", "2018-09-30", "2019-01-01"),
        (ContractKind.YEARLY, date(2020, 2, 29), "bizweb", "BIZWEB", "2020-08-31", "2020-09-30", "2021-01-01"),
    ],
)
def test_a_renewal_is_announced_thirty_days_before_the_last_day_of_notice_once(
    books: Books,
    company: Company,
    kind: ContractKind,
    signed_on: date,
    product: str,
    unit: str,
    reminded_on: str,
    last_day: str,
    renewal_day: str,
) -> None:
    sign(books, company, kind, signed_on, product, unit)
    reminder = date.fromisoformat(reminded_on)
    assert renewals.next_day(books.db, signed_on) == reminder
    renewals.announce_due(books.db, reminder - timedelta(days=1))
    assert announced(books, NoticeKind.CONTRACT_RENEWING) == []
    for day in (reminder, reminder, reminder + timedelta(days=30)):
        renewals.announce_due(books.db, day)
    (data,) = announced(books, NoticeKind.CONTRACT_RENEWING)
    assert (data["last_day"], data["renewal_day"], data["customer"]) == (last_day, renewal_day, company.customer.name)
    (mail,) = outbox.newest_first(books.db, to="ca@fjord.example")
    assert mail.name == "contract_renewing"
    renewals.announce_due(books.db, date.fromisoformat(last_day) + timedelta(days=1))
    following = renewals.next_day(books.db, date.fromisoformat(last_day) + timedelta(days=1))
    assert following is not None
    renewals.announce_due(books.db, following)
    assert len(announced(books, NoticeKind.CONTRACT_RENEWING)) == 2


def test_a_contract_under_notice_is_not_renewed(books: Books, company: Company) -> None:
    contract = sign(books, company, ContractKind.YEARLY, date(2018, 1, 1), "visma_business", "BUSINESS_ACCOUNTING")
    contract.ends_on = date(2018, 12, 31)
    for day in (date(2018, 8, 31), date(2018, 9, 30), date(2019, 1, 1)):
        renewals.announce_due(books.db, day)
    assert announced(books, NoticeKind.CONTRACT_RENEWING) == []
    assert renewals.next_day(books.db, date(2018, 8, 1)) is None


@pytest.fixture
def contracts_no(store: Store) -> Iterator[Sandbox]:
    """Return a fresh sandbox of ``contracts-no``."""
    store.create("contracts", Creation(scenario="contracts-no", clock=Clock.frozen(BIRTH)))
    with store.open("contracts") as sandbox:
        yield sandbox


def test_a_year_passes_and_each_contract_that_goes_on_is_announced_once_a_term(contracts_no: Sandbox) -> None:
    advance(contracts_no, int(timedelta(days=366).total_seconds()))
    with contracts_no.reading() as db:
        going_on = [row.number for row in db.scalars(select(Contract).where(Contract.ends_on.is_(None)))]
        lines = [
            (line.subject, line.data["last_day"])
            for line in db.scalars(select(Event).where(Event.type == renewals.RENEWING))
        ]
    assert len(lines) == len(set(lines))
    assert {number for number, _ in lines} == set(going_on)
    assert ("60101", "2018-09-30") in lines
    assert ("60103", "2018-12-31") in lines
