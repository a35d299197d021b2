"""What administrators give and take in a grid of roles, and what they may: one rule for users and for user groups."""

from collections.abc import Collection
from dataclasses import dataclass

from simulator.core.errors import Forbidden, RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.groups import groups
from simulator.directory.groups.groups import Access
from simulator.directory.groups.inheritance import Difference
from simulator.directory.groups.models import UserGroup
from simulator.directory.models import Customer, Person
from simulator.directory.roles import BY_CODE, CUSTOMER_ADMINISTRATOR, Level, Role
from simulator.products.admin.permissions import ADMINISTRATORS, MATRIX
from simulator.products.admin.queries.grid import Chosen, Held, access_of, parse
from simulator.products.admin.queries.scope import AdminScope, Target


class OwnRole(RuleViolation):
    """An administrator would revoke an administration role of the own account and has not confirmed it."""


def check_role_fits(role: Role, target: Target, field: str = "roles") -> None:
    """Raise unless a role can be granted on a customer, company or company group.

    Raises:
        RuleViolation: ``admin.role_on_company_only``, ``admin.role_on_customer_only`` or ``admin.service_inactive``.

    Source: "Opprette ny bruker i Admin", on a customer only administration roles can be given; "Verbruik Visma.net AutoInvoice
    opvragen", *Customer administrator* is chosen after the company. Own choice: it is then granted on the company's customer.
    """
    if target.level is Level.CUSTOMER and not role.fits(Level.CUSTOMER):
        raise RuleViolation("admin.role_on_company_only", field=field, role=role)
    on_single_company = role is CUSTOMER_ADMINISTRATOR and not target.is_group
    if target.level is Level.COMPANY and not role.fits(Level.COMPANY) and not on_single_company:
        raise RuleViolation("admin.role_on_customer_only", field=field, role=role)
    if role.service is not None and role.service not in target.services:
        raise RuleViolation("admin.service_inactive", field=field, role=role, company=target.name)


@dataclass(frozen=True)
class AccessChange:
    """Values of the tick boxes that were ticked, and of those of which the tick was removed."""

    added: list[str]
    ended: list[str]

    @classmethod
    def between(cls, scope: AdminScope, held: Held, rows: Collection[str], ticked: Collection[str]) -> "AccessChange":
        """Return the difference between what is held and a form. What the administrator may not change stays.

        Args:
            scope: the administrator's scope.
            held: what is held now.
            rows: codes of the rows that the form had.
            ticked: values of the ticked boxes.

        Raises:
            RuleViolation: ``admin.place_gone`` when a row is no longer in the scope.
        """
        gone = {code for code in rows if scope.target(code) is None}
        if any(value.partition(":")[0] in gone for value in ticked):
            raise RuleViolation("admin.place_gone", field="grant")
        ended = [value for value in sorted(held.values) if value not in ticked and _is_changeable(scope, rows, value)]
        return cls([value for value in dict.fromkeys(ticked) if value not in held.all], ended)

    def assign(self, db: Db, actor: Actor, scope: AdminScope, subject: Person | UserGroup, customer: Customer) -> Difference:
        """Assign what was ticked, except a person's single roles on the customer and on companies, which are granted directly.

        Raises:
            RuleViolation: ``admin.role_unknown``, and the refusals of ``check_role_fits`` and ``directory.groups``.
        """
        added = [_access(scope, value) for value in self.added if is_assignment(subject, value)]
        ended = [_held_access(scope, value) for value in self.ended if is_assignment(subject, value)]
        return groups.change_access(db, actor.email, subject, customer, include=added, exclude=ended)


def is_assignment(subject: Person | UserGroup, value: str) -> bool:
    """Return whether the value of a tick box stands for an assignment; for a person, a single role on a company is a grant."""
    chosen = parse(value)
    return isinstance(subject, UserGroup) or (chosen is not None and not chosen.is_direct)


def _is_changeable(scope: AdminScope, rows: Collection[str], value: str) -> bool:
    chosen = parse(value)
    if chosen is None or chosen.target not in rows:
        return False
    if chosen.role is not None:
        return BY_CODE[chosen.role] in scope.assignable_roles
    group = next((group for group in scope.role_groups if group.id == chosen.role_group_id), None)
    return group is not None and scope.may_assign(group.roles)


def _access(scope: AdminScope, value: str) -> Access:
    chosen = parse(value)
    if chosen is None:
        raise RuleViolation("admin.role_unknown", field="grant")
    return access_within(scope, chosen, "grant")


def _held_access(scope: AdminScope, value: str) -> Access:
    """Return an assignment that exists, whether or not it could be given today."""
    chosen = parse(value)
    target = scope.target(chosen.target) if chosen is not None else None
    assert chosen is not None
    assert target is not None
    return access_of(chosen, target)


def access_within(scope: AdminScope, chosen: Chosen, field: str) -> Access:
    """Return the assignment that a ticked box stands for, after checking that the administrator can give it.

    Raises:
        RuleViolation: ``admin.role_unknown``, or the refusals of ``check_role_fits``.
    """
    target = scope.target(chosen.target)
    if target is None:
        raise RuleViolation("admin.role_unknown", field=field)
    if chosen.role is None:
        group = next((group for group in scope.role_groups if group.id == chosen.role_group_id), None)
        if group is None or not scope.may_assign(group.roles):
            raise RuleViolation("admin.role_unknown", field=field)
        return access_of(chosen, target)
    role = BY_CODE[chosen.role]
    if role not in scope.assignable_roles:
        raise RuleViolation("admin.role_unknown", field=field)
    check_role_fits(role, target, field)
    return access_of(chosen, target) if role.fits(target.level) else Access(role.code)


def require_groups(actor: Actor, scope: AdminScope) -> None:
    """Raise unless the administrator may change groups.

    Raises:
        Forbidden: ``admin.no_group_rights``.
    """
    if not scope.covers_customer or not actor.holds_on_customer(MATRIX["admin.manage_groups"]):
        raise Forbidden("admin.no_group_rights")


def check_difference(actor: Actor, scope: AdminScope, difference: Difference, *, confirmed: bool) -> None:
    """Raise when an administrator gives or takes through a group what could not be given or taken without one.

    Raises:
        RuleViolation: ``admin.group_beyond`` (a role that this administrator cannot give), ``admin.own_rank``.
        OwnRole: ``admin.own_role``.
    """
    assignable = {role.code for role in scope.assignable_roles}
    for held in sorted(difference.gained | difference.lost, key=str):
        if held.role not in assignable:
            raise RuleViolation("admin.group_beyond", field="grant", role=BY_CODE[held.role])
    own_gained = {held.role for held in difference.gained if held.person_id == actor.id}
    if CUSTOMER_ADMINISTRATOR.code in own_gained and not actor.holds_on_customer([CUSTOMER_ADMINISTRATOR]):
        raise RuleViolation("admin.own_rank", field="grant", role=CUSTOMER_ADMINISTRATOR.name)
    own_lost = {BY_CODE[held.role] for held in difference.lost if held.person_id == actor.id}
    if own_lost & {*ADMINISTRATORS} and not confirmed:
        raise OwnRole("admin.own_role", field="confirmed")
