"""Creating one invoice, from charges or from lines, and deleting it again. Which are due is decided in ``billing_runs``."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import ColumnElement, bindparam, extract, func, insert, select, update
from sqlalchemy import delete as sql_delete

from simulator.billing import announcements, countries, numbers, units
from simulator.billing.models import CHARGES, LINES, Charge, Invoice, InvoiceLine
from simulator.billing.months import last_day, month_of
from simulator.billing.numbers import Series
from simulator.billing.products import Kind
from simulator.core import events
from simulator.core.sandbox import Db
from simulator.directory.models import Company

events.declare(
    invoice__made="An invoice was made: of what companies consumed, of a period of a contract, or to correct another one."
)

PAYMENT_TERM = timedelta(days=30)
CENT = Decimal("0.01")


def rounded(amount: Decimal) -> Decimal:
    """Round an amount to two decimals, half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class _Group:
    """Charges that become one line: of one company, unit and month, and of one subscription on INV invoices.

    Attributes:
        first_charge: id of the first charge.
    """

    company: Company
    subscription_id: int | None
    unit: str
    month: date
    quantity: int
    first_charge: int


def create(db: Db, invoice: Invoice, due: ColumnElement[bool], free_numbers: deque[str] | None = None) -> Invoice | None:
    """Create an invoice from charges.

    Args:
        db: the transaction.
        invoice: the invoice with customer, system and date, and with period and kind unless the charges decide them.
        due: the condition of its charges.
        free_numbers: numbers to use first, see ``release_numbers``; the first of them is removed.

    Returns:
        The invoice, or None if there are no such charges.
    """
    groups = _group_charges(db, due, by_subscription=invoice.licence_id is None)
    if not groups:
        if invoice in db:
            db.expunge(invoice)
        return None
    country = invoice.customer.country
    currency = countries.country_of(country).currency
    lines = [_line(group, currency) for group in groups]
    invoice.number = free_numbers.popleft() if free_numbers else numbers.draw_invoice(db, invoice.system, Series.USE)
    if invoice.licence_id is None:
        invoice.kind = _kind(groups)
        invoice.period_from = min(group.month for group in groups)
        invoice.period_to = max(last_day(group.month) for group in groups)
    write(db, invoice, lines, countries.vat_rate(country, invoice.invoice_date))
    _assign_charges(db, invoice, due)
    return invoice


def write(db: Db, invoice: Invoice, lines: Sequence[dict[str, Any]], rate: Decimal) -> None:
    """Write an invoice whose number, kind and period are decided, with its lines in their order, and add it up.

    Args:
        db: the transaction.
        invoice: the invoice.
        lines: the columns of each line but for its position and VAT.
        rate: the rate of VAT, as a fraction.
    """
    vat = _vat_of_lines([line["amount"] for line in lines], rate)
    invoice.due_date = invoice.invoice_date + PAYMENT_TERM
    invoice.currency = countries.country_of(invoice.customer.country).currency
    invoice.total_excluding_vat = sum((line["amount"] for line in lines), Decimal(0))
    invoice.vat = sum(vat, Decimal(0))
    invoice.total = invoice.total_excluding_vat + invoice.vat
    db.add(invoice)
    db.flush()
    rows = [
        {"invoice_id": invoice.id, "position": position, "vat_amount": vat_amount, **line}
        for position, (line, vat_amount) in enumerate(zip(lines, vat, strict=True), start=1)
    ]
    db.connection().execute(insert(LINES), rows)


def record_made(db: Db, invoice: Invoice, **facts: Any) -> None:
    """Record in the journal that an invoice was made, and announce it to the customer."""
    events.record(db, "invoice.made", subject=invoice.number, customer=invoice.customer.number, **facts)
    announcements.invoice_made(db, invoice)


def release_numbers(db: Db, replaced: Sequence[Invoice]) -> deque[str]:
    """Return the numbers of invoices that will be deleted, so that the invoices that replace them can have them."""
    free = deque(invoice.number for invoice in replaced)
    for invoice in replaced:
        invoice.number = f"({invoice.number})"
    db.flush()
    return free


