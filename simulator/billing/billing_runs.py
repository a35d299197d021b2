"""Billing runs: which invoices are due, and making them in the right order.

Source: numbers of two kinds ("Brukertips i Kundeservice"); an invoice whose number begins with INV holds several months of use,
one of them twice with the same unit, and is due 30 days after its date ("Specificatie verbruik Visma.net AutoInvoice"). Own
choice: an invoice 7XXXXXXX is for one month and licence, dated the first of the next month; an INV invoice is for everything that
a customer's licences of that system owe on a day, which is the first of a month or another day on which charges become due. What
contracts owe is in ``periodic``. A charge added after its month was billed is on the next invoice, on a line of its own month.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from simulator.billing import invoices, periodic
from simulator.billing.ledger import UNBILLED
from simulator.billing.models import Charge, Invoice, InvoiceSystem, Licence
from simulator.billing.months import last_day, month_after, month_of, months
from simulator.billing.periodic import ContractRun
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.models import Customer

_OF_DAY_RUNS = (Invoice.system == InvoiceSystem.INV) & Invoice.contract_id.is_(None) & Invoice.corrects_id.is_(None)


@dataclass(frozen=True)
class _MonthRun:
    """An invoice 7XXXXXXX to be made: one month of one licence."""

    licence: Licence
    month: date

    @property
    def order(self) -> tuple[date, int, int]:
        return month_after(self.month), 0, self.licence.id

    def run(self, db: Db) -> Invoice | None:
        return bill_month(db, self.licence, self.month)


@dataclass(frozen=True)
class _DayRun:
    """An INV invoice to be made: everything that a customer's licences of that system owe on a day.

    Attributes:
        customer: the customer.
        licences: its licences of the system, the oldest first.
        day: the invoice's date.
        ends_month: whether the day is the first of a month, so that the month before is billed by it.
    """

    customer: Customer
    licences: Sequence[Licence]
    day: date
    ends_month: bool

    @property
    def order(self) -> tuple[date, int, int]:
        return self.day, 0, self.licences[0].id

    def run(self, db: Db) -> Invoice | None:
        invoice = _create_day_invoice(db, self.customer, self.licences, self.day)
        if invoice is not None:
            invoices.record_made(db, invoice)
        if self.ends_month:
            for licence in self.licences:
                licence.billed_until = self.day - timedelta(days=1)
        return invoice


def bill_all_due(db: Db, day: date) -> list[Invoice]:
    """Make every invoice of every customer that is due by a day.

    Args:
        db: the transaction.
        day: the day on which the invoices are made; on the first of a month the month before is over.

    Returns:
        The invoices, in the order of their dates and so of their numbers.
    """
    runs: list[_MonthRun | _DayRun | ContractRun] = [*periodic.due_runs(db, day)]
    for licence in db.scalars(select(Licence).where(Licence.system == InvoiceSystem.LEGACY).order_by(Licence.id)):
        runs += _month_runs(db, licence, day)
    for customer_id in db.scalars(select(Licence.customer_id).where(Licence.system == InvoiceSystem.INV).distinct()).all():
        runs += _day_runs(db, db.get_one(Customer, customer_id), day)
    return _run_in_order(db, runs)


def bill_licence_until(db: Db, licence: Licence, day: date) -> list[Invoice]:
    """Make the invoices that are due by a day for a licence; with INV for all its customer's licences of that system.

    Args:
        db: the transaction.
        licence: the licence.
        day: as for ``bill_all_due``.

    Returns:
        The invoices, oldest first.
    """
    if licence.system == InvoiceSystem.INV:
        return _run_in_order(db, _day_runs(db, licence.customer, day))
    return _run_in_order(db, _month_runs(db, licence, day))


def bill_month(db: Db, licence: Licence, month: date, *, invoice_date: date | None = None) -> Invoice | None:
    """Make the invoice 7XXXXXXX of one month of a licence, of all unbilled charges up to the month's end.

    Args:
        db: the transaction.
        licence: the licence.
        month: the month's first day.
        invoice_date: the first of the next month if None.

    Returns:
        The invoice, or None if there were no unbilled charges.

    Raises:
        RuleViolation: ``billing.month_billed``, this month or a later one was billed already.
    """
    if licence.billed_until is not None and month <= licence.billed_until:
        raise RuleViolation(
            "billing.month_billed",
            field="month",
            month=month.isoformat(),
            until=licence.billed_until.isoformat(),
        )
    invoice = _create_month_invoice(db, licence, month, invoice_date)
    if invoice is not None:
        invoices.record_made(db, invoice, product=licence.product)
    licence.billed_until = last_day(month)
    return invoice


def billed_until(db: Db, licence: Licence) -> date | None:
    """Return the last day of the last month billed for a licence; with INV for any of its customer's licences of that system."""
    licences = _inv_licences(db, licence.customer) if licence.system == InvoiceSystem.INV else [licence]
    return max((other.billed_until for other in licences if other.billed_until is not None), default=None)


def rebill_from(db: Db, licence: Licence, since: date) -> list[Invoice]:
    """Make invoices again from a month on, as if charges that an overlay added had always been there.

    For overlays of fresh scenarios only: nobody has seen the invoices yet, so the journal stays as it is. Numbers are
    reused in the same order, dates stay with their month, and a charge that was billed late is billed as late again.

    Args:
        db: the transaction.
        licence: the licence; with INV all licences of its customer of that system.
        since: first day of the first month.

    Returns:
        The invoices, oldest first; none for months that were not billed before.
    """
    if licence.system == InvoiceSystem.INV:
        return _rebill_days(db, licence.customer, since)
    return _rebill_months(db, licence, since)


