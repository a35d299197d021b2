"""Renewals of contracts, announced before the last day of notice.

Own choice: thirty days before, once for each term. A clock that is set beyond that day makes no announcement of it any more; a
contract that ends is not renewed.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from simulator.billing import announcements
from simulator.billing.contract_days import DAY, ContractKind, end_with_notice, last_day_of_notice
from simulator.billing.models import Contract, Order
from simulator.billing.products import BY_CODE as PRODUCTS
from simulator.core import events
from simulator.core.events import Event
from simulator.core.sandbox import Db

AHEAD = timedelta(days=30)
"""How long before the last day of notice a renewal is announced."""

RENEWING = "contract.renewing"

events.declare(contract__renewing="A customer was reminded that a contract is renewed unless it is cancelled in time.")


def announce_due(db: Db, today: date) -> None:
    """Announce the renewals whose last day of notice is near on a day, each once."""
    for contract in _contracts(db):
        kind = ContractKind(contract.kind)
        last_day = last_day_of_notice(kind, contract.signed_on, today)
        orders = (order for order in contract.orders if _goes_on(order, today))
        products = ", ".join(dict.fromkeys(PRODUCTS[order.licence.product].name for order in orders))
        if not products or today < last_day - AHEAD or _is_announced(db, contract, last_day):
            continue
        renewal_day = end_with_notice(kind, contract.signed_on, today) + DAY
        announcements.contract_renewing(db, contract.customer, products, renewal_day, last_day)
        events.record(db, RENEWING, subject=contract.number, last_day=last_day.isoformat())


def next_day(db: Db, today: date) -> date | None:
    """Return the first day after a day on which a renewal is to be announced; None without a contract that goes on."""
    return min((day for contract in _contracts(db) for day in _days(contract, today) if day > today), default=None)


def _goes_on(order: Order, today: date) -> bool:
    """Return whether an order is renewed with its contract; not one whose licence ends."""
    return order.licence.valid_to is None and (order.ends_on is None or order.ends_on >= today)


def _days(contract: Contract, today: date) -> Iterator[date]:
    kind = ContractKind(contract.kind)
    last_day = last_day_of_notice(kind, contract.signed_on, today)
    yield last_day - AHEAD
    yield last_day_of_notice(kind, contract.signed_on, last_day + DAY) - AHEAD


def _contracts(db: Db) -> list[Contract]:
    """Return the contracts that go on, with their orders."""
    orders = selectinload(Contract.orders).selectinload(Order.licence)
    return list(db.scalars(select(Contract).where(Contract.ends_on.is_(None)).order_by(Contract.id).options(orders)))


def _is_announced(db: Db, contract: Contract, last_day: date) -> bool:
    lines = db.scalars(select(Event).where(Event.type == RENEWING, Event.subject == contract.number))
    return any(line.data["last_day"] == last_day.isoformat() for line in lines)
