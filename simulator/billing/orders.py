"""How many users a licence has by its orders."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select

from simulator.billing import units
from simulator.billing.models import Licence, Order
from simulator.billing.units import Counts
from simulator.core.sandbox import Db


def of_licence(db: Db, licence: Licence, day: date) -> Sequence[Order]:
    """Return the orders of a licence that count on a day, oldest first."""
    query = select(Order).where(
        Order.licence_id == licence.id, Order.starts_on <= day, or_(Order.ends_on.is_(None), Order.ends_on >= day)
    )
    return db.scalars(query.order_by(Order.id)).all()


def unit_of(orders: Sequence[Order]) -> str:
    """Return the unit that counts a licence's users, else its first one."""
    ordered = [order.unit for order in orders]
    return next((unit for unit in ordered if units.unit_of(unit).counts is Counts.USERS), ordered[0])


def sum_of(orders: Sequence[Order]) -> int:
    """Return how many users (or licences) orders of one licence make together."""
    if not orders:
        return 0
    unit = unit_of(orders)
    return sum(order.quantity for order in orders if order.unit == unit)


def users_of(db: Db, licence: Licence, day: date) -> int:
    """Return how many users (or licences) a licence has on a day; 0 when nothing is ordered for it."""
    return sum_of(of_licence(db, licence, day))


def set_quantity(db: Db, licence: Licence, day: date) -> None:
    """Set the quantity of a licence to its users on a day, unless nothing is ordered for that day."""
    licence.quantity = users_of(db, licence, day) or licence.quantity
