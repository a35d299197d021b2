"""Contracts: signing them, ordering under them, and how many users a licence has.

Source: "Brukertips i Kundeservice": extra users that were ordered after 1 January 2017 are on an invoice of their own. Own choice:
more users are there at once and fewer from the first period that notice still prevents, as if notice were given for those; the
customer says how many it has and how many it shall have, so that two people who order at once do not both get theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import or_, select

from simulator.billing import countries, invoices, licences, numbers, orders, periodic, units
from simulator.billing.contract_days import (
    DAY,
    ContractKind,
    bound_until,
    end_with_notice,
    last_day_of_notice,
    months_left,
    next_period,
)
from simulator.billing.models import Contract, Invoice, InvoiceSystem, Licence, Order
from simulator.billing.products import Kind
from simulator.billing.units import Counts
from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.models import Company

events.declare(
    licence__ordered="A customer ordered more or fewer users of a licence under a contract.",
    contract__signed="A contract was signed.",
)

MOST_USERS = 10_000
"""Own choice: an order of more is a slip of the hand."""


@dataclass(frozen=True)
class Days:
    """The days of a contract as of a day.

    Attributes:
        bound_until: until when it binds, as ``contract_days.bound_until``; its last day when notice was given.
        last_day_of_notice: None when notice was given.
        next_invoice: None when it ends before.
    """

    bound_until: date
    last_day_of_notice: date | None
    next_invoice: date | None


@dataclass(frozen=True)
class Change:
    """What an order of more or fewer users leads to.

    Attributes:
        before: users now.
        users: users afterwards.
        starts_on: the first day with that many.
        invoice_on: the day of the first invoice that is different.
        amount: of that invoice for more users, without VAT; None for fewer.
        months: for how many months that is; 0 for fewer.
        currency: three letters.
        code: printed on the invoice of extra users under a yearly contract; None otherwise.
        fewer_on: the day from which fewer were agreed before, for more users; None otherwise.
        fewer: users from that day on, with those of this order; 0 without such a day.
    """

    before: int
    users: int
    starts_on: date
    invoice_on: date
    amount: Decimal | None
    months: int
    currency: str
    code: str | None
    fewer_on: date | None = None
    fewer: int = 0


def sign(
    db: Db,
    company: Company,
    kind: ContractKind,
    signed_on: date,
    *,
    system: InvoiceSystem = InvoiceSystem.LEGACY,
    number: str | None = None,
) -> Contract:
    """Sign a contract for a company.

    Args:
        db: the transaction.
        company: the company that has the agreement; its customer gets the invoices.
        kind: yearly or quarterly.
        signed_on: the day of signing.
        system: the system that makes its invoices.
        number: its number; the next free one if None.
    """
    contract = Contract(
        number=number or numbers.draw(db, numbers.CONTRACT),
        customer_id=company.customer_id,
        company_id=company.id,
        kind=kind,
        system=system,
        signed_on=signed_on,
    )
    db.add(contract)
    db.flush()
    events.record(
        db,
        "contract.signed",
        subject=contract.number,
        customer_id=contract.customer_id if not db.precedes_creation else None,
        company=company.name,
        kind=kind.value,
    )
    return contract


def add_order(
    db: Db, contract: Contract, licence: Licence, unit: str, quantity: int, ordered_on: date, ends_on: date | None = None
) -> Order:
    """Order so many users or licences of a unit, from the day of the order, and put the licence under the contract.

    Raises:
        NotFound: there is no such unit.
        RuleViolation: ``billing.not_monthly``, the unit is not sold by the month; ``billing.no_price``.
        ValueError: the quantity is less than 1, or the order is older than the contract.
    """
    if not units.unit_of(unit).monthly:
        raise RuleViolation("billing.not_monthly", field="unit", unit=unit)
    units.price_of(unit, countries.country_of(contract.customer.country).currency)
    if quantity < 1 or ordered_on < contract.signed_on:
        raise ValueError("an order needs a quantity of at least 1, and a day on which the contract is signed")
    order = Order(
        contract=contract,
        licence=licence,
        unit=unit,
        quantity=quantity,
        ordered_on=ordered_on,
        starts_on=ordered_on,
        ends_on=ends_on,
        code=_code(contract, ordered_on),
    )
    licence.contract_id = contract.id
    db.add(order)
    db.flush()
    return order


def sign_default(db: Db, licence: Licence, company: Company) -> Contract | None:
    """Sign the contract that a licence implies, from its first day to its last, and order its users under it.

    Own choice: maintenance is yearly and everything else quarterly; all users are of the unit that counts users of the product,
    else of its first one. What is paid by use has no contract, nor has a product that is not sold by the month: the licence of
    WebFaktura belongs to what the office ordered elsewhere, and is registered by its key.

    Args:
        db: the transaction.
        licence: a licence without a contract.
        company: a company of the licence's customer, which gets the agreement.

    Returns:
        The contract, without its invoices; None for a product that has none.
    """
    sold = [unit for unit in units.catalogue().values() if unit.monthly and unit.product == licence.product]
    if licence.kind == Kind.TRANSACTION or not sold:
        return None
    kind = ContractKind.YEARLY if licence.kind == Kind.MAINTENANCE else ContractKind.QUARTERLY
    unit = next((unit for unit in sold if unit.counts is Counts.USERS), sold[0])
    contract = sign(db, company, kind, licence.valid_from, system=InvoiceSystem(licence.system))
    add_order(db, contract, licence, unit.code, licence.quantity, licence.valid_from, licence.valid_to)
    contract.ends_on = licence.valid_to
    return contract


def days_of(contract: Contract, day: date) -> Days:
    """Return a contract's days as of a day."""
    kind = ContractKind(contract.kind)
    following = next_period(kind, contract.signed_on, day)
    if contract.ends_on is not None:
        return Days(contract.ends_on, None, following if following <= contract.ends_on else None)
    return Days(bound_until(kind, contract.signed_on, day), last_day_of_notice(kind, contract.signed_on, day), following)


