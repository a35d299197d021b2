"""Rules of notice: who may give it, until when it is in time, what it credits, what access remains, and its withdrawal."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from simulator.billing import access, billing_runs, cancellations, contracts, orders, reading_licences
from simulator.billing.access import AccessState
from simulator.billing.cancellations import CancellationRefused, CancellationRequest
from simulator.billing.contract_days import ContractKind
from simulator.billing.models import Contract, Invoice, Licence
from simulator.billing.products import BY_CODE
from simulator.core import events, outbox
from simulator.core.clock import Clock
from simulator.core.errors import RuleViolation
from simulator.core.jobs import Job
from simulator.directory import companies, people
from simulator.directory.actors import Actor
from simulator.directory.models import Company, CompanyService, Membership, Person, Status
from simulator.directory.people import Particulars
from simulator.directory.roles import BUSINESS_CONTACT, COMPANY_ADMINISTRATOR, CUSTOMER_ADMINISTRATOR
from tests.billing.books import Books, add_customer
from tests.billing.conftest import Open
from tests.billing.test_contracts import sign

OSLO = ZoneInfo("Europe/Oslo")
ADMINISTRATOR = "administrator@fjord.example"


def person(books: Books, company: Company, email: str, *grants: tuple[object, Company | None]) -> Person:
    """Add an active user of a company's customer."""
    added = people.create(books.db, Particulars(email=email, first_name="A", last_name="B", language="nb"))
    added.status = Status.ACTIVE
    books.db.add(Membership(person_id=added.id, customer_id=company.customer_id))
    for role, at in grants:
        people.grant(books.db, "test", added, role, customer=company.customer, company=at)  # type: ignore[arg-type]
    books.db.flush()
    return added


@pytest.fixture
def company(books: Books) -> Company:
    """Return a Norwegian company whose customer has an administrator."""
    (company,) = add_customer(books.db, "NO", "Fjord AS")
    person(books, company, ADMINISTRATOR, (CUSTOMER_ADMINISTRATOR, None))
    return company


