"""Rules of transfers: who asks, who confirms, what moves, who is invoiced for which days, and what is refused."""

from datetime import date

import pytest
from sqlalchemy import select

from simulator.billing import access, billing_runs, cancellations, contracts, orders, transfers
from simulator.billing.contract_days import ContractKind
from simulator.billing.models import Contract, Invoice, Licence, Order, Transfer
from simulator.core import events, outbox
from simulator.core.errors import Forbidden, RuleViolation
from simulator.directory.models import Company, Person
from simulator.directory.roles import CUSTOMER_ADMINISTRATOR
from tests.billing.books import Books, add_customer
from tests.billing.test_cancellations import ADMINISTRATOR, at, company, move, notice, person, staff
from tests.billing.test_contracts import ACTOR, sign

__all__ = ["company", "staff"]

RECEIVING = "administrator@elv.example"
TODAY = date(2018, 3, 15)
DAY = date(2018, 5, 1)


@pytest.fixture
def receiver(books: Books) -> Company:
    """Return a company whose customer has an administrator."""
    (other,) = add_customer(books.db, "NO", "Elv AS")
    person(books, other, RECEIVING, (CUSTOMER_ADMINISTRATOR, None))
    return other


@pytest.fixture
def contract(books: Books, company: Company) -> Contract:
    """Return a quarterly contract of 32 users, on a day in its first period."""
    signed, _ = sign(books, company, ContractKind.QUARTERLY, date(2018, 2, 1), ("expense", "EXPENSE_USER", 32))
    move(books, at(TODAY))
    return signed


def licence_of(contract: Contract) -> Licence:
    """Return the licence of a contract."""
    return contract.orders[0].licence


def request(books: Books, contract: Contract, receiver: Company, users: int, first_day: date = DAY) -> Transfer:
    """Request a transfer to an existing customer."""
    target = transfers.find_receiver(books.db, contract, receiver.customer.number, "", "", "")
    chosen = {licence_of(contract).id: users}
    return transfers.request(books.db, ACTOR, contract, chosen, target, first_day, TODAY)


def invoices_of(books: Books, contract: Contract) -> list[tuple[date, int]]:
    """Return the dates of a contract's invoices, each with its users."""
    rows = books.db.scalars(select(Invoice).where(Invoice.contract_id == contract.id).order_by(Invoice.id))
    return [(invoice.invoice_date, sum(line.users or 0 for line in invoice.lines)) for invoice in rows]


def test_a_part_goes_over_on_the_first_day_of_a_period_with_terms_and_binding(
    books: Books, contract: Contract, receiver: Company, staff: Person
) -> None:
    transfer = request(books, contract, receiver, 12)
    mail = outbox.newest_first(books.db, to=RECEIVING, limit=1)[0]
    assert mail.name == "transfer_confirm"
    opened = transfers.by_token(books.db, mail.links[0].rpartition("/")[2])
    assert opened is transfer
    with pytest.raises(RuleViolation, match="not_confirmed"):
        transfers.carry_out(books.db, staff, transfer)
    transfers.confirm(books.db, transfer, RECEIVING)
    transfers.confirm(books.db, transfer, RECEIVING)
    after = transfers.carry_out(books.db, staff, transfer)
    assert (after.customer_id, after.company_id, after.signed_on, after.kind) == (
        receiver.customer_id, receiver.id, contract.signed_on, contract.kind,
    )  # fmt: skip
    assert orders.users_of(books.db, licence_of(contract), date(2018, 4, 30)) == 32
    move(books, at(date(2018, 8, 1)))
    assert invoices_of(books, contract) == [(date(2018, 2, 1), 32), (DAY, 20), (date(2018, 8, 1), 20)]
    assert invoices_of(books, after) == [(DAY, 12), (date(2018, 8, 1), 12)]
    assert contracts.days_of(after, date(2018, 8, 1)).bound_until == date(2019, 2, 1)
    assert [line.type for line in events.after(books.db) if line.type.startswith("transfer.")] == [
        "transfer.requested",
        "transfer.confirmed",
        "transfer.carried_out",
    ]
    with pytest.raises(RuleViolation, match="over"):
        transfers.carry_out(books.db, staff, transfer)
    with pytest.raises(RuleViolation, match="over"):
        transfers.withdraw(books.db, ACTOR, transfer)


def test_all_of_it_ends_the_contract_without_notice_and_access_with_it(
    books: Books, contract: Contract, receiver: Company, staff: Person
) -> None:
    contracts.order_users(books.db, ACTOR, licence_of(contract), 32, 30, TODAY)
    with pytest.raises(RuleViolation, match="too_many"):
        request(books, contract, receiver, 32)
    transfer = request(books, contract, receiver, 30)
    transfers.confirm(books.db, transfer, RECEIVING)
    transfers.carry_out(books.db, staff, transfer)