def has_ended(contract: Contract, day: date) -> bool:
    """Return whether a contract's last day is before a day."""
    return contract.ends_on is not None and contract.ends_on < day


def check_move(db: Db, company: Company) -> None:
    """Refuse to move a company to another customer while it has a contract, whose invoices go to the present customer.

    Raises:
        RuleViolation: ``billing.company_has_contract``.
    """
    today = licences.today_of(db, company.customer)
    running = or_(Contract.ends_on.is_(None), Contract.ends_on >= today)
    query = select(Contract.number).where(Contract.company_id == company.id, running).order_by(Contract.number)
    if numbers_of_contracts := db.scalars(query).all():
        raise RuleViolation("billing.company_has_contract", company=company.name, numbers=", ".join(numbers_of_contracts))


def check_order(db: Db, licence: Licence, before: int, users: int, today: date) -> Change:
    """Return what an order of more or fewer users would lead to; see ``order_users``."""
    contract = licence.contract
    if contract is None:
        raise RuleViolation("billing.no_contract")
    if has_ended(contract, today) or (licence.valid_to is not None and licence.valid_to < today):
        day = contract.ends_on or licence.valid_to
        raise RuleViolation("billing.contract_ended", number=contract.number, day=day)
    if contract.ends_on is not None or licence.valid_to is not None:
        day = licence.valid_to or contract.ends_on
        raise RuleViolation("billing.contract_ending", number=contract.number, day=day)
    if licence.valid_from > today:
        raise RuleViolation("billing.contract_not_begun", number=contract.number, day=licence.valid_from)
    if not 1 <= users <= MOST_USERS:
        raise RuleViolation("billing.order_out_of_range", field="users", most=MOST_USERS)
    current = orders.users_of(db, licence, today)
    if before != current:
        raise RuleViolation("billing.order_outdated", field="users", users=current)
    if users == current:
        raise RuleViolation("billing.order_same", field="users", users=current)
    kind = ContractKind(contract.kind)
    currency = countries.country_of(contract.customer.country).currency
    if users > current:
        months = months_left(kind, contract.signed_on, today)
        price = units.price_of(orders.unit_of(orders.of_licence(db, licence, today)), currency)
        amount = invoices.rounded((users - current) * months * price)
        fewer_on = min(
            (order.ends_on + DAY for order in orders.of_licence(db, licence, today) if order.ends_on), default=None
        )
        fewer = orders.users_of(db, licence, fewer_on) + users - current if fewer_on is not None else 0
        return Change(current, users, today, today, amount, months, currency, _code(contract, today), fewer_on, fewer)
    starts_on = end_with_notice(kind, contract.signed_on, today) + DAY
    agreed = orders.users_of(db, licence, starts_on)
    if agreed <= users:
        raise RuleViolation("billing.order_waiting", field="users", users=agreed, day=starts_on)
    return Change(current, users, starts_on, starts_on, None, 0, currency, None)


