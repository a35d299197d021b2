"""What always holds between charges, lines and totals, tried with many examples."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from simulator.billing import billing_runs, countries, invoices, queries, units
from simulator.billing.ledger import UNBILLED, add_charge
from simulator.billing.models import Charge, Invoice, InvoiceLine
from tests.billing.books import Books
from tests.billing.conftest import Open

FIRST, BILLED_ON = date(2021, 9, 1), date(2022, 3, 1)
DAYS = (BILLED_ON - FIRST).days

CHARGE = st.tuples(
    st.integers(0, 1),
    st.sampled_from(sorted(units.catalogue())),
    st.integers(0, DAYS - 1),
    st.integers(1, 3000),
)
CHARGES = st.lists(CHARGE, min_size=1, max_size=12)
tried = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

Tried = tuple[int, str, int, int]


def charge(books: Books, charges: list[Tried]) -> None:
    """Put charges into the ledger."""
    for company, unit, offset, quantity in charges:
        add_charge(books.db, books.companies[company], unit, FIRST + timedelta(days=offset), quantity)


def rows(books: Books, invoices: list[Invoice]) -> dict[tuple[str, str, str, date], int]:
    """Return the quantity of every line, by invoice, company, unit and month."""
    return {
        (invoice.number, line.company.name, line.unit, line.period_from): line.quantity
        for invoice in invoices
        for line in queries.specification(books.db, invoice)
    }


@tried
@given(CHARGES, st.integers(0, 5))
def test_every_charge_is_on_exactly_one_line_and_lines_add_up(
    open_books: Open, charges: list[Tried], already_billed: int
) -> None:
    with open_books() as books:
        first_half, second_half = charges[: len(charges) // 2], charges[len(charges) // 2 :]
        charge(books, first_half)
        billing_runs.bill_licence_until(books.db, books.licence, FIRST + timedelta(days=31 * already_billed))
        charge(books, second_half)
        billing_runs.bill_licence_until(books.db, books.licence, BILLED_ON)
        assert books.db.scalars(select(Charge).where(UNBILLED)).all() == []
        charged = select(func.sum(Charge.quantity)).where(Charge.invoice_line_id == InvoiceLine.id)
        for line in books.db.scalars(select(InvoiceLine)):
            assert books.db.scalar(charged.where(InvoiceLine.id == line.id)) == line.quantity
            assert line.amount == invoices.rounded(line.quantity * line.unit_price)
        assert books.db.scalar(select(func.sum(InvoiceLine.quantity))) == sum(tried[3] for tried in charges)
        for invoice in books.db.scalars(select(Invoice)):
            assert invoice.total_excluding_vat == sum(line.amount for line in invoice.lines)
            assert invoice.vat == sum(line.vat_amount for line in invoice.lines)
            rate = countries.vat_rate(invoice.customer.country, invoice.invoice_date)
            assert invoice.vat == invoices.rounded(invoice.total_excluding_vat * rate)
            assert all(abs(line.vat_amount - line.amount * rate) < Decimal("0.01") for line in invoice.lines)
            assert invoice.total == invoice.total_excluding_vat + invoice.vat


@tried
@given(CHARGES, CHARGE)
def test_one_more_charge_moves_one_line_and_the_total_by_its_price(
    open_books: Open, charges: list[Tried], more: Tried
) -> None:
    company, unit, offset, _ = more
    with open_books() as books:
        charge(books, [*charges, more])
        made = billing_runs.bill_licence_until(books.db, books.licence, BILLED_ON)
        before, total = rows(books, made), sum((invoice.total_excluding_vat for invoice in made), Decimal(0))
        day = FIRST + timedelta(days=offset)
        add_charge(books.db, books.companies[company], unit, day)
        billing_runs.rebill_from(books.db, books.licence, day.replace(day=1))
        again = books.db.scalars(select(Invoice).order_by(Invoice.number)).all()
        after = rows(books, list(again))
        moved = {key: after[key] - before[key] for key in after if after[key] != before.get(key)}
        assert after.keys() == before.keys()
        assert list(moved.values()) == [1]
        ((_, company_name, charged_unit, month),) = moved
        assert (company_name, charged_unit, month) == (books.companies[company].name, unit, day.replace(day=1))
        price = units.price_of(unit, "EUR")
        assert sum(invoice.total_excluding_vat for invoice in again) - total == price


@tried
@given(CHARGES, CHARGES)
def test_charges_laid_over_look_as_if_they_had_always_been_there(
    open_books: Open, charges: list[Tried], overlay: list[Tried]
) -> None:
    with open_books() as books:
        charge(books, [*charges, *overlay])
        always = rows(books, billing_runs.bill_licence_until(books.db, books.licence, BILLED_ON))
    with open_books() as books:
        charge(books, charges)
        billing_runs.bill_licence_until(books.db, books.licence, BILLED_ON)
        charge(books, overlay)
        billing_runs.rebill_from(books.db, books.licence, FIRST)
        later = books.db.scalars(select(Invoice).order_by(Invoice.number)).all()
        assert rows(books, list(later)) == always
