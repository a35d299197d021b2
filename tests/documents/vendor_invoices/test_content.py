"""The vendor's invoices as documents: what they say, that they keep the rules, and that they can be printed."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import insert

from simulator.billing import billing_runs, contracts, corrections, countries
from simulator.billing.contract_days import ContractKind
from simulator.billing.ledger import add_charge
from simulator.billing.models import LINES, Invoice
from simulator.core.texts import LANGUAGES
from simulator.directory.countries import BY_CODE
from simulator.documents import ubl, vendor_invoices
from simulator.documents.model.content import CREDIT_NOTE
from simulator.documents.vendor_invoices.content import billed_company, content_of, payment_id
from simulator.documents.vendor_invoices.sellers import SELLERS
from tests.billing.books import Books, add_customer, add_licence
from tests.documents.pictures.texts import drawn


def subscription(books: Books, country: str = "NO", users: int = 32) -> Invoice:
    """Make the invoice of a subscription for three months, as the second example of the manual."""
    (company,) = add_customer(books.db, country, "Æøå Łódź Συμβόλαια AS")
    company.organisation_number = BY_CODE[country].number
    contract = contracts.sign(books.db, company, ContractKind.QUARTERLY, date(2017, 12, 1))
    licence = add_licence(books.db, company.customer, "expense", valid_from=date(2017, 12, 1))
    contracts.add_order(books.db, contract, licence, "EXPENSE_USER", users, date(2017, 12, 1))
    (invoice,) = billing_runs.bill_all_due(books.db, date(2018, 2, 28))
    return invoice


def text_of(pdf: bytes) -> str:
    return " ".join(item.text for item in drawn(pdf))


@pytest.mark.parametrize("country", countries.catalogue())
def test_an_invoice_keeps_the_rules_in_every_country_that_is_billed(books: Books, country: str) -> None:
    invoice = subscription(books, country)
    content = content_of(books.db, invoice, "en")
    problems = ubl.check(ubl.write(content))
    assert problems == []
    assert (content.seller, content.buyer.country) == (SELLERS[country].named, country)
    assert content.total == invoice.total


def test_a_line_says_users_months_period_and_company(books: Books) -> None:
    invoice = subscription(books)
    content = content_of(books.db, invoice, "nb")
    (line,) = content.lines
    assert (line.quantity, line.price, line.amount) == (Decimal(32), Decimal("150.0000"), Decimal("4800.00"))
    assert line.period == (date(2017, 12, 1), date(2018, 2, 28))
    assert line.description == "Æøå Łódź Συμβόλαια AS · 3 måneder à 50,00"
    assert content.contract == invoice.contract.number if invoice.contract else False


def test_a_credit_note_says_so_and_names_the_invoice_before(books: Books) -> None:
    invoice = subscription(books)
    credit = corrections.correct(books.db, invoice.lines[0], 30, "Feil antall brukere", date(2018, 3, 5))
    content = content_of(books.db, credit, "en")
    assert (content.type, content.preceding, content.note) == (CREDIT_NOTE, invoice.number, "Feil antall brukere")
    assert (content.total, content.lines[0].quantity) == (Decimal("375.00"), Decimal(2))
    assert ubl.check(ubl.write(content)) == []
    printed = text_of(vendor_invoices.pdf(books.db, credit, "en"))
    assert "Credit note" in printed
    assert invoice.number in printed
    more = corrections.correct(books.db, invoice.lines[0], 40, "Enda feil", date(2018, 3, 6))
    additional = content_of(books.db, more, "en")
    assert (additional.type.code, additional.preceding) == ("invoice", invoice.number)
    assert ubl.check(ubl.write(additional)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_in_the_language_of_the_reader_with_all_letters(books: Books, language: str) -> None:
    invoice = subscription(books)
    printed = text_of(vendor_invoices.pdf(books.db, invoice, language))
    for said in (
        invoice.number,
        "Æøå Łódź Συμβόλαια AS",
        "Visma Software (simulator) AS",
        payment_id(invoice.number),
        "Expense",
    ):
        assert said in printed
    assert vendor_invoices.file_name(invoice, language).endswith(f"-{invoice.number}.pdf")


def test_many_lines_go_over_pages_and_very_many_are_summed_up(books: Books) -> None:
    add_charge(books.db, books.companies[0], "EMAIL", date(2022, 1, 5), 10)
    (invoice,) = billing_runs.bill_all_due(books.db, date(2022, 2, 1))
    (line,) = invoice.lines
    columns = {column.name: getattr(line, column.name) for column in LINES.columns if column.name not in ("id", "position")}

    def add_lines(first: int, last: int) -> None:
        books.db.connection().execute(insert(LINES), [{**columns, "position": at} for at in range(first, last + 1)])
        books.db.flush()
        for name in ("total_excluding_vat", "vat", "total"):
            setattr(invoice, name, getattr(line, "amount" if name != "vat" else "vat_amount") * last)
        invoice.total = invoice.total_excluding_vat + invoice.vat

    add_lines(2, 200)
    pdf = vendor_invoices.pdf(books.db, invoice, "nl")
    assert pdf.count(b"/Contents ") > 4
    add_lines(201, 1001)
    content = content_of(books.db, invoice, "nl")
    (summed,) = content.lines
    assert (summed.quantity, summed.amount) == (Decimal(10 * 1001), line.amount * 1001)
    assert summed.description is None


def test_a_customer_without_companies_still_gets_a_document(books: Books) -> None:
    add_charge(books.db, books.companies[0], "EMAIL", date(2022, 1, 5))
    (invoice,) = billing_runs.bill_all_due(books.db, date(2022, 2, 1))
    company = billed_company(books.db, invoice)
    assert company is books.companies[0]
    for company in books.companies:
        company.status = "terminated"
    books.db.flush()
    assert billed_company(books.db, invoice) is None
    assert invoice.customer.name in text_of(vendor_invoices.pdf(books.db, invoice, "sv"))
