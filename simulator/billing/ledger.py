"""The ledger: every charge, until an invoice has it on one of its lines.

Source: each document is charged on the day it was created in AutoInvoice ("Verbruik Visma.net AutoInvoice
opvragen"). Own choice: a charge belongs to the licence that the company's customer has for the product on
that day, and to no other.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, insert, select

from simulator.billing import countries, subscriptions, units
from simulator.billing.models import CHARGES, Charge, InvoiceSystem, Licence
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.models import Company

UNBILLED: ColumnElement[bool] = Charge.invoice_line_id.is_(None)
"""The condition of a charge that is on no invoice yet."""


class ChargeKey(NamedTuple):
    """The columns that one unbilled row of the ledger has for itself."""

    licence_id: int
    subscription_id: int | None
    unit: str
    day: date
    due_on: date | None


@dataclass(frozen=True)
class Piece:
    """Consumption to charge.

    Attributes:
        unit: a unit's code.
        day: the day of consumption, in the company's time zone.
        quantity: documents or pages, at least 1.
        due_on: the first day on which it may be on an INV invoice; the day after its month if None.
        subscription: number of the subscription on INV invoices; the company's first one if None.
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
        company: the company that consumed.
        unit: a unit's code.
        day: the day of consumption, in the company's time zone.
        quantity: documents or pages, at least 1.
        product: the product whose licence pays.

    Returns:
        The unbilled row of that company, unit and day, added or increased; a row on an invoice is never changed.

    Raises:
        NotFound: there is no such unit.
        RuleViolation: ``billing.no_licence``, no licence is valid that day; ``billing.no_price`` or
            ``billing.no_country``, it could never be billed; ``billing.not_inv`` or ``billing.subscription_taken``.
        ValueError: the quantity is less than 1.
    """
    return add_charges(db, company, [Piece(unit, day, quantity)], product)[0]


def add_charges(db: Db, company: Company, pieces: Sequence[Piece], product: str = "autoinvoice") -> list[Charge]:
    """Charge much consumption of one company at once, as scenarios do.

    Args:
        db: the transaction.
        company: the company that consumed.
        pieces: its consumption.
        product: the product whose licence pays.

    Returns:
        The row of each piece, in the order of the pieces; pieces with the same ``ChargeKey`` share a row.

    Raises:
        NotFound, RuleViolation, ValueError: as ``add_charge``; nothing is charged then.
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
    keys = _charge_keys(db, company, pieces, paying)
    quantities: Counter[ChargeKey] = Counter()
    for piece, key in zip(pieces, keys, strict=True):
        quantities[key] += piece.quantity
    unbilled = db.once(("charges", company.id, tuple(pieces)), lambda: _unbilled(db, company, pieces))
    for key, quantity in quantities.items():
        if key in unbilled:
            unbilled[key].quantity += quantity
    new = [
        {**key._asdict(), "company_id": company.id, "quantity": quantity}
        for key, quantity in quantities.items()
        if key not in unbilled
    ]
    if new:
        db.flush()
        db.forget()
        db.connection().execute(insert(CHARGES), new)
        unbilled = _unbilled(db, company, pieces)
    return [unbilled[key] for key in keys]


def licence_on(db: Db, company: Company, product: str, day: date) -> Licence:
    """Return the licence that pays for a company's consumption on a day.

    Raises:
        RuleViolation: ``billing.no_licence``.
    """
    return _licence_on(_licences(db, company, product), company, product, day)


def _licences(db: Db, company: Company, product: str) -> Sequence[Licence]:
    query = select(Licence).where(Licence.customer_id == company.customer_id, Licence.product == product)
    query = query.order_by(Licence.valid_from.desc(), Licence.id.desc())
    return db.once(("licences", company.customer_id, product), lambda: db.scalars(query).all())


def _licence_on(licences: Sequence[Licence], company: Company, product: str, day: date) -> Licence:
    """Return the licence that pays on a day. Own choice: of two valid licences, the one that began later."""
    for licence in licences:
        if licence.valid_from <= day and (licence.valid_to is None or licence.valid_to >= day):
            return licence
    raise RuleViolation("billing.no_licence", company=company.name, product=product, day=day.isoformat())


def _charge_keys(db: Db, company: Company, pieces: Sequence[Piece], paying: Sequence[Licence]) -> list[ChargeKey]:
    """Return the key of each piece's row, and add subscriptions that are missing."""
    numbers: dict[int, tuple[Licence, list[str | None]]] = {}
    for piece, licence in zip(pieces, paying, strict=True):
        if piece.due_on is not None and licence.system != InvoiceSystem.INV:
            raise RuleViolation("billing.not_inv", field="product", product=licence.product)
        numbers.setdefault(licence.id, (licence, []))[1].append(piece.subscription)
    subscription_ids = {
        (licence_id, number): subscription_id
        for licence_id, (licence, of_licence) in numbers.items()
        for number, subscription_id in _subscription_ids(db, company, licence, of_licence).items()
    }
    return [
        ChargeKey(licence.id, subscription_ids[licence.id, piece.subscription], piece.unit, piece.day, piece.due_on)
        for piece, licence in zip(pieces, paying, strict=True)
    ]


def _subscription_ids(
    db: Db, company: Company, licence: Licence, numbers: Sequence[str | None]
) -> dict[str | None, int | None]:
    """Return the ids of subscriptions by number; under None the id for charges that name no subscription."""
    named = [number for number in numbers if number is not None]
    ids: dict[str | None, int | None] = {}
    if named:
        by_number = subscriptions.with_numbers(db, licence, company, named)
        ids |= {number: subscription.id for number, subscription in by_number.items()}
    if len(named) < len(numbers):
        is_inv = licence.system == InvoiceSystem.INV
        ids[None] = subscriptions.of_company(db, licence, company)[0].id if is_inv else None
    return ids


def _unbilled(db: Db, company: Company, pieces: Sequence[Piece]) -> dict[ChargeKey, Charge]:
    days = [piece.day for piece in pieces]
    query = select(Charge).where(
        Charge.company_id == company.id,
        Charge.day.between(min(days), max(days)),
        Charge.unit.in_({piece.unit for piece in pieces}),
        UNBILLED,
    )
    return {
        ChargeKey(charge.licence_id, charge.subscription_id, charge.unit, charge.day, charge.due_on): charge
        for charge in db.scalars(query)
    }
