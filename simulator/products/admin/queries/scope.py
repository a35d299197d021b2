"""The scope of an administrator: the customer with all its companies and groups, or some companies of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import bindparam, func, select

from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.companies import is_present
from simulator.directory.groups.models import CompanyGroup, CompanyGroupMember, RoleGroup, RoleGroupRole
from simulator.directory.models import Company, CompanyService, CompanyStatus, Customer
from simulator.directory.roles import APPLICATION_ADMINISTRATOR, BY_CODE, ROLES, Level, Role
from simulator.products.admin.permissions import MATRIX

COMPANY_GROUP = "company_group"


@dataclass(frozen=True)
class Target:
    """A customer, a company or a company group that roles can be given on.

    Attributes:
        code: its value in the form, ``customer-<id>``, ``company-<id>`` or ``company_group-<id>``.
        level: the level of the roles on it.
        id: the id of its row.
        name: its name.
        services: services that are active on it; for a customer or a company group, on any of its companies.
        active: whether it was not deactivated.
        is_group: whether it is a company group.
    """

    code: str
    level: Level
    id: int
    name: str
    services: frozenset[str] = frozenset()
    active: bool = True
    is_group: bool = False

    @property
    def text(self) -> str:
        """Text key of the name with its kind in brackets."""
        return f"admin.target.{COMPANY_GROUP if self.is_group else self.level}"

    def offers(self, role: Role) -> bool:
        """Return whether a role can be given here: it fits, and its service is active.

        Source: "Opprette ny bruker i Admin", on a customer only administration roles can be given; "Opprette bruker", a role is
        offered where its service is active.
        """
        return self.active and role.fits(self.level) and (role.service is None or role.service in self.services)


@dataclass(frozen=True)
class RoleGroupChoice:
    """A role group that can be assigned, with its roles."""

    id: int
    name: str
    roles: tuple[Role, ...]

    def fits(self, level: Level) -> bool:
        """Return whether it has a role that can be given on a level."""
        return any(role.fits(level) for role in self.roles)


@dataclass(frozen=True)
class AdminScope:
    """How far an administrator reaches.

    Attributes:
        customer_id: the customer that is administered.
        customer: the customer's name.
        covers_customer: whether the customer itself belongs to it, or some of its companies only.
        targets: the customer, when it belongs to it, then the companies by name.
        assignable_roles: roles that this administrator may give and take away at all.
        company_groups: the customer's company groups by name, for administrators of groups where they were asked for.
        role_groups: the customer's role groups by name, likewise.
    """

    customer_id: int
    customer: str
    covers_customer: bool
    targets: tuple[Target, ...]
    assignable_roles: tuple[Role, ...]
    company_groups: tuple[Target, ...] = ()
    role_groups: tuple[RoleGroupChoice, ...] = ()

    @cached_property
    def _by_code(self) -> dict[str, Target]:
        return {target.code: target for target in self.all_targets}

    @property
    def all_targets(self) -> tuple[Target, ...]:
        """What roles can be given on: the customer, its company groups, its companies."""
        at = 1 if self.covers_customer else 0
        return (*self.targets[:at], *self.company_groups, *self.targets[at:])

    def may_assign(self, roles: Iterable[Role]) -> bool:
        """Return whether the administrator may give all of these roles."""
        return all(role in self.assignable_roles for role in roles)

    @property
    def company_ids(self) -> list[int]:
        """The companies."""
        return [target.id for target in self.targets if target.level is Level.COMPANY]

    @property
    def roles(self) -> tuple[Role, ...]:
        """Roles that can be given somewhere in the scope, in the order of the catalogue."""
        return tuple(role for role in self.assignable_roles if any(target.offers(role) for target in self.targets))

    @property
    def choices(self) -> list[Target]:
        """What access can be given to: without companies that were deactivated."""
        return [target for target in self.all_targets if target.active]

    def target(self, code: str) -> Target | None:
        """Return a target by its value in the form, or None when it is not in the scope."""
        return self._by_code.get(code)

    def role(self, code: str) -> Role | None:
        """Return a role by its code, or None when it cannot be given in the scope."""
        return next((role for role in self.roles if role.code == code), None)


def by_service(roles: Sequence[Role]) -> list[tuple[str, list[Role]]]:
    """Return roles under the text key of what they belong to: Admin itself, or a service."""
    groups: dict[str, list[Role]] = {}
    for role in roles:
        groups.setdefault(f"service.{role.service}" if role.service else "admin.name", []).append(role)
    return list(groups.items())


_CUSTOMER = select(Customer.id, Customer.name).where(Customer.id == bindparam("customer"))
_COMPANIES = (
    select(Company.id, Company.name, Company.status)
    .where(Company.customer_id == bindparam("customer"), is_present(bindparam("now")))
    .order_by(func.sort_key(Company.name), Company.id)
)
_SERVICES = (
    select(CompanyService.company_id, CompanyService.service)
    .join(Company, Company.id == CompanyService.company_id)
    .where(Company.customer_id == bindparam("customer"))
)


def admin_scope(db: Db, actor: Actor, permission: str) -> AdminScope:
    """Return the customer and companies on which an administrator holds a permission, at the customer that is open.

    Source: "Opprette bruker", users are added by the Customer administrator and the Business contact. Own choice: the scope of a
    Company administrator is the own companies.
    """
    assert actor.customer_id is not None
    customer = db.rows(_CUSTOMER, customer=actor.customer_id).one()
    covers_customer = actor.holds_on_customer(MATRIX[permission])
    own = actor.companies_with(MATRIX[permission])
    active: dict[int, set[str]] = {}
    for company_id, service in db.rows(_SERVICES, customer=customer.id):
        active.setdefault(company_id, set()).add(service)
    targets = [
        Target(
            f"company-{id_}",
            Level.COMPANY,
            id_,
            name,
            frozenset(active.get(id_, ())),
            status == CompanyStatus.ACTIVE,
        )
        for id_, name, status in db.rows(_COMPANIES, customer=customer.id, now=db.clock.now())
        if covers_customer or id_ in own
    ]
    if covers_customer:
        services = frozenset().union(*active.values())
        targets.insert(0, Target(f"customer-{customer.id}", Level.CUSTOMER, customer.id, customer.name, services))
    return AdminScope(customer.id, customer.name, covers_customer, tuple(targets), _assignable_roles(actor))


_COMPANY_GROUPS = (
    select(CompanyGroup.id, CompanyGroup.name)
    .where(CompanyGroup.customer_id == bindparam("customer"))
    .order_by(func.sort_key(CompanyGroup.name), CompanyGroup.id)
)
_SERVICES_OF_GROUPS = (
    select(CompanyGroupMember.company_group_id, CompanyService.service)
    .join(CompanyService, CompanyService.company_id == CompanyGroupMember.company_id)
    .join(CompanyGroup, CompanyGroup.id == CompanyGroupMember.company_group_id)
    .where(CompanyGroup.customer_id == bindparam("customer"))
    .distinct()
)
_ROLE_GROUPS = (
    select(RoleGroup.id, RoleGroup.name, RoleGroupRole.role)
    .outerjoin(RoleGroupRole, RoleGroupRole.role_group_id == RoleGroup.id)
    .where(RoleGroup.customer_id == bindparam("customer"))
    .order_by(func.sort_key(RoleGroup.name), RoleGroup.id, RoleGroupRole.role)
)


def with_groups(db: Db, actor: Actor, scope: AdminScope) -> AdminScope:
    """Return a scope with the company groups and role groups of the customer, for those who may use groups.

    Own choice: a Company administrator, whose scope is companies, gives no roles on or through groups.
    """
    if not actor.holds_on_customer(MATRIX["admin.manage_groups"]) or not scope.covers_customer:
        return scope
    active: dict[int, set[str]] = {}
    for group_id, service in db.rows(_SERVICES_OF_GROUPS, customer=scope.customer_id):
        active.setdefault(group_id, set()).add(service)
    company_groups = tuple(
        Target(f"{COMPANY_GROUP}-{id_}", Level.COMPANY, id_, name, frozenset(active.get(id_, ())), is_group=True)
        for id_, name in db.rows(_COMPANY_GROUPS, customer=scope.customer_id)
    )
    contents: dict[tuple[int, str], list[Role]] = {}
    for id_, name, code in db.rows(_ROLE_GROUPS, customer=scope.customer_id):
        contents.setdefault((id_, name), []).extend([BY_CODE[code]] if code else [])
    role_groups = tuple(RoleGroupChoice(id_, name, tuple(roles)) for (id_, name), roles in contents.items())
    return replace(scope, company_groups=company_groups, role_groups=role_groups)


def _assignable_roles(actor: Actor) -> tuple[Role, ...]:
    """Return the roles that an administrator may give: support access is one of them for a Customer administrator only.

    Source: "Hvordan opprette supportbruker", the Application administrator comes with support access.
    """
    roles = []
    for role in ROLES:
        if role is APPLICATION_ADMINISTRATOR:
            allowed = actor.holds_on_customer(MATRIX["admin.give_support_access"])
        elif role.level is Level.CUSTOMER:
            allowed = actor.holds_on_customer(MATRIX["admin.give_customer_roles"])
        else:
            allowed = actor.holds(MATRIX["admin.give_roles"], anywhere=True)
        if allowed:
            roles.append(role)
    return tuple(roles)
