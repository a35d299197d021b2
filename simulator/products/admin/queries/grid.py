"""The grid of roles: one row per customer, company or company group, one column per service, and one for role groups."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from simulator.core.numbers import whole_number
from simulator.directory.groups.groups import Access
from simulator.directory.groups.inheritance import Origin
from simulator.directory.roles import BY_CODE, ROLES, Level, Role
from simulator.products.admin.queries.scope import COMPANY_GROUP, AdminScope, RoleGroupChoice, Target
from simulator.web.listing import Page, nearest_page

ROLE_GROUP = "role_group"

ROWS = 25
"""Own choice: how many rows one page of a grid has."""


class Chosen(NamedTuple):
    """A value of a tick box, ``company-12:autoinvoice_user`` or ``company_group-3:role_group-4``, in its parts.

    Attributes:
        target: code of the customer, company or company group.
        role: code of a role; None for a role group.
        role_group_id: id of a role group; None for a role.
    """

    target: str
    role: str | None
    role_group_id: int | None

    @property
    def is_direct(self) -> bool:
        """Whether it is a direct grant: a single role on the customer or one company."""
        return self.role is not None and not self.target.startswith(COMPANY_GROUP)


def parse(value: str) -> Chosen | None:
    """Read the value of a tick box; None when it is malformed."""
    target, _, what = value.partition(":")
    if what in BY_CODE:
        return Chosen(target, what, None)
    kind, _, number = what.partition("-")
    group_id = whole_number(number)
    return Chosen(target, None, group_id) if kind == ROLE_GROUP and group_id is not None else None


def value_of(access: Access, customer_id: int) -> str:
    """Return the value of the tick box of an assignment."""
    target = f"customer-{customer_id}"
    if access.company_id is not None:
        target = f"company-{access.company_id}"
    elif access.company_group_id is not None:
        target = f"{COMPANY_GROUP}-{access.company_group_id}"
    return f"{target}:{access.role or f'{ROLE_GROUP}-{access.role_group_id}'}"


def access_of(chosen: Chosen, target: Target) -> Access:
    """Return the assignment that the value of a tick box stands for."""
    return Access(
        chosen.role,
        chosen.role_group_id,
        target.id if target.level is Level.COMPANY and not target.is_group else None,
        target.id if target.is_group else None,
    )


@dataclass(frozen=True)
class Cell:
    """A role or a role group in the grid.

    Attributes:
        value: value of its tick box.
        role: the role, None for a role group.
        role_group: the role group, None for a role.
        held: whether it was given there itself.
        changeable: whether this administrator may give or take it there.
        idle: whether it has no effect, because its service is not active there.
        origins: the groups through which the user has it there.
    """

    value: str
    role: Role | None
    role_group: RoleGroupChoice | None
    held: bool
    changeable: bool
    idle: bool
    origins: tuple[Origin, ...] = ()

    @property
    def is_inherited(self) -> bool:
        """Whether the user has it through a group only."""
        return bool(self.origins) and not self.held

    @property
    def id(self) -> str:
        """The last part of the id of its tick box."""
        return self.value.replace(":", "-")


@dataclass(frozen=True)
class Row:
    """A customer, company or company group in the grid, with its roles: one list of cells per column."""

    target: Target
    cells: list[list[Cell]]


@dataclass(frozen=True)
class Grid:
    """Roles: one row per customer, company or company group, one column per service, and one for role groups.

    A long grid has pages.

    Attributes:
        columns: text keys of the columns' headings.
        rows: the rows of the page.
        roles: every role on the page, in the order of the catalogue.
        codes: codes of all rows, on whatever page.
        page: the page.
        visited: codes of the rows on other pages that a form has sent; it sends them again, with their ticks.
    """

    columns: list[str]
    rows: list[Row]
    roles: list[Role]
    codes: frozenset[str]
    page: Page
    visited: list[str]


@dataclass(frozen=True)
class Held:
    """The roles of a user, or of a user group.

    Attributes:
        values: values of the tick boxes of what was given itself.
        origins: values of inherited roles, each with the groups through which the user has it.
    """

    values: frozenset[str] = frozenset()
    origins: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict)

    @property
    def all(self) -> frozenset[str]:
        """The values of everything that is held, inherited or not."""
        return self.values | self.origins.keys()


def grid(
    scope: AdminScope,
    held: Held,
    rows: Collection[str] = (),
    ticked: Collection[str] = (),
    page: int = 1,
    show: str | None = None,
) -> Grid:
    """Return a page of the grid with a row for everything on which a role is held, and further ones; the customer first.

    Args:
        scope: the administrator's scope.
        held: the roles that are held.
        rows: codes of customers, companies or company groups that get a row without any role.
        ticked: values of roles that are ticked and not saved yet; they get a cell too.
        page: number of the page; the nearest one that exists is returned.
        show: code of a row whose page is returned instead.
    """
    values = {*held.all, *ticked}
    codes = {value.partition(":")[0] for value in values} | set(rows)
    all_targets = [target for target in scope.all_targets if target.code in codes]
    if show is not None:
        before = next((at for at, target in enumerate(all_targets) if target.code == show), 0)
        page = before // ROWS + 1
    nearest = nearest_page(page, ROWS, len(all_targets))
    targets = all_targets[nearest.start : nearest.start + ROWS]
    on_page = {target.code for target in targets}
    set_codes = {code for on, _, code in (value.partition(":") for value in values) if on in on_page}
    set_roles = {BY_CODE[code] for code in set_codes if code in BY_CODE}
    roles = [role for role in ROLES if role in set_roles or any(offered(scope, target, role) for target in targets)]
    columns = list(dict.fromkeys(role.service for role in roles))
    by_service = [[role for role in ROLES if role.service == service] for service in columns]
    headings = [f"service.{service}" if service else "admin.name" for service in columns]
    lines = [
        Row(target, [_cells(scope, target, held, of_service, ticked) for of_service in by_service]) for target in targets
    ]
    if scope.role_groups:
        headings.append("admin.role_groups")
        for line in lines:
            line.cells.append(_role_group_cells(scope, line.target, held, ticked))
    visited = [code for code in dict.fromkeys(rows) if code not in on_page]
    return Grid(headings, lines, roles, frozenset(target.code for target in all_targets), nearest, visited)


def cells(scope: AdminScope, target: Target, held: Held, service: str | None, ticked: Collection[str] = ()) -> list[Cell]:
    """Return the cells of one row and one service."""
    return _cells(scope, target, held, [role for role in ROLES if role.service == service], ticked)


def _cells(scope: AdminScope, target: Target, held: Held, roles: Collection[Role], ticked: Collection[str]) -> list[Cell]:
    row_cells = []
    for role in roles:
        value = f"{target.code}:{role.code}"
        is_direct, origins = value in held.values, held.origins.get(value, ())
        if is_direct or origins or value in ticked or offered(scope, target, role):
            idle = role.service is not None and role.service not in target.services and (is_direct or bool(origins))
            row_cells.append(Cell(value, role, None, is_direct, role in scope.assignable_roles, idle, origins))
    return row_cells


def _role_group_cells(scope: AdminScope, target: Target, held: Held, ticked: Collection[str]) -> list[Cell]:
    row_cells = []
    for group in scope.role_groups:
        value = f"{target.code}:{ROLE_GROUP}-{group.id}"
        is_direct = value in held.values
        if is_direct or value in ticked or (target.active and group.fits(target.level)):
            row_cells.append(Cell(value, None, group, is_direct, scope.may_assign(group.roles), False))
    return row_cells


def offered(scope: AdminScope, target: Target, role: Role) -> bool:
    """Return whether an administrator can give a role on a customer, company or company group."""
    return role in scope.assignable_roles and target.offers(role)


def ticked_values(scope: AdminScope, held: Held, rows: Collection[str], ticked: Collection[str]) -> list[str]:
    """Return the values that are ticked on a page: of rows that the form had as it was sent, of the others as they are held."""
    sent = [value for value in ticked if is_within(scope, value)]
    return [*sent, *sorted(value for value in held.values if value.partition(":")[0] not in rows)]


def is_within(scope: AdminScope, value: str) -> bool:
    """Return whether a value that was ticked can have a cell in the grid."""
    chosen = parse(value)
    if chosen is None or scope.target(chosen.target) is None:
        return False
    if chosen.role is not None:
        return any(role.code == chosen.role for role in scope.assignable_roles)
    return any(group.id == chosen.role_group_id for group in scope.role_groups)
