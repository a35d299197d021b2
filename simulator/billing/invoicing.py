"""Making invoices of charges.

Source: numbers of two kinds ("Brukertips i Kundeservice"); an invoice whose number begins with INV holds several months
of use, one of them twice with the same unit, and is due 30 days after its date ("Specificatie verbruik Visma.net
AutoInvoice"). Own choice: an invoice 7XXXXXXX is for one month and licence, dated the first of the next month; one with
INV is for everything that a customer's licences of that system owe on a day, which is the first of a month or another
day on which charges become due. What is charged after its month was billed comes on the next invoice, on a line of its
own month.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from simulator.billing import invoices, numbers
from simulator.billing.ledger import UNBILLED
from simulator.billing.models import Charge, Invoice, InvoiceSystem, Licence
from simulator.billing.months import last_day, month_after, month_of, months
from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.models import Customer

rounded = invoices.rounded

events.declare(invoice__made="An invoice was made of what a licence's companies had consumed.")


@dataclass(frozen=True)
class _Run:
    """One invoice to be made: on which day, in whose turn, and how."""

    day: date
    turn: int
    make: Callable[[], Invoice | None]


def bill_due(db: Db, day: date) -> list[Invoice]:
    """Make every invoice of every customer that is due by a day.

    Args:
        db: the transaction.
        day: the day on which the invoices are made; on the first of a month the month before is over.

    Returns:
        The invoices made, in the order of their days and so of their numbers.
    """
    runs = []
    for licence in db.scalars(select(Licence).where(Licence.system == InvoiceSystem.LEGACY).order_by(Licence.id)):
        runs += _runs_of_licence(db, licence, day)
    customers = select(Licence.customer_id, func.min(Licence.id)).where(Licence.system == InvoiceSystem.INV)
    for customer_id, turn in db.execute(customers.group_by(Licence.customer_id)).all():
        runs += _runs_of_customer(db, db.get_one(Customer, customer_id), turn, day)
    made = [run.make() for run in sorted(runs, key=lambda run: (run.day, run.turn))]
    return [invoice for invoice in made if invoice is not None]


def bill_until(db: Db, licence: Licence, day: date) -> list[Invoice]:
    """Make the invoices that are due by a day for a licence, in order; with INV for all its customer's licences of that kind.

    Args:
        db: the transaction.
        licence: whose charges.
        day: as for ``bill_due``.

    Returns:
        The invoices made, oldest first.
    """
    if licence.system == InvoiceSystem.INV:
        runs = _runs_of_customer(db, licence.customer, licence.id, day)
    else:
        runs = _runs_of_licence(db, licence, day)
    made = [run.make() for run in sorted(runs, key=lambda run: run.day)]
    return [invoice for invoice in made if invoice is not None]


def bill_month(db: Db, licence: Licence, month: date, *, invoice_date: date | None = None) -> Invoice | None:
    """Make the invoice of one month of a licence with invoices 7XXXXXXX, of everything unbilled up to the month's end.

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
        raise RuleViolation(
            "billing.month_billed",
            field="month",
            month=month.isoformat(),
            until=licence.billed_until.isoformat(),
        )
    invoice = _make_month(db, licence, month, invoice_date)
    if invoice is not None:
        _tell(db, invoice, licence.product)
    licence.billed_until = last_day(month)
    return invoice


def billed_until(db: Db, licence: Licence) -> date | None:
    """Return the last day of the last month billed for a licence; with INV for any of its customer's licences of that kind."""
    licences = _inv_licences(db, licence.customer) if licence.system == InvoiceSystem.INV else [licence]
    return max((one.billed_until for one in licences if one.billed_until is not None), default=None)


def rebill(db: Db, licence: Licence, since: date) -> list[Invoice]:
    """Make invoices anew from a month on, as if a charge laid over it had always been there.

    For changes laid over a fresh scenario only: nobody has seen the invoices yet, so the journal is left
    alone. Numbers are used again in the same order, dates stay with their month, and a charge that was billed
    late is billed as late again.

    Args:
        db: the transaction.
        licence: whose invoices; with INV those of its customer.
        since: first day of the first month to make anew.

    Returns:
        The invoices made, oldest first; none for months that were not billed before.
    """
    if licence.system == InvoiceSystem.INV:
        return _rebill_customer(db, licence.customer, since)
    query = select(Invoice).where(Invoice.licence_id == licence.id, Invoice.period_from >= since)
    taken = db.scalars(query.order_by(Invoice.period_from)).all()
    old = {invoice.period_from: invoice for invoice in taken}
    free = invoices.set_numbers_free(db, taken)
    made = []
    for month in months(since, licence.billed_until or since - timedelta(days=1)):
        before = old.get(month)
        dated = before.invoice_date if before else None
        if before is not None:
            invoices.take_back(db, before)
        made.append(_make_month(db, licence, month, dated, free))
    return [invoice for invoice in made if invoice is not None]


