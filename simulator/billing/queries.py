"""Reads of the billing that feed pages, exports and checks."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from simulator.billing import units
from simulator.billing.contract_days import add_months
from simulator.billing.models import Contract, Invoice, InvoiceLine, Licence, Order
from simulator.billing.products import PRODUCTS
from simulator.core.sandbox import Db
from simulator.directory.models import Company

_ORDER = {product.code: position for position, product in enumerate(PRODUCTS)}


def licences_of(db: Db, customer_id: int) -> Sequence[Licence]:
    """Return a customer's licences, in the order of the products, then by first day."""
    licences = db.scalars(select(Licence).where(Licence.customer_id == customer_id).options(joinedload(Licence.contract)))
    return sorted(licences, key=lambda licence: (_ORDER[licence.product], licence.valid_from, licence.id))


_SYSTEMS = select(Licence.system).where(
    Licence.customer_id == bindparam("customer"), Licence.product == bindparam("product")
)


def _product_of_orders(invoice_id: Any) -> Any:
    """Return the product of the first order on an invoice, as a column."""
    ordered = select(Licence.product).join(Order, Order.licence_id == Licence.id)
    ordered = ordered.join(InvoiceLine, InvoiceLine.order_id == Order.id).where(InvoiceLine.invoice_id == invoice_id)
    return ordered.order_by(InvoiceLine.position).limit(1).scalar_subquery()


PRODUCT = func.coalesce(
    select(Licence.product).where(Licence.id == Invoice.licence_id).scalar_subquery(),
    _product_of_orders(Invoice.id),
    _product_of_orders(Invoice.corrects_id),
).label("product")
"""The code of the product that an invoice is for, the first of several; None for an INV invoice of use. A correction of a line
without an order is for the product of the invoice that it corrects."""


def products_on(db: Db, invoices: Sequence[Any]) -> dict[int, list[str]]:
    """Return the codes of all products that invoices are for, by the id of the invoice, in the order of the lines.

    Args:
        db: the transaction.
        invoices: rows with ``id`` and ``product``, which is ``PRODUCT``.
    """
    query = (
        select(InvoiceLine.invoice_id, InvoiceLine.unit, Licence.product)
        .outerjoin(Order, Order.id == InvoiceLine.order_id)
        .outerjoin(Licence, Licence.id == Order.licence_id)
        .where(InvoiceLine.invoice_id.in_([invoice.id for invoice in invoices]))
        .group_by(InvoiceLine.invoice_id, InvoiceLine.unit, Licence.product)
        .order_by(InvoiceLine.invoice_id, func.min(InvoiceLine.position))
    )
    ordered: dict[int, list[str]] = {}
    used: dict[int, list[str]] = {}
    for invoice_id, unit, product in db.execute(query):
        of_kind, code = (ordered, product) if product is not None else (used, units.unit_of(unit).product)
        of_kind.setdefault(invoice_id, []).append(code)
    return {
        invoice.id: list(
            dict.fromkeys(ordered.get(invoice.id) or ([invoice.product] if invoice.product else used.get(invoice.id, [])))
        )
        for invoice in invoices
    }


def _is_for(product: Any) -> ColumnElement[bool]:
    """Return the condition of an invoice for a product: of the use of its licence, with an order of it, or a correction of such."""
    ordered = (
        select(InvoiceLine.invoice_id)
        .join(Order, Order.id == InvoiceLine.order_id)
        .join(Licence, Licence.id == Order.licence_id)
        .where(Licence.product == product, Licence.customer_id == Invoice.customer_id)
    )
    used = select(Licence.id).where(Licence.product == product, Licence.customer_id == Invoice.customer_id)
    return or_(Invoice.licence_id.in_(used), Invoice.id.in_(ordered), Invoice.corrects_id.in_(ordered))


_INVOICES = (
    select(Invoice.__table__)
    .where(
        Invoice.customer_id == bindparam("customer"),
        _is_for(bindparam("product")),
        Invoice.invoice_date >= bindparam("since"),
    )
    .order_by(Invoice.invoice_date.desc(), Invoice.number.desc())
)