def test_everything_goes_over(books: Books, company: Company, receiver: Company, staff: Person) -> None:
    ordered = [("visma_business", "BUSINESS_BASE", 1), ("visma_business", "BUSINESS_ACCOUNTING", 9)]
    contract, (licence,) = sign(books, company, ContractKind.YEARLY, date(2017, 1, 1), *ordered)
    move(books, at(TODAY))
    transfer = request(books, contract, receiver, 9, date(2019, 1, 1))
    transfers.confirm(books.db, transfer, RECEIVING)
    after = transfers.carry_out(books.db, staff, transfer)
    assert (contract.ends_on, contract.notice_on, contract.successor_id) == (date(2018, 12, 31), None, after.id)
    move(books, at(date(2019, 1, 2)))
    assert invoices_of(books, contract)[-1] == (date(2018, 1, 1), 10)
    assert invoices_of(books, after) == [(date(2019, 1, 1), 10)]
    ended = access.of_product(books.db, company.customer, "visma_business")
    assert ended is not None
    assert (ended.state, ended.until) == ("ended", date(2018, 12, 31)), "it goes on elsewhere: nothing to close here"
    assert licence.valid_to == date(2018, 12, 31)


def test_a_day_that_has_come_meanwhile_becomes_the_next_one(
    books: Books, contract: Contract, receiver: Company, staff: Person
) -> None:
    transfer = request(books, contract, receiver, 12)
    transfers.confirm(books.db, transfer, RECEIVING)
    move(books, at(date(2018, 5, 2)))
    after = transfers.carry_out(books.db, staff, transfer)
    move(books, at(date(2018, 8, 1)))
    assert invoices_of(books, contract) == [(date(2018, 2, 1), 32), (DAY, 32), (date(2018, 8, 1), 20)]
    assert invoices_of(books, after) == [(date(2018, 8, 1), 12)]


def test_a_new_customer_is_added_with_its_contact_as_administrator(books: Books, contract: Contract, staff: Person) -> None:
    new = transfers.find_receiver(books.db, contract, "310 000 213", "Ny AS", "Nina Ny", "NINA@ny.example")
    transfer = transfers.request(books.db, ACTOR, contract, {licence_of(contract).id: 32}, new, DAY, TODAY)
    assert transfers.may_confirm(books.db, transfer, None)
    transfers.confirm(books.db, transfer, None)
    assert transfer.confirmed_by == "nina@ny.example"
    after = transfers.carry_out(books.db, staff, transfer)
    assert (after.customer.name, after.company.organisation_number) == ("Ny AS", "310000213")
    assert {mail.name for mail in outbox.newest_first(books.db, to="nina@ny.example")} == {"transfer_confirm", "activation"}
    move(books, at(DAY))
    assert invoices_of(books, after) == [(DAY, 32)]


def test_only_an_administrator_of_the_receiver_confirms(books: Books, contract: Contract, receiver: Company) -> None:
    transfer = request(books, contract, receiver, 12)
    for email in (None, ADMINISTRATOR, "nobody@nowhere.example"):
        with pytest.raises(Forbidden, match="not_receiver"):
            transfers.confirm(books.db, transfer, email)
    token = books.db.sealed(outbox.LINK, transfer.token)
    assert transfers.by_token(books.db, token) is transfer
    for altered in (transfer.token, token[:-1], f"{token}x", "", "x.y"):
        assert transfers.by_token(books.db, altered) is None
    transfers.withdraw(books.db, ACTOR, transfer)
    with pytest.raises(RuleViolation, match="over"):
        transfers.confirm(books.db, transfer, RECEIVING)
    request(books, contract, receiver, 1)


