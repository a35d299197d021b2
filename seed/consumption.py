"""Writes charges, and the invoices that were made of them before the sandbox was born."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

from sqlalchemy import select

from simulator.billing import invoicing, ledger, subscriptions
from simulator.billing.ledger import Piece
from simulator.billing.models import Licence
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
                pieces = list(_under_subscriptions(setting, entry, company, pieces))
                for charge in ledger.add_charges(setting.db, company, pieces, entry.product):
                    first = month_of(min(charge.day, charge.due_on or charge.day))
                    late[charge.licence_id] = min(late.get(charge.licence_id, date.max), first)
    for licence in _licences(setting):
        first, billed = late.get(licence.id, date.max), invoicing.billed_until(setting.db, licence)
        if billed is not None and first <= billed:
            invoicing.rebill(setting.db, licence, first)
    invoicing.bill_due(setting.db, setting.birth_day)


def _companies(setting: Setting, entry: model.Charge) -> list[Company]:
    if ALL in entry.companies:
        return list(setting.db.scalars(select(Company).order_by(Company.id)))
    return [setting.company(key) for key in ([entry.company] if entry.company else entry.companies)]


def _pieces(setting: Setting, entry: model.Charge, at: int, company: str) -> Iterator[Piece]:
    """Return what an entry charges to one company; the same for a month whenever the sandbox is born."""
    first, last = (setting.day(when) for when in entry.stretch)
    if first > last:
        raise BadInput([(f"{setting.below}charges.{at}.from", f"expected a day not after {last}, found {first}")])
    due_on = setting.day(entry.billed) if entry.billed else None
    for month in months(first, last):
        chance = _chance(f"{setting.scenario}:{setting.below}{at}:{company}:{month:%Y-%m}")
        days = [first] if entry.day else _some_days(chance, month, entry.days_a_month or 0)
        for day in days:
            for unit, span in entry.amounts.items():
                quantity = span.draw(chance)
                if first <= day <= last:
                    yield Piece(unit, day, quantity, due_on, entry.subscription)


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


def _under_subscriptions(setting: Setting, entry: model.Charge, company: Company, pieces: list[Piece]) -> Iterator[Piece]:
    """Charge the same to each of a company's subscriptions, when an entry says of how many; all at once, in their order."""
    if entry.subscriptions == 1 or not pieces:
        yield from pieces
        return
    licence = ledger.licence_on(setting.db, company, entry.product, pieces[0].day)
    for one in subscriptions.of_company(setting.db, licence, company, entry.subscriptions):
        for piece in pieces:
            yield replace(piece, subscription=one.number)
