"""Commands that change users."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.core.texts import LANGUAGES
from simulator.directory import people
from simulator.directory.actors import Actor
from simulator.directory.groups import groups
from simulator.directory.groups.groups import Access
from simulator.directory.groups.inheritance import Difference
from simulator.directory.groups.mails import mail_access, roles_at
from simulator.directory.models import Company, Customer, Person, Status
from simulator.directory.people import Particulars
from simulator.directory.roles import EXCLUSIVE, Level, Role
from simulator.products.admin.queries.grid import parse
from simulator.products.admin.queries.scope import AdminScope, Target, admin_scope, with_groups
from simulator.products.admin.services.access import access_within, check_difference, check_role_fits, require_groups

events.declare(user__activation_resent="An administrator had the activation mail sent again.")


@dataclass(frozen=True)
class AddedUser:
    """The person who was added.

    Attributes:
        person: the person.
        had_account: False for a new account.
        without_roles: names of the customers, companies and company groups that were chosen and no role on them.
    """

    person: Person
    had_account: bool
    without_roles: list[str]


@dataclass(frozen=True)
class Row:
    """A customer, company or company group that was chosen in the form, by its code, with codes of the roles on it.

    ``field`` is the name of the field in which its roles were ticked.
    """

    target: str
    roles: Sequence[str]
    field: str = "roles"


def add_user(
    db: Db, actor: Actor, particulars: Particulars, rows: Sequence[Row], user_groups: Collection[int] = ()
) -> AddedUser:
    """Add a person to the customer, with roles on the customer, its companies and company groups, or in user groups.

    Args:
        db: the transaction.
        actor: the administrator.
        particulars: the person's particulars as typed.
        rows: what access is given to, with the roles there.
        user_groups: ids of the user groups that the person joins.

    Raises:
        RuleViolation: ``admin.language_unknown``, ``admin.target_unknown``, ``admin.role_missing``, ``admin.role_unknown``,
            ``admin.role_on_company_only``, ``admin.role_on_customer_only``, ``admin.service_inactive``,
            ``admin.group_gone``, ``admin.works_at_desk``, ``directory.exclusive_roles`` or ``directory.already_member``.

    Source: "Verbruik Visma.net AutoInvoice opvragen", Customer administrator, steps 3 to 8; "Opprette bruker" for the kinds of
    role that fit a customer and a company, and for user groups. Own choice: a user is added with at least one role or user
    group; support staff cannot be added to a customer.
    """
    if particulars.language not in LANGUAGES:
        raise RuleViolation("admin.language_unknown", field="language")
    scope = with_groups(db, actor, admin_scope(db, actor, "admin.add_user"))
    grants, accesses, without_roles = _chosen(scope, rows)
    if not grants and not accesses and not user_groups:
        raise RuleViolation("admin.role_missing", field="roles")
    roles = [role for role, _ in grants]
    for role, other in EXCLUSIVE:
        if role in roles and other in roles:
            raise RuleViolation("directory.exclusive_roles", field="roles", role=role, other=other)
    account = people.by_email(db, particulars.email)
    if account is not None and account.desk:
        raise RuleViolation("admin.works_at_desk", field="email", email=account.email)
    customer = db.get_one(Customer, scope.customer_id)
    direct = [(role, db.get_one(Company, target.id) if target.level is Level.COMPANY else None) for role, target in grants]
    before = roles_at(db, [account.id]) if account is not None else set()
    person = people.invite(db, actor, customer, particulars, direct, mails_rights=False)
    difference = groups.change_access(db, actor.email, person, customer, include=accesses)
    difference |= _join(db, actor, scope, person, user_groups)
    check_difference(actor, scope, difference, confirmed=True)
    if account is not None:
        mail_access(db, actor, customer, roles_at(db, [person.id]) - before, person.id)
    return AddedUser(person, account is not None, without_roles)


def _chosen(scope: AdminScope, rows: Sequence[Row]) -> tuple[list[tuple[Role, Target]], list[Access], list[str]]:
    """Return the direct roles, the assignments and the names of what no role was chosen on."""
    grants: list[tuple[Role, Target]] = []
    accesses: list[Access] = []
    without_roles = []
    for row in rows:
        target = scope.target(row.target)
        if target is None:
            raise RuleViolation("admin.target_unknown", field="access_to")
        if not row.roles:
            without_roles.append(target.name)
        for code in dict.fromkeys(row.roles):
            chosen, role = parse(f"{target.code}:{code}"), scope.role(code)
            if chosen is None or (chosen.role is not None and role is None):
                raise RuleViolation("admin.role_unknown", field=row.field)
            if role is None or target.is_group:
                accesses.append(access_within(scope, chosen, row.field))
            else:
                check_role_fits(role, target, row.field)
                grants.append((role, target))
    return list(dict.fromkeys(grants)), list(dict.fromkeys(accesses)), without_roles


def _join(db: Db, actor: Actor, scope: AdminScope, person: Person, user_groups: Collection[int]) -> Difference:
    difference = Difference()
    if user_groups:
        require_groups(actor, scope)
    for group_id in sorted({*user_groups}):
        group = groups.find(db, groups.Kind.USER, scope.customer_id, group_id)
        if group is None:
            raise RuleViolation("admin.group_gone", field="user_group")
        difference |= groups.change_members(db, actor.email, group, include=[person.id])
    return difference


def resend_activation(db: Db, actor: Actor, person: Person) -> None:
    """Mail a fresh activation link to a user who has not activated the account; the older link no longer works.

    Args:
        db: the transaction.
        actor: the administrator.
        person: a user whom the administrator may see.

    Raises:
        RuleViolation: ``admin.already_activated``.

    Own choice: the procedure in the classic Admin is not published; a sister product with the same sign-in has such a button.
    """
    if person.status != Status.NOT_ACTIVATED:
        raise RuleViolation("admin.already_activated", email=person.email)
    people.send_activation(db, person)
    events.record(db, "user.activation_resent", actor=actor.email, subject=person.email, customer_id=actor.customer_id)
