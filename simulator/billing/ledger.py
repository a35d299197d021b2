"""The ledger: every piece of consumption, until an invoice takes it.

Source: each document is charged on the day it was created in AutoInvoice ("Verbruik Visma.net AutoInvoice
opvragen"). Own choice: a charge belongs to the licence that the company's customer has for the product on
that day, and to no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from simulator.billing import countries, units
from simulator.billing.models import Charge, Licence
from simulator.core.errors import Refused
from simulator.core.sandbox import Db
from simulator.directory.models import Company

UNBILLED: ColumnElement[bool] = Charge.invoice_line_id.is_(None)
"""The condition of a charge that no invoice has taken yet."""


@dataclass(frozen=True)
class Piece:
    """Consumption to charge: of which unit, on which day in the company's time zone, how many."""

    unit: str
    day: date
    quantity: int = 1


def add_charge(db: Db, company: Company, unit: str, day: date, quantity: int = 1, product: str = "autoinvoice") -> Charge:
    """Charge consumption to the licence that pays for it.

    Args:
        db: the transaction.
        company: who consumed.
        unit: a unit's code.
        day: the day of consumption, in the company's time zone.
        quantity: documents or pages, at least 1.
        product: whose licence pays.

    Returns:
        The row of that company, unit and day, made or increased; a row on an invoice is never changed.

    Raises:
        Unknown: there is no such unit.
        Refused: ``billing.no_licence``, no licence is valid that day; ``billing.no_price`` or
            ``billing.no_country``, it could never be billed.
        ValueError: the quantity is less than 1.
    """
    return add_charges(db, company, [Piece(unit, day, quantity)], product)[0]


def add_charges(db: Db, company: Company, pieces: Sequence[Piece], product: str = "autoinvoice") -> list[Charge]:
    """Charge much consumption of one company at once, as scenarios do.

    Args:
        db: the transaction.
        company: who consumed.
        pieces: what was consumed.
        product: whose licence pays.

    Returns:
        The row of each piece, in the order of the pieces; pieces of one unit and day share a row.

    Raises:
        Unknown, Refused, ValueError: as ``add_charge``; nothing is charged then.
    """
    if not pieces:
        return []
    licences = _licences(db, company, product)
    currency = countries.country_of(company.customer.country).currency
    paying = [_licence_on(licences, company, product, piece.day) for piece in pieces]
    for piece in pieces:
        units.price_of(piece.unit, currency)
        if piece.quantity < 1:
            raise ValueError(f"a quantity of {piece.quantity} cannot be charged")
    waiting = _waiting(db, company, pieces)
    charges = []
    for piece, licence in zip(pieces, paying, strict=True):
        key = (licence.id, piece.unit, piece.day)
        charge = waiting.get(key)
        if charge is None:
            charge = waiting[key] = Charge(
                licence_id=licence.id, company_id=company.id, unit=piece.unit, day=piece.day, quantity=0
            )
            db.add(charge)
        charge.quantity += piece.quantity
        charges.append(charge)
    db.flush()
    return charges


def _licences(db: Db, company: Company, product: str) -> Sequence[Licence]:
    query = select(Licence).where(Licence.customer_id == company.customer_id, Licence.product == product)
    return db.scalars(query.order_by(Licence.valid_from.desc(), Licence.id.desc())).all()


def _licence_on(licences: Sequence[Licence], company: Company, product: str, day: date) -> Licence:
    """Return the licence that pays on a day. Own choice: of two that are valid the one that began later."""
    for licence in licences:
        if licence.valid_from <= day and (licence.valid_to is None or licence.valid_to >= day):
            return licence
    raise Refused("billing.no_licence", company=company.name, product=product, day=day.isoformat())


def _waiting(db: Db, company: Company, pieces: Sequence[Piece]) -> dict[tuple[int, str, date], Charge]:
    days = [piece.day for piece in pieces]
    query = select(Charge).where(
        Charge.company_id == company.id,
        Charge.day.between(min(days), max(days)),
        Charge.unit.in_({piece.unit for piece in pieces}),
        UNBILLED,
    )
    return {(charge.licence_id, charge.unit, charge.day): charge for charge in db.scalars(query)}
