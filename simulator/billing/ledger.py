"""The ledger: every piece of consumption, until an invoice takes it.

Source: each document is charged on the day it was created in AutoInvoice ("Verbruik Visma.net AutoInvoice
opvragen"). Own choice: a charge belongs to the licence that the company's customer has for the product on
that day, and to no other.
"""

from datetime import date

from sqlalchemy import ColumnElement, or_, select

from simulator.billing import countries, units
from simulator.billing.models import Charge, Licence
from simulator.core.errors import Refused
from simulator.core.sandbox import Db
from simulator.directory.models import Company

UNBILLED: ColumnElement[bool] = Charge.invoice_line_id.is_(None)
"""The condition of a charge that no invoice has taken yet."""


def licence_for(db: Db, company: Company, product: str, day: date) -> Licence:
    """Return the licence that pays for what a company consumes of a product on a day.

    Own choice: of two licences that are both valid the one that began later.

    Raises:
        Refused: ``billing.no_licence``, the company's customer has none that is valid then.
    """
    query = (
        select(Licence)
        .where(
            Licence.customer_id == company.customer_id,
            Licence.product == product,
            Licence.valid_from <= day,
            or_(Licence.valid_to.is_(None), Licence.valid_to >= day),
        )
        .order_by(Licence.valid_from.desc(), Licence.id.desc())
        .limit(1)
    )
    licence = db.scalar(query)
    if licence is None:
        raise Refused("billing.no_licence", company=company.name, product=product, day=day.isoformat())
    return licence


def add_charge(
    db: Db, company: Company, unit: str, day: date, quantity: int = 1, product: str = "autoinvoice"
) -> Charge:
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
        Refused: ``billing.no_licence``; ``billing.no_price`` or ``billing.no_country`` when it could never be
        billed. ValueError: the quantity is less than 1.
    """
    if quantity < 1:
        raise ValueError(f"a quantity of {quantity} cannot be charged")
    licence = licence_for(db, company, product, day)
    units.price_of(unit, countries.country_of(licence.customer.country).currency)
    query = select(Charge).where(
        Charge.company_id == company.id,
        Charge.day == day,
        Charge.unit == unit,
        Charge.licence_id == licence.id,
        UNBILLED,
    )
    charge = db.scalar(query.order_by(Charge.id).limit(1))
    if charge is not None:
        charge.quantity += quantity
        return charge
    charge = Charge(licence_id=licence.id, company_id=company.id, unit=unit, day=day, quantity=quantity)
    db.add(charge)
    return charge