@pytest.fixture
def staff(books: Books) -> Person:
    """Return a member of the desk."""
    added = people.create(
        books.db, Particulars(email="desk@visma-sim.example", first_name="D", last_name="E", language="en")
    )
    added.desk = True
    return added


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    """Return an instant on the clocks of Oslo."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=OSLO)


def move(books: Books, instant: datetime) -> None:
    """Set the clock, and make all invoices that are due."""
    books.db.record.clock = Clock.frozen(instant.astimezone(UTC))
    billing_runs.bill_all_due(books.db, instant.date())


def notice(
    company: Company, subject: str, arrived_at: datetime, end: date | None = None, sender: str = ADMINISTRATOR
) -> CancellationRequest:
    """Return a notice."""
    return CancellationRequest(company.customer.number, subject, sender, arrived_at, end)


def refusal(books: Books, request: CancellationRequest) -> str:
    """Return the code with which a notice is refused."""
    with pytest.raises(RuleViolation) as caught:
        cancellations.check(books.db, request)
    return caught.value.code


def billed(books: Books, contract: Contract) -> Decimal:
    """Return the sum of all invoices of a contract, with corrections."""
    total = books.db.scalar(select(func.sum(Invoice.total_excluding_vat)).where(Invoice.contract_id == contract.id))
    return total or Decimal(0)


def test_notice_until_the_last_minute_of_30_september_is_in_time_whenever_the_desk_reads_it(
    books: Books, company: Company, staff: Person
) -> None:
    contract, (licence,) = sign(books, company, ContractKind.YEARLY, date(2014, 5, 2), ("bizweb", "BIZWEB", 1))
    move(books, at(date(2018, 12, 1)))
    in_time = notice(company, contract.number, at(date(2018, 9, 30), 23, 59), date(2018, 12, 31))
    late = notice(company, contract.number, at(date(2018, 10, 1), 0, 0), date(2018, 12, 31))
    assert refusal(books, late) == "cancellation.late"
    assert cancellations.check(books.db, late, later=True).ends_on == date(2019, 12, 31)
    assert contract.ends_on is None, "nothing changes before it is registered"
    cancellation = cancellations.register(books.db, staff, in_time)
    assert [contract.notice_on, contract.ends_on, licence.valid_to] == [date(2018, 9, 30), *[date(2018, 12, 31)] * 2]
    assert cancellation.products == "Visma Bizweb"
    assert [line.data["ends_on"] for line in events.after(books.db, type_="cancellation.registered")] == ["2018-12-31"]
    assert refusal(books, late) == "cancellation.already"
    move(books, at(date(2020, 2, 1)))
    assert books.db.scalar(select(func.max(Invoice.period_to)).where(Invoice.contract_id == contract.id)) == date(
        2018, 12, 31
    )
    assert refusal(books, notice(company, contract.number, at(date(2019, 1, 1)))) == "cancellation.ended"


def test_a_subscription_is_bound_for_a_year_and_then_cancelled_a_month_before_a_period(
    books: Books, company: Company
) -> None:
    contract, _ = sign(books, company, ContractKind.QUARTERLY, date(2018, 2, 1), ("expense", "EXPENSE_USER", 3))

    def ends(day: date, end: date | None = None) -> date:
        return cancellations.check(books.db, notice(company, contract.number, at(day), end)).ends_on

    assert ends(date(2018, 3, 1)) == ends(date(2018, 12, 31)) == date(2019, 1, 31)
    assert ends(date(2019, 1, 1)) == date(2019, 4, 30)
    assert ends(date(2018, 3, 1), date(2019, 7, 1)) == date(2019, 7, 31), "a later end, with its period"
    assert refusal(books, notice(company, contract.number, at(date(2018, 3, 1)), date(2018, 7, 31))) == "cancellation.bound"
    assert refusal(books, notice(company, "expense", at(date(2019, 1, 1)), date(2019, 1, 31))) == "cancellation.late"


def test_a_period_that_was_invoiced_while_notice_waited_unread_is_credited(
    books: Books, company: Company, staff: Person
) -> None:
    contract, _ = sign(
        books,
        company,
        ContractKind.YEARLY,
        date(2017, 1, 1),
        ("visma_business", "BUSINESS_ACCOUNTING", 9),
        ("bizweb", "BIZWEB", 1),
    )
    move(books, at(date(2018, 12, 31)))
    before = billed(books, contract)
    move(books, at(date(2019, 1, 3)))
    assert billed(books, contract) > before, "the renewal was invoiced"
    cancellations.register(books.db, staff, notice(company, contract.number, at(date(2018, 9, 30))))
    assert billed(books, contract) == before
    credit = books.db.scalars(select(Invoice).where(Invoice.corrects_id.is_not(None))).one()
    assert (credit.invoice_date, credit.reason) == (date(2019, 1, 3), f"Kontrakt {contract.number} er avsluttet.")
    assert credit.corrects is not None and credit.total == -credit.corrects.total
    assert [line.unit for line in credit.lines] == ["BUSINESS_ACCOUNTING", "BIZWEB", "DISTRIBUTION"]
    move(books, at(date(2020, 1, 3)))
    assert billed(books, contract) == before
    with pytest.raises(RuleViolation, match="ended"):
        cancellations.withdraw(books.db, staff, company.customer.number, contract.number, ADMINISTRATOR)


def test_a_notice_that_was_withdrawn_never_was(books: Books, company: Company, staff: Person) -> None:
    contract, (licence,) = sign(books, company, ContractKind.QUARTERLY, date(2018, 2, 1), ("expense", "EXPENSE_USER", 3))
    move(books, at(date(2018, 12, 1)))
    with pytest.raises(RuleViolation, match="no_notice"):
        cancellations.withdraw(books.db, staff, company.customer.number, contract.number, ADMINISTRATOR)
    cancellations.register(books.db, staff, notice(company, contract.number, at(date(2018, 12, 1))))
    with pytest.raises(RuleViolation, match="no_right"):
        cancellations.withdraw(books.db, staff, company.customer.number, contract.number, "x@y.example")
    cancellations.withdraw(books.db, staff, company.customer.number, contract.number, ADMINISTRATOR)
    assert (contract.notice_on, contract.ends_on, licence.valid_to) == (None, None, None)
    move(books, at(date(2019, 2, 1)))
    assert billed(books, contract) == 5 * 450
    move(books, at(date(2019, 4, 1)))


def test_one_product_of_a_contract_can_be_cancelled_and_the_others_go_on(
    books: Books, company: Company, staff: Person
) -> None:
    contract, (business, bizweb) = sign(
        books,
        company,
        ContractKind.YEARLY,
        date(2017, 1, 1),
        ("visma_business", "BUSINESS_ACCOUNTING", 9),
        ("bizweb", "BIZWEB", 1),
    )
    move(books, at(date(2018, 6, 1)))
    cancellation = cancellations.register(books.db, staff, notice(company, " visma  BIZWEB ".strip(), at(date(2018, 6, 1))))
    assert (cancellation.whole, contract.ends_on, bizweb.valid_to) == (False, None, date(2018, 12, 31))
    assert business.valid_to is None
    assert refusal(books, notice(company, "bizweb", at(date(2018, 6, 1)))) == "cancellation.already_ending"
    move(books, at(date(2019, 1, 2)))
    newest = books.db.scalars(select(Invoice).order_by(Invoice.id.desc())).first()
    assert newest is not None
    assert [line.unit for line in newest.lines] == ["BUSINESS_ACCOUNTING", "DISTRIBUTION"]
    cancellations.register(books.db, staff, notice(company, contract.number, at(date(2019, 6, 1))))
    assert (contract.ends_on, bizweb.valid_to) == (date(2019, 12, 31), date(2018, 12, 31))


def both(books: Books, company: Company) -> tuple[Contract, Licence, Licence]:
    """Return a yearly contract for two products, in June of its second year."""
    ordered = [("visma_business", "BUSINESS_ACCOUNTING", 9), ("bizweb", "BIZWEB", 1)]
    contract, (business, bizweb) = sign(books, company, ContractKind.YEARLY, date(2017, 1, 1), *ordered)
    move(books, at(date(2018, 6, 1)))
    return contract, business, bizweb


def withdraw(books: Books, staff: Person, company: Company, subject: str) -> list[str]:
    """Withdraw a notice, and return the products that go on."""
    withdrawal = cancellations.withdraw(books.db, staff, company.customer.number, subject, ADMINISTRATOR)
    return [licence.product for licence in withdrawal.licences]


def test_notice_of_one_product_is_withdrawn_by_itself(books: Books, company: Company, staff: Person) -> None:
    contract, business, bizweb = both(books, company)
    actor = Actor(1, ADMINISTRATOR, "A", "nb", company.customer_id, None, (), frozenset(), frozenset())
    contracts.order_users(books.db, actor, business, 9, 7, date(2018, 6, 1))
    cancellations.register(books.db, staff, notice(company, "visma business", at(date(2018, 6, 1))))
    with pytest.raises(RuleViolation, match="contract_ending"):
        contracts.order_users(books.db, actor, business, 9, 12, date(2018, 6, 1))
    with pytest.raises(RuleViolation, match="no_notice"):
        withdraw(books, staff, company, "bizweb")
    assert withdraw(books, staff, company, "visma business") == ["visma_business"]
    with pytest.raises(RuleViolation, match="no_notice"):
        withdraw(books, staff, company, "visma business")
    assert (business.valid_to, contract.ends_on) == (None, None)
    move(books, at(date(2019, 1, 2)))
    newest = books.db.scalars(select(Invoice).order_by(Invoice.id.desc())).first()
    assert newest is not None
    assert [line.users for line in newest.lines] == [1, 7, None], "fewer users, as ordered before the notice"
    assert bizweb.valid_to is None


def test_of_a_contract_under_notice_one_product_can_go_on(books: Books, company: Company, staff: Person) -> None:
    contract, business, bizweb = both(books, company)
    cancellations.register(books.db, staff, notice(company, contract.number, at(date(2018, 6, 1))))
    assert withdraw(books, staff, company, "bizweb") == ["bizweb"]
    assert (contract.ends_on, business.valid_to, bizweb.valid_to) == (None, date(2018, 12, 31), None)
    move(books, at(date(2019, 1, 2)))
    newest = books.db.scalars(select(Invoice).order_by(Invoice.id.desc())).first()
    assert newest is not None
    assert [line.unit for line in newest.lines] == ["BIZWEB", "DISTRIBUTION"]


def test_a_product_that_was_cancelled_by_itself_stays_so_when_notice_of_the_contract_is_withdrawn(
    books: Books, company: Company, staff: Person
) -> None:
    contract, business, bizweb = both(books, company)
    cancellations.register(books.db, staff, notice(company, "bizweb", at(date(2018, 6, 1))))
    cancellations.register(books.db, staff, notice(company, contract.number, at(date(2018, 6, 2))))
    assert withdraw(books, staff, company, contract.number) == ["visma_business"]
    assert (business.valid_to, bizweb.valid_to) == (None, date(2018, 12, 31))
    assert withdraw(books, staff, company, "bizweb") == ["bizweb"]


def test_a_product_that_ends_later_does_not_end_with_the_last_other_one(
    books: Books, company: Company, staff: Person
) -> None:
    contract, business, bizweb = both(books, company)
    cancellations.register(books.db, staff, notice(company, "bizweb", at(date(2018, 6, 1)), date(2019, 12, 31)))
    partial = cancellations.register(books.db, staff, notice(company, "visma business", at(date(2018, 6, 1))))
    assert (partial.whole, contract.ends_on, business.valid_to) == (False, None, date(2018, 12, 31))
    assert bizweb.valid_to == date(2019, 12, 31)
    move(books, at(date(2019, 1, 2)))
    newest = books.db.scalars(select(Invoice).order_by(Invoice.id.desc())).first()
    assert newest is not None
    assert [line.unit for line in newest.lines] == ["BIZWEB", "DISTRIBUTION"]


def test_who_may_give_notice(books: Books, company: Company) -> None:
    contract, _ = sign(books, company, ContractKind.QUARTERLY, date(2018, 2, 1), ("expense", "EXPENSE_USER", 3))
    (other,) = add_customer(books.db, "NO", "Other AS")
    person(books, company, "contact@fjord.example", (BUSINESS_CONTACT, None))
    person(books, company, "company@fjord.example", (COMPANY_ADMINISTRATOR, company))
    person(books, other, "administrator@other.example", (CUSTOMER_ADMINISTRATOR, None))
    primary = person(books, company, "primary@fjord.example")
    books.db.get_one(Membership, (primary.id, company.customer_id)).primary_contact = True
    gone = person(books, company, "gone@fjord.example", (CUSTOMER_ADMINISTRATOR, None))
    gone.status = Status.INACTIVE
    day = at(date(2018, 3, 1))
    for sender in (ADMINISTRATOR, "CONTACT@fjord.example", "primary@fjord.example"):
        assert cancellations.check(books.db, notice(company, contract.number, day, sender=sender)).contract is contract
    for sender in (
        "company@fjord.example",
        "administrator@other.example",
        "gone@fjord.example",
        "no@body.example",
        "nonsense",
        "",
    ):
        assert refusal(books, notice(company, contract.number, day, sender=sender)) == "cancellation.no_right"
    assert (
        refusal(books, notice(other, contract.number, day, sender="administrator@other.example"))
        == "cancellation.no_contract"
    )
    for subject in ("payroll", "autoinvoice", "no such thing", "", "%", "60001'"):
        assert refusal(books, notice(company, subject, day)) == "cancellation.no_contract"
    assert refusal(books, CancellationRequest("0", contract.number, ADMINISTRATOR, day)) == "cancellation.no_customer"


@pytest.mark.parametrize(
    ("product", "unit", "kind", "signed_on", "states"),
    [
        (
            "expense",
            "EXPENSE_USER",
            ContractKind.QUARTERLY,
            date(2018, 1, 1),
            {date(2019, 3, 31): ("ending", date(2019, 3, 31)), date(2019, 4, 1): ("ended", date(2019, 3, 31))},
        ),
        (
            "visma_business",
            "BUSINESS_ACCOUNTING",
            ContractKind.YEARLY,
            date(2018, 1, 1),
            {
                date(2019, 12, 31): ("ending", date(2020, 6, 30)),
                date(2020, 1, 1): ("closes_books", date(2020, 6, 30)),
                date(2020, 6, 30): ("closes_books", date(2020, 6, 30)),
                date(2020, 7, 1): ("ended", date(2020, 6, 30)),
            },
        ),
        (
            "payroll",
            "PAYROLL",
            ContractKind.YEARLY,
            date(2018, 1, 1),
            {date(2019, 12, 31): ("ending", date(2019, 12, 31)), date(2030, 1, 1): ("read_only", None)},
        ),
    ],
)
def test_access_after_the_end(
    books: Books,
    company: Company,
    staff: Person,
    product: str,
    unit: str,
    kind: ContractKind,
    signed_on: date,
    states: dict[date, tuple[str, date | None]],
) -> None:
    contract, _ = sign(books, company, kind, signed_on, (product, unit, 2))
    move(books, at(date(2019, 2, 1)))
    cancellations.register(books.db, staff, notice(company, contract.number, at(date(2019, 2, 1))))
    for day, (state, until) in states.items():
        current = access.of_product(books.db, company.customer, product, day)
        assert current is not None
        assert (current.state, current.until) == (state, until), day
    assert access.of_product(books.db, company.customer, "autoinvoice") is None


@pytest.fixture
def run_jobs(books: Books) -> Callable[[datetime], list[str]]:
    """Return what sets the clock and carries out the jobs about access that are due, in their order."""

    def run(instant: datetime) -> list[str]:
        done = []
        due = select(Job).where(Job.kind == access.KIND, Job.due_at <= instant).order_by(Job.due_at, Job.id)
        for job in books.db.scalars(due).all():
            books.db.record.clock = Clock.frozen(job.due_at)
            access.run(books.db, **job.data)
            done.append(f"{job.data['step']} {job.due_at.astimezone(OSLO):%Y-%m-%d %H:%M}")
            books.db.delete(job)
        books.db.record.clock = Clock.frozen(instant.astimezone(UTC))
        books.db.flush()
        return done

    return run


def test_people_are_warned_and_the_service_is_switched_off_although_the_clock_jumps(
    books: Books, company: Company, staff: Person, run_jobs: Callable[[datetime], list[str]]
) -> None:
    books.db.add(CompanyService(company_id=company.id, service="expense"))
    contract, (licence,) = sign(books, company, ContractKind.QUARTERLY, date(2018, 12, 1), ("expense", "EXPENSE_USER", 3))
    move(books, at(date(2019, 6, 1)))
    cancellations.register(books.db, staff, notice(company, contract.number, at(date(2019, 6, 1)), date(2020, 2, 29)))
    assert licence.valid_to == date(2020, 2, 29), "the end of a quarter in a leap year"
    assert run_jobs(at(date(2030, 1, 1))) == ["warn 2020-01-30 08:00", "end 2020-03-01 00:00"]
    warning = outbox.newest_first(books.db, to=ADMINISTRATOR, limit=1)[0]
    assert (warning.name, "29.02.2020" in warning.text) == ("access_ending", True)
    assert companies.services_of(books.db, company) == []
    with pytest.raises(RuleViolation, match="access_ended"):
        access.check_service(books.db, company, "expense")
    books.db.record.clock = Clock.frozen(at(date(2020, 2, 1)).astimezone(UTC))
    access.check_service(books.db, company, "expense")
    books.db.add(CompanyService(company_id=company.id, service="expense"))
    access.plan_of_company(books.db, company)
    assert run_jobs(at(date(2020, 4, 1))) == ["end 2020-03-01 00:00"], "set back, it happens again"
    assert companies.services_of(books.db, company) == []


def test_what_was_withdrawn_or_bought_again_is_not_switched_off(
    books: Books, company: Company, staff: Person, run_jobs: Callable[[datetime], list[str]]
) -> None:
    books.db.add(CompanyService(company_id=company.id, service="expense"))
    contract, _ = sign(books, company, ContractKind.QUARTERLY, date(2018, 2, 1), ("expense", "EXPENSE_USER", 3))
    move(books, at(date(2018, 12, 1)))
    cancellations.register(books.db, staff, notice(company, contract.number, at(date(2018, 12, 1))))
    cancellations.withdraw(books.db, staff, company.customer.number, contract.number, ADMINISTRATOR)
    cancellations.register(books.db, staff, notice(company, contract.number, at(date(2018, 12, 2)), date(2019, 4, 30)))
    sign(books, company, ContractKind.QUARTERLY, date(2019, 4, 15), ("expense", "EXPENSE_USER", 1))
    run_jobs(at(date(2021, 1, 1)))
    assert companies.services_of(books.db, company) == ["expense"]
    assert events.after(books.db, type_="access.ended") == []


def test_a_licence_for_reading_follows_an_accounting_system_and_nothing_else(
    books: Books, company: Company, staff: Person
) -> None:
    contract, _ = sign(books, company, ContractKind.YEARLY, date(2017, 1, 1), ("visma_business", "BUSINESS_ACCOUNTING", 9))
    move(books, at(date(2018, 6, 1)))
    order = (books.db, staff, company.customer.number, BY_CODE["visma_business"])
    with pytest.raises(RuleViolation, match="not_ended"):
        reading_licences.register(*order, ADMINISTRATOR)
    cancellations.register(books.db, staff, notice(company, contract.number, at(date(2018, 6, 1))))
    move(books, at(date(2019, 7, 1)))
    with pytest.raises(RuleViolation, match="no_right"):
        reading_licences.register(*order, "x@y.example")
    assert reading_licences.register(*order, ADMINISTRATOR).read_only
    current = access.of_product(books.db, company.customer, "visma_business")
    assert current is not None
    assert current.state is AccessState.READ_ONLY
    with pytest.raises(RuleViolation, match="reads_already"):
        reading_licences.register(*order, ADMINISTRATOR)
    with pytest.raises(RuleViolation, match="no_contract"):
        reading_licences.register(books.db, staff, company.customer.number, BY_CODE["payroll"], ADMINISTRATOR)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("advance"), st.integers(1, 200)),
        st.tuples(st.just("write"), st.integers(0, 0)),
        st.tuples(st.just("register"), st.integers(0, 1)),
        st.tuples(st.just("withdraw"), st.integers(0, 0)),
        st.tuples(st.just("order"), st.integers(1, 9)),
    ),
    min_size=3,
    max_size=14,
)


@settings(max_examples=8, deadline=None)
@given(kind=st.sampled_from(list(ContractKind)), start=st.dates(date(2017, 1, 1), date(2020, 12, 31)), steps=STEPS)
def test_nothing_is_billed_beyond_the_end_and_nothing_ends_before_what_was_in_time(
    open_books: Open, kind: ContractKind, start: date, steps: list[tuple[str, int]]
) -> None:
    with open_books() as books:
        (company,) = add_customer(books.db, "NO", "Fjord AS")
        actor = person(books, company, ADMINISTRATOR, (CUSTOMER_ADMINISTRATOR, None))
        ordering = Actor(actor.id, actor.email, "Ca", "nb", company.customer_id, None, (), frozenset(), frozenset())
        contract, (licence,) = sign(books, company, kind, start, ("expense", "EXPENSE_USER", 5))
        today, waiting = start, list[date]()
        move(books, at(today))
        for step, number in steps:
            try:
                _take(books, company, contract, licence, ordering, actor, today, waiting, step, number)
            except (CancellationRefused, RuleViolation):
                continue
            if step == "advance":
                today += timedelta(days=number)
                move(books, at(today))
            _check_bills(books, contract, licence, today)


def _take(
    books: Books,
    company: Company,
    contract: Contract,
    licence: Licence,
    ordering: Actor,
    staff: Person,
    today: date,
    waiting: list[date],
    step: str,
    number: int,
) -> None:
    """Take a step of the sequence."""
    if step == "write":
        waiting.append(today)
    elif step == "register" and waiting:
        arrived = waiting.pop()
        cancellation = cancellations.register(books.db, staff, notice(company, contract.number, at(arrived)))
        assert cancellation.ends_on >= arrived
    elif step == "withdraw":
        cancellations.withdraw(books.db, staff, company.customer.number, contract.number, ADMINISTRATOR)
        move(books, at(today))
    elif step == "order":
        contracts.order_users(books.db, ordering, licence, orders.users_of(books.db, licence, today), number, today)


def _check_bills(books: Books, contract: Contract, licence: Licence, today: date) -> None:
    """Check that each day until the end is paid for all users, and no day after it."""
    net: dict[date, int] = {}
    for invoice in books.db.scalars(select(Invoice).where(Invoice.contract_id == contract.id)):
        for line in invoice.lines:
            if line.order_id is not None:
                net[line.period_to] = net.get(line.period_to, 0) + (line.users or 0)
                if line.period_from <= today <= line.period_to:
                    net[date.min] = net.get(date.min, 0) + (line.users or 0)
    paid_now = net.pop(date.min, 0)
    if contract.ends_on is None:
        assert licence.valid_to is None
    else:
        assert licence.valid_to == contract.ends_on
        assert all(users == 0 for last, users in net.items() if last > contract.ends_on)
    if contract.ends_on is None or today <= contract.ends_on:
        assert paid_now == orders.users_of(books.db, licence, today)