def order_users(
    db: Db, actor: Actor, licence: Licence, before: int, users: int, today: date
) -> tuple[Change, list[Invoice]]:
    """Order more users of a licence, which are there and invoiced at once, or fewer from a later period.

    Args:
        db: the transaction.
        actor: the administrator who orders.
        licence: the licence.
        before: how many users the administrator believes it has.
        users: how many it shall have.
        today: the day, where the customer is.

    Returns:
        What the order leads to, and the invoices that were made.

    Raises:
        RuleViolation: ``billing.no_contract``, ``billing.contract_ended``, ``billing.contract_ending`` (by notice or a transfer),
            ``billing.contract_not_begun`` (the transfer that it came by),
            ``billing.order_out_of_range``, ``billing.order_outdated`` (it has another number of users by now),
            ``billing.order_same``, or ``billing.order_waiting`` (as few or fewer are agreed already).
    """
    change = check_order(db, licence, before, users, today)
    contract = licence.contract
    assert contract is not None
    current = orders.of_licence(db, licence, change.starts_on)
    unit = orders.unit_of(current)
    made: list[Invoice] = []
    if change.amount is not None:
        add_order(db, contract, licence, unit, users - before, today)
        made = [run.run(db) for run in sorted(periodic.due_runs(db, today, contract), key=lambda run: run.order)]
        orders.set_quantity(db, licence, today)
    else:
        reduce(
            db, [order for order in current if order.unit == unit], orders.sum_of(current) - users, change.starts_on, today
        )
    events.record(
        db,
        "licence.ordered",
        actor=actor.email,
        subject=contract.number,
        customer_id=contract.customer_id,
        product=licence.product,
        before=before,
        users=users,
        starts_on=change.starts_on.isoformat(),
    )
    return change, made


def reduce(db: Db, current: Sequence[Order], fewer: int, starts_on: date, today: date) -> None:
    """End orders, the newest first, until so many fewer remain; of the last one, what remains is a new order from that day."""
    for order in reversed(current):
        taken = min(fewer, order.quantity)
        fewer -= taken
        if not taken:
            continue
        order.ends_on = starts_on - DAY
        if taken < order.quantity:
            db.add(
                Order(
                    contract=order.contract,
                    licence=order.licence,
                    unit=order.unit,
                    quantity=order.quantity - taken,
                    ordered_on=today,
                    starts_on=starts_on,
                    code=order.code,
                )
            )
    db.flush()


def _code(contract: Contract, ordered_on: date) -> str | None:
    """Return the code of extra users under a yearly contract; None for what was ordered with it, or before 2017."""
    is_extra = contract.kind == ContractKind.YEARLY and ordered_on > contract.signed_on
    return periodic.EXTRA_USERS if is_extra and ordered_on >= periodic.EXTRA_USERS_SINCE else None
