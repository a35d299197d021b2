"""Calls about contracts: reading them, and registering notice without a case."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from simulator.billing import access, cancellations, facts, licences
from simulator.billing.cancellations import CancellationRequest
from simulator.billing.models import Contract, Licence, Order
from simulator.control import billing_schemas as schemas
from simulator.control.table import Calls, store
from simulator.core.errors import NotFound
from simulator.core.sandbox import Db
from simulator.directory import people
from simulator.directory.models import Customer
from simulator.web.calls.fields import day, text

blueprint = Calls("contracts", __name__)

CANCELLATION = {"by": text(longest=254, required=True), "end": day()}


@blueprint.call("GET", "/sandboxes/{name}/contracts", query={"customer": text(longest=40)}, refusals=(404,))
def list_contracts(name: str, customer: str | None) -> list[schemas.Contract]:
    """List contracts with their state and what access there is, of all customers or of one, named by key or number."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        query = select(Contract).options(joinedload(Contract.customer)).order_by(Contract.id)
        if customer is not None:
            row = db.scalar(select(Customer).where((Customer.key == customer) | (Customer.number == customer)))
            if row is None:
                raise NotFound("customer", customer)
            query = query.where(Contract.customer_id == row.id)
        return [describe(db, contract) for contract in db.scalars(query)]


@blueprint.call("POST", "/sandboxes/{name}/contracts/{number}/cancellation", body=CANCELLATION, refusals=(404, 422))
def cancel_contract(name: str, number: str, by: str, end: date | None) -> schemas.Contract:
    """Register notice that arrives now, given by an address of the customer; with ``end`` for that last day or refused."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        contract = db.scalar(select(Contract).filter_by(number=number))
        if contract is None:
            raise NotFound("contract", number)
        sender = people.by_email(db, by)
        if sender is None:
            raise NotFound("person", by)
        request = CancellationRequest(contract.customer.number, number, by, db.clock.now(), end)
        cancellations.register(db, sender, request)
        return describe(db, contract)


def describe(db: Db, contract: Contract) -> schemas.Contract:
    """Return a contract as calls answer with it."""
    ordered = select(Order.licence_id).where(Order.contract_id == contract.id)
    own = db.scalars(select(Licence).where(Licence.id.in_(ordered)).order_by(Licence.id)).all()
    today = licences.today_of(db, contract.customer)
    described: dict[str, Any] = facts.describe(db, contract)
    accesses = [access.access_by(licence, today) for licence in own]
    described["access"] = [
        {
            "product": entry.product.code,
            "state": entry.state.value,
            "until": entry.until.isoformat() if entry.until else None,
        }
        for entry in accesses
    ]
    answer: schemas.Contract = described  # type: ignore[assignment]
    return answer
