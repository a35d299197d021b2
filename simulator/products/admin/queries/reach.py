"""How far an administrator reaches: the customer with all its companies, or some companies of it."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.models import Company, CompanyService, Customer, Grant
from simulator.directory.roles import (
    BUSINESS_CONTACT,
    COMPANY_ADMINISTRATOR,
    CUSTOMER_ADMINISTRATOR,
    ROLES,
    Level,
    Role,
)

WHOLE_CUSTOMER = (CUSTOMER_ADMINISTRATOR, BUSINESS_CONTACT)
"""Roles that administer a customer with all its companies, and that may give roles on the customer."""

ADMINISTRATORS = (*WHOLE_CUSTOMER, COMPANY_ADMINISTRATOR)
"""Roles that open Admin. Own choice: a Company administrator sees and adds people of the own companies only."""


@dataclass(frozen=True)
class Target:
    """A customer or a company that roles can be given on.

    Attributes:
        code: its value in the form, ``customer-<id>`` or ``company-<id>``.
        level: which of the two it is.
        name: its name.
        services: services that are active on it; none for a customer.
    """

    code: str
    level: Level
    id: int
    name: str
    services: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """Text key of the name with its kind in brackets."""
        return f"admin.target.{self.level}"


@dataclass(frozen=True)
class Reach:
    """How far an administrator reaches.

    Attributes:
        customer_id: the customer that is administered.
        customer: the customer's name.
        whole: whether the customer itself belongs to it, or some of its companies only.
        targets: the customer, when it belongs to it, then the companies by name.
    """

    customer_id: int
    customer: str
    whole: bool
    targets: tuple[Target, ...]

    @property
    def company_ids(self) -> list[int]:
        """The companies."""
        return [target.id for target in self.targets if target.level is Level.COMPANY]

    @property
    def roles(self) -> tuple[Role, ...]:
        """Roles that can be given somewhere within reach, in the order of the catalogue.

        Source: "Opprette bruker", a role is offered where its service is active.
        """
        services = {service for target in self.targets for service in target.services}
        return tuple(
            role
            for role in ROLES
            if (self.whole or role.level is Level.COMPANY) and (role.service is None or role.service in services)
        )

    @property
    def roles_by_service(self) -> list[tuple[str, list[Role]]]:
        """The same roles under the text key of what they belong to: Admin itself, or a service."""
        groups: dict[str, list[Role]] = {}
        for role in self.roles:
            groups.setdefault(f"service.{role.service}" if role.service else "admin.name", []).append(role)
        return list(groups.items())

    def target(self, code: str) -> Target | None:
        """Return a target by its value in the form, or None when it is not within reach."""
        return next((target for target in self.targets if target.code == code), None)

    def role(self, code: str) -> Role | None:
        """Return a role by its code, or None when it cannot be given within reach."""
        return next((role for role in self.roles if role.code == code), None)


_CUSTOMER = select(Customer.id, Customer.name).where(Customer.id == bindparam("customer"))
_COMPANIES = (
    select(Company.id, Company.name).where(Company.customer_id == bindparam("customer")).order_by(Company.name, Company.id)
)
_OWN_COMPANIES = _COMPANIES.where(
    Company.id.in_(
        select(Grant.company_id).where(
            Grant.person_id == bindparam("person"),
            Grant.role == COMPANY_ADMINISTRATOR.code,
            Grant.company_id.is_not(None),
        )
    )
)
_SERVICES = (
    select(CompanyService.company_id, CompanyService.service)
    .join(Company, Company.id == CompanyService.company_id)
    .where(Company.customer_id == bindparam("customer"))
)


def reach(db: Db, actor: Actor) -> Reach:
    """Find out how far an administrator reaches at the customer that is open.

    Source: "Opprette bruker", users are added by the Customer administrator and the Business contact. Own choice: a Company
    administrator adds users on the own companies.
    """
    assert actor.customer_id is not None
    customer = db.rows(_CUSTOMER, customer=actor.customer_id).one()
    whole = actor.holds(WHOLE_CUSTOMER)
    if whole:
        companies = db.rows(_COMPANIES, customer=customer.id)
    else:
        companies = db.rows(_OWN_COMPANIES, customer=customer.id, person=actor.id)
    active: dict[int, set[str]] = {}
    for company_id, service in db.rows(_SERVICES, customer=customer.id):
        active.setdefault(company_id, set()).add(service)
    targets = [Target(f"company-{id_}", Level.COMPANY, id_, name, frozenset(active.get(id_, ()))) for id_, name in companies]
    if whole:
        targets.insert(0, Target(f"customer-{customer.id}", Level.CUSTOMER, customer.id, customer.name))
    return Reach(customer.id, customer.name, whole, tuple(targets))
