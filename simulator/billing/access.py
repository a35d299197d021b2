"""Access to products of contracts that end: until when, what remains, and switching services off.

Source: "Brukertips i Kundeservice", on access after notice: a subscription stops the day after the last period paid, an accounting
system stays open until June of the next year so that the books can be closed, payroll can be looked up but opens no new year, and
a licence for reading can be ordered by mail. Own choice: the day of the customer's country decides, also when the clock is set
back; a service is switched off at the customer's companies when no licence of its product is left, and its roles stay, without
effect; companies and their data stay; people are warned thirty days before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from simulator.billing import announcements, licences
from simulator.billing.contract_days import DAY, AccessAfterEnd, access_until
from simulator.billing.models import Licence
from simulator.billing.products import BY_CODE, LicensedProduct
from simulator.core import events, jobs
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import companies, countries
from simulator.directory.actors import Actor
from simulator.directory.models import Company, CompanyService, Customer
from simulator.directory.roles import BY_CODE as BY_ROLE
from simulator.directory.roles import CUSTOMER_ADMINISTRATOR

KIND = "billing.access"
WARNING = timedelta(days=30)
WARNING_TIME = time(8)

events.declare(
    access__warned="The administrators of a customer were told when access to a product ends.",
    access__ended="Access to a product ended, or became reading only; its service was switched off at the customer's companies.",
)


class AccessState(StrEnum):
    """What a customer can do with a product of a contract, the most first."""

    OPEN = "open"
    ENDING = "ending"
    CLOSES_BOOKS = "closes_books"
    READ_ONLY = "read_only"
    ENDED = "ended"

    @property
    def text(self) -> str:
        """Text key of the sentence that says it."""
        return f"access.{self.value}"


_ORDER = list(AccessState)


@dataclass(frozen=True)
class Access:
    """Access to a product.

    Attributes:
        product: the product.
        state: what can be done.
        until: the last day of that; of what has ended, the day on which it did. None when there is no end.
    """

    product: LicensedProduct
    state: AccessState
    until: date | None = None


def after_end(licence: Licence) -> AccessAfterEnd:
    """Return what remains of a licence when it has ended. What was transferred goes on elsewhere, so nothing remains."""
    is_transferred = licence.contract is not None and licence.contract.successor_id is not None
    remains = BY_CODE[licence.product].after_end
    return AccessAfterEnd.STOPS if is_transferred or licence.read_only else remains


def last_day(licence: Licence) -> date | None:
    """Return the last day on which a licence gives access to its product; None when it has no end, or can be read for good."""
    return access_until(after_end(licence), licence.valid_to) if licence.valid_to is not None else None


def access_by(licence: Licence, today: date) -> Access:
    """Return the access that a licence gives on a day."""
    product, until = BY_CODE[licence.product], last_day(licence)
    if licence.read_only:
        ended = licence.valid_to is not None and licence.valid_to < today
        return Access(product, AccessState.ENDED if ended else AccessState.READ_ONLY, licence.valid_to)
    if licence.valid_to is None:
        return Access(product, AccessState.OPEN)
    if licence.valid_to >= today:
        return Access(product, AccessState.ENDING, until or licence.valid_to)
    if until is None:
        return Access(product, AccessState.READ_ONLY)
    return Access(product, AccessState.CLOSES_BOOKS if until >= today else AccessState.ENDED, until)


def of_product(db: Db, customer: Customer, product: str, today: date | None = None) -> Access | None:
    """Return a customer's access to a product of a contract on a day, by the licence that gives most.

    Args:
        db: the transaction.
        customer: the customer.
        product: the product's code.
        today: the day, where the customer is; the clock's if None.

    Returns:
        None for a product without a contract, which nobody can give notice of.
    """
    today = today or licences.today_of(db, customer)
    return _best(_of_product(db, customer.id, product), today)


def _best(own: Sequence[Licence], today: date) -> Access | None:
    if not any(licence.contract_id is not None for licence in own):
        return None
    begun = [licence for licence in own if licence.valid_from <= today] or own
    return min((access_by(licence, today) for licence in begun), key=_most_first)


def ending_for(db: Db, actor: Actor) -> list[Access]:
    """Return the accesses that end, or ended within a year, of what a person uses: services with roles, or all as administrator."""
    customer = db.get(Customer, actor.customer_id) if actor.customer_id is not None else None
    if customer is None:
        return []
    services = {BY_ROLE[code].service for code, _ in actor.granted if code in BY_ROLE}
    sees_all = actor.holds_on_customer((CUSTOMER_ADMINISTRATOR,))
    query = select(Licence).where(Licence.customer_id == customer.id).options(joinedload(Licence.contract))
    of_products: dict[str, list[Licence]] = {}
    for licence in db.scalars(query.order_by(Licence.id)):
        if sees_all or licence.product in services:
            of_products.setdefault(licence.product, []).append(licence)
    today = licences.today_of(db, customer)
    accesses = [_best(own, today) for own in of_products.values()]
    return [access for access in accesses if access is not None and _is_news(access, today)]


def check_service(db: Db, company: Company, service: str) -> None:
    """Check that access to a service has not ended at the customer of a company.

    Raises:
        RuleViolation: ``billing.access_ended``.
    """
    access = of_product(db, company.customer, service) if service in BY_CODE else None
    if access is not None and access.state is AccessState.ENDED:
        facts = {"product": access.product.name, "customer": company.customer.name, "day": access.until}
        raise RuleViolation("billing.access_ended", field="service", **facts)


def plan(db: Db, licence: Licence) -> None:
    """Queue the warning before access by a licence ends, and its end; what is past already is not queued."""
    if licence.valid_to is None or licence.contract_id is None:
        return
    day = last_day(licence) or licence.valid_to
    zone = ZoneInfo(countries.BY_CODE[licence.customer.country].time_zone)
    _queue(db, licence, "warn", day, datetime.combine(day - WARNING, WARNING_TIME, zone))
    _queue(db, licence, "end", day, datetime.combine(day + DAY, time(), zone))


def plan_all(db: Db) -> None:
    """Queue what follows for all contracts that end, of a scenario."""
    query = select(Licence).where(Licence.valid_to.is_not(None), Licence.contract_id.is_not(None)).order_by(Licence.id)
    for licence in db.scalars(query):
        plan(db, licence)


def plan_of_company(db: Db, company: Company) -> None:
    """Queue what follows for the contracts of a company's customer that end: of a service that was activated again."""
    query = select(Licence).where(Licence.customer_id == company.customer_id, Licence.valid_to.is_not(None))
    for licence in db.scalars(query.order_by(Licence.id)):
        plan(db, licence)


