"""The ledger: every piece of consumption, until an invoice takes it.

Source: each document is charged on the day it was created in AutoInvoice ("Verbruik Visma.net AutoInvoice
opvragen"). Own choice: a charge belongs to the licence that the company's customer has for the product on
that day, and to no other.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, insert, select

from simulator.billing import countries, subscriptions, units
from simulator.billing.models import CHARGES, Charge, InvoiceSystem, Licence
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.models import Company

UNBILLED: ColumnElement[bool] = Charge.invoice_line_id.is_(None)
"""The condition of a charge that no invoice has taken yet."""

Place = tuple[int, int | None, str, date, date | None]
"""Licence, subscription, unit, day and the day it is due on: what a row of the ledger is of."""


@dataclass(frozen=True)
class Piece:
    """Consumption to charge.

    Attributes:
        unit: of which unit.
        day: on which day in the company's time zone.
        quantity: how many.
        due_on: the first day on which an INV invoice may take it; when None the day after its month.
        subscription: number of the subscription on INV invoices; the company's first when None.
    """

    unit: str
    day: date
    quantity: int = 1
    due_on: date | None = None
    subscription: str | None = None


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
            ``billing.no_country``, it could never be billed; ``billing.not_inv`` or ``billing.subscription_taken``.
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
        The row of each piece, in the order of the pieces; pieces of one subscription, unit, day and due day share a row.

    Raises:
        Unknown, Refused, ValueError: as ``add_charge``; nothing is charged then.
    """
    if not pieces:
        return []
    licences = _licences(db, company, product)
    currency = countries.country_of(company.customer.country).currency
    paying = [_licence_on(licences, company, product, piece.day) for piece in pieces]
    for unit in dict.fromkeys(piece.unit for piece in pieces):
        units.price_of(unit, currency)
    for piece in pieces:
        if piece.quantity < 1:
            raise ValueError(f"a quantity of {piece.quantity} cannot be charged")
    places = _places(db, company, pieces, paying)
    more: Counter[Place] = Counter()
    for piece, place in zip(pieces, places, strict=True):
        more[place] += piece.quantity
    about = ("charges", company.id, tuple(pieces))
    waiting = db.once(about, lambda: _waiting(db, company, pieces))
    for place, quantity in more.items():
        if place in waiting:
            waiting[place].quantity += quantity
    new = [_row(company, place, quantity) for place, quantity in more.items() if place not in waiting]
    if new:
        db.flush()
        db.forget()
        db.connection().execute(insert(CHARGES), new)
        waiting = _waiting(db, company, pieces)
    return [waiting[place] for place in places]


def _row(company: Company, place: Place, quantity: int) -> dict[str, Any]:
    licence_id, subscription_id, unit, day, due_on = place
    return {
        "licence_id": licence_id,
        "subscription_id": subscription_id,
        "company_id": company.id,
        "unit": unit,
        "day": day,
        "due_on": due_on,
        "quantity": quantity,
    }


def licence_on(db: Db, company: Company, product: str, day: date) -> Licence:
    """Return the licence that pays for a company's consumption on a day.

    Raises:
        Refused: ``billing.no_licence``.
    """
    return _licence_on(_licences(db, company, product), company, product, day)


def _licences(db: Db, company: Company, product: str) -> Sequence[Licence]:
    query = select(Licence).where(Licence.customer_id == company.customer_id, Licence.product == product)
    query = query.order_by(Licence.valid_from.desc(), Licence.id.desc())
    return db.once(("licences", company.customer_id, product), lambda: db.scalars(query).all())


def _licence_on(licences: Sequence[Licence], company: Company, product: str, day: date) -> Licence:
    """Return the licence that pays on a day. Own choice: of two that are valid the one that began later."""
    for licence in licences:
        if licence.valid_from <= day and (licence.valid_to is None or licence.valid_to >= day):
            return licence
    raise RuleViolation("billing.no_licence", company=company.name, product=product, day=day.isoformat())


def _places(db: Db, company: Company, pieces: Sequence[Piece], paying: Sequence[Licence]) -> list[Place]:
    """Return what row each piece belongs to, and make the subscriptions that are missing."""
    wanted: dict[int, tuple[Licence, list[str | None]]] = {}
    for piece, licence in zip(pieces, paying, strict=True):
        if piece.due_on is not None and licence.system != InvoiceSystem.INV:
            raise RuleViolation("billing.not_inv", field="product", product=licence.product)
        wanted.setdefault(licence.id, (licence, []))[1].append(piece.subscription)
    found = {
        (licence_id, number): id_
        for licence_id, (licence, numbers) in wanted.items()
        for number, id_ in _subscriptions(db, company, licence, numbers).items()
    }
    return [
        (licence.id, found[licence.id, piece.subscription], piece.unit, piece.day, piece.due_on)
        for piece, licence in zip(pieces, paying, strict=True)
    ]


def _subscriptions(db: Db, company: Company, licence: Licence, wanted: Sequence[str | None]) -> dict[str | None, int | None]:
    """Return the ids of subscriptions by number; under None that of charges that name none."""
    numbers = [number for number in wanted if number is not None]
    found: dict[str | None, int | None] = {}
    if numbers:
        found |= {number: one.id for number, one in subscriptions.numbered(db, licence, company, numbers).items()}
    if len(numbers) < len(wanted):
        is_inv = licence.system == InvoiceSystem.INV
        found[None] = subscriptions.of_company(db, licence, company)[0].id if is_inv else None
    return found


def _waiting(db: Db, company: Company, pieces: Sequence[Piece]) -> dict[Place, Charge]:
    days = [piece.day for piece in pieces]
    query = select(Charge).where(
        Charge.company_id == company.id,
        Charge.day.between(min(days), max(days)),
        Charge.unit.in_({piece.unit for piece in pieces}),
        UNBILLED,
    )
    return {
        (charge.licence_id, charge.subscription_id, charge.unit, charge.day, charge.due_on): charge
        for charge in db.scalars(query)
    }
