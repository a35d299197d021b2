"""Query for the tab Roles: the roles of all users on one customer or company."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from simulator.core.normal_forms import folded
from simulator.core.sandbox import Db
from simulator.directory.groups.origins import origins_of
from simulator.directory.models import Grant, Membership, Person
from simulator.directory.roles import BY_CODE, ROLES, Level, Role
from simulator.products.admin.queries.grid import Cell, Held, cells
from simulator.products.admin.queries.scope import AdminScope, Target
from simulator.products.admin.queries.users import LONGEST_SEARCH
from simulator.web.listing import Listing, PageRequest


@dataclass(frozen=True)
class UserRoles:
    """One row: a user with the roles on the chosen customer or company, one list of cells per column."""

    id: int
    name: str
    email: str
    version: int
    cells: list[list[Cell]]


@dataclass(frozen=True)
class RolesPage:
    """The data of the tab.

    Attributes:
        columns: text keys of the columns' headings.
        users: the rows.
        roles: every role in the table.
    """

    columns: list[str]
    users: Listing[UserRoles]
    roles: list[Role]


_USERS = (
    select(Person.id, Person.first_name, Person.last_name, Person.email, Person.version)
    .join(Membership, Membership.person_id == Person.id)
    .where(Membership.customer_id == bindparam("customer"))
)
_HELD = select(Grant.person_id, Grant.role, Grant.direct).where(Grant.person_id.in_(bindparam("people", expanding=True)))


def roles_on(
    db: Db,
    scope: AdminScope,
    target: Target,
    search: str,
    page_request: PageRequest,
    user_ids: Collection[int] | None = None,
) -> RolesPage:
    """Return the users with a role on a customer or company; with a search, all users that match it.

    Args:
        db: the transaction.
        scope: the administrator's scope.
        target: the customer or company.
        search: part of a name or an address.
        page_request: page and size.
        user_ids: ids of the users in the table when the page is rendered again after a refusal; None otherwise.

    Source: "Missä määritellään käyttäjien oikeudet Visma.net-sovelluksiin", the company on top and users below. Own choice: a
    user without a role there is found by searching.
    """
    on_target = Grant.company_id == target.id if target.level is Level.COMPANY else Grant.customer_id == target.id
    term = folded(search[:LONGEST_SEARCH])
    users = _USERS
    if user_ids is not None:
        users = users.where(Person.id.in_(user_ids))
    elif not term:
        users = users.where(Person.id.in_(select(Grant.person_id).where(on_target)))
    else:
        users = users.where(func.instr(Person.search, term) > 0)
    if not scope.covers_customer:
        users = users.where(Person.id.in_(select(Grant.person_id).where(Grant.company_id.in_(scope.company_ids))))
    parameters = {"customer": scope.customer_id}
    total = db.rows(users.with_only_columns(func.count()), **parameters).scalar_one()
    page = page_request.nearest(total)
    ordered = users.order_by(func.sort_key(Person.search), Person.id).limit(page.size).offset(page.start)
    lines = db.rows(ordered, **parameters).all()
    direct: dict[int, set[str]] = {line.id: set() for line in lines}
    for person_id, role, is_direct in db.rows(_HELD.where(on_target), people=list(direct)):
        if is_direct:
            direct[person_id].add(f"{target.code}:{role}")
    origins = origins_of(db, list(direct))
    held = {
        id_: Held(
            frozenset(values),
            {value: come for value, come in origins.get(id_, {}).items() if value.startswith(f"{target.code}:")},
        )
        for id_, values in direct.items()
    }
    roles = _roles_in_table(scope, target, {value for roles in held.values() for value in roles.all})
    columns = list(dict.fromkeys(role.service for role in roles))
    rows = [
        UserRoles(
            line.id,
            f"{line.first_name} {line.last_name}",
            line.email,
            line.version,
            [cells(scope, target, held[line.id], service) for service in columns],
        )
        for line in lines
    ]
    headings = [f"service.{service}" if service else "admin.name" for service in columns]
    return RolesPage(headings, Listing(rows, total, page.number, page.count, page_request), roles)


def _roles_in_table(scope: AdminScope, target: Target, held: Collection[str]) -> list[Role]:
    held_roles = {BY_CODE[value.partition(":")[2]] for value in held}
    return [role for role in ROLES if role in held_roles or (role in scope.assignable_roles and target.offers(role))]
