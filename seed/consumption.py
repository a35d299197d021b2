"""Writes charges, and the invoices that were made of them before the sandbox was born."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

from sqlalchemy import select

from simulator.billing import invoicing, ledger
from simulator.billing.ledger import Piece
from simulator.billing.models import Charge, Licence
from simulator.billing.months import last_day, month_of, months
from simulator.core.chance import Chance
from simulator.core.errors import BadInput
from simulator.directory.models import Company

from . import model
from .setting import Setting
from .vocabulary import ALL

WORKING_DAYS = 5


def write_charges(setting: Setting, entries: list[model.Charge]) -> None:
    """Charge what the scenario says, and bring the invoices up to the birth day.

    Charges of months that were billed already are billed with them, so that they seem to have been there always.
    """
    late: dict[int, date] = {}
    for at, entry in enumerate(entries):
        for company in _companies(setting, entry):
            with setting.telling(f"charges.{at}"):
                pieces = list(_pieces(setting, entry, at, company.key or ""))
                for charge in ledger.add_charges(setting.db, company, pieces, entry.product):
                    late[charge.licence_id] = min(late.get(charge.licence_id, date.max), month_of(charge.day))
    for licence in _licences(setting):
        first = late.get(licence.id)
        if first is not None and licence.billed_until is not None and first <= licence.billed_until:
            invoicing.rebill(setting.db, licence, first)
    _bill(setting)


def _companies(setting: Setting, entry: model.Charge) -> list[Company]:
    if ALL in entry.companies:
        return list(setting.db.scalars(select(Company).order_by(Company.id)))
    return [setting.company(key) for key in ([entry.company] if entry.company else entry.companies)]


def _pieces(setting: Setting, entry: model.Charge, at: int, company: str) -> Iterator[Piece]:
    """Return what an entry charges to one company; the same for a month whenever the sandbox is born."""
    first, last = (setting.day(when) for when in entry.stretch)
    if first > last:
        raise BadInput([(f"{setting.below}charges.{at}.from", f"expected a day not after {last}, found {first}")])
    for month in months(first, last):
        chance = _chance(f"{setting.scenario}:{setting.below}{at}:{company}:{month:%Y-%m}")
        days = [first] if entry.day else _some_days(chance, month, entry.days_a_month or 0)
        for day in days:
            for unit, span in entry.amounts.items():
                quantity = span.draw(chance)
                if first <= day <= last:
                    yield Piece(unit, day, quantity)


def _chance(seed: str) -> Chance:
    draws = count(1)
    return Chance(seed, lambda: next(draws))


def _some_days(chance: Chance, month: date, how_many: int) -> list[date]:
    """Draw different days of a month, working days while there are enough of them."""
    days = [month + timedelta(days=number) for number in range(last_day(month).day)]
    working = [day for day in days if day.weekday() < WORKING_DAYS]
    left = working if how_many <= len(working) else days
    drawn = []
    for _ in range(how_many):
        drawn.append(left.pop(chance.number(len(left))))
    return sorted(drawn)


def _licences(setting: Setting) -> list[Licence]:
    return list(setting.db.scalars(select(Licence).order_by(Licence.id)))


def _bill(setting: Setting) -> None:
    """Make the invoices that are due, month after month, so that their numbers follow their dates."""
    earliest = setting.db.scalar(select(Charge.day).where(ledger.UNBILLED).order_by(Charge.day).limit(1))
    if earliest is None:
        return
    licences = _licences(setting)
    for month in months(earliest, setting.birth_day):
        for licence in licences:
            invoicing.bill_until(setting.db, licence, month)
