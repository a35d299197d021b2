"""Rules of invoices whose numbers begin with INV: one a customer and day, of everything due."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from simulator.billing import billing_runs, units
from simulator.billing.ledger import UNBILLED, Piece, add_charges
from simulator.billing.models import Charge, Invoice, InvoiceLine, InvoiceSystem, Licence, Subscription
from simulator.core import events
from simulator.core.errors import RuleViolation
from tests.billing.books import Books, add_customer, add_licence
from tests.billing.conftest import Open

DECEMBER, JANUARY, MARCH = date(2021, 12, 1), date(2022, 1, 1), date(2022, 3, 1)
LATE = date(2022, 2, 25)

Line = tuple[str, str, str, date, int]


def lines(invoice: Invoice) -> list[Line]:
    """Return what an invoice lists, in its order."""
    listed = []
    for line in invoice.lines:
        assert line.subscription is not None
        listed.append((line.company.name, line.subscription.number, line.unit, line.period_from, line.quantity))
    return listed


@pytest.fixture
def erp(books: Books) -> Licence:
    """Return a licence of the customer whose invoices begin with INV."""
    return add_licence(books.db, books.companies[0].customer, "financials", system=InvoiceSystem.INV)


def charge(books: Books, at: int, *pieces: Piece, product: str = "financials") -> None:
    """Charge consumption to one of the two companies."""
    add_charges(books.db, books.companies[at], pieces, product)


def test_what_is_due_on_a_day_is_on_one_invoice_whatever_its_month_and_licence(books: Books, erp: Licence) -> None:
    other = add_licence(books.db, books.companies[0].customer, "autopay", system=InvoiceSystem.INV)
    charge(books, 0, Piece("EMAIL", date(2021, 12, 31), 2989, LATE), Piece("EMAIL", date(2021, 9, 30), 2, LATE))
    charge(books, 0, Piece("EMAIL", date(2021, 12, 31), 7, LATE), product="autopay")
    charge(books, 0, Piece("EMAIL", date(2022, 1, 31), 5))
    first, late = billing_runs.bill_all_due(books.db, date(2022, 2, 28))
    assert (first.invoice_date, [line[3:] for line in lines(first)]) == (date(2022, 2, 1), [(JANUARY, 5)])
    assert (late.invoice_date, late.due_date) == (LATE, date(2022, 3, 27))
    assert (late.period_from, late.period_to) == (date(2021, 9, 1), date(2021, 12, 31))
    assert [line[2:] for line in lines(late)] == [
        ("EMAIL", date(2021, 9, 1), 2),
        ("EMAIL", DECEMBER, 2989),
        ("EMAIL", DECEMBER, 7),
    ]
    assert late.licence is None and {erp.billed_until, other.billed_until} == {date(2022, 1, 31)}
    assert int(late.number[3:]) == int(first.number[3:]) + 1


def test_lines_stand_by_company_and_subscription_then_by_month_then_as_they_were_charged(books: Books, erp: Licence) -> None:
    charge(books, 0, Piece("SCAN_GOLD", JANUARY, 1), Piece("INTERNAL", JANUARY, 2), Piece("SCAN_GOLD", JANUARY, 3))
    charge(books, 0, Piece("EMAIL", JANUARY, 4, subscription="77"), Piece("EMAIL", DECEMBER, 5))
    charge(books, 1, Piece("INTERNAL", JANUARY, 6))
    (invoice,) = billing_runs.bill_licence_until(books.db, erp, date(2022, 2, 1))[1:]
    assert lines(invoice) == [
        ("Atelier Maan", "40000002", "INTERNAL", JANUARY, 6),
        ("Bakkerij Zon", "40000001", "SCAN_GOLD", JANUARY, 4),
        ("Bakkerij Zon", "40000001", "INTERNAL", JANUARY, 2),
        ("Bakkerij Zon", "77", "EMAIL", JANUARY, 4),
    ]


def test_what_is_sold_by_its_number_makes_a_subscription_invoice_within_its_month(books: Books, erp: Licence) -> None:
    day = date(2021, 9, 9)
    charge(books, 0, *(Piece(code, date(2021, 9, 1), 4, day) for code in ("NL-00000039", "NL-00000042")))
    (invoice,) = billing_runs.bill_licence_until(books.db, erp, date(2021, 9, 30))
    assert (invoice.kind, invoice.invoice_date, invoice.due_date) == ("subscription", day, date(2021, 10, 9))
    assert invoice.total_excluding_vat == 4 * (Decimal("45") + Decimal("15.75"))
    charge(books, 0, Piece("NL-00000042", date(2021, 10, 1), 4), Piece("EMAIL", date(2021, 10, 1)))
    (mixed,) = billing_runs.bill_licence_until(books.db, erp, date(2021, 11, 1))
    assert mixed.kind == "transaction"


def test_an_invoice_keeps_what_identified_the_company_on_its_day(books: Books, erp: Licence) -> None:
    bakery = books.companies[0]
    bakery.internal_number = "K-1"
    before = bakery.organisation_number
    charge(books, 0, Piece("EMAIL", JANUARY))
    (invoice,) = billing_runs.bill_licence_until(books.db, erp, date(2022, 2, 1))
    bakery.organisation_number, bakery.internal_number = "12345678", "K-2"
    books.db.flush()
    (line,) = invoice.lines
    assert (line.organisation_number, line.internal_number, line.customer_account) == (before, "K-1", bakery.account_number)


def test_a_charge_that_comes_too_late_for_its_invoice_is_on_the_next(books: Books, erp: Licence) -> None:
    charge(books, 0, Piece("EMAIL", JANUARY))
    billing_runs.bill_all_due(books.db, MARCH)
    charge(books, 0, Piece("EMAIL", JANUARY, 9, date(2022, 2, 10)))
    assert billing_runs.bill_all_due(books.db, date(2022, 3, 31)) == []
    (late,) = billing_runs.bill_all_due(books.db, date(2022, 4, 1))
    assert [(late.invoice_date, line[3:]) for line in lines(late)] == [(date(2022, 4, 1), (JANUARY, 9))]


def test_customers_get_invoices_of_their_own_in_the_order_of_the_days(books: Books, erp: Licence) -> None:
    (other,) = add_customer(books.db, "NO", "Fjord og Fjell")
    add_licence(books.db, other.customer, "financials", system=InvoiceSystem.INV)
    charge(books, 0, Piece("EMAIL", JANUARY), Piece("EMAIL", date(2022, 2, 1)))
    add_charges(books.db, other, [Piece("EINVOICE", JANUARY, 3, date(2022, 2, 10))], "financials")
    made = billing_runs.bill_all_due(books.db, MARCH)
    assert [(invoice.customer_id, invoice.invoice_date.day, invoice.currency) for invoice in made] == [
        (erp.customer_id, 1, "EUR"),
        (other.customer_id, 10, "NOK"),
        (erp.customer_id, 1, "EUR"),
    ]
    assert [event.data for event in events.after(books.db, type_="invoice.made")] == [
        {"customer": invoice.customer.number} for invoice in made
    ]


def test_subscriptions_and_days_are_for_inv_only_and_a_number_is_one_companys(books: Books, erp: Licence) -> None:
    for piece in (Piece("EMAIL", JANUARY, subscription="77"), Piece("EMAIL", JANUARY, due_on=LATE)):
        with pytest.raises(RuleViolation, match=r"billing\.not_inv"):
            charge(books, 0, piece, product="autoinvoice")
    charge(books, 0, Piece("EMAIL", JANUARY, subscription="77"))
    with pytest.raises(RuleViolation, match=r"billing\.subscription_taken"):
        charge(books, 1, Piece("EMAIL", JANUARY, subscription="77"))
    assert books.db.scalars(select(Subscription.number)).all() == ["77"]
    assert books.db.scalar(select(func.count()).select_from(Charge)) == 1


FIRST, BILLED_ON = date(2021, 9, 1), date(2022, 3, 1)
CHARGE = st.tuples(
    st.integers(0, 1),
    st.sampled_from(sorted(units.catalogue())),
    st.integers(0, 180),
    st.integers(1, 3000),
    st.none() | st.integers(0, 180),
    st.none() | st.sampled_from(["7", "8"]),
)
CHARGES = st.lists(CHARGE, min_size=1, max_size=12)
tried = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

Tried = tuple[int, str, int, int, int | None, str | None]


def put(books: Books, charges: list[Tried]) -> None:
    """Put charges into the ledger."""
    for at, unit, day, quantity, due, subscription in charges:
        due_on = None if due is None else FIRST + timedelta(days=due)
        number = None if subscription is None else f"{at}{subscription}"
        charge(books, at, Piece(unit, FIRST + timedelta(days=day), quantity, due_on, number))


def lines_by_date(books: Books) -> dict[date, list[Line]]:
    """Return the lines of all invoices by date, in an order of their own."""
    return {
        invoice.invoice_date: sorted(lines(invoice)) for invoice in books.db.scalars(select(Invoice).order_by(Invoice.id))
    }


@tried
@given(CHARGES, st.integers(0, 180))
def test_every_charge_is_on_exactly_one_line_and_lines_add_up(open_books: Open, charges: list[Tried], pause: int) -> None:
    with open_books() as books:
        erp = add_licence(books.db, books.companies[0].customer, "financials", system=InvoiceSystem.INV)
        put(books, charges[::2])
        billing_runs.bill_licence_until(books.db, erp, FIRST + timedelta(days=pause))
        put(books, charges[1::2])
        billing_runs.bill_all_due(books.db, BILLED_ON + timedelta(days=40))
        assert books.db.scalars(select(Charge).where(UNBILLED)).all() == []
        charged = select(func.sum(Charge.quantity)).join(InvoiceLine, Charge.invoice_line_id == InvoiceLine.id)
        for line in books.db.scalars(select(InvoiceLine)):
            of_line = charged.where(
                InvoiceLine.id == line.id,
                Charge.unit == line.unit,
                Charge.company_id == line.company_id,
                Charge.subscription_id == line.subscription_id,
                Charge.day.between(line.period_from, line.period_to),
            )
            assert books.db.scalar(of_line) == line.quantity
        assert books.db.scalar(select(func.sum(InvoiceLine.quantity))) == sum(
            quantity for _, _, _, quantity, _, _ in charges
        )
        for invoice in books.db.scalars(select(Invoice)):
            assert invoice.total_excluding_vat == sum(line.amount for line in invoice.lines)
            assert invoice.total == invoice.total_excluding_vat + sum(line.vat_amount for line in invoice.lines)


@tried
@given(CHARGES, CHARGES)
def test_charges_laid_over_look_as_if_they_had_always_been_there(
    open_books: Open, charges: list[Tried], overlay: list[Tried]
) -> None:
    with open_books() as books:
        add_licence(books.db, books.companies[0].customer, "financials", system=InvoiceSystem.INV)
        put(books, [*charges, *overlay])
        billing_runs.bill_all_due(books.db, BILLED_ON)
        always = {day: [line[0:1] + line[2:] for line in rows] for day, rows in lines_by_date(books).items()}
    with open_books() as books:
        erp = add_licence(books.db, books.companies[0].customer, "financials", system=InvoiceSystem.INV)
        put(books, charges)
        billing_runs.bill_all_due(books.db, BILLED_ON)
        put(books, overlay)
        billing_runs.rebill_from(books.db, erp, FIRST)
        billing_runs.bill_all_due(books.db, BILLED_ON)
        later = {day: [line[0:1] + line[2:] for line in rows] for day, rows in lines_by_date(books).items()}
    assert {day: sorted(rows) for day, rows in later.items()} == {day: sorted(rows) for day, rows in always.items()}
