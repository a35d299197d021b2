"""Reads of the billing that feed pages, exports and checks."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from simulator.billing import units
from simulator.billing.models import Invoice, InvoiceLine, Licence
from simulator.billing.products import PRODUCTS
from simulator.core.sandbox import Db

_ORDER = {product.code: position for position, product in enumerate(PRODUCTS)}


def licences_of(db: Db, customer_id: int) -> Sequence[Licence]:
    """Return a customer's licences, in the order of the products, then by first day."""
    licences = db.scalars(select(Licence).where(Licence.customer_id == customer_id))
    return sorted(licences, key=lambda licence: (_ORDER[licence.product], licence.valid_from, licence.id))


_SYSTEMS = select(Licence.system).where(
    Licence.customer_id == bindparam("customer"), Licence.product == bindparam("product")
)
_INVOICES = (
    select(Invoice.__table__)
    .join(Licence, Licence.id == Invoice.licence_id)
    .where(Invoice.customer_id == bindparam("customer"), Licence.product == bindparam("product"))
    .order_by(Invoice.invoice_date.desc(), Invoice.number.desc())
)


def systems_of_product(db: Db, customer_id: int, product: str) -> frozenset[str]:
    """Return the invoice systems of a customer's licences of a product; empty without a licence."""
    return frozenset(db.rows(_SYSTEMS, customer=customer_id, product=product).scalars())


def invoices_of_product(db: Db, customer_id: int, product: str) -> Sequence[Any]:
    """Return the invoices of all licences that a customer has or had for a product, newest first.

    Returns:
        Rows with the columns of ``Invoice``, read-only.
    """
    rows: Sequence[Any] = db.rows(_INVOICES, customer=customer_id, product=product).all()
    return rows


def invoice_visible(db: Db, customer_id: int, product: str, number: str) -> Invoice | None:
    """Return the invoice of a number if it is this customer's and for this product."""
    query = (
        select(Invoice)
        .join(Licence)
        .where(Invoice.customer_id == customer_id, Licence.product == product, Invoice.number == number)
    )
    return db.scalar(query)


def product_of_invoice(db: Db, customer_id: int, number: str) -> str | None:
    """Return the code of the product that a customer's invoice 7XXXXXXX is for; None when there is no such invoice."""
    query = select(Licence.product).join(Invoice, Invoice.licence_id == Licence.id)
    return db.scalar(query.where(Invoice.customer_id == customer_id, Invoice.number == number))


def specification(db: Db, invoice: Invoice) -> list[InvoiceLine]:
    """Return the lines of an invoice with their companies, by company, then in the order of the units, then by month.

    Own choice: order.
    """
    query = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id).options(joinedload(InvoiceLine.company))
    return sorted(db.scalars(query), key=_in_screen_order)


def _in_screen_order(line: InvoiceLine) -> tuple[str, int, int, date]:
    return (line.company.name, line.company_id, units.unit_of(line.unit).position, line.period_from)
