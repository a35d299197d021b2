"""Subscriptions: the numbers that INV invoices list a company's charges under.

Source: the column for subscription numbers, and one unit twice in one month, in "Specificatie verbruik Visma.net
AutoInvoice", step 2. Own choice: a company has one subscription per licence unless a charge names another.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import insert, select

from simulator.billing import numbers
from simulator.billing.models import SUBSCRIPTIONS, InvoiceSystem, Licence, Subscription
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.models import Company

NUMBERS_PER_QUERY = 500


def of_company(db: Db, licence: Licence, company: Company, how_many: int = 1) -> Sequence[Subscription]:
    """Return the first subscriptions of a company to a licence, oldest first, and add those that are missing.

    Raises:
        RuleViolation: ``billing.not_inv``, the licence's invoices have no subscriptions.
    """
    _check_system(licence)
    query = select(Subscription).where(Subscription.company_id == company.id, Subscription.licence_id == licence.id)
    query = query.order_by(Subscription.id).limit(how_many)
    existing = db.scalars(query).all()
    if len(existing) == how_many:
        return existing
    _add(db, licence, company, numbers.draw_many(db, numbers.SUBSCRIPTION, how_many - len(existing)))
    return db.scalars(query).all()


def with_numbers(
    db: Db, licence: Licence, company: Company, subscription_numbers: Collection[str]
) -> dict[str, Subscription]:
    """Return a company's subscriptions by their numbers, and add those that are missing.

    Raises:
        RuleViolation: ``billing.not_inv``; or ``billing.subscription_taken``, another company or licence has the number.
    """
    _check_system(licence)
    unique = list(dict.fromkeys(subscription_numbers))
    existing = _by_number(db, unique)
    for subscription in existing.values():
        if (subscription.licence_id, subscription.company_id) != (licence.id, company.id):
            raise RuleViolation("billing.subscription_taken", field="subscription", number=subscription.number)
    missing = [number for number in unique if number not in existing]
    _add(db, licence, company, missing)
    return existing | _by_number(db, missing)


def _by_number(db: Db, subscription_numbers: Sequence[str]) -> dict[str, Subscription]:
    by_number: dict[str, Subscription] = {}
    for start in range(0, len(subscription_numbers), NUMBERS_PER_QUERY):
        query = select(Subscription).where(Subscription.number.in_(subscription_numbers[start : start + NUMBERS_PER_QUERY]))
        by_number |= {subscription.number: subscription for subscription in db.scalars(query)}
    return by_number


def _check_system(licence: Licence) -> None:
    if licence.system != InvoiceSystem.INV:
        raise RuleViolation("billing.not_inv", field="product", product=licence.product)


def _add(db: Db, licence: Licence, company: Company, new: Sequence[str]) -> None:
    if new:
        rows = [{"number": number, "licence_id": licence.id, "company_id": company.id} for number in new]
        db.connection().execute(insert(SUBSCRIPTIONS), rows)
