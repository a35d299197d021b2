"""One invoice: made of charges, and taken back again."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, extract, func, insert, select, update

from simulator.billing import countries, units
from simulator.billing.models import CHARGES, LINES, Charge, Invoice, InvoiceLine
from simulator.billing.months import last_day, month_of
from simulator.billing.products import Kind
from simulator.core.sandbox import Db
from simulator.directory.models import Company

PAYMENT_TERM = timedelta(days=30)
CENT = Decimal("0.01")


def rounded(amount: Decimal) -> Decimal:
    """Round an amount to two decimals, half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Use:
    """What one company consumed of one unit in one month, under one subscription where there are such: a line to be.

    Attributes:
        first: id of the first charge in it.
    """

    company: Company
    subscription_id: int | None
    unit: str
    month: date
    quantity: int
    first: int


def make(db: Db, invoice: Invoice, due: ColumnElement[bool], number: Callable[[], str]) -> Invoice | None:
    """Make an invoice of charges.

    Args:
        db: the transaction.
        invoice: the invoice with its customer, system and date, and period and kind unless the charges decide them.
        due: the condition of the charges that it takes.
        number: draws its number.

    Returns:
        The invoice, or None when there is no such charge.
    """
    uses = _uses(db, due, by_subscription=invoice.licence_id is None)
    if not uses:
        if invoice in db:
            db.expunge(invoice)
        return None
    country = invoice.customer.country
    currency = countries.country_of(country).currency
    rate = countries.vat_rate(country, invoice.invoice_date)
    lines = [_line(position, use, currency, rate) for position, use in enumerate(uses, start=1)]
    invoice.number = number()
    invoice.due_date = invoice.invoice_date + PAYMENT_TERM
    if invoice.licence_id is None:
        invoice.kind = _kind(uses)
        invoice.period_from = min(use.month for use in uses)
        invoice.period_to = max(last_day(use.month) for use in uses)
    invoice.currency = currency
    invoice.total_excluding_vat = sum((line["amount"] for line in lines), Decimal(0))
    invoice.vat = sum((line["vat_amount"] for line in lines), Decimal(0))
    invoice.total = invoice.total_excluding_vat + invoice.vat
    db.add(invoice)
    db.flush()
    db.connection().execute(insert(LINES), [{"invoice_id": invoice.id, **line} for line in lines])
    _take(db, invoice, due)
    return invoice


def set_numbers_free(db: Db, taken: Sequence[Invoice]) -> deque[str]:
    """Return the numbers of invoices that are about to be taken back, for those that come in their place."""
    free = deque(invoice.number for invoice in taken)
    for invoice in taken:
        invoice.number = f"({invoice.number})"
    db.flush()
    return free


def take_back(db: Db, invoice: Invoice) -> None:
    """Undo an invoice: its charges wait again."""
    lines = select(InvoiceLine.id).where(InvoiceLine.invoice_id == invoice.id)
    db.execute(update(Charge).where(Charge.invoice_line_id.in_(lines)).values(invoice_line_id=None))
    db.execute(delete(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id))
    db.expire(invoice, ["lines"])
    db.delete(invoice)
    db.flush()


def _uses(db: Db, due: ColumnElement[bool], *, by_subscription: bool) -> list[Use]:
    year, month = extract("year", Charge.day), extract("month", Charge.day)
    query = (
        select(
            Charge.company_id,
            Charge.subscription_id,
            Charge.unit,
            year,
            month,
            func.sum(Charge.quantity),
            func.min(Charge.id),
        )
        .where(due)
        .group_by(Charge.company_id, Charge.subscription_id, Charge.unit, year, month)
    )
    found = db.execute(query).all()
    companies = {one.id: one for one in db.scalars(select(Company).where(Company.id.in_({row[0] for row in found})))}
    uses = [
        Use(companies[company_id], subscription_id, unit, date(in_year, in_month, 1), quantity, first)
        for company_id, subscription_id, unit, in_year, in_month, quantity, first in found
    ]
    return sorted(uses, key=_by_subscription if by_subscription else _by_unit)


def _by_unit(use: Use) -> tuple[str, int, int, date]:
    return (use.company.name, use.company.id, units.unit_of(use.unit).position, use.month)


def _by_subscription(use: Use) -> tuple[str, int, int, date, int]:
    """Own choice: by company, subscription and month, and then as the charges came, as the printed invoice has them."""
    return (use.company.name, use.company.id, use.subscription_id or 0, use.month, use.first)


def _kind(uses: list[Use]) -> str:
    """Own choice: an invoice of nothing but what is sold by its number is a subscription invoice."""
    return Kind.SUBSCRIPTION if all(units.unit_of(use.unit).sku for use in uses) else Kind.TRANSACTION


def _line(position: int, use: Use, currency: str, rate: Decimal) -> dict[str, Any]:
    price = units.price_of(use.unit, currency)
    amount = rounded(use.quantity * price)
    return {
        "position": position,
        "company_id": use.company.id,
        "subscription_id": use.subscription_id,
        "customer_account": use.company.account_number,
        "organisation_number": use.company.organisation_number,
        "internal_number": use.company.internal_number,
        "unit": use.unit,
        "period_from": use.month,
        "period_to": last_day(use.month),
        "quantity": use.quantity,
        "unit_price": price,
        "amount": amount,
        "vat_amount": rounded(amount * rate),
    }


_ON_LINE = update(CHARGES).where(CHARGES.c.id == bindparam("charge")).values(invoice_line_id=bindparam("line"))


def _take(db: Db, invoice: Invoice, due: ColumnElement[bool]) -> None:
    """Put every charge on its line."""
    lines = {
        (company_id, subscription_id, unit, month): line_id
        for line_id, company_id, subscription_id, unit, month in db.execute(
            select(
                InvoiceLine.id,
                InvoiceLine.company_id,
                InvoiceLine.subscription_id,
                InvoiceLine.unit,
                InvoiceLine.period_from,
            ).where(InvoiceLine.invoice_id == invoice.id)
        )
    }
    taken = db.execute(select(Charge.id, Charge.company_id, Charge.subscription_id, Charge.unit, Charge.day).where(due))
    placed = [
        {"charge": charge_id, "line": lines[company_id, subscription_id, unit, month_of(day)]}
        for charge_id, company_id, subscription_id, unit, day in taken
    ]
    db.connection().execute(_ON_LINE, placed)
    for charge in [one for one in db.identity_map.values() if isinstance(one, Charge)]:
        db.expire(charge, ["invoice_line_id"])
