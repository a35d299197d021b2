"""Rules of making invoices."""

import re
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from simulator.billing import billing_runs, numbers
from simulator.billing.ledger import UNBILLED, add_charge
from simulator.billing.models import Charge, Invoice, InvoiceLine, InvoiceSystem
from simulator.core import events
from simulator.core.errors import RuleViolation
from tests.billing.books import Books, add_customer, add_licence

JANUARY, FEBRUARY, MARCH = date(2022, 1, 1), date(2022, 2, 1), date(2022, 3, 1)


def lines(invoice: Invoice) -> list[tuple[str, str, date, int]]:
    """Return what an invoice lists, in its order."""
    return [(line.company.name, line.unit, line.period_from, line.quantity) for line in invoice.lines]


def test_an_invoice_has_a_line_for_each_company_unit_and_month(books: Books) -> None:
    bakery, atelier = books.companies
    add_charge(books.db, bakery, "EMAIL", date(2022, 1, 1), 2)
    add_charge(books.db, bakery, "EMAIL", date(2022, 1, 31), 3)
    add_charge(books.db, bakery, "INTERNAL", date(2022, 1, 12))
    add_charge(books.db, atelier, "EMAIL", date(2021, 12, 31), 7)
    add_charge(books.db, atelier, "EMAIL", date(2022, 2, 1), 11)
    invoice = billing_runs.bill_month(books.db, books.licence, JANUARY)
    assert invoice is not None
    assert lines(invoice) == [
        ("Atelier Maan", "EMAIL", date(2021, 12, 1), 7),
        ("Bakkerij Zon", "INTERNAL", JANUARY, 1),
        ("Bakkerij Zon", "EMAIL", JANUARY, 5),
    ]
    assert books.db.scalars(select(Charge.quantity).where(UNBILLED)).all() == [11]


def test_an_invoice_is_dated_the_first_of_the_next_month_and_due_thirty_days_later(books: Books) -> None:
    add_charge(books.db, books.companies[0], "EMAIL", date(2022, 1, 31))
    invoice = billing_runs.bill_month(books.db, books.licence, JANUARY)
    assert invoice is not None
    assert (invoice.invoice_date, invoice.due_date) == (date(2022, 2, 1), date(2022, 3, 3))
    assert (invoice.period_from, invoice.period_to) == (JANUARY, date(2022, 1, 31))


def test_amounts_are_rounded_half_up_on_each_line_and_totals_are_their_sums(books: Books) -> None:
    bakery, atelier = books.companies
    add_charge(books.db, bakery, "INTERNAL", JANUARY, 5)
    add_charge(books.db, atelier, "SCAN_PDF", JANUARY, 3)
    invoice = billing_runs.bill_month(books.db, books.licence, JANUARY)
    assert invoice is not None
    amounts = [(line.unit_price, line.amount, line.vat_amount) for line in invoice.lines]
    assert amounts == [
        (Decimal("0.35"), Decimal("1.05"), Decimal("0.22")),
        (Decimal("0.15"), Decimal("0.75"), Decimal("0.16")),
    ]
    totals = (invoice.currency, invoice.total_excluding_vat, invoice.vat, invoice.total)
    assert totals == ("EUR", Decimal("1.80"), Decimal("0.38"), Decimal("2.18"))


@pytest.mark.parametrize(("country", "currency", "vat"), [("NO", "NOK", "0.50"), ("FI", "EUR", "0.05")])
def test_currency_and_vat_are_those_of_the_customers_country(books: Books, country: str, currency: str, vat: str) -> None:
    (company,) = add_customer(books.db, country, "Fjord og Fjell")
    licence = add_licence(books.db, company.customer)
    add_charge(books.db, company, "EINVOICE", date(2024, 8, 31))
    invoice = billing_runs.bill_month(books.db, licence, date(2024, 8, 1))
    assert invoice is not None
    assert (invoice.currency, invoice.vat) == (currency, Decimal(vat))


def test_a_month_without_charges_has_no_invoice(books: Books) -> None:
    assert billing_runs.bill_month(books.db, books.licence, JANUARY) is None
    assert billing_runs.bill_licence_until(books.db, books.licence, MARCH) == []
    assert books.db.scalars(select(Invoice)).all() == []


def test_a_month_is_billed_once_and_what_comes_late_is_on_the_next_invoice(books: Books) -> None:
    company = books.companies[0]
    add_charge(books.db, company, "EMAIL", date(2022, 1, 5))
    billing_runs.bill_month(books.db, books.licence, JANUARY)
    add_charge(books.db, company, "EMAIL", date(2022, 1, 5))
    with pytest.raises(RuleViolation, match=r"billing\.month_billed"):
        billing_runs.bill_month(books.db, books.licence, JANUARY)
    (late,) = billing_runs.bill_licence_until(books.db, books.licence, MARCH)
    assert lines(late) == [("Bakkerij Zon", "EMAIL", JANUARY, 1)]
    assert late.period_from == FEBRUARY


