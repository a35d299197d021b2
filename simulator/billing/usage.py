"""Accumulated use of a product: what a customer's companies consumed, billed or not.

Source: "Brukertips i Kundeservice", Hvordan får jeg sett fakturaene mine?: accumulated use of AutoInvoice and AutoPay. Own choice:
months from and to, one company or all, one type or all, and the grouping of rows, because the source's picture of the choices
is missing; amounts are those that invoices have, or will have, without VAT.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import func, select

from simulator.billing import countries, units
from simulator.billing.invoices import rounded
from simulator.billing.models import Charge, Licence
from simulator.billing.months import last_day, month_of, months
from simulator.core.sandbox import Db
from simulator.directory.models import Company, Customer


class Group(StrEnum):
    """What the rows are grouped by; *each* is by company, type and month."""

    TYPE = "type"
    COMPANY = "company"
    MONTH = "month"
    EACH = "each"


@dataclass(frozen=True, kw_only=True)
class Search:
    """Filters and grouping: first and last month by their first days, one company or all, one unit or all."""

    first: date
    last: date
    company_id: int | None = None
    unit: str | None = None
    group: Group = Group.TYPE


@dataclass(frozen=True)
class Use:
    """One row; None means all.

    Attributes:
        type: text key of the type of consumption.
        quantity: documents, pages or payments.
        amount: without VAT.
        period_from: first day.
        period_to: last day.
        company: name of the company.
    """

    type: str | None
    quantity: int
    amount: Decimal
    period_from: date
    period_to: date
    company: str | None


@dataclass(frozen=True)
class ByMonth:
    """Quantities by month and type, whatever the rows are grouped by.

    Attributes:
        months: from the first one with consumption to the last, those between them without any too.
        types: text key of each type, in the order of the units, and its quantity in each month.
    """

    months: Sequence[date]
    types: Sequence[tuple[str, Sequence[int]]]


@dataclass(frozen=True)
class Report:
    """Rows in their order, with the total amount; quantities of different types are not added up."""

    rows: Sequence[Use]
    amount: Decimal
    currency: str
    by_month: ByMonth


@dataclass(frozen=True)
class _Cell:
    """One company's consumption of a unit in a month."""

    company_id: int
    company: str
    unit: str
    month: date
    quantity: int
    amount: Decimal


def find(db: Db, customer_id: int, product: str, search: Search) -> Report:
    """Return how much a customer's companies used of a product, filtered and grouped as ``search`` says."""
    currency = countries.country_of(db.get_one(Customer, customer_id).country).currency
    cells = _cells(db, customer_id, product, search, currency)
    groups: dict[tuple[object, ...], list[_Cell]] = {}
    for cell in cells:
        groups.setdefault(_key(cell, search.group), []).append(cell)
    rows = [_row(groups[key], search) for key in sorted(groups)]
    return Report(rows, sum((cell.amount for cell in cells), Decimal(0)), currency, _by_month(cells))


def _by_month(cells: Sequence[_Cell]) -> ByMonth:
    if not cells:
        return ByMonth((), ())
    sums: dict[str, dict[date, int]] = {}
    for cell in cells:
        of_unit = sums.setdefault(cell.unit, {})
        of_unit[cell.month] = of_unit.get(cell.month, 0) + cell.quantity
    all_months = list(months(min(cell.month for cell in cells), max(cell.month for cell in cells)))
    used = sorted((units.unit_of(code) for code in sums), key=lambda unit: unit.position)
    return ByMonth(all_months, [(unit.text, [sums[unit.code].get(month, 0) for month in all_months]) for unit in used])


def companies(db: Db, customer_id: int, product: str) -> Sequence[Company]:
    """Return the companies that ever used a product under a customer's licences, by name."""
    used = select(Charge.company_id).join(Licence, Licence.id == Charge.licence_id)
    by_customer = used.where(Licence.customer_id == customer_id, Licence.product == product)
    return db.scalars(
        select(Company).where(Company.id.in_(by_customer)).order_by(func.sort_key(Company.name), Company.id)
    ).all()


def _cells(db: Db, customer_id: int, product: str, search: Search, currency: str) -> list[_Cell]:
    query = (
        select(Charge.company_id, Company.name, Charge.unit, Charge.day, func.sum(Charge.quantity))
        .join(Licence, Licence.id == Charge.licence_id)
        .join(Company, Company.id == Charge.company_id)
        .where(
            Licence.customer_id == customer_id,
            Licence.product == product,
            Charge.day >= search.first,
            Charge.day <= last_day(search.last),
        )
        .group_by(Charge.company_id, Company.name, Charge.unit, Charge.day)
    )
    if search.company_id is not None:
        query = query.where(Charge.company_id == search.company_id)
    if search.unit is not None:
        query = query.where(Charge.unit == search.unit)
    sums: dict[tuple[int, str, str, date], int] = {}
    for company_id, company, unit, day, quantity in db.execute(query):
        key = company_id, company, unit, month_of(day)
        sums[key] = sums.get(key, 0) + quantity
    return [
        _Cell(company_id, company, unit, month, quantity, rounded(quantity * units.price_of(unit, currency)))
        for (company_id, company, unit, month), quantity in sums.items()
    ]


def _key(cell: _Cell, group: Group) -> tuple[object, ...]:
    """Return the key of a row, which also decides the order: company, then unit as on screen, then month."""
    position = units.unit_of(cell.unit).position
    return {
        Group.TYPE: (position,),
        Group.COMPANY: (cell.company, cell.company_id, position),
        Group.MONTH: (cell.month, position),
        Group.EACH: (cell.company, cell.company_id, position, cell.month),
    }[group]


def _row(cells: Sequence[_Cell], search: Search) -> Use:
    first = cells[0]
    by_month = search.group in (Group.MONTH, Group.EACH)
    by_company = search.group in (Group.COMPANY, Group.EACH) or search.company_id is not None
    return Use(
        type=units.unit_of(first.unit).text,
        quantity=sum(cell.quantity for cell in cells),
        amount=sum((cell.amount for cell in cells), Decimal(0)),
        period_from=first.month if by_month else search.first,
        period_to=last_day(first.month if by_month else search.last),
        company=first.company if by_company else None,
    )