def _run_in_order(db: Db, runs: Sequence[_MonthRun | _DayRun | ContractRun]) -> list[Invoice]:
    made = [run.run(db) for run in sorted(runs, key=lambda run: run.order)]
    return [invoice for invoice in made if invoice is not None]


def _month_runs(db: Db, licence: Licence, day: date) -> list[_MonthRun]:
    """Return a run for each month that is over by a day and was not billed."""
    return [_MonthRun(licence, month) for month in _unbilled_months(db, [licence], day)]


def _day_runs(db: Db, customer: Customer, day: date) -> list[_DayRun]:
    """Return a run for each day, up to a day, on which charges of a customer become due after the last day billed."""
    licences = _inv_licences(db, customer)
    firsts = [month_after(month) for month in _unbilled_months(db, licences, day)]
    latest = db.scalar(select(func.max(Invoice.invoice_date)).where(Invoice.customer_id == customer.id, _OF_DAY_RUNS))
    billed = billed_until(db, licences[0])
    passed = max(latest or date.min, month_after(billed) if billed else date.min)
    days = {due for due in (*firsts, *_due_days(db, licences, day)) if due > passed}
    return [_DayRun(customer, licences, due, ends_month=due in firsts) for due in sorted(days)]


def _unbilled_months(db: Db, licences: list[Licence], day: date) -> list[date]:
    last = month_of(day) - timedelta(days=1)
    unbilled = select(func.min(Charge.day)).where(Charge.licence_id.in_([licence.id for licence in licences]), UNBILLED)
    first = db.scalar(unbilled.where(Charge.due_on.is_(None)))
    first = last if first is None else month_of(first)
    billed = billed_until(db, licences[0])
    return list(months(first if billed is None else max(first, month_after(billed)), last))


def _due_days(db: Db, licences: list[Licence], day: date) -> list[date]:
    """Return the days, up to a day, that charges name as the day they become due on."""
    licence_ids = [licence.id for licence in licences]
    query = select(Charge.due_on).distinct().where(Charge.licence_id.in_(licence_ids), UNBILLED)
    return [due for due in db.scalars(query.where(Charge.due_on <= day)) if due is not None]


def _inv_licences(db: Db, customer: Customer) -> list[Licence]:
    query = select(Licence).where(Licence.customer_id == customer.id, Licence.system == InvoiceSystem.INV)
    return list(db.scalars(query.order_by(Licence.id)))


def _create_month_invoice(
    db: Db, licence: Licence, month: date, invoice_date: date | None, free_numbers: deque[str] | None = None
) -> Invoice | None:
    due = (Charge.licence_id == licence.id) & (Charge.day <= last_day(month)) & UNBILLED
    invoice = Invoice(
        licence_id=licence.id,
        customer=licence.customer,
        system=licence.system,
        kind=licence.kind,
        invoice_date=invoice_date or month_after(month),
        period_from=month,
        period_to=last_day(month),
    )
    return invoices.create(db, invoice, due, free_numbers)


def _create_day_invoice(
    db: Db, customer: Customer, licences: Sequence[Licence], day: date, free_numbers: deque[str] | None = None
) -> Invoice | None:
    month_over = Charge.due_on.is_(None) & (Charge.day < month_of(day))
    licence_ids = [licence.id for licence in licences]
    due = Charge.licence_id.in_(licence_ids) & or_(Charge.due_on <= day, month_over) & UNBILLED
    return invoices.create(db, Invoice(customer=customer, system=InvoiceSystem.INV, invoice_date=day), due, free_numbers)


def _rebill_months(db: Db, licence: Licence, since: date) -> list[Invoice]:
    query = select(Invoice).where(
        Invoice.licence_id == licence.id, Invoice.corrects_id.is_(None), Invoice.period_from >= since
    )
    replaced = db.scalars(query.order_by(Invoice.period_from)).all()
    by_month = {invoice.period_from: invoice for invoice in replaced}
    free_numbers = invoices.release_numbers(db, replaced)
    made = []
    for month in months(since, licence.billed_until or since - timedelta(days=1)):
        before = by_month.get(month)
        invoice_date = before.invoice_date if before else None
        if before is not None:
            invoices.delete(db, before)
        made.append(_create_month_invoice(db, licence, month, invoice_date, free_numbers))
    return [invoice for invoice in made if invoice is not None]


def _rebill_days(db: Db, customer: Customer, since: date) -> list[Invoice]:
    licences = _inv_licences(db, customer)
    query = select(Invoice).where(Invoice.customer_id == customer.id, _OF_DAY_RUNS, Invoice.invoice_date >= since)
    replaced = db.scalars(query.order_by(Invoice.invoice_date)).all()
    billed = billed_until(db, licences[0])
    firsts = [month_after(month) for month in months(since, billed)] if billed is not None else []
    free_numbers = invoices.release_numbers(db, replaced)
    days = {invoice.invoice_date for invoice in replaced} | set(firsts)
    for invoice in replaced:
        invoices.delete(db, invoice)
    days |= {due for due in _due_days(db, licences, max(days)) if due >= since} if days else set()
    made = [_create_day_invoice(db, customer, licences, day, free_numbers) for day in sorted(days)]
    return [invoice for invoice in made if invoice is not None]
