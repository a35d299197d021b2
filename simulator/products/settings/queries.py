"""Queries for the pages of Settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, or_, select

from simulator.billing.models import Invoice, InvoiceLine, InvoiceSystem, Licence
from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.companies import is_present
from simulator.directory.models import Company, Customer, Grant, Membership, Person, Status
from simulator.directory.roles import BY_CODE
from simulator.web.product import Waiting


@dataclass(frozen=True)
class Overview:
    """The first tab: the customer, its companies by name, and the number of licences in force."""

    customer: Customer
    companies: Sequence[Company]
    licences: int


def overview(db: Db, customer_id: int, today: date) -> Overview:
    """Return the first tab's content as of a day."""
    companies = select(Company).where(Company.customer_id == customer_id, is_present(db.clock.now()))
    licences = select(func.count()).where(
        Licence.customer_id == customer_id,
        Licence.valid_from <= today,
        or_(Licence.valid_to.is_(None), Licence.valid_to >= today),
    )
    rows = db.scalars(companies.order_by(func.sort_key(Company.name), Company.id)).all()
    return Overview(db.get_one(Customer, customer_id), rows, db.scalar(licences) or 0)


_DUE = (
    select(Invoice.number, Licence.product, Invoice.due_date, Invoice.total, Invoice.currency)
    .join(Licence, Licence.id == Invoice.licence_id)
    .where(
        Invoice.customer_id == bindparam("customer"),
        Invoice.system == InvoiceSystem.LEGACY,
        Invoice.due_date >= bindparam("today"),
    )
    .order_by(Invoice.due_date, Invoice.number)
)


def invoices_to_pay(db: Db, customer_id: int, today: date) -> Sequence[Any]:
    """Return the invoices of a customer's licences that are not yet due on a day, the first one due first.

    Own choice: the simulator knows no payments, so an invoice waits until its due date.

    Returns:
        Rows of number, product (its code), due date, total and currency.
    """
    rows: Sequence[Any] = db.rows(_DUE, customer=customer_id, today=today).all()
    return rows


def waiting(db: Db, actor: Actor) -> list[Waiting]:
    """Return how many invoices wait until they are due."""
    if actor.customer_id is None:
        return []
    count = len(invoices_to_pay(db, actor.customer_id, today_of(db)))
    return [Waiting("settings.waiting.invoices", count, "settings.overview", {"_anchor": "to-pay"})]


def today_of(db: Db) -> date:
    """Return the day of the sandbox's clock, where customers are billed."""
    return db.clock.now().astimezone(ZoneInfo("Europe/Amsterdam")).date()


@dataclass(frozen=True)
class Contact:
    """A contact person of a customer, with the text keys of the person's roles."""

    name: str
    email: str
    phone: str | None
    roles: tuple[str, ...]


def contacts(db: Db, customer_id: int) -> list[Contact]:
    """Return a customer's contact persons: the primary contact first, then the people with a role on the customer, by name.

    Source: one primary contact per customer (Visma.net Admin). Own choice: the other people, the order, and that deactivated
    people are left out.
    """
    granted = select(Grant.person_id, Grant.role).where(Grant.customer_id == customer_id).order_by(Grant.id)
    roles: dict[int, list[str]] = {}
    for person_id, code in db.execute(granted):
        roles.setdefault(person_id, []).append(BY_CODE[code].text)
    first = select(Membership.person_id).where(Membership.customer_id == customer_id, Membership.primary_contact.is_(True))
    primary = set(db.scalars(first))
    people = db.scalars(
        select(Person)
        .where(Person.id.in_(primary | roles.keys()), Person.status != Status.INACTIVE)
        .order_by(func.sort_key(Person.first_name), func.sort_key(Person.last_name), Person.id)
    )
    return [
        Contact(
            person.name,
            person.email,
            person.phone,
            (*["settings.primary_contact"] * (person.id in primary), *roles.get(person.id, [])),
        )
        for person in sorted(people, key=lambda person: person.id not in primary)
    ]


@dataclass(frozen=True)
class CompanyLines:
    """The lines of one company in a specification, and the sum of their amounts."""

    company: str
    lines: Sequence[InvoiceLine]
    subtotal: Decimal


def by_company(lines: Sequence[InvoiceLine]) -> list[CompanyLines]:
    """Return the lines of a specification, which are sorted by company, as groups by company."""
    groups = [list(group) for _, group in groupby(lines, key=lambda line: line.company_id)]
    return [CompanyLines(group[0].company.name, group, sum((line.amount for line in group), Decimal(0))) for group in groups]
