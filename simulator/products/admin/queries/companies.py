"""Reads that feed the pages of companies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from simulator.core.sandbox import Db
from simulator.directory import companies
from simulator.directory.actors import Actor
from simulator.directory.models import Company, CompanyService, CompanyStatus, Customer, Grant
from simulator.directory.roles import BY_CODE, SERVICES
from simulator.products.admin.queries.reach import reach
from simulator.web.listing import Listing, PageRequest, one_page

SORTED_BY = ("name", "number", "country", "internal", "status")
STATUSES = (CompanyStatus.ACTIVE, CompanyStatus.DEACTIVATED, CompanyStatus.TERMINATED)
"""How a company in the list can stand."""
LONGEST_SEARCH = 200


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed down to.

    Attributes:
        search: part of a name, an organisation number or an internal customer number; everything when empty.
        status: one status, or None for all.
        companies: whether companies that are none for demonstration are listed.
        demo: whether demo companies are listed.
    """

    search: str = ""
    status: CompanyStatus | None = None
    companies: bool = True
    demo: bool = True


@dataclass(frozen=True)
class CompanyRow:
    """One line of the list; ``services`` holds codes in the order of the catalogue."""

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


def listed(db: Db, actor: Actor, narrowed: Filter, asked: PageRequest) -> Listing[CompanyRow]:
    """Return a page of the companies that an administrator sees.

    Names are compared here and not in the database, because SQLite knows upper and lower case of A to Z only.

    Source: Visma Admin help, Company, the filters. Own choice: the columns; equal ones stand by name and then id.
    """
    within = reach(db, actor, "admin.view_companies")
    services: dict[int, set[str]] = {}
    for company_id, service in db.rows(_ACTIVE, customer=within.customer_id):
        services.setdefault(company_id, set()).add(service)
    words, digits = _folded(narrowed.search), _digits(narrowed.search)
    rows = []
    lines = _LINES.where(companies.is_present(db.clock.now()))
    for id_, name, number, country, internal, status, demo in db.rows(lines, customer=within.customer_id):
        if not within.whole and id_ not in within.company_ids:
            continue
        if narrowed.status not in (None, status) or not (narrowed.demo if demo else narrowed.companies):
            continue
        if words in _folded(name) or (digits and digits in number) or words in _folded(internal or ""):
            active = services.get(id_, set())
            shown = tuple(service for service in SERVICES if service in active)
            rows.append(CompanyRow(id_, name, number, country, internal or "", CompanyStatus(status), demo, shown))
    rows.sort(key=lambda row: (_folded(row.name), row.id))
    rows.sort(key=lambda row: _order(row, asked.sort), reverse=asked.descending)
    return one_page(rows, asked)


def _order(row: CompanyRow, column: str) -> Any:
    return {
        "name": _folded(row.name),
        "number": row.organisation_number,
        "country": row.country,
        "internal": _folded(row.internal_number),
        "status": (STATUSES.index(row.status), row.demo),
    }[column]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _digits(search: str) -> str:
    """Return a search as a number is stored: people type spaces and dashes."""
    return "".join(character for character in search if character.isalnum())


@dataclass(frozen=True)
class ServiceRow:
    """A service on a company; ``holders`` counts the people with a role in it there."""

    service: str
    active: bool
    holders: int


@dataclass(frozen=True)
class CompanyPage:
    """What the pages of one company show.

    Attributes:
        company: the company.
        customer: the customer it belongs to.
        status: how it stands.
        services: every service of the catalogue.
        holders: how many people have a role on it.
        editable: whether the administrator may change its details.
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
        """Whether it can only be looked at."""
        return self.status is CompanyStatus.TERMINATED


def company(db: Db, actor: Actor, company_id: int) -> CompanyPage | None:
    """Return a company that an administrator may see, or None."""
    found = visible_to(db, actor, company_id)
    if found is None:
        return None
    active = set(companies.services_of(db, found))
    holders: dict[str | None, set[int]] = {}
    for person_id, role in db.execute(select(Grant.person_id, Grant.role).where(Grant.company_id == found.id)):
        holders.setdefault(BY_CODE[role].service, set()).add(person_id)
    services = [ServiceRow(service, service in active, len(holders.get(service, ()))) for service in SERVICES]
    everybody = set().union(*holders.values())
    status = CompanyStatus(found.status)
    editable = status is not CompanyStatus.TERMINATED and _is_within(db, actor, found, "admin.edit_company")
    return CompanyPage(found, found.customer, status, services, len(everybody), editable)


def visible_to(db: Db, actor: Actor, company_id: int, permission: str = "admin.view_companies") -> Company | None:
    """Return a company for which an administrator holds a permission, or None."""
    found = companies.visible_to(db, actor, company_id)
    return found if found is not None and _is_within(db, actor, found, permission) else None


def _is_within(db: Db, actor: Actor, company: Company, permission: str) -> bool:
    return company.id in reach(db, actor, permission).company_ids
