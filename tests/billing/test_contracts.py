"""Rules of contracts: their invoices, line by line, and orders of more and fewer users."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from simulator.billing import billing_runs, contracts, corrections, orders, periodic, queries
from simulator.billing.contract_days import ContractKind
from simulator.billing.ledger import add_charge
from simulator.billing.models import Contract, Invoice, InvoiceSystem, Licence
from simulator.core.errors import RuleViolation
from simulator.directory.actors import Actor
from simulator.directory.models import Company
from tests.billing.books import Books, add_customer, add_licence

ACTOR = Actor(1, "ca@office.example", "Ca", "nb", None, None, (), frozenset(), frozenset())


@pytest.fixture
def company(books: Books) -> Company:
    """Return a Norwegian company, so that prices are those of the manual."""
    return add_customer(books.db, "NO", "Fjord AS")[0]


def sign(
    books: Books, company: Company, kind: ContractKind, signed_on: date, *ordered: tuple[str, str, int]
) -> tuple[Contract, list[Licence]]:
    """Sign a contract and order products, units and quantities under it."""
    contract = contracts.sign(books.db, company, kind, signed_on)
    licences = {
        product: add_licence(books.db, company.customer, product, valid_from=signed_on)
        for product in dict.fromkeys(product for product, _, _ in ordered)
    }
    for product, unit, quantity in ordered:
        contracts.add_order(books.db, contract, licences[product], unit, quantity, signed_on)
    return contract, list(licences.values())


def lines(invoice: Invoice) -> list[tuple[str, int, Decimal, int | None, bool]]:
    """Return unit, quantity, amount, users and whether a period is printed, of each line."""
    return [(line.unit, line.quantity, line.amount, line.users, line.has_period) for line in invoice.lines]


def all_invoices(books: Books) -> list[tuple[str, date, str]]:
    """Return number, date and kind of all invoices, by number."""
    return [
        (invoice.number, invoice.invoice_date, invoice.kind)
        for invoice in books.db.scalars(select(Invoice).order_by(Invoice.id))
    ]


def test_the_first_example_of_the_manual_has_quantities_over_twelve_months(books: Books, company: Company) -> None:
    ordered = [("bizweb", "BIZWEB", 1), ("visma_business", "BUSINESS_ACCOUNTING", 9)]
    sign(books, company, ContractKind.YEARLY, date(2017, 1, 1), *ordered)
    _, invoice = billing_runs.bill_all_due(books.db, date(2018, 3, 1))
    assert (invoice.kind, invoice.invoice_date, invoice.number) == ("maintenance", date(2018, 1, 1), "72000002")
    assert lines(invoice) == [
        ("BIZWEB", 12, Decimal("948.00"), 1, False),
        ("BUSINESS_ACCOUNTING", 108, Decimal("23220.00"), 9, False),
        ("DISTRIBUTION", 1, Decimal("495.00"), None, False),
    ]


def test_the_second_example_of_the_manual_has_users_and_a_period(books: Books, company: Company) -> None:
    sign(books, company, ContractKind.QUARTERLY, date(2017, 12, 1), ("expense", "EXPENSE_USER", 32))
    (invoice,) = billing_runs.bill_all_due(books.db, date(2018, 2, 28))
    assert (invoice.kind, invoice.period_from, invoice.period_to) == ("subscription", date(2017, 12, 1), date(2018, 2, 28))
    assert lines(invoice) == [("EXPENSE_USER", 32, Decimal("4800.00"), 32, True)]
    assert (invoice.total_excluding_vat, invoice.total) == (Decimal("4800.00"), Decimal("6000.00"))


def test_a_contract_signed_in_the_middle_of_a_year_is_invoiced_for_the_months_that_are_left(
    books: Books, company: Company
) -> None:
    sign(books, company, ContractKind.YEARLY, date(2017, 10, 15), ("bizweb", "BIZWEB", 2))
    first, whole = billing_runs.bill_all_due(books.db, date(2018, 1, 1))
    assert (first.invoice_date, lines(first)[0][:2]) == (date(2017, 10, 15), ("BIZWEB", 6))
    assert (whole.invoice_date, lines(whole)[0][:2]) == (date(2018, 1, 1), ("BIZWEB", 24))


def test_billing_again_makes_nothing_and_an_ended_contract_makes_no_more(books: Books, company: Company) -> None:
    contract, _ = sign(books, company, ContractKind.QUARTERLY, date(2018, 2, 1), ("expense", "EXPENSE_USER", 3))
    assert len(billing_runs.bill_all_due(books.db, date(2018, 3, 1))) == 1
    assert billing_runs.bill_all_due(books.db, date(2018, 3, 1)) == []
    contract.ends_on = date(2019, 1, 31)
    made = billing_runs.bill_all_due(books.db, date(2020, 1, 1))
    assert [invoice.invoice_date for invoice in made] == [date(2018, 5, 1), date(2018, 8, 1), date(2018, 11, 1)]
    assert periodic.next_day(books.db, date(2020, 1, 1)) is None


def test_numbers_of_contracts_follow_their_dates_and_leave_those_of_use_alone(books: Books, company: Company) -> None:
    add_charge(books.db, books.companies[0], "EMAIL", date(2022, 1, 5))
    sign(books, company, ContractKind.QUARTERLY, date(2022, 1, 20), ("expense", "EXPENSE_USER", 3))
    sign(books, company, ContractKind.YEARLY, date(2022, 1, 10), ("bizweb", "BIZWEB", 1))
    billing_runs.bill_all_due(books.db, date(2022, 3, 1))
    assert all_invoices(books) == [
        ("72000001", date(2022, 1, 10), "maintenance"),
        ("72000002", date(2022, 1, 20), "subscription"),
        ("71000001", date(2022, 2, 1), "transaction"),
    ]


def test_an_inv_contract_has_inv_numbers_and_a_subscription_beside_the_invoice_of_use_of_the_day(
    books: Books, company: Company
) -> None:
    contract = contracts.sign(books.db, company, ContractKind.QUARTERLY, date(2018, 2, 1), system=InvoiceSystem.INV)
    licence = add_licence(books.db, company.customer, "financials", system=InvoiceSystem.INV, valid_from=date(2018, 1, 1))
    contracts.add_order(books.db, contract, licence, "NL-00000042", 3, date(2018, 2, 1))
    add_charge(books.db, company, "EINVOICE", date(2018, 1, 5), product="financials")
    use, period = billing_runs.bill_all_due(books.db, date(2018, 2, 1))
    assert (use.number, period.number) == ("INV00010001", "INV50000001")
    assert period.lines[0].subscription is not None


def test_extra_users_of_a_yearly_contract_come_at_once_and_each_january_on_an_invoice_of_their_own(
    books: Books, company: Company
) -> None:
    _, (licence,) = sign(books, company, ContractKind.YEARLY, date(2014, 5, 2), ("visma_business", "BUSINESS_ACCOUNTING", 9))
    billing_runs.bill_all_due(books.db, date(2018, 3, 1))
    change, (at_once,) = contracts.order_users(books.db, ACTOR, licence, 9, 11, date(2018, 3, 15))
    assert (change.starts_on, change.code, change.months, change.amount) == (
        date(2018, 3, 15),
        "KON-ABO00",
        10,
        Decimal("4300.00"),
    )
    assert (at_once.kind, at_once.invoice_date, at_once.total_excluding_vat) == (
        "subscription",
        date(2018, 3, 15),
        change.amount,
    )
    assert at_once.lines[0].order is not None
    assert at_once.lines[0].order.code == "KON-ABO00"
    assert licence.quantity == 11
    maintenance, extra = billing_runs.bill_all_due(books.db, date(2019, 1, 1))
    assert lines(maintenance)[0][:2] == ("BUSINESS_ACCOUNTING", 108)
    assert lines(extra) == [("BUSINESS_ACCOUNTING", 2, Decimal("5160.00"), 2, True)]


def test_fewer_users_begin_with_the_period_that_notice_prevents(books: Books, company: Company) -> None:
    _, (licence,) = sign(books, company, ContractKind.QUARTERLY, date(2018, 2, 1), ("expense", "EXPENSE_USER", 32))
    billing_runs.bill_all_due(books.db, date(2018, 3, 1))
    change, made = contracts.order_users(books.db, ACTOR, licence, 32, 30, date(2018, 12, 31))
    assert (change.starts_on, made) == (date(2019, 2, 1), [])
    assert orders.users_of(books.db, licence, date(2019, 1, 31)) == 32
    with pytest.raises(RuleViolation, match="order_waiting"):
        contracts.order_users(books.db, ACTOR, licence, 32, 31, date(2018, 12, 31))
    last = billing_runs.bill_all_due(books.db, date(2019, 2, 1))[-1]
    assert (last.invoice_date, [line[1] for line in lines(last)]) == (date(2019, 2, 1), [30])
    assert licence.quantity == 30


def test_more_users_under_a_quarterly_contract_are_invoiced_for_what_is_left_and_then_with_the_others(
    books: Books, company: Company
) -> None:
    _, (licence,) = sign(books, company, ContractKind.QUARTERLY, date(2018, 2, 1), ("expense", "EXPENSE_USER", 32))
    billing_runs.bill_all_due(books.db, date(2018, 3, 1))
    _, (at_once,) = contracts.order_users(books.db, ACTOR, licence, 32, 35, date(2018, 3, 15))
    assert (at_once.period_from, at_once.period_to, at_once.total_excluding_vat) == (
        date(2018, 3, 15),
        date(2018, 4, 30),
        Decimal("300.00"),
    )
    (may,) = billing_runs.bill_all_due(books.db, date(2018, 5, 1))
    assert [line[1] for line in lines(may)] == [32, 3]


@pytest.mark.parametrize(
    ("before", "users", "code"),
    [
        (32, 0, "billing.order_out_of_range"),
        (32, -1, "billing.order_out_of_range"),
        (32, 10_000_000, "billing.order_out_of_range"),
        (32, 32, "billing.order_same"),
        (31, 33, "billing.order_outdated"),
    ],
)
def test_orders_that_are_refused(books: Books, company: Company, before: int, users: int, code: str) -> None:
    _, (licence,) = sign(books, company, ContractKind.QUARTERLY, date(2018, 2, 1), ("expense", "EXPENSE_USER", 32))
    with pytest.raises(RuleViolation, match=code):
        contracts.order_users(books.db, ACTOR, licence, before, users, date(2018, 3, 1))


def test_no_order_under_a_contract_that_ends_or_has_ended_or_does_not_exist(books: Books, company: Company) -> None:
    contract, (licence,) = sign(books, company, ContractKind.QUARTERLY, date(2018, 2, 1), ("expense", "EXPENSE_USER", 32))
    contract.notice_on, contract.ends_on = date(2018, 4, 1), date(2019, 1, 31)
    with pytest.raises(RuleViolation, match="contract_ending"):
        contracts.order_users(books.db, ACTOR, licence, 32, 33, date(2019, 1, 31))
    with pytest.raises(RuleViolation, match="contract_ended"):
        contracts.order_users(books.db, ACTOR, licence, 32, 33, date(2019, 2, 1))
    with pytest.raises(RuleViolation, match="no_contract"):
        contracts.order_users(books.db, ACTOR, books.licence, 1, 2, date(2019, 2, 1))


def test_a_correction_is_for_the_difference_and_refers_to_what_it_corrects(books: Books, company: Company) -> None:
    sign(books, company, ContractKind.YEARLY, date(2018, 1, 1), ("visma_business", "BUSINESS_ACCOUNTING", 9))
    (invoice,) = billing_runs.bill_all_due(books.db, date(2018, 3, 1))
    line = invoice.lines[0]
    credit = corrections.correct(books.db, line, 96, "Nine users were billed, eight were ordered.", date(2018, 3, 1))
    assert (credit.number, credit.kind, credit.corrects_id) == ("79000001", "correction", invoice.id)
    assert lines(credit) == [("BUSINESS_ACCOUNTING", -12, Decimal("-2580.00"), -1, False)]
    assert (credit.total_excluding_vat, credit.vat, credit.total) == (
        Decimal("-2580.00"),
        Decimal("-645.00"),
        Decimal("-3225.00"),
    )
    additional = corrections.correct(books.db, line, 120, "Ten after all.", date(2018, 3, 2))
    assert lines(additional) == [("BUSINESS_ACCOUNTING", 24, Decimal("5160.00"), 2, False)]
    assert corrections.corrected_quantity(books.db, line) == 120
    assert books.db.scalar(
        select(func.sum(Invoice.total_excluding_vat)).where(Invoice.contract_id == invoice.contract_id)
    ) == (invoice.total_excluding_vat + Decimal("2580.00"))


def test_a_correction_of_a_line_without_an_order_is_found_where_its_invoice_is(books: Books, company: Company) -> None:
    sign(books, company, ContractKind.YEARLY, date(2018, 1, 1), ("visma_business", "BUSINESS_ACCOUNTING", 9))
    (invoice,) = billing_runs.bill_all_due(books.db, date(2018, 3, 1))
    distribution = next(line for line in invoice.lines if line.order_id is None)
    credit = corrections.correct(books.db, distribution, 0, "Feil.", date(2018, 3, 1))
    row = queries.invoice_of_number(books.db, company.customer_id, credit.number)
    assert row.product == "visma_business"
    assert queries.invoice_visible(books.db, company.customer_id, "visma_business", credit.number) is credit
    assert [row.number for row in queries.invoices_of_product(books.db, company.customer_id, "visma_business")] == [
        credit.number,
        invoice.number,
    ]


def test_a_line_with_a_period_is_corrected_by_users_times_price_times_months(books: Books, company: Company) -> None:
    sign(books, company, ContractKind.QUARTERLY, date(2018, 2, 1), ("expense", "EXPENSE_USER", 32))
    (invoice,) = billing_runs.bill_all_due(books.db, date(2018, 3, 1))
    credit = corrections.correct(books.db, invoice.lines[0], 30, "Two too many.", date(2018, 3, 1))
    assert lines(credit) == [("EXPENSE_USER", -2, Decimal("-300.00"), -2, True)]


def test_corrections_that_are_refused(books: Books, company: Company) -> None:
    sign(books, company, ContractKind.YEARLY, date(2018, 1, 1), ("visma_business", "BUSINESS_ACCOUNTING", 9))
    (invoice,) = billing_runs.bill_all_due(books.db, date(2018, 3, 1))
    line, day = invoice.lines[0], date(2018, 3, 1)
    for quantity, reason, code in [
        (108, "x", "correction_same"),
        (-12, "x", "correction_out_of_range"),
        (100, "x", "correction_months"),
        (96, " ", "correction_reason"),
        (96, "x" * 201, "correction_reason"),
    ]:
        with pytest.raises(RuleViolation, match=code):
            corrections.correct(books.db, line, quantity, reason, day)
    with pytest.raises(RuleViolation, match="correction_too_early"):
        corrections.correct(books.db, line, 96, "x", date(2017, 12, 31))
    credit = corrections.correct(books.db, line, 96, "x", day)
    with pytest.raises(RuleViolation, match="correction_of_correction"):
        corrections.correct(books.db, credit.lines[0], 0, "x", day)


def test_use_is_billed_on_the_first_although_a_contract_was_billed_in_between(books: Books) -> None:
    add_charge(books.db, books.companies[0], "EMAIL", date(2022, 1, 5))
    contract = contracts.sign(books.db, books.companies[0], ContractKind.QUARTERLY, date(2022, 1, 15))
    licence = add_licence(books.db, books.companies[0].customer, "expense")
    contracts.add_order(books.db, contract, licence, "EXPENSE_USER", 1, date(2022, 1, 15))
    assert len(billing_runs.bill_all_due(books.db, date(2022, 1, 20))) == 1
    assert [invoice.kind for invoice in billing_runs.bill_all_due(books.db, date(2022, 2, 1))] == ["transaction"]


def test_a_company_with_a_contract_is_not_moved_to_another_customer(books: Books, company: Company) -> None:
    contract, _ = sign(books, company, ContractKind.QUARTERLY, date(2018, 2, 1), ("expense", "EXPENSE_USER", 32))
    with pytest.raises(RuleViolation, match="company_has_contract") as caught:
        contracts.check_move(books.db, company)
    assert caught.value.facts["numbers"] == contract.number
    contract.ends_on = date(2019, 1, 31)
    books.db.flush()
    contracts.check_move(books.db, company)
