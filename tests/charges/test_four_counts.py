"""Four ways to count what a company had agree, for every company and month: invoices, usage, the portal's lists, the documents."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from simulator.billing import billing_runs, queries, usage
from simulator.billing.models import Charge, Invoice, InvoiceLine, Licence
from simulator.billing.months import last_day, month_of, months
from simulator.billing.usage import Group
from simulator.core import jobs
from simulator.core.clock import Clock
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.directory.countries import BY_CODE
from simulator.directory.models import Company, Customer
from simulator.documents import ubl
from simulator.documents.exchange import receiving, sending
from simulator.documents.exchange.preferences import RoutingPreferences
from simulator.documents.model import lists, parties
from simulator.documents.model.models import Direction, Document, SyntheticDocuments
from simulator.documents.synthetic import consumption, outside
from tests.conftest import NOW
from tests.documents import norway

CountKey = tuple[int, str, date]
"""Company, unit, and first day of the month."""
Counts = Counter[CountKey]


def by_charges(db: Db) -> Counts:
    """Count what the ledger holds."""
    rows = select(Charge.company_id, Charge.unit, Charge.day, func.sum(Charge.quantity))
    counts: Counts = Counter()
    for company_id, unit, day, quantity in db.execute(rows.group_by(Charge.company_id, Charge.unit, Charge.day)):
        counts[company_id, unit, month_of(day)] += quantity
    return counts


def by_documents(db: Db) -> Counts:
    """Count documents, once for each time that they were charged."""
    rows = select(Document.company_id, Document.unit, Document.created_on, func.sum(Document.charged))
    counts: Counts = Counter()
    for company_id, unit, day, quantity in db.execute(
        rows.where(Document.unit.is_not(None)).group_by(Document.company_id, Document.unit, Document.created_on)
    ):
        counts[company_id, unit or "", month_of(day)] += quantity
    return counts


def by_invoices(db: Db) -> Counts:
    """Count what invoices of use say: specification rows of 7XXXXXXX, lines of INV."""
    counts: Counts = Counter()
    columns = InvoiceLine.company_id, InvoiceLine.unit, InvoiceLine.period_from
    rows = select(*columns, func.sum(InvoiceLine.quantity)).join(Invoice).where(Invoice.contract_id.is_(None))
    for company_id, unit, month, quantity in db.execute(rows.group_by(*columns)):
        counts[company_id, unit, month] += quantity
    return counts


def by_specifications(db: Db) -> Counter[tuple[str, date]]:
    """Count what the specifications under Settings say, by company and month."""
    counts: Counter[tuple[str, date]] = Counter()
    for invoice in db.scalars(select(Invoice).where(Invoice.system == "legacy", Invoice.contract_id.is_(None))):
        for line in queries.specification(db, invoice):
            counts[line.company.name, line.period_from] += line.quantity
    return counts


def by_usage(db: Db, first: date, last: date) -> Counter[tuple[str, str, date]]:
    """Count what *usage* shows, over all products, by company name, type and month."""
    search = usage.Search(first=first, last=last, group=Group.EACH)
    counts: Counter[tuple[str, str, date]] = Counter()
    for customer_id in db.scalars(select(Customer.id)).all():
        for product in set(db.scalars(select(Licence.product).where(Licence.customer_id == customer_id))):
            for row in usage.find(db, customer_id, product, search).rows:
                counts[row.company or "", row.type or "", row.period_from] += row.quantity
    return counts


def by_lists(db: Db, company: Company, month: date) -> int:
    """Count as the portal does: a range of days of creation, in both lists."""
    return sum(
        lists.counted(db, company, lists.Search(direction=direction, first=month, last=last_day(month)))[1]
        for direction in Direction
    )


def check(sandbox: Sandbox) -> int:
    """See that all counts agree; returns how many documents there are."""
    consumption.unpack_all(sandbox)
    with sandbox.reading() as db:
        charged, made, billed = by_charges(db), by_documents(db), by_invoices(db)
        documents = Counter({key: n for key, n in charged.items() if consumption.is_document(key[1])})
        assert made == documents
        waiting = by_waiting(db)
        assert billed + waiting == charged
        months_there = [key[2] for key in charged]
        first, last = min(months_there), max(months_there)
        names = dict(db.execute(select(Company.id, Company.name)).all())
        used = by_usage(db, first, last)
        totals: Counter[tuple[str, date]] = Counter()
        for (company_id, _, month), quantity in charged.items():
            totals[names[company_id], month] += quantity
        by_company: Counter[tuple[str, date]] = Counter()
        for (name, _, month), quantity in used.items():
            by_company[name, month] += quantity
        assert by_company == totals
        everybody = db.scalars(select(Company)).all()
        # Two customers may have companies of one name: both must be billed like that.
        legacy = {company.name for company in everybody} - {
            company.name for company in everybody if not only_legacy(db, company)
        }
        specified = by_specifications(db)
        still = Counter[tuple[str, date]]()
        for (company_id, _, month), quantity in waiting.items():
            still[names[company_id], month] += quantity
        for (name, month), quantity in totals.items():
            if name in legacy:
                assert specified[name, month] + still[name, month] == quantity, (name, month)
        since = month_of(db.clock.now().date()) - timedelta(days=500)
        expected: Counter[tuple[int, date]] = Counter()
        for (company_id, _, month), quantity in documents.items():
            expected[company_id, month] += quantity
        for company in db.scalars(select(Company).order_by(Company.id)).all():
            for month in months(max(first, since), last):
                assert by_lists(db, company, month) == expected[company.id, month], (company.name, month)
        return sum(made.values())


def by_waiting(db: Db) -> Counts:
    """Count what no invoice has taken yet."""
    counts: Counts = Counter()
    columns = Charge.company_id, Charge.unit, Charge.day
    query = select(*columns, func.sum(Charge.quantity)).where(Charge.invoice_line_id.is_(None)).group_by(*columns)
    for company_id, unit, day, quantity in db.execute(query):
        counts[company_id, unit, month_of(day)] += quantity
    return counts


def only_legacy(db: Db, company: Company) -> bool:
    """Return whether everything that a company used is on invoices of the older kind."""
    systems = select(Licence.system).join(Charge, Charge.licence_id == Licence.id).where(Charge.company_id == company.id)
    return set(db.scalars(systems.distinct())) == {"legacy"}


@pytest.mark.parametrize("scenario", ["accountant-nl", "company-no", "company-se"])
def test_all_counts_agree_for_every_company_and_month(store: Store, scenario: str) -> None:
    store.create("default", Creation(scenario=scenario, clock=Clock.frozen(NOW)))
    with store.open("default") as sandbox:
        assert check(sandbox) > 1000


@pytest.mark.slow
@pytest.mark.exhaustive
def test_they_agree_over_three_years_of_two_hundred_thousand_documents(store: Store) -> None:
    store.create("busy", Creation(scenario="busy", clock=Clock.frozen(NOW)))
    with store.open("busy") as sandbox:
        with sandbox.reading() as db:
            assert db.scalar(select(func.count()).select_from(SyntheticDocuments)) == 0
            assert db.record.retention_months == 36
            assert {"legacy", "inv"} == set(db.scalars(select(Invoice.system)))
            assert db.scalar(select(func.count()).select_from(Company)) == 50
        assert check(sandbox) >= 200_000


COMMANDS = st.lists(
    st.sampled_from(["internal", "peppol", "email", "print", "outside", "bad", "look", "month"]), min_size=3, max_size=9
)


@pytest.fixture
def norway_with_copies(store: Store) -> Iterator[Store]:
    """Return a store in which each example makes a sandbox of its own."""
    yield store


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(commands=COMMANDS)
def test_they_agree_after_whatever_is_sent_received_looked_at_and_billed(
    norway_with_copies: Store, commands: list[str]
) -> None:
    name = f"n{next(_numbers)}"
    norway.create(norway_with_copies, name)
    with norway_with_copies.open(name) as sandbox:
        for turn, command in enumerate(commands):
            carry_out(sandbox, command, turn)
            jobs.run_due(sandbox)
        check(sandbox)


def test_what_is_sent_and_received_in_these_tests_is_charged(store: Store) -> None:
    norway.create(store)
    with store.open("norway") as sandbox:
        before = check(sandbox)
        for turn, command in enumerate(["internal", "peppol", "email", "print", "outside", "bad"]):
            carry_out(sandbox, command, turn)
            jobs.run_due(sandbox)
        # Letters leave at night; what came back was not charged twice.
        assert check(sandbox) - before >= 5


_numbers = count(1)
BUYERS = {
    "internal": ("Granvik Kontor AS", "313000001", None),
    "peppol": ("Skogvang Elektro AS", "312002205", None),
    "email": ("Lysne Bokhandel AS", "316006604", "post@lysne.example"),
    "print": ("Holmen Trevare AS", "310000043", None),
    "bad": ("Moen Maskin AS", "310000078", "bounce@moen.example"),
}


def carry_out(sandbox: Sandbox, command: str, turn: int) -> None:
    """Send, receive, look, or let a month go by and be billed."""
    if command == "look":
        with sandbox.reading() as db:
            company_id = norway.company(db, norway.REGISTERED).id
        consumption.unpack(sandbox, company_id)
        return
    with sandbox.transaction() as db:
        today = db.clock.now().astimezone(ZoneInfo(BY_CODE["NO"].time_zone)).date()
        if command == "month":
            db.record.clock = Clock.frozen(db.clock.now() + timedelta(days=31))
            billing_runs.bill_all_due(db, today + timedelta(days=31))
            return
        here = norway.company(db, norway.REGISTERED)
        if command == "outside":
            seller = outside.named("Ravnefjell Verktøy AS", "NO", "319000127")
            content = outside.content_of(
                seller, parties.of_company(here), f"R{turn}", [("Tools", Decimal(2), Decimal(50))], issued=today
            )
            receiving.from_outside(db, seller=seller, company_number=here.organisation_number, country="NO", content=content)
            return
        name, number, email = BUYERS[command]
        buyer = outside.named(name, "NO", number, email)
        seller = outside.named(here.name, "NO", here.organisation_number, here.email)
        content = outside.content_of(seller, buyer, f"S{turn}", [("Work", Decimal(3), Decimal(100))], issued=today)
        sending.accept(db, here, content, source=ubl.write(content), preferences=RoutingPreferences())
