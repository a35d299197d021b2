"""Calls about support access: reading it, and giving and withdrawing it as an administrator of the customer does."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from simulator.control import schemas
from simulator.control.table import Calls, store
from simulator.core.clock import iso
from simulator.core.errors import BadInput, NotFound
from simulator.core.numbers import whole_number
from simulator.core.sandbox import Db
from simulator.directory import people, support_access
from simulator.directory.actors import Actor, actor_of
from simulator.directory.models import Customer, Person, SupportAccess
from simulator.web.calls.fields import day, email, text, whole

blueprint = Calls("support_access", __name__)

PAGE = 200
FILTER = {"customer": text(longest=40), "after": whole()}
ACCESS = {"customer": text(longest=40, required=True), "consultant": email(required=True), "last_day": day(), "by": email()}


@blueprint.call("GET", "/sandboxes/{name}/support-access", query=FILTER, refusals=(404,))
def list_support_access(name: str, customer: str | None, after: int | None) -> list[schemas.SupportAccess]:
    """List what access consultants have, or had, to customers, by id, 200 per page; of all customers or of one."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        query = select(SupportAccess).where(SupportAccess.id > (after or 0)).order_by(SupportAccess.id).limit(PAGE)
        if customer is not None:
            query = query.where(SupportAccess.customer_id == customer_of(db, customer).id)
        options = (joinedload(SupportAccess.customer), joinedload(SupportAccess.person))
        return [_described(access) for access in db.scalars(query.options(*options))]


@blueprint.call("POST", "/sandboxes/{name}/support-access", status=201, body=ACCESS, refusals=(404, 422))
def give_support_access(
    name: str, customer: str, consultant: str, last_day: date | None, by: str | None
) -> schemas.SupportAccess:
    """Give a consultant access to a customer, or change its last day; a week when no day is named.

    ``by`` is a Customer administrator of the customer, the first one when it is left out.
    """
    with store().open(name) as sandbox, sandbox.transaction() as db:
        receiver, person = customer_of(db, customer), people.by_email(db, consultant)
        if person is None:
            raise NotFound("person", consultant)
        until = last_day or support_access.today(db, receiver) + support_access.USUAL
        giver = _administrator(db, receiver, by)
        access = support_access.give(db, giver, receiver, person, until)
        access = access or support_access.open_access(db, person.id, receiver.id)
        assert access is not None
        return _described(access)


@blueprint.call("DELETE", "/sandboxes/{name}/support-access/{id}", status=204, refusals=(404, 422))
def withdraw_support_access(name: str, id: str) -> None:
    """Withdraw an access as the first Customer administrator of the customer; nothing changes when it has ended."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        number = whole_number(id)
        access = db.get(SupportAccess, number) if number is not None else None
        if access is None:
            raise NotFound("support access", id)
        if access.ended_at is None:
            by = _administrator(db, access.customer, None) or actor_of(db, access.person)
            support_access.withdraw(db, by, access.customer, access.person)


def customer_of(db: Db, name: str) -> Customer:
    """Return the customer with a key or number.

    Raises:
        NotFound: there is none.
    """
    customer = db.scalar(select(Customer).where((Customer.key == name) | (Customer.number == name)))
    if customer is None:
        raise NotFound("customer", name)
    return customer


def _administrator(db: Db, customer: Customer, address: str | None) -> Actor | None:
    """Return the Customer administrator with an address, or the first one; None for a customer without any."""
    administrators: list[Person] = list(people.customer_administrators(db, customer.id))
    if address is not None:
        administrators = [person for person in administrators if person.email == address]
        if not administrators:
            raise BadInput([("by", "is no Customer administrator of the customer")])
    return actor_of(db, administrators[0]) if administrators else None


def _described(access: SupportAccess) -> schemas.SupportAccess:
    return {
        "id": access.id,
        "customer": access.customer.number,
        "consultant": access.person.email,
        "begins_at": iso(access.begins_at),
        "last_day": access.last_day.isoformat(),
        "ends_at": iso(access.ends_at),
        "ended_at": iso(access.ended_at) if access.ended_at is not None else None,
        "ended_by": access.ended_by,
    }
