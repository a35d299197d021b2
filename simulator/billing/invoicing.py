"""Making invoices of charges, month by month.

Source: one invoice may hold several months of use, and the example is due 30 days after its date
("Specificatie verbruik Visma.net AutoInvoice"). Own choice: one invoice a month and licence, dated the first
of the next month; what is charged after its month was billed comes on the invoice of the next month that is
billed, on a line of its own month.
"""

from collections import deque
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import extract, func, select, update

from simulator.billing import countries, numbers, units
from simulator.billing.ledger import UNBILLED
from simulator.billing.models import Charge, Invoice, InvoiceLine, Licence
from simulator.billing.months import last_day, month_after, month_of, months
from simulator.core import events
from simulator.core.errors import Refused
from simulator.core.sandbox import Db
from simulator.directory.models import Company

PAYMENT_TERM = timedelta(days=30)
CENT = Decimal("0.01")

events.declare(invoice__made="An invoice was made of what a licence's companies had consumed.")


def rounded(amount: Decimal) -> Decimal:
    """Round an amount to two decimals, half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Use:
    """What one company consumed of one unit in one month, as one line of an invoice."""

    company: Company
    unit: str
    month: date
    quantity: int


def bill_month(db: Db, licence: Licence, month: date, *, invoice_date: date | None = None) -> Invoice | None:
    """Make the invoice of one month, of everything unbilled up to the month's end.

    Args:
        db: the transaction.
        licence: whose charges.
        month: the month's first day.
        invoice_date: the first of the next month when None.

    Returns:
        The invoice, or None when nothing was unbilled.

    Raises:
        Refused: ``billing.month_billed``, this month or a later one was billed already.
    """
    if licence.billed_until is not None and month <= licence.billed_until:
        raise Refused(
            "billing.month_billed",
            field="month",
            month=month.isoformat(),
            until=licence.billed_until.isoformat(),
        )
    invoice = _make(db, licence, month, invoice_date=invoice_date)
    if invoice is not None:
        product, customer = licence.product, licence.customer.number
        events.record(db, "invoice.made", subject=invoice.number, product=product, customer=customer)
    licence.billed_until = last_day(month)
    return invoice


def bill_until(db: Db, licence: Licence, day: date) -> list[Invoice]:
    """Make the invoices of every month that is over on a day, in order.

    Args:
        db: the transaction.
        licence: whose charges.
        day: the day on which the invoices are made; on the first of a month the month before is over.

    Returns:
        The invoices made, oldest first.
    """
    last = month_of(day) - timedelta(days=1)
    first = db.scalar(select(func.min(Charge.day)).where(Charge.licence_id == licence.id, UNBILLED))
    first = last if first is None else month_of(first)
    if licence.billed_until is not None:
        first = max(first, month_after(licence.billed_until))
    made = [bill_month(db, licence, month) for month in months(first, last)]
    return [invoice for invoice in made if invoice is not None]


def rebill(db: Db, licence: Licence, from_month: date) -> list[Invoice]:
    """Make a licence's invoices anew from a month on, as if a charge laid over it had always been there.

    For changes laid over a fresh scenario only: nobody has seen the invoices yet, so the journal is left
    alone. Numbers are used again in the same order, dates stay with their month, and a charge that was billed
    late is billed as late again.

    Args:
        db: the transaction.
        licence: whose invoices.
        from_month: first day of the first month to make anew.

    Returns:
        The invoices made, oldest first; none for months that were not billed before.
    """
    query = select(Invoice).where(Invoice.licence_id == licence.id, Invoice.period_from >= from_month)
    taken = db.scalars(query.order_by(Invoice.period_from)).all()
    old = {invoice.period_from: invoice for invoice in taken}
    free = deque(invoice.number for invoice in taken)
    for invoice in taken:
        invoice.number = f"({invoice.number})"
    db.flush()
    made = []
    for month in months(from_month, licence.billed_until or from_month - timedelta(days=1)):
        before = old.get(month)
        dated = before.invoice_date if before else None
        if before is not None:
            _take_back(db, before)
        made.append(_make(db, licence, month, invoice_date=dated, free=free))
    return [invoice for invoice in made if invoice is not None]


def _take_back(db: Db, invoice: Invoice) -> None:
    lines = select(InvoiceLine.id).where(InvoiceLine.invoice_id == invoice.id)
    db.execute(update(Charge).where(Charge.invoice_line_id.in_(lines)).values(invoice_line_id=None))
    db.delete(invoice)
    db.flush()


def _make(
    db: Db, licence: Licence, month: date, *, invoice_date: date | None = None, free: deque[str] | None = None
) -> Invoice | None:
    uses = _unbilled(db, licence, last_day(month))
    if not uses:
        return None
    dated = invoice_date or month_after(month)
    country = licence.customer.country
    currency = countries.country_of(country).currency
    rate = countries.vat_rate(country, dated)
    lines = [_line(position, use, currency, rate) for position, use in enumerate(uses, start=1)]
    excluding = sum((line.amount for line in lines), Decimal(0))
    vat = sum((line.vat_amount for line in lines), Decimal(0))
    invoice = Invoice(
        number=free.popleft() if free else numbers.draw(db, licence.system),
        licence=licence,
        customer_id=licence.customer_id,
        system=licence.system,
        invoice_date=dated,
        due_date=dated + PAYMENT_TERM,
        period_from=month,
        period_to=last_day(month),
        currency=currency,
        total_excluding_vat=excluding,
        vat=vat,
        total=excluding + vat,
        lines=lines,
    )
    db.add(invoice)
    db.flush()
    _take(db, invoice)
    return invoice


def _unbilled(db: Db, licence: Licence, until: date) -> list[Use]:
    year, month = extract("year", Charge.day), extract("month", Charge.day)
    query = (
        select(Company, Charge.unit, year, month, func.sum(Charge.quantity))
        .join(Company, Company.id == Charge.company_id)
        .where(Charge.licence_id == licence.id, Charge.day <= until, UNBILLED)
        .group_by(Company.id, Charge.unit, year, month)
    )
    uses = [
        Use(company, unit, date(in_year, in_month, 1), quantity)
        for company, unit, in_year, in_month, quantity in db.execute(query)
    ]
    return sorted(uses, key=_in_screen_order)


def _in_screen_order(use: Use) -> tuple[str, int, int, date]:
    return (use.company.name, use.company.id, units.unit_of(use.unit).position, use.month)


def _line(position: int, use: Use, currency: str, rate: Decimal) -> InvoiceLine:
    price = units.price_of(use.unit, currency)
    amount = rounded(use.quantity * price)
    return InvoiceLine(
        position=position,
        company=use.company,
        unit=use.unit,
        period_from=use.month,
        period_to=last_day(use.month),
        quantity=use.quantity,
        unit_price=price,
        amount=amount,
        vat_amount=rounded(amount * rate),
    )


def _take(db: Db, invoice: Invoice) -> None:
    """Put everything unbilled up to an invoice's end on its lines, in one statement for all of them."""
    line = (
        select(InvoiceLine.id)
        .where(
            InvoiceLine.invoice_id == invoice.id,
            InvoiceLine.company_id == Charge.company_id,
            InvoiceLine.unit == Charge.unit,
            Charge.day.between(InvoiceLine.period_from, InvoiceLine.period_to),
        )
        .scalar_subquery()
    )
    charges = update(Charge).where(Charge.licence_id == invoice.licence_id, UNBILLED, Charge.day <= invoice.period_to)
    db.execute(charges.values(invoice_line_id=line))