@jobs.job(KIND)
def run(db: Db, **data: Any) -> None:
    """Warn of the end of access by a licence, or carry it out, unless it was moved meanwhile."""
    licence = db.get_one(Licence, data["licence_id"])
    day = date.fromisoformat(data["day"])
    if licence.valid_to is None or (last_day(licence) or licence.valid_to) != day:
        return
    access = of_product(db, licence.customer, licence.product)
    assert access is not None
    if data["step"] == "warn":
        if access.state in (AccessState.ENDING, AccessState.CLOSES_BOOKS):
            _warn(db, licence.customer, access, day, reading=last_day(licence) is None)
    elif access.state in (AccessState.ENDED, AccessState.READ_ONLY):
        _end(db, licence.customer, access, day)


def _queue(db: Db, licence: Licence, step: str, day: date, instant: datetime) -> None:
    delay = instant - db.clock.now()
    if delay > timedelta(0):
        key = f"{KIND}:{licence.id}:{step}:{day}"
        jobs.enqueue(db, KIND, key=key, delay=delay, licence_id=licence.id, step=step, day=day.isoformat())


def _warn(db: Db, customer: Customer, access: Access, day: date, *, reading: bool) -> None:
    """Tell a customer's administrators, in the bell and by mail."""
    if reading:
        announcements.access_becomes_reading(db, customer, access.product.name, day)
    else:
        announcements.access_ending(db, customer, access.product.name, day)
    events.record(db, "access.warned", subject=customer.number, product=access.product.code, last_day=day.isoformat())


def _end(db: Db, customer: Customer, access: Access, day: date) -> None:
    """Switch the product's service off at the customer's companies, unless it can still be read."""
    switched_off = []
    if access.state is AccessState.ENDED:
        of_customer = select(CompanyService, Company).join(Company, Company.id == CompanyService.company_id)
        query = of_customer.where(Company.customer_id == customer.id, CompanyService.service == access.product.code)
        for active, company in db.execute(query.order_by(Company.id)).all():
            companies.end_service(db, company, active.service)
            switched_off.append(company.name)
    events.record(
        db,
        "access.ended",
        subject=customer.number,
        product=access.product.code,
        last_day=day.isoformat(),
        state=access.state.value,
        companies=switched_off,
    )


def _of_product(db: Db, customer_id: int, product: str) -> Sequence[Licence]:
    query = select(Licence).filter_by(customer_id=customer_id, product=product).options(joinedload(Licence.contract))
    return db.scalars(query.order_by(Licence.id)).all()


def _is_news(access: Access, today: date) -> bool:
    """Return whether people who use a product are told of its access. Own choice: of an end for a year."""
    if access.state is AccessState.ENDED:
        return access.until is not None and access.until >= today - timedelta(days=365)
    return access.state is not AccessState.OPEN


def _most_first(access: Access) -> tuple[int, int]:
    return _ORDER.index(access.state), -(access.until or date.max).toordinal()
