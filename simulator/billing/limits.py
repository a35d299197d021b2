"""Licences with more users than they are for, announced while that is so.

Source: the message about a role's maximum in Visma.net Admin, *Subscription coverage*. Own choice: people count who have a role of
the product's service on a company of the customer and are not deactivated, each once; roles are given all the same; the
administrators are told on the first of each month, when invoices are made.
"""

from datetime import date

from sqlalchemy import func, select

from simulator.billing import announcements, orders
from simulator.billing.models import Contract, Licence
from simulator.billing.products import BY_CODE
from simulator.billing.units import Counts, unit_of
from simulator.core import events
from simulator.core.sandbox import Db
from simulator.directory.models import Company, Customer, Grant, Person, Status
from simulator.directory.roles import ROLES

events.declare(
    licence__exceeded="The administrators of a customer were told that a product has more users than its licences are for."
)


def announce_exceeded(db: Db, today: date) -> None:
    """Announce the products with more users than their licences are for on a day."""
    for (customer_id, product), licensed in _licensed(db, today).items():
        users = _users(db, customer_id, product)
        if users > licensed:
            customer = db.get_one(Customer, customer_id)
            announcements.licence_limit(db, customer, BY_CODE[product].name, users, licensed)
            number = customer.number
            events.record(db, "licence.exceeded", subject=number, product=product, users=users, licences=licensed)


def _licensed(db: Db, today: date) -> dict[tuple[int, str], int]:
    """Return for how many users the running licences of each customer and product are, of products ordered by the user."""
    query = select(Licence).join(Contract, Contract.id == Licence.contract_id).order_by(Licence.customer_id, Licence.id)
    licensed: dict[tuple[int, str], int] = {}
    for licence in db.scalars(query.where(Licence.valid_from <= today)):
        current = orders.of_licence(db, licence, today)
        is_running = licence.valid_to is None or licence.valid_to >= today
        if is_running and current and unit_of(orders.unit_of(current)).counts is Counts.USERS:
            key = (licence.customer_id, licence.product)
            licensed[key] = licensed.get(key, 0) + orders.sum_of(current)
    return licensed


def _users(db: Db, customer_id: int, product: str) -> int:
    roles = [role.code for role in ROLES if role.service == product]
    query = (
        select(func.count(Person.id.distinct()))
        .join(Grant, Grant.person_id == Person.id)
        .join(Company, Company.id == Grant.company_id)
        .where(Company.customer_id == customer_id, Grant.role.in_(roles), Person.status != Status.INACTIVE)
    )
    return (db.scalar(query) or 0) if roles else 0