def test_what_is_refused(books: Books, contract: Contract, company: Company, receiver: Company, staff: Person) -> None:
    db, licence = books.db, licence_of(contract)
    (dutch,) = add_customer(db, "NL", "Elders B.V.")
    (lonely,) = add_customer(db, "NO", "Alene AS")
    person(books, dutch, "a@elders.example", (CUSTOMER_ADMINISTRATOR, None))
    for number, code in [
        (company.customer.number, "to_oneself"),
        (company.organisation_number, "to_oneself"),
        (dutch.customer.number, "other_country"),
        (lonely.customer.number, "no_administrator"),
        ("999999", "receiver_unknown"),
        ("", "receiver_unknown"),
        ("%", "receiver_unknown"),
    ]:
        with pytest.raises(RuleViolation, match=code):
            transfers.find_receiver(db, contract, number, "", "", "")
    with pytest.raises(RuleViolation, match="bad_organisation_number"):
        transfers.find_receiver(db, contract, "123", "Ny AS", "N N", "n@n.example")
    target = transfers.find_receiver(db, contract, receiver.customer.number, "", "", "")
    cases: list[tuple[dict[int, int], date, str]] = [
        ({licence.id: 33}, DAY, "too_many"),
        ({licence.id: -1}, DAY, "too_many"),
        ({licence.id: 0}, DAY, "nothing"),
        ({}, DAY, "nothing"),
        ({books.licence.id: 1}, DAY, "nothing"),
        ({licence.id: 1}, date(2018, 5, 2), "day"),
        ({licence.id: 1}, date(2018, 2, 1), "day"),
    ]
    for chosen, day, code in cases:
        with pytest.raises(RuleViolation, match=f"transfer.{code}"):
            transfers.request(db, ACTOR, contract, chosen, target, day, TODAY)
    transfer = request(books, contract, receiver, 12)
    with pytest.raises(RuleViolation, match="already"):
        request(books, contract, receiver, 1)
    with pytest.raises(RuleViolation, match="in_transfer"):
        cancellations.check(db, notice(company, contract.number, at(TODAY)))
    with pytest.raises(RuleViolation, match="reason"):
        transfers.refuse(db, staff, transfer, " ")
    transfers.refuse(db, staff, transfer, "Not paid.")
    cancellations.register(db, staff, notice(company, contract.number, at(TODAY)))
    with pytest.raises(RuleViolation, match="ending"):
        request(books, contract, receiver, 1)


def test_users_that_were_given_up_meanwhile_are_not_transferred(
    books: Books, contract: Contract, receiver: Company, staff: Person
) -> None:
    transfer = request(books, contract, receiver, 32)
    transfers.confirm(books.db, transfer, RECEIVING)
    contracts.order_users(books.db, ACTOR, licence_of(contract), 32, 30, TODAY)
    with pytest.raises(RuleViolation, match="too_many"):
        transfers.carry_out(books.db, staff, transfer)
    assert billing_runs.bill_all_due(books.db, TODAY) == []


def test_the_receiver_is_bound_for_the_first_period_although_it_gives_notice_before_it(
    books: Books, company: Company, receiver: Company, staff: Person
) -> None:
    contract, _ = sign(books, company, ContractKind.QUARTERLY, date(2017, 2, 1), ("expense", "EXPENSE_USER", 32))
    move(books, at(TODAY))
    transfer = request(books, contract, receiver, 12)
    transfers.confirm(books.db, transfer, RECEIVING)
    after = transfers.carry_out(books.db, staff, transfer)
    (licence,) = {order.licence for order in books.db.scalars(select(Order).where(Order.contract_id == after.id))}
    with pytest.raises(RuleViolation, match="not_begun"):
        contracts.order_users(books.db, ACTOR, licence, 0, 20, TODAY)
    early = notice(receiver, after.number, at(TODAY), date(2018, 4, 30), sender=RECEIVING)
    with pytest.raises(RuleViolation, match="bound"):
        cancellations.check(books.db, early)
    cancellations.register(books.db, staff, notice(receiver, after.number, at(TODAY), sender=RECEIVING))
    assert (after.ends_on, licence.valid_to) == (date(2018, 7, 31), date(2018, 7, 31))
    move(books, at(date(2018, 12, 1)))
    assert invoices_of(books, after) == [(DAY, 12)]


def test_the_giver_cancels_what_remains_and_not_what_goes_over(
    books: Books, contract: Contract, company: Company, receiver: Company, staff: Person
) -> None:
    transfer = request(books, contract, receiver, 12)
    for subject in (contract.number, "expense"):
        with pytest.raises(RuleViolation, match="in_transfer"):
            cancellations.check(books.db, notice(company, subject, at(TODAY)))
    contracts.order_users(books.db, ACTOR, licence_of(contract), 32, 40, TODAY)
    transfers.confirm(books.db, transfer, RECEIVING)
    after = transfers.carry_out(books.db, staff, transfer)
    assert cancellations.register(books.db, staff, notice(company, "expense", at(TODAY))).whole
    move(books, at(date(2019, 6, 1)))
    assert invoices_of(books, contract)[-1] == (date(2018, 11, 1), 28)
    assert invoices_of(books, after)[-1] == (date(2019, 5, 1), 12)


def test_notice_of_what_went_over_says_so_and_cannot_be_withdrawn(
    books: Books, contract: Contract, company: Company, receiver: Company, staff: Person
) -> None:
    transfer = request(books, contract, receiver, 32)
    transfers.confirm(books.db, transfer, RECEIVING)
    transfers.carry_out(books.db, staff, transfer)
    with pytest.raises(RuleViolation, match="transferred"):
        cancellations.check(books.db, notice(company, "expense", at(TODAY)))
    with pytest.raises(RuleViolation, match="no_notice"):
        cancellations.withdraw(books.db, staff, company.customer.number, "expense", ADMINISTRATOR)
