"""What can change of contracts, licences, orders, invoices and consumption; see ``core.changes``."""

from collections.abc import Sequence

from sqlalchemy import func, select

from simulator.billing.models import Charge, Contract, Invoice, InvoiceLine, Licence, Order, Transfer
from simulator.billing.products import BY_CODE
from simulator.billing.units import unit_of
from simulator.core.changes import Area, Key, Label, Thing
from simulator.core.sandbox import Db
from simulator.directory.models import Company, Customer


def _contracts(db: Db) -> dict[Key, Thing]:
    rows = db.execute(select(Contract, Customer.name).join(Customer, Customer.id == Contract.customer_id))
    return {
        (contract.id,): Thing(
            names={"number": contract.number, "customer": customer},
            values={"notice_on": contract.notice_on, "ends_on": contract.ends_on},
        )
        for contract, customer in rows
    }


def _licences(db: Db) -> dict[Key, Thing]:
    rows = db.execute(select(Licence, Customer.name).join(Customer, Customer.id == Licence.customer_id))
    return {
        (licence.id,): Thing(
            names={"product": BY_CODE[licence.product].name, "customer": customer},
            values={"quantity": licence.quantity, "last_day": licence.valid_to},
        )
        for licence, customer in rows
    }


def _orders(db: Db) -> dict[Key, Thing]:
    rows = db.execute(select(Order, Contract.number).join(Contract, Contract.id == Order.contract_id))
    return {
        (order.id,): Thing(
            names={
                "quantity": order.quantity,
                "unit": Label(order.unit, unit_of(order.unit).text),
                "contract": contract,
                "day": order.starts_on,
            },
            values={"quantity": order.quantity, "last_day": order.ends_on},
        )
        for order, contract in rows
    }


def _invoices(db: Db) -> dict[Key, Thing]:
    lines = select(func.count()).where(InvoiceLine.invoice_id == Invoice.id).correlate(Invoice).scalar_subquery()
    rows = db.execute(select(Invoice, Customer.name, lines).join(Customer, Customer.id == Invoice.customer_id))
    return {
        (invoice.id,): Thing(
            names={
                "number": invoice.number,
                "customer": customer,
                "lines": count,
                "total": invoice.total,
                "currency": invoice.currency,
            }
        )
        for invoice, customer, count in rows
    }


def _transfers(db: Db) -> dict[Key, Thing]:
    rows = db.execute(select(Transfer, Contract.number).join(Contract, Contract.id == Transfer.contract_id))
    return {
        (transfer.id,): Thing(
            names={"contract": contract, "name": transfer.name},
            values={"status": Label(transfer.state, f"transfer.state.{transfer.state}")},
            at=transfer.requested_at,
        )
        for transfer, contract in rows
    }


def _consumption(db: Db) -> dict[Key, Thing]:
    rows = db.execute(
        select(Charge.company_id, Charge.unit, Company.name, func.sum(Charge.quantity).label("quantity"))
        .join(Company, Company.id == Charge.company_id)
        .group_by(Charge.company_id, Charge.unit, Company.name)
    )
    return {
        (row.company_id, row.unit): Thing(
            names={"company": row.name, "unit": Label(row.unit, unit_of(row.unit).text)},
            values={"quantity": row.quantity},
        )
        for row in rows
    }


AREAS: Sequence[Area] = (
    Area("contract", _contracts),
    Area("licence", _licences),
    Area("order", _orders),
    Area("invoice", _invoices),
    Area("transfer", _transfers),
    Area("consumption", _consumption),
)
