"""Subscriptions: under which number a company's charges stand on an invoice whose number begins with INV.

Source: the column for subscription numbers, and one unit twice in one month, in "Specificatie verbruik Visma.net
AutoInvoice", step 2. Own choice: a company has one subscription a licence unless a charge names another.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import insert, select

from simulator.billing import numbers
from simulator.billing.models import SUBSCRIPTIONS, InvoiceSystem, Licence, Subscription
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.models import Company

AT_ONCE = 500
"""How many numbers one statement looks for."""


def of_company(db: Db, licence: Licence, company: Company, how_many: int = 1) -> Sequence[Subscription]:
    """Return the first subscriptions of a company to a licence, oldest first; those that are missing are made.

    Raises:
        Refused: ``billing.not_inv``, the licence's invoices know no subscriptions.
    """
    _check(licence)
    query = select(Subscription).where(Subscription.company_id == company.id, Subscription.licence_id == licence.id)
    query = query.order_by(Subscription.id).limit(how_many)
    found = db.scalars(query).all()
    if len(found) < how_many:
        _add(db, licence, company, numbers.draw_many(db, numbers.SUBSCRIPTION, how_many - len(found)))
        found = db.scalars(query).all()
    return found


def numbered(db: Db, licence: Licence, company: Company, wanted: Collection[str]) -> dict[str, Subscription]:
    """Return the subscriptions of some numbers, by number; those that are missing are made.

    Raises:
        Refused: ``billing.not_inv``; or ``billing.subscription_taken``, another company or licence has the number.
    """
    _check(licence)
    named = list(dict.fromkeys(wanted))
    found = _found(db, named)
    for one in found.values():
        if (one.licence_id, one.company_id) != (licence.id, company.id):
            raise RuleViolation("billing.subscription_taken", field="subscription", number=one.number)
    missing = [number for number in named if number not in found]
    _add(db, licence, company, missing)
    return found | _found(db, missing)


def _found(db: Db, named: Sequence[str]) -> dict[str, Subscription]:
    found: dict[str, Subscription] = {}
    for at in range(0, len(named), AT_ONCE):
        query = select(Subscription).where(Subscription.number.in_(named[at : at + AT_ONCE]))
        found |= {one.number: one for one in db.scalars(query)}
    return found


def _check(licence: Licence) -> None:
    if licence.system != InvoiceSystem.INV:
        raise RuleViolation("billing.not_inv", field="product", product=licence.product)


def _add(db: Db, licence: Licence, company: Company, named: Sequence[str]) -> None:
    if named:
        rows = [{"number": number, "licence_id": licence.id, "company_id": company.id} for number in named]
        db.connection().execute(insert(SUBSCRIPTIONS), rows)
