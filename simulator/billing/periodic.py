"""What contracts owe for a period: which invoices are due, and making them.

Source: "Brukertips i Kundeservice": the yearly contract is invoiced in January for twelve months, without a period on its lines
and with quantities of users × months; the quarterly one for three months, with the period on its lines and the users as quantity;
users ordered later under a yearly contract are on an invoice of their own with the code KON-ABO00, as a subscription; a line
*Distribusjonskost* may be on it. Own choice: that line is once on each maintenance invoice; an order in the middle of a period is
invoiced when it is made, for the months that are left; invoices are dated on the first day of what they are for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from simulator.billing import countries, invoices, numbers, orders, subscriptions, units
from simulator.billing.contract_days import DAY, ContractKind, Period, months_left, period_of
from simulator.billing.models import Contract, Invoice, InvoiceKind, InvoiceSystem, Licence, Order
from simulator.core.sandbox import Db

EXTRA_USERS = "KON-ABO00"
"""The code of invoices of users that were ordered later under a yearly contract."""
EXTRA_USERS_SINCE = date(2017, 1, 1)
DISTRIBUTION = "DISTRIBUTION"


@dataclass(frozen=True)
class ContractRun:
    """An invoice to be made: a period of a contract, or what is left of it, for all its orders of one kind.

    Attributes:
        contract: the contract.
        period: the days that it is for; the invoice is dated on the first.
        orders: the orders, oldest first.
    """

    contract: Contract
    period: Period
    orders: Sequence[Order]

    @property
    def order(self) -> tuple[date, int, int]:
        """Where it comes among all that is due: after the use that is billed on that day."""
        return self.period.first, 1, self.orders[0].id

    def run(self, db: Db) -> Invoice:
        """Make the invoice."""
        contract = self.contract
        code = self.orders[0].code
        is_maintenance = contract.kind == ContractKind.YEARLY and code is None
        invoice = Invoice(
            customer=contract.customer,
            contract=contract,
            system=contract.system,
            kind=InvoiceKind.MAINTENANCE if is_maintenance else InvoiceKind.SUBSCRIPTION,
            number=numbers.draw_invoice(db, contract.system, numbers.Series.CONTRACT),
            invoice_date=self.period.first,
            period_from=self.period.first,
            period_to=self.period.last,
        )
        country = contract.customer.country
        currency = countries.country_of(country).currency
        lines = [self._line(db, order, currency, has_period=not is_maintenance) for order in self.orders]
        if is_maintenance:
            lines.append(self._distribution(db, currency))
        invoices.write(db, invoice, lines, countries.vat_rate(country, invoice.invoice_date))
        for order in self.orders:
            order.billed_until = self.period.last
            orders.set_quantity(db, order.licence, self.period.first)
        invoices.record_made(db, invoice, contract=contract.number)
        return invoice

    def _line(self, db: Db, order: Order, currency: str, *, has_period: bool) -> dict[str, Any]:
        months = months_left(ContractKind(self.contract.kind), self.contract.signed_on, self.period.first)
        price = units.price_of(order.unit, currency)
        return {
            **self._same_on_all_lines(db, order),
            "unit": order.unit,
            "quantity": order.quantity if has_period else order.quantity * months,
            "unit_price": price,
            "amount": invoices.rounded(order.quantity * months * price),
            "users": order.quantity,
            "months": months,
            "has_period": has_period,
            "order_id": order.id,
        }

    def _distribution(self, db: Db, currency: str) -> dict[str, Any]:
        price = units.price_of(DISTRIBUTION, currency)
        return {
            **self._same_on_all_lines(db, self.orders[0]),
            "unit": DISTRIBUTION,
            "quantity": 1,
            "unit_price": price,
            "amount": invoices.rounded(price),
            "users": None,
            "months": None,
            "has_period": False,
            "order_id": None,
        }

    def _same_on_all_lines(self, db: Db, order: Order) -> dict[str, Any]:
        company = self.contract.company
        of_inv = self.contract.system == InvoiceSystem.INV
        return {
            **invoices.identity(company),
            "subscription_id": subscriptions.of_company(db, order.licence, company)[0].id if of_inv else None,
            "period_from": self.period.first,
            "period_to": self.period.last,
        }


def due_runs(db: Db, day: date, contract: Contract | None = None) -> list[ContractRun]:
    """Return the invoices of contracts that are due by a day and were not made yet; of all contracts, or of one."""
    together: dict[tuple[int, Period, str | None], list[Order]] = {}
    for order in _open_orders(db, day, contract):
        for period in unbilled_periods(order, day):
            together.setdefault((order.contract_id, period, order.code), []).append(order)
    return [ContractRun(members[0].contract, period, members) for (_, period, _), members in together.items()]


def next_day(db: Db, day: date) -> date | None:
    """Return the first day after a day on which a contract is invoiced; None without a contract that goes on."""
    days = [next(unbilled_periods(order, date.max), None) for order in _open_orders(db, date.max)]
    return min((max(period.first, day + DAY) for period in days if period is not None), default=None)


def unbilled_periods(order: Order, day: date) -> Iterator[Period]:
    """Yield the periods of an order that begin by a day and are on no invoice yet; the first may be what is left of a period.

    What was invoiced stays so: the end of an order, of its licence or of its contract stops what comes after it.
    """
    contract = order.contract
    kind = ContractKind(contract.kind)
    last = min(day, order.ends_on or day, contract.ends_on or day, order.licence.valid_to or day)
    first = order.billed_until + DAY if order.billed_until else order.starts_on
    while first <= last:
        period = period_of(kind, contract.signed_on, first)
        yield Period(first, period.last)
        first = period.last + DAY


_ANY_ORDER = select(Order.id).limit(1)


def _open_orders(db: Db, day: date, contract: Contract | None = None) -> Sequence[Order]:
    if db.rows(_ANY_ORDER).first() is None:
        return ()
    query = (
        select(Order)
        .join(Contract)
        .join(Licence, Licence.id == Order.licence_id)
        .where(
            Order.starts_on <= day,
            or_(Order.billed_until.is_(None), Order.billed_until < day),
            or_(Order.ends_on.is_(None), Order.billed_until.is_(None), Order.ends_on > Order.billed_until),
            or_(Contract.ends_on.is_(None), Order.billed_until.is_(None), Contract.ends_on > Order.billed_until),
            or_(Licence.valid_to.is_(None), Order.billed_until.is_(None), Licence.valid_to > Order.billed_until),
        )
        .options(joinedload(Order.contract), contains_eager(Order.licence))
        .order_by(Order.id)
    )
    if contract is not None:
        query = query.where(Order.contract_id == contract.id)
    return db.scalars(query).all()