def delete(db: Db, invoice: Invoice) -> None:
    """Delete an invoice with what corrects it; its charges are unbilled again."""
    for correction in db.scalars(select(Invoice).where(Invoice.corrects_id == invoice.id)).all():
        delete(db, correction)
    lines = select(InvoiceLine.id).where(InvoiceLine.invoice_id == invoice.id)
    db.execute(update(Charge).where(Charge.invoice_line_id.in_(lines)).values(invoice_line_id=None))
    db.execute(sql_delete(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id))
    db.expire(invoice, ["lines"])
    db.delete(invoice)
    db.flush()


def _group_charges(db: Db, due: ColumnElement[bool], *, by_subscription: bool) -> list[_Group]:
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
    rows = db.execute(query).all()
    companies = {
        company.id: company for company in db.scalars(select(Company).where(Company.id.in_({row[0] for row in rows})))
    }
    groups = [
        _Group(companies[company_id], subscription_id, unit, date(in_year, in_month, 1), quantity, first_charge)
        for company_id, subscription_id, unit, in_year, in_month, quantity, first_charge in rows
    ]
    return sorted(groups, key=_by_subscription if by_subscription else _by_unit)


def _by_unit(group: _Group) -> tuple[str, int, int, date]:
    return (group.company.name, group.company.id, units.unit_of(group.unit).position, group.month)


def _by_subscription(group: _Group) -> tuple[str, int, int, date, int]:
    """Own choice: by company, subscription and month, then in the order of the charges, as on the printed invoice."""
    return (group.company.name, group.company.id, group.subscription_id or 0, group.month, group.first_charge)


def _kind(groups: list[_Group]) -> str:
    """Own choice: an invoice with only units that are sold by their article number is a subscription invoice."""
    return Kind.TRANSACTION if any(units.unit_of(group.unit).named for group in groups) else Kind.SUBSCRIPTION


def _vat_of_lines(amounts: Sequence[Decimal], rate: Decimal) -> list[Decimal]:
    """Return the VAT of each line, which together are the VAT of the invoice's total, rounded once.

    Source: EN 16931, BR-S-09, VAT is calculated on the sum. Own choice: the cents that rounding each line would add or lose are
    taken from or given to the lines that it moved most, one each.
    """
    exact = [amount * rate for amount in amounts]
    vat = [rounded(value) for value in exact]
    difference = rounded(sum(exact, Decimal(0))) - sum(vat, Decimal(0))
    cent = CENT.copy_sign(difference)
    by_rounding = sorted(range(len(vat)), key=lambda at: (vat[at] - exact[at]) * cent)
    for at in by_rounding[: int(abs(difference) / CENT)]:
        vat[at] += cent
    return vat


def identity(company: Company) -> dict[str, Any]:
    """Return the columns of a line that identify its company."""
    return {
        "company_id": company.id,
        "customer_account": company.account_number,
        "organisation_number": company.organisation_number,
        "internal_number": company.internal_number,
    }


def _line(group: _Group, currency: str) -> dict[str, Any]:
    price = units.price_of(group.unit, currency)
    amount = rounded(group.quantity * price)
    return {
        **identity(group.company),
        "subscription_id": group.subscription_id,
        "unit": group.unit,
        "period_from": group.month,
        "period_to": last_day(group.month),
        "quantity": group.quantity,
        "unit_price": price,
        "amount": amount,
    }


_SET_LINE = update(CHARGES).where(CHARGES.c.id == bindparam("charge")).values(invoice_line_id=bindparam("line"))


def _assign_charges(db: Db, invoice: Invoice, due: ColumnElement[bool]) -> None:
    """Assign every charge to its line."""
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
    charges = db.execute(select(Charge.id, Charge.company_id, Charge.subscription_id, Charge.unit, Charge.day).where(due))
    assignments = [
        {"charge": charge_id, "line": lines[company_id, subscription_id, unit, month_of(day)]}
        for charge_id, company_id, subscription_id, unit, day in charges
    ]
    db.connection().execute(_SET_LINE, assignments)
    for charge in [row for row in db.identity_map.values() if isinstance(row, Charge)]:
        db.expire(charge, ["invoice_line_id"])
