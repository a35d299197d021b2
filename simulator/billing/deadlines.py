"""Deadlines of contracts, announced ahead: the last day of notice before a renewal, and the last day of access.

Own choice: a renewal is announced thirty days before the last day of notice, once for each term; the end of access fourteen days
before its last day. A clock that is set beyond a deadline makes no announcement of it; a contract that ends is not renewed.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from simulator.billing import announcements
from simulator.billing.contract_days import DAY, ContractKind, access_until, end_with_notice, last_day_of_notice
from simulator.billing.models import Contract, Order
from simulator.billing.products import BY_CODE as PRODUCTS
from simulator.core import events
from simulator.core.events import Event
from simulator.core.sandbox import Db

BEFORE_NOTICE = timedelta(days=30)
BEFORE_END = timedelta(days=14)

RENEWING, ENDING = "contract.renewing", "contract.access_ending"

events.declare(
    contract__renewing="A customer was reminded that a contract is renewed unless it is cancelled in time.",
    contract__access_ending="A customer was reminded that access to a product ends.",
)


def announce_due(db: Db, today: date) -> None:
    """Announce the deadlines of contracts that are near on a day, each once."""
    for contract in _contracts(db):
        if contract.ends_on is None:
            _announce_renewal(db, contract, today)
        else:
            for product, last_day in _ends_of_access(contract):
                if last_day - BEFORE_END <= today <= last_day and not _is_announced(db, ENDING, contract, product, last_day):
                    announcements.access_ending(db, contract.customer, PRODUCTS[product].name, last_day)
                    _record(db, ENDING, contract, product, last_day)


def next_day(db: Db, today: date) -> date | None:
    """Return the first day after a day on which a deadline is to be announced; None without any."""
    days = [day for contract in _contracts(db) for day in _days(contract, today) if day > today]
    return min(days, default=None)


def _announce_renewal(db: Db, contract: Contract, today: date) -> None:
    kind = ContractKind(contract.kind)
    last_day = last_day_of_notice(kind, contract.signed_on, today)
    orders = (order for order in contract.orders if order.ends_on is None or order.ends_on >= today)
    product = ", ".join(dict.fromkeys(PRODUCTS[order.licence.product].name for order in orders))
    if not product or today < last_day - BEFORE_NOTICE or _is_announced(db, RENEWING, contract, None, last_day):
        return
    renewal_day = end_with_notice(kind, contract.signed_on, today) + DAY
    announcements.contract_renewing(db, contract.customer, product, renewal_day, last_day)
    _record(db, RENEWING, contract, None, last_day)


def _days(contract: Contract, today: date) -> Iterator[date]:
    if contract.ends_on is not None:
        yield from (last_day - BEFORE_END for _, last_day in _ends_of_access(contract))
        return
    kind = ContractKind(contract.kind)
    last_day = last_day_of_notice(kind, contract.signed_on, today)
    yield last_day - BEFORE_NOTICE
    yield last_day_of_notice(kind, contract.signed_on, last_day + DAY) - BEFORE_NOTICE


def _ends_of_access(contract: Contract) -> list[tuple[str, date]]:
    """Return the products under a contract that ends, by code, each with the last day of access; not what stays readable."""
    assert contract.ends_on is not None
    products = dict.fromkeys(order.licence.product for order in contract.orders)
    ends = [(product, access_until(PRODUCTS[product].after_end, contract.ends_on)) for product in products]
    return [(product, last_day) for product, last_day in ends if last_day is not None]


def _contracts(db: Db) -> list[Contract]:
    orders = selectinload(Contract.orders).selectinload(Order.licence)
    return list(db.scalars(select(Contract).order_by(Contract.id).options(orders)))


def _is_announced(db: Db, type_: str, contract: Contract, product: str | None, last_day: date) -> bool:
    lines = db.scalars(select(Event).where(Event.type == type_, Event.subject == contract.number))
    about = {"product": product, "last_day": last_day.isoformat()}
    return any(line.data == about for line in lines)


def _record(db: Db, type_: str, contract: Contract, product: str | None, last_day: date) -> None:
    events.record(db, type_, subject=contract.number, product=product, last_day=last_day.isoformat())
