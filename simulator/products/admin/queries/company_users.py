"""Queries for the tab Users of a company: who has a role on it, and who can be linked to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select

from simulator.core.normal_forms import folded
from simulator.core.sandbox import Db
from simulator.directory.models import Grant, Membership, Person
from simulator.directory.roles import ROLES, Role
from simulator.products.admin.queries.scope import AdminScope, Target
from simulator.products.admin.queries.users import LONGEST_SEARCH
from simulator.web.listing import Listing, PageRequest

MOST_OFFERED = 100
"""Own choice: how many users the list to choose from has; a search narrows it."""


@dataclass(frozen=True)
class CompanyUser:
    """A user with roles on the company, in the order of the catalogue."""

    id: int
    name: str
    email: str
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class Offer:
    """Users who can be linked to the company.

    Attributes:
        users: id and *name (address)* of each, by name; no more than ``MOST_OFFERED``.
        total: how many match the search.
    """

    users: Sequence[tuple[int, str]]
    total: int


def users_of(db: Db, company_id: int, page_request: PageRequest) -> Listing[CompanyUser]:
    """Return a page of the users with a role on a company, by name. Roles on the customer are not among them."""
    holders = select(Person).where(exists().where(Grant.person_id == Person.id, Grant.company_id == company_id))
    total = db.scalar(holders.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    page = page_request.nearest(total)
    persons = db.scalars(holders.order_by(func.sort_key(Person.search), Person.id).limit(page.size).offset(page.start)).all()
    held: dict[int, set[str]] = {person.id: set() for person in persons}
    granted = select(Grant.person_id, Grant.role).where(Grant.company_id == company_id, Grant.person_id.in_(held))
    for person_id, code in db.execute(granted):
        held[person_id].add(code)
    rows = [
        CompanyUser(person.id, person.name, person.email, tuple(role for role in ROLES if role.code in held[person.id]))
        for person in persons
    ]
    return Listing(rows, total, page.number, page.count, page_request)


def offer(db: Db, scope: AdminScope, search: str) -> Offer:
    """Return the users of the customer whom the administrator sees and whose name or address has a text in it."""
    users = select(Person).join(Membership).where(Membership.customer_id == scope.customer_id)
    term = folded(search[:LONGEST_SEARCH])
    if term:
        users = users.where(func.instr(Person.search, term) > 0)
    if not scope.covers_customer:
        users = users.where(exists().where(Grant.person_id == Person.id, Grant.company_id.in_(scope.company_ids)))
    total = db.scalar(users.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    persons = db.scalars(users.order_by(func.sort_key(Person.search), Person.id).limit(MOST_OFFERED))
    return Offer([(person.id, f"{person.name} ({person.email})") for person in persons], total)


def roles_to_grant(scope: AdminScope, target: Target) -> list[Role]:
    """Return the roles that the administrator can grant on a company: those of Admin, and of the services that are active there."""
    return [role for role in scope.assignable_roles if target.offers(role)]
