"""The scope of an administrator: the customer with all its companies, or some companies of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.companies import is_present
from simulator.directory.models import Company, CompanyService, CompanyStatus, Customer
from simulator.directory.roles import APPLICATION_ADMINISTRATOR, ROLES, Level, Role
from simulator.products.admin.permissions import MATRIX


@dataclass(frozen=True)
class Target:
    """A customer or a company that roles can be given on.

    Attributes:
        code: its value in the form, ``customer-<id>`` or ``company-<id>``.
        level: which of the two it is.
        name: its name.
        services: services that are active on it; for a customer, on any of its companies.
        active: whether it was not deactivated.
    """

    code: str
    level: Level
    id: int
    name: str
    services: frozenset[str] = frozenset()
    active: bool = True

    @property
    def text(self) -> str:
        """Text key of the name with its kind in brackets."""
        return f"admin.target.{self.level}"

    def offers(self, role: Role) -> bool:
        """Return whether a role can be given here: it fits, and its service is active.

        Source: "Opprette ny bruker i Admin", on a customer only administration roles can be given; "Opprette bruker", a role is
        offered where its service is active.
        """
        return self.active and role.fits(self.level) and (role.service is None or role.service in self.services)


@dataclass(frozen=True)
class AdminScope:
    """How far an administrator reaches.

    Attributes:
        customer_id: the customer that is administered.
        customer: the customer's name.
        covers_customer: whether the customer itself belongs to it, or some of its companies only.
        targets: the customer, when it belongs to it, then the companies by name.
        assignable_roles: roles that this administrator may give and take away at all.
    """

    customer_id: int
    customer: str
    covers_customer: bool
    targets: tuple[Target, ...]
    assignable_roles: tuple[Role, ...]

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
        return [target for target in self.targets if target.active]

    def target(self, code: str) -> Target | None:
        """Return a target by its value in the form, or None when it is not in the scope."""
        return next((target for target in self.targets if target.code == code), None)

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
