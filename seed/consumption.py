"""Writes charges, and the invoices made of them before the sandbox was created."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

from sqlalchemy import select

from simulator.billing import billing_runs, ledger, subscriptions
from simulator.billing.ledger import Piece
from simulator.billing.models import Charge, Licence
from simulator.billing.months import last_day, month_of, months
from simulator.core import progress
from simulator.core.chance import Chance
from simulator.core.errors import BadInput
from simulator.directory.models import Company
from simulator.documents.synthetic import consumption
from simulator.documents.synthetic.consumption import ConsumptionEntry, ConsumptionKey

from . import accounts, model
from .setting import Setting
from .vocabulary import ALL

WORKING_DAYS = 5

Quantities = dict[ConsumptionKey, int]
"""Quantities of one company."""

Single = tuple[str, Company, str, Sequence[Piece]]
"""Path in the scenario, company, product, and what is charged."""


def write_charges(setting: Setting, entries: list[model.Charge], single: Iterable[Single] = ()) -> None:
    """Charge what the scenario says, and bring the invoices up to the creation day.

    Charges of months that were billed already are billed with them, so that they seem to have been there always. What is charged
    as documents is recorded as documents too, except those that the scenario lists one by one.

    Args:
        setting: where and when.
        entries: consumption in numbers.
        single: company, product and what is charged for documents that the scenario lists one by one, with their paths in it.
    """
    late: dict[int, date] = {}
    quantities: dict[int, Quantities] = {}
    for where, company, product, pieces in single:
        with setting.reporting(where):
            _note(late, ledger.add_charges(setting.db, company, pieces, product))
    for at, entry in enumerate(entries):
        for company in _companies(setting, entry):
            with setting.reporting(f"charges.{at}"):
                pieces = list(_pieces(setting, entry, at, company.key or ""))
                pieces = list(_under_subscriptions(setting, entry, company, pieces))
                _note(late, ledger.add_charges(setting.db, company, pieces, entry.product))
                _add_up(quantities.setdefault(company.id, {}), entry.product, pieces)
            progress.step()
    for company_id, of_company in quantities.items():
        _record(setting, setting.db.get_one(Company, company_id), of_company)
    units = {company_id: {key.unit for key in of_company} for company_id, of_company in quantities.items()}
    accounts.turn_on_used(setting.db, units)
    for licence in _licences(setting):
        first, billed = late.get(licence.id, date.max), billing_runs.billed_until(setting.db, licence)
        if billed is not None and first <= billed:
            billing_runs.rebill_from(setting.db, licence, first)
    billing_runs.bill_all_due(setting.db, setting.creation_day)
    progress.step(len(quantities))


def _note(late: dict[int, date], charges: Iterable[Charge]) -> None:
    """Remember from which month on each licence is to be billed again."""
    for charge in charges:
        first = month_of(min(charge.day, charge.due_on or charge.day))
        late[charge.licence_id] = min(late.get(charge.licence_id, date.max), first)


def _add_up(quantities: Quantities, product: str, pieces: Iterable[Piece]) -> None:
    """Add consumption to a company's quantities."""
    for piece in pieces:
        key = ConsumptionKey(product, piece.unit, piece.day)
        quantities[key] = quantities.get(key, 0) + piece.quantity


def _record(setting: Setting, company: Company, quantities: Quantities) -> None:
    """Record consumption as documents; pages are those of the letters of the same day, and without letters they are dropped."""
    entries = []
    for key, quantity in quantities.items():
        if consumption.is_document(key.unit):
            entries.append(ConsumptionEntry(key, quantity))
        elif key.unit.endswith(consumption.PAGE):
            letters = key._replace(unit=key.unit.removesuffix(consumption.PAGE))
            entries.append(ConsumptionEntry(letters, 0, quantity))
    consumption.record_all_consumption(setting.db, company, entries)


def _companies(setting: Setting, entry: model.Charge) -> list[Company]:
    if ALL in entry.companies:
        return list(setting.db.scalars(select(Company).order_by(Company.id)))
    return [setting.company(key) for key in ([entry.company] if entry.company else entry.companies)]


def _pieces(setting: Setting, entry: model.Charge, at: int, company: str) -> Iterator[Piece]:
    """Return what an entry charges to one company; the same for a month whenever the sandbox is created."""
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
    for subscription in subscriptions.of_company(setting.db, licence, company, entry.subscriptions):
        for piece in pieces:
            yield replace(piece, subscription=subscription.number)
