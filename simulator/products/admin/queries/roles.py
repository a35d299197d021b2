"""The roles of all users on one customer or company, as the tab Roles shows them."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from simulator.core.sandbox import Db
from simulator.directory.models import Grant, Membership, Person, folded
from simulator.directory.roles import BY_CODE, ROLES, Level, Role
from simulator.products.admin.queries.reach import Reach, Target
from simulator.products.admin.queries.user import Cell, cells
from simulator.products.admin.queries.users import LONGEST_SEARCH
from simulator.web.listing import Listing, PageRequest


@dataclass(frozen=True)
class RolesOf:
    """One line: a user with the roles on the chosen customer or company, one list of roles for each column."""

    id: int
    name: str
    email: str
    version: int
    cells: list[list[Cell]]


@dataclass(frozen=True)
class RolesPage:
    """What the tab shows.

    Attributes:
        columns: text keys of the columns' headings.
        users: the lines.
        roles: every role that stands in it.
    """

    columns: list[str]
    users: Listing[RolesOf]
    roles: list[Role]


_USERS = (
    select(Person.id, Person.first_name, Person.last_name, Person.email, Person.version)
    .join(Membership, Membership.person_id == Person.id)
    .where(Membership.customer_id == bindparam("customer"))
)
_HELD = select(Grant.person_id, Grant.role).where(Grant.person_id.in_(bindparam("people", expanding=True)))


def roles_on(
    db: Db, within: Reach, target: Target, search: str, asked: PageRequest, shown: Collection[int] | None = None
) -> RolesPage:
    """Return the users with a role on a customer or company; with a search, those that it finds, with a role there or not.

    Args:
        db: the transaction.
        within: how far the administrator reaches.
        target: the customer or company.
        search: part of a name or an address.
        asked: which page, and how long.
        shown: ids of the users that the page showed before, when it is shown again: these and nobody else.

    Source: "Missä määritellään käyttäjien oikeudet Visma.net-sovelluksiin", the company on top and users below. Own choice: who
    has no role there is found by searching.
    """
    on_target = Grant.company_id == target.id if target.level is Level.COMPANY else Grant.customer_id == target.id
    wanted = folded(search[:LONGEST_SEARCH])
    users = _USERS
    if shown is not None:
        users = users.where(Person.id.in_(shown))
    elif not wanted:
        users = users.where(Person.id.in_(select(Grant.person_id).where(on_target)))
    else:
        users = users.where(func.instr(Person.search, wanted) > 0)
    if not within.whole:
        users = users.where(Person.id.in_(select(Grant.person_id).where(Grant.company_id.in_(within.company_ids))))
    given = {"customer": within.customer_id}
    total = db.rows(users.with_only_columns(func.count()), **given).scalar_one()
    pages = max(1, -(-total // asked.size))
    page = min(max(asked.page, 1), pages)
    ordered = users.order_by(Person.search, Person.id).limit(asked.size).offset((page - 1) * asked.size)
    lines = db.rows(ordered, **given).all()
    held: dict[int, set[str]] = {line.id: set() for line in lines}
    for person_id, role in db.rows(_HELD.where(on_target), people=list(held)):
        held[person_id].add(f"{target.code}:{role}")
    roles = _roles_of(within, target, set().union(*held.values()))
    columns = list(dict.fromkeys(role.service for role in roles))
    rows = [
        RolesOf(
            line.id,
            f"{line.first_name} {line.last_name}",
            line.email,
            line.version,
            [cells(within, target, held[line.id], service) for service in columns],
        )
        for line in lines
    ]
    headings = [f"service.{service}" if service else "admin.name" for service in columns]
    return RolesPage(headings, Listing(rows, total, page, pages, asked), roles)


def _roles_of(within: Reach, target: Target, held: Collection[str]) -> list[Role]:
    given = {BY_CODE[value.partition(":")[2]] for value in held}
    return [role for role in ROLES if role in given or (role in within.giveable and target.offers(role))]