def test_only_months_that_are_over_are_billed(books: Books) -> None:
    company = books.companies[0]
    for day in (date(2021, 11, 3), date(2022, 1, 31), date(2022, 2, 1)):
        add_charge(books.db, company, "EMAIL", day)
    made = billing_runs.bill_licence_until(books.db, books.licence, date(2022, 2, 28))
    assert [invoice.period_from for invoice in made] == [date(2021, 11, 1), JANUARY]
    (february,) = billing_runs.bill_licence_until(books.db, books.licence, MARCH)
    assert lines(february) == [("Bakkerij Zon", "EMAIL", FEBRUARY, 1)]


def test_numbers_follow_one_another_and_tell_where_to_look(books: Books) -> None:
    (company,) = add_customer(books.db, "NL", "Smederij Vuur")
    inv = add_licence(books.db, company.customer, system=InvoiceSystem.INV)
    for charged in (*books.companies, company):
        for month in (JANUARY, FEBRUARY):
            add_charge(books.db, charged, "EMAIL", month)
    legacy = [invoice.number for invoice in billing_runs.bill_licence_until(books.db, books.licence, MARCH)]
    assert int(legacy[1]) == int(legacy[0]) + 1
    assert all(re.fullmatch(r"7\d{7}", number) for number in legacy)
    numbers.continue_from(books.db, InvoiceSystem.INV, 12_345)
    assert [invoice.number for invoice in billing_runs.bill_licence_until(books.db, inv, MARCH)] == [
        "INV00012345",
        "INV00012346",
    ]


def test_an_invoice_leaves_a_line_in_the_journal(books: Books) -> None:
    add_charge(books.db, books.companies[0], "EMAIL", JANUARY)
    invoice = billing_runs.bill_month(books.db, books.licence, JANUARY)
    assert invoice is not None
    (event,) = events.after(books.db, type_="invoice.made")
    assert (event.subject, event.data) == (invoice.number, {"product": "autoinvoice", "customer": "100200"})


def test_a_charge_laid_over_a_billed_month_is_on_that_months_invoice(books: Books) -> None:
    company = books.companies[0]
    for month in (date(2021, 12, 1), JANUARY, FEBRUARY):
        add_charge(books.db, company, "EMAIL", month)
    before = billing_runs.bill_licence_until(books.db, books.licence, MARCH)
    expected = [(invoice.number, invoice.invoice_date) for invoice in before]
    add_charge(books.db, company, "EMAIL", JANUARY, 2)
    after = billing_runs.rebill_from(books.db, books.licence, JANUARY)
    assert [(invoice.number, invoice.invoice_date) for invoice in after] == expected[1:]
    assert [lines(invoice)[0][3] for invoice in after] == [3, 1]
    assert books.db.scalar(select(func.count()).select_from(Invoice)) == 3


def test_what_was_billed_late_stays_late_when_billed_anew(books: Books) -> None:
    company = books.companies[0]
    add_charge(books.db, company, "EMAIL", date(2021, 9, 9), 2)
    add_charge(books.db, company, "EMAIL", JANUARY)
    made = billing_runs.bill_month(books.db, books.licence, JANUARY, invoice_date=date(2022, 2, 25))
    assert made is not None
    add_charge(books.db, company, "EMAIL", date(2021, 12, 24))
    december, january = billing_runs.rebill_from(books.db, books.licence, date(2021, 12, 1))
    assert lines(december) == [("Bakkerij Zon", "EMAIL", date(2021, 12, 1), 1)]
    assert lines(january) == [
        ("Bakkerij Zon", "EMAIL", date(2021, 9, 1), 2),
        ("Bakkerij Zon", "EMAIL", JANUARY, 1),
    ]
    assert january.invoice_date == date(2022, 2, 25)
    assert int(january.number) == int(december.number) + 1


def test_months_that_were_not_billed_are_not_billed_anew(books: Books) -> None:
    add_charge(books.db, books.companies[0], "EMAIL", JANUARY)
    assert billing_runs.rebill_from(books.db, books.licence, JANUARY) == []


def test_an_invoice_billed_anew_leaves_no_line_behind(books: Books) -> None:
    add_charge(books.db, books.companies[0], "EMAIL", JANUARY)
    billing_runs.bill_licence_until(books.db, books.licence, MARCH)
    billing_runs.rebill_from(books.db, books.licence, JANUARY)
    held = select(func.count()).select_from(InvoiceLine)
    assert books.db.scalar(held) == 1
    assert books.db.scalar(held.where(InvoiceLine.id.in_(select(Charge.invoice_line_id)))) == 1