def _runs_of_licence(db: Db, licence: Licence, day: date) -> list[_Run]:
    """Return a run for each month that is over and was not billed."""

    def making(month: date) -> Callable[[], Invoice | None]:
        return lambda: bill_month(db, licence, month)

    return [_Run(month_after(month), licence.id, making(month)) for month in _months_to_bill(db, [licence], day)]


def _months_to_bill(db: Db, licences: list[Licence], day: date) -> list[date]:
    last = month_of(day) - timedelta(days=1)
    waiting = select(func.min(Charge.day)).where(Charge.licence_id.in_([one.id for one in licences]), UNBILLED)
    first = db.scalar(waiting.where(Charge.due_on.is_(None)))
    first = last if first is None else month_of(first)
    billed = billed_until(db, licences[0])
    return list(months(first if billed is None else max(first, month_after(billed)), last))


def _make_month(db: Db, licence: Licence, month: date, dated: date | None, free: deque[str] | None = None) -> Invoice | None:
    due = (Charge.licence_id == licence.id) & (Charge.day <= last_day(month)) & UNBILLED
    return invoices.make(
        db,
        Invoice(
            licence_id=licence.id,
            customer=licence.customer,
            system=licence.system,
            kind=licence.kind,
            invoice_date=dated or month_after(month),
            period_from=month,
            period_to=last_day(month),
        ),
        due,
        lambda: free.popleft() if free else numbers.draw(db, licence.system),
    )


def _runs_of_customer(db: Db, customer: Customer, turn: int, day: date) -> list[_Run]:
    """Return a run for each day on which something of a customer's becomes due, after the last day that was billed."""
    licences = _inv_licences(db, customer)
    firsts = [month_after(month) for month in _months_to_bill(db, licences, day)]
    latest = db.scalar(
        select(func.max(Invoice.invoice_date)).where(Invoice.customer_id == customer.id, Invoice.system == InvoiceSystem.INV)
    )
    billed = billed_until(db, licences[0])
    passed = max(latest or date.min, month_after(billed) if billed else date.min)
    days = {one for one in (*firsts, *_due_days(db, licences, day)) if one > passed}

    def making(one: date) -> Callable[[], Invoice | None]:
        def make() -> Invoice | None:
            invoice = _make_day(db, customer, licences, one)
            if invoice is not None:
                _tell(db, invoice, None)
            if one in firsts:
                _remember(licences, one)
            return invoice

        return make

    return [_Run(one, turn, making(one)) for one in sorted(days)]


def _remember(licences: list[Licence], first: date) -> None:
    for licence in licences:
        licence.billed_until = first - timedelta(days=1)


def _inv_licences(db: Db, customer: Customer) -> list[Licence]:
    query = select(Licence).where(Licence.customer_id == customer.id, Licence.system == InvoiceSystem.INV)
    return list(db.scalars(query.order_by(Licence.id)))


def _due_days(db: Db, licences: list[Licence], day: date) -> list[date]:
    query = select(Charge.due_on).distinct().where(Charge.licence_id.in_([one.id for one in licences]), UNBILLED)
    return [due for due in db.scalars(query.where(Charge.due_on <= day)) if due is not None]


def _make_day(
    db: Db, customer: Customer, licences: list[Licence], day: date, free: deque[str] | None = None
) -> Invoice | None:
    over = Charge.due_on.is_(None) & (Charge.day < month_of(day))
    due = Charge.licence_id.in_([one.id for one in licences]) & or_(Charge.due_on <= day, over) & UNBILLED
    return invoices.make(
        db,
        Invoice(customer=customer, system=InvoiceSystem.INV, invoice_date=day),
        due,
        lambda: free.popleft() if free else numbers.draw(db, InvoiceSystem.INV),
    )


def _rebill_customer(db: Db, customer: Customer, since: date) -> list[Invoice]:
    licences = _inv_licences(db, customer)
    query = select(Invoice).where(
        Invoice.customer_id == customer.id, Invoice.system == InvoiceSystem.INV, Invoice.invoice_date >= since
    )
    taken = db.scalars(query.order_by(Invoice.invoice_date)).all()
    billed = billed_until(db, licences[0])
    firsts = [month_after(month) for month in months(since, billed)] if billed is not None else []
    free = invoices.set_numbers_free(db, taken)
    days = {invoice.invoice_date for invoice in taken} | set(firsts)
    for invoice in taken:
        invoices.take_back(db, invoice)
    days |= {due for due in _due_days(db, licences, max(days)) if due >= since} if days else set()
    made = [_make_day(db, customer, licences, day, free) for day in sorted(days)]
    return [invoice for invoice in made if invoice is not None]


def _tell(db: Db, invoice: Invoice, product: str | None) -> None:
    facts = {"product": product} if product else {}
    events.record(db, "invoice.made", subject=invoice.number, customer=invoice.customer.number, **facts)
