"""Queries for the pages of Settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, or_, select

from simulator.billing import contracts
from simulator.billing import queries as billing
from simulator.billing.access import Access, access_by, last_day
from simulator.billing.contracts import Days
from simulator.billing.models import Contract, Invoice, InvoiceKind, InvoiceLine, InvoiceSystem, Licence
from simulator.billing.products import BY_CODE, Kind, LicensedProduct
from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.companies import is_present
from simulator.directory.models import Company, Customer, Grant, Membership, Person, Status
from simulator.directory.roles import BY_CODE as ROLES
from simulator.web.listing import Listing, PageRequest
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
    select(Invoice.number, billing.PRODUCT, Invoice.due_date, Invoice.total, Invoice.currency)
    .where(
        Invoice.customer_id == bindparam("customer"),
        Invoice.system == InvoiceSystem.LEGACY,
        Invoice.due_date >= bindparam("today"),
        Invoice.total > 0,
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
class Filter:
    """Filters of the overview of all invoices: part of a number in any case, and one kind or all."""

    number: str = ""
    kind: InvoiceKind | None = None


def all_invoices(db: Db, customer_id: int, filters: Filter, page_request: PageRequest) -> Listing[Any]:
    """Return a page of all invoices of a customer, of both systems, newest first, as far back as lists go.

    Returns:
        Rows with the columns of ``Invoice``, ``product`` (the code, None for an INV invoice of use) and ``contract_number``.
    """
    query = (
        select(Invoice.__table__, billing.PRODUCT, Contract.number.label("contract_number"))
        .outerjoin(Contract, Contract.id == Invoice.contract_id)
        .where(Invoice.customer_id == customer_id, Invoice.invoice_date >= billing.listed_since(db, today_of(db)))
    )
    if filters.number:
        query = query.where(Invoice.number.icontains(filters.number, autoescape=True))
    if filters.kind is not None:
        query = query.where(Invoice.kind == filters.kind)
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = page_request.nearest(total)
    newest_first = Invoice.invoice_date.desc(), Invoice.number.desc(), Invoice.id.desc()
    rows = db.execute(query.order_by(*newest_first).limit(page.size).offset(page.start)).all()
    return Listing(rows, total, page.number, page.count, page_request)


@dataclass(frozen=True)
class LicenceRow:
    """A licence in the list: product and kind; under a contract its days, whether users can be ordered, and access that ends.

    ``last_day`` is that of the access; None when the product can be looked up for good.
    """

    licence: Licence
    product: LicensedProduct
    kind: Kind
    days: Days | None
    can_order: bool
    access: Access | None
    last_day: date | None


def licence_rows(db: Db, customer_id: int, today: date) -> list[LicenceRow]:
    """Return a customer's licences with the days of their contracts."""
    rows = []
    for licence in billing.licences_of(db, customer_id):
        contract = licence.contract
        days = contracts.days_of(contract, today) if contract else None
        can_order = contract is not None and contract.ends_on is None
        can_order = can_order and licence.valid_to is None and licence.valid_from <= today
        ends = licence.read_only or (contract is not None and licence.valid_to is not None)
        access = access_by(licence, today) if ends else None
        rows.append(
            LicenceRow(licence, BY_CODE[licence.product], Kind(licence.kind), days, can_order, access, last_day(licence))
        )
    return rows


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
        roles.setdefault(person_id, []).append(ROLES[code].text)
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
