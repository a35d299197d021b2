"""Rules of what pages may read of the billing."""

from datetime import date
from decimal import Decimal

from simulator.billing import billing_runs, queries
from simulator.billing.ledger import add_charge
from tests.billing.books import Books, add_customer, add_licence

JANUARY, MARCH = date(2022, 1, 1), date(2022, 3, 1)


def test_the_specification_tells_type_quantity_price_subtotal_period_and_company(books: Books) -> None:
    bakery, atelier = books.companies
    add_charge(books.db, bakery, "PRINT_EU_PAGE", date(2022, 1, 8), 9)
    add_charge(books.db, bakery, "PRINT_EU", date(2022, 1, 8), 9)
    add_charge(books.db, bakery, "PRINT_EU", date(2021, 12, 8), 1)
    add_charge(books.db, atelier, "SCAN_GOLD", date(2022, 1, 8))
    invoice = billing_runs.bill_month(books.db, books.licence, JANUARY)
    assert invoice is not None
    first, *others = queries.specification(books.db, invoice)
    assert (first.company.name, first.unit, first.quantity, first.unit_price, first.amount) == (
        "Atelier Maan",
        "SCAN_GOLD",
        1,
        Decimal("0.70"),
        Decimal("0.70"),
    )
    assert (first.period_from, first.period_to) == (JANUARY, date(2022, 1, 31))
    assert [(line.company.name, line.unit, line.period_from, line.amount) for line in others] == [
        ("Bakkerij Zon", "PRINT_EU", date(2021, 12, 1), Decimal("1.60")),
        ("Bakkerij Zon", "PRINT_EU", JANUARY, Decimal("14.40")),
        ("Bakkerij Zon", "PRINT_EU_PAGE", JANUARY, Decimal("1.08")),
    ]


def test_licences_are_listed_in_the_order_of_the_products(books: Books) -> None:
    customer = books.companies[0].customer
    add_licence(books.db, customer, "financials")
    add_licence(books.db, customer, "autopay")
    add_licence(books.db, add_customer(books.db, "NO", "Fjord og Fjell")[0].customer, "expense")
    products = [licence.product for licence in queries.licences_of(books.db, customer.id)]
    assert products == ["autoinvoice", "autopay", "financials"]


def test_invoices_are_listed_newest_first(books: Books) -> None:
    add_charge(books.db, books.companies[0], "EMAIL", JANUARY)
    add_charge(books.db, books.companies[0], "EMAIL", date(2022, 2, 1))
    made = billing_runs.bill_licence_until(books.db, books.licence, MARCH)
    newest_first = [invoice.number for invoice in reversed(made)]
    customer = books.licence.customer_id
    of_product = queries.invoices_of_product(books.db, customer, "autoinvoice")
    assert [invoice.number for invoice in of_product] == newest_first


def test_nobody_finds_an_invoice_of_another_customer_or_product(books: Books) -> None:
    add_charge(books.db, books.companies[0], "EMAIL", JANUARY)
    (invoice,) = billing_runs.bill_licence_until(books.db, books.licence, MARCH)
    own, other = books.licence.customer_id, add_customer(books.db, "NO", "Fjord og Fjell")[0].customer_id
    assert queries.invoice_visible(books.db, own, "autoinvoice", invoice.number) is invoice
    assert queries.invoice_visible(books.db, own, "autopay", invoice.number) is None
    assert queries.invoice_visible(books.db, other, "autoinvoice", invoice.number) is None
    assert queries.invoices_of_product(books.db, other, "autoinvoice") == []