def listed_since(db: Db, day: date) -> date:
    """Return the first date of invoices that lists have on a day: as far back as the scenario keeps documents.

    Source: "Brukertips i Kundeservice": invoices can be looked up back in time.
    """
    return add_months(day, -db.record.retention_months)


def systems_of_product(db: Db, customer_id: int, product: str) -> frozenset[str]:
    """Return the invoice systems of a customer's licences of a product; empty without a licence."""
    return frozenset(db.rows(_SYSTEMS, customer=customer_id, product=product).scalars())


def invoices_of_product(db: Db, customer_id: int, product: str, since: date = date.min) -> Sequence[Any]:
    """Return the invoices of all licences that a customer has or had for a product, newest first, from a date on.

    Returns:
        Rows with the columns of ``Invoice``, read-only.
    """
    rows: Sequence[Any] = db.rows(_INVOICES, customer=customer_id, product=product, since=since).all()
    return rows


def invoice_visible(db: Db, customer_id: int, product: str, number: str) -> Invoice | None:
    """Return the invoice of a number if it is this customer's and for this product."""
    return db.scalar(select(Invoice).where(Invoice.customer_id == customer_id, _is_for(product), Invoice.number == number))


def invoice_of_number(db: Db, customer_id: int, number: str) -> Any:
    """Return number, system and product (its code) of a customer's invoice; None when there is no such invoice."""
    query = select(Invoice.number, Invoice.system, PRODUCT)
    return db.execute(
        query.where(Invoice.customer_id == customer_id, func.upper(Invoice.number) == number.upper())
    ).one_or_none()


def corrections_of(db: Db, invoice: Invoice) -> Sequence[Invoice]:
    """Return the corrections of an invoice, oldest first."""
    return db.scalars(select(Invoice).where(Invoice.corrects_id == invoice.id).order_by(Invoice.id)).all()


def also_on(db: Db, invoice: Invoice) -> Sequence[Any]:
    """Return the invoices of the other system with consumption of the same companies, months and units, by number.

    Source: an overview of all invoices ("Brukertips i Kundeservice"). Own choice: what is split over two invoices is named on both.

    Returns:
        Rows of number, system and product (its code).
    """
    own, other = aliased(InvoiceLine), aliased(InvoiceLine)
    others = (
        select(other.invoice_id)
        .join(
            own,
            (own.company_id == other.company_id)
            & (own.period_from == other.period_from)
            & (own.unit == other.unit)
            & own.order_id.is_(None),
        )
        .where(own.invoice_id == invoice.id, other.order_id.is_(None), other.has_period)
    )
    query = select(Invoice.number, Invoice.system, PRODUCT).where(
        Invoice.customer_id == invoice.customer_id,
        Invoice.system != invoice.system,
        Invoice.corrects_id.is_(None),
        Invoice.id.in_(others),
    )
    return db.execute(query.order_by(Invoice.number)).all()


def contracts_of(db: Db, customer_id: int) -> Sequence[Contract]:
    """Return a customer's contracts with their companies, by company, then by signing."""
    query = select(Contract).join(Company, Company.id == Contract.company_id).options(joinedload(Contract.company))
    query = query.where(Contract.customer_id == customer_id)
    return db.scalars(query.order_by(func.sort_key(Company.name), Contract.signed_on, Contract.id)).all()


def contract_of_number(db: Db, customer_id: int, number: str) -> Contract | None:
    """Return a customer's contract of a number, with its company and orders."""
    query = select(Contract).where(Contract.customer_id == customer_id, Contract.number == number)
    options = joinedload(Contract.company), joinedload(Contract.orders).joinedload(Order.licence)
    return db.scalars(query.options(*options)).unique().one_or_none()


def specification(db: Db, invoice: Invoice) -> list[InvoiceLine]:
    """Return the lines of an invoice with their companies, by company, then in the order of the units, then by month.

    Own choice: order.
    """
    query = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id)
    query = query.options(joinedload(InvoiceLine.company), joinedload(InvoiceLine.order))
    return sorted(db.scalars(query), key=_in_screen_order)


def _in_screen_order(line: InvoiceLine) -> tuple[str, int, int, date, int]:
    return (line.company.name, line.company_id, units.unit_of(line.unit).position, line.period_from, line.position)
