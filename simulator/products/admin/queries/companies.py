"""Queries for the pages of companies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from simulator.billing import licences
from simulator.core.collation import sort_key
from simulator.core.errors import RuleViolation
from simulator.core.normal_forms import folded
from simulator.core.sandbox import Db
from simulator.directory import companies
from simulator.directory.actors import Actor
from simulator.directory.models import Company, CompanyService, CompanyStatus, Customer, Grant
from simulator.directory.roles import BY_CODE, SERVICES
from simulator.products.admin.queries.scope import admin_scope
from simulator.web.listing import Listing, PageRequest, page_of

SORTED_BY = ("name", "number", "country", "internal", "status")
STATUSES = (CompanyStatus.ACTIVE, CompanyStatus.DEACTIVATED, CompanyStatus.TERMINATED)
"""The statuses of companies in the list."""
LONGEST_SEARCH = 200


@dataclass(frozen=True)
class Filter:
    """Filters of the list.

    Attributes:
        search: part of a name, an organisation number or an internal customer number; empty for all companies.
        status: one status, or None for all.
        companies: whether companies other than demo companies are listed.
        demo: whether demo companies are listed.
    """

    search: str = ""
    status: CompanyStatus | None = None
    companies: bool = True
    demo: bool = True


@dataclass(frozen=True)
class CompanyRow:
    """One row of the list; ``services`` holds codes of services in the order of the catalogue."""

    id: int
    name: str
    organisation_number: str
    country: str
    internal_number: str
    status: CompanyStatus
    demo: bool
    services: tuple[str, ...]


_LINES = select(
    Company.id,
    Company.name,
    Company.organisation_number,
    Company.country,
    Company.internal_number,
    Company.status,
    Company.demo,
).where(Company.customer_id == bindparam("customer"))
_ACTIVE = (
    select(CompanyService.company_id, CompanyService.service)
    .join(Company, Company.id == CompanyService.company_id)
    .where(Company.customer_id == bindparam("customer"))
)


def list_companies(db: Db, actor: Actor, filters: Filter, page_request: PageRequest) -> Listing[CompanyRow]:
    """Return a page of the companies that an administrator may see.

    Names are compared here and not in the database, because SQLite folds the case of A to Z only.

    Source: Visma Admin help, Company, the filters. Own choice: the columns; equal rows are sorted by name and then id.
    """
    scope = admin_scope(db, actor, "admin.view_companies")
    services: dict[int, set[str]] = {}
    for company_id, service in db.rows(_ACTIVE, customer=scope.customer_id):
        services.setdefault(company_id, set()).add(service)
    term, number_term = folded(filters.search), _digits(filters.search)
    rows = []
    lines = _LINES.where(companies.is_present(db.clock.now()))
    for id_, name, number, country, internal, status, demo in db.rows(lines, customer=scope.customer_id):
        if not scope.covers_customer and id_ not in scope.company_ids:
            continue
        if filters.status not in (None, status) or not (filters.demo if demo else filters.companies):
            continue
        if term in folded(name) or (number_term and number_term in number) or term in folded(internal or ""):
            active = services.get(id_, set())
            active_services = tuple(service for service in SERVICES if service in active)
            rows.append(CompanyRow(id_, name, number, country, internal or "", CompanyStatus(status), demo, active_services))
    rows.sort(key=lambda row: (sort_key(row.name), row.id))
    rows.sort(key=lambda row: _order(row, page_request.sort), reverse=page_request.descending)
    return page_of(rows, page_request)


def _order(row: CompanyRow, column: str) -> Any:
    return {
        "name": sort_key(row.name),
        "number": row.organisation_number,
        "country": row.country,
        "internal": folded(row.internal_number),
        "status": (STATUSES.index(row.status), row.demo),
    }[column]


def _digits(search: str) -> str:
    """Return a search term without spaces and dashes, as numbers are stored."""
    return "".join(character for character in search if character.isalnum())


@dataclass(frozen=True)
class ServiceRow:
    """A service on a company.

    Attributes:
        service: its code.
        active: whether it is active there.
        holders: the number of people with a role in it there.
        refusal: why it cannot be activated there as far as licences go; None when it can.
    """

    service: str
    active: bool
    holders: int
    refusal: RuleViolation | None


@dataclass(frozen=True)
class CompanyPage:
    """The data of one company's pages.

    Attributes:
        company: the company.
        customer: the customer it belongs to.
        status: its status.
        services: every service of the catalogue.
        holders: the number of people with a role on it.
        editable: whether the administrator may edit its details.
    """

    company: Company
    customer: Customer
    status: CompanyStatus
    services: Sequence[ServiceRow]
    holders: int
    editable: bool

    @property
    def active_services(self) -> list[str]:
        """Codes of the services that are active."""
        return [row.service for row in self.services if row.active]

    @property
    def is_final(self) -> bool:
        """Whether it can no longer be changed."""
        return self.status is CompanyStatus.TERMINATED


def company(db: Db, actor: Actor, company_id: int) -> CompanyPage | None:
    """Return a company that an administrator may see, or None."""
    company = visible_company(db, actor, company_id)
    if company is None:
        return None
    active = set(companies.services_of(db, company))
    holders: dict[str | None, set[int]] = {}
    for person_id, role in db.execute(select(Grant.person_id, Grant.role).where(Grant.company_id == company.id)):
        holders.setdefault(BY_CODE[role].service, set()).add(person_id)
    services = [
        ServiceRow(
            service, service in active, len(holders.get(service, ())), licences.refusal(db, company.customer, service)
        )
        for service in SERVICES
    ]
    everybody = set().union(*holders.values())
    status = CompanyStatus(company.status)
    editable = status is not CompanyStatus.TERMINATED and _is_within(db, actor, company, "admin.edit_company")
    return CompanyPage(company, company.customer, status, services, len(everybody), editable)


def visible_company(db: Db, actor: Actor, company_id: int, permission: str = "admin.view_companies") -> Company | None:
    """Return a company for which an administrator holds a permission, or None."""
    company = companies.visible_to(db, actor, company_id)
    return company if company is not None and _is_within(db, actor, company, permission) else None


def _is_within(db: Db, actor: Actor, company: Company, permission: str) -> bool:
    return company.id in admin_scope(db, actor, permission).company_ids
