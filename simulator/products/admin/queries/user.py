"""Queries for the page of one user: particulars, roles, and the permissions of the administrator on both."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select

from simulator.core import outbox
from simulator.core.events import Event
from simulator.core.sandbox import Db
from simulator.directory import administration, people, support_access
from simulator.directory.actors import Actor
from simulator.directory.groups.groups import Access, access_of
from simulator.directory.groups.models import UserGroup, UserGroupMember
from simulator.directory.groups.origins import origins_of
from simulator.directory.models import Company, Customer, Grant, Membership, Person, Status
from simulator.directory.roles import CONFLICTS, ROLES, Level, Role
from simulator.products.admin.permissions import MATRIX
from simulator.products.admin.queries.grid import Held, value_of
from simulator.products.admin.queries.scope import AdminScope, Target, admin_scope
from simulator.products.admin.queries.users import visible_user


@dataclass(frozen=True)
class UserPage:
    """The data of one user's page.

    Attributes:
        person: the user.
        status: the account's status now.
        locked_until: when the lock of the account expires; None when it is not locked.
        primary_contact: whether this is the customer's primary contact.
        own: whether this is the administrator's own account.
        beyond: why particulars and account cannot be changed here, as the last part of a text key; None when they can.
        may_remove: whether this administrator may remove the user from the customer.
        may_make_contact: whether this administrator may make the user the primary contact.
        held: the user's roles within the scope, direct and inherited.
        groups: the user groups of the customer that the user is in, by name; each with id and name.
        warnings: pairs of roles that conflict, with the customer or company on which the user has both.
        mail_came_back: whether the newest mail to the user came back.
        support_until: last day of the support access of a consultant; None for anybody else.
    """

    person: Person
    status: Status
    locked_until: datetime | None
    primary_contact: bool
    own: bool
    not_editable_reason: str | None
    may_remove: bool
    may_make_contact: bool
    held: Held
    groups: list[tuple[int, str]]
    warnings: list[tuple[Role, Role, Target]]
    mail_came_back: bool
    support_until: date | None

    @property
    def editable(self) -> bool:
        """Whether particulars and account can be changed here."""
        return self.not_editable_reason is None

    @property
    def may_be_sent_activation(self) -> bool:
        """Whether the account has not been activated."""
        return self.status is Status.NOT_ACTIVATED


def user(db: Db, actor: Actor, person_id: int, scope: AdminScope | None = None) -> UserPage | None:
    """Return a user that an administrator may see, or None."""
    scope = scope or admin_scope(db, actor, "admin.view_users")
    person = visible_user(db, actor, person_id, scope)
    if person is None:
        return None
    now = db.clock.now()
    membership = db.get_one(Membership, (person.id, scope.customer_id))
    status = person.status_at(now)
    held = held_within(db, scope, person)
    access = support_access.open_access(db, person.id, scope.customer_id) if person.desk else None
    reason = find_not_editable_reason(db, actor, scope, person)
    return UserPage(
        person=person,
        status=status,
        locked_until=person.lock.until if person.lock is not None and status is Status.LOCKED else None,
        primary_contact=membership.primary_contact,
        own=person.id == actor.id,
        not_editable_reason=reason,
        may_remove=actor.holds_on_customer(MATRIX["admin.remove_user"]) and reason in (None, "elsewhere"),
        may_make_contact=not membership.primary_contact and actor.holds_on_customer(MATRIX["admin.set_primary_contact"]),
        held=held,
        groups=user_groups_of(db, scope.customer_id, person.id),
        warnings=_conflicts(scope, held.all),
        mail_came_back=outbox.came_back(db, person.email),
        support_until=access.last_day if access is not None else None,
    )


def find_not_editable_reason(db: Db, actor: Actor, scope: AdminScope, person: Person) -> str | None:
    """Return why an administrator may not change a user's particulars and account, as the last part of a text key.

    Returns:
        ``desk``, ``administrator``, ``elsewhere`` or ``other_companies``; None when they may be changed. ``administrator``
        takes precedence over ``elsewhere``, because it forbids removing too.

    Own choice: an account that is listed at another customer too, or that has roles beyond the administrator's scope, can be
    changed here only by its owner; roles within the scope can always be granted and revoked. An account that no customer lists
    any more belongs to the customer that lists it next, as if that customer had invited it: nobody else depends on it. Support
    staff serve every customer and are administered by none.
    """
    if person.desk:
        return "desk"
    targets = {(row.customer_id, row.company_id) for row in db.rows(_GRANTS, person=person.id)}
    contact = db.get_one(Membership, (person.id, scope.customer_id)).primary_contact
    above = contact or any(customer == scope.customer_id for customer, _ in targets)
    if scope.covers_customer and above and not actor.holds_on_customer(MATRIX["admin.give_customer_roles"]):
        return "administrator"
    if administration.belongs_elsewhere(db, person, scope.customer_id):
        return "elsewhere"
    if scope.covers_customer:
        return None
    inside = set(scope.company_ids)
    return "other_companies" if above or any(company not in inside for _, company in targets) else None


def grants_within(db: Db, scope: AdminScope, person: Person) -> dict[str, Grant]:
    """Return the roles of a user within the scope, inherited ones too, by the value of their tick boxes."""
    db.flush()
    grants = db.scalars(select(Grant).where(Grant.person_id == person.id).order_by(Grant.id)).all()
    by_value = {}
    for grant in grants:
        code = people.grant_target(grant)
        if scope.target(code) is not None:
            by_value[f"{code}:{grant.role}"] = grant
    return by_value


_GRANTS = select(Grant.role, Grant.customer_id, Grant.company_id, Grant.direct).where(Grant.person_id == bindparam("person"))


def held_within(db: Db, scope: AdminScope, person: Person) -> Held:
    """Return the roles of a user within the scope: what was given to the user, and what comes through groups."""
    direct, inherited = [], []
    origins = origins_of(db, [person.id]).get(person.id, {})
    for role, customer_id, company_id, is_direct in db.rows(_GRANTS, person=person.id):
        code = f"customer-{customer_id}" if company_id is None else f"company-{company_id}"
        if scope.target(code) is None:
            continue
        value = f"{code}:{role}"
        if is_direct:
            direct.append(value)
        if value in origins:
            inherited.append(value)
    return Held(frozenset([*direct, *access_within(db, scope, person)]), {value: origins[value] for value in inherited})


def access_within(db: Db, scope: AdminScope, subject: Person | UserGroup) -> dict[str, Access]:
    """Return what is assigned to a user or a user group within the scope, by the value of the tick boxes."""
    by_value = {value_of(access, scope.customer_id): access for access in access_of(db, subject, scope.customer_id)}
    return {value: access for value, access in by_value.items() if scope.target(value.partition(":")[0]) is not None}


def user_groups_of(db: Db, customer_id: int, person_id: int) -> list[tuple[int, str]]:
    """Return the user groups of a customer that a person is in, by name: id and name of each."""
    groups = (
        select(UserGroup.id, UserGroup.name)
        .join(UserGroupMember, UserGroupMember.user_group_id == UserGroup.id)
        .where(UserGroup.customer_id == customer_id, UserGroupMember.person_id == person_id)
    )
    return [(row.id, row.name) for row in db.execute(groups.order_by(func.sort_key(UserGroup.name), UserGroup.id))]


def _conflicts(scope: AdminScope, held: Collection[str]) -> list[tuple[Role, Role, Target]]:
    return [
        (role, other, target)
        for target in scope.targets
        for role, other in CONFLICTS
        if f"{target.code}:{role.code}" in held and f"{target.code}:{other.code}" in held
    ]


@dataclass(frozen=True)
class Change:
    """A change of a user that somebody else made while the administrator was editing.

    Attributes:
        text: text key of a sentence about it.
        by: name of the person who made it.
        at: when it was made.
        role: text key of the name of the role that was granted or revoked, or None.
        on: name of the customer or company of that role, or None.
    """

    text: str
    by: str
    at: datetime
    role: str | None
    on: str | None


def changes_since(db: Db, scope: AdminScope, person: Person, version: int) -> list[Change] | None:
    """Return the changes of a user after a version that this administrator may see, oldest first.

    Returns:
        None when the journal does not contain every change.
    """
    number = db.get_one(Customer, scope.customer_id).number
    recorded = administration.changes_since(db, person, version)
    if len(recorded) < person.version - version:
        return None
    return [_change(db, event) for event in recorded if _is_visible(db, scope, number, event)]


def _is_visible(db: Db, scope: AdminScope, number: str, event: Event) -> bool:
    """Return whether this administrator may see a change: one of the account, or on this customer and its companies.

    An administrator of the whole customer also sees changes on a company that has been deleted since.
    """
    code = event.data.get("place")
    if code is None:
        return bool(event.data.get("customer", number) == number)
    if scope.target(code) is not None:
        return True
    level, _, id_ = code.partition("-")
    company = db.get(Company, int(id_)) if scope.covers_customer and level == Level.COMPANY else None
    return company is not None and company.customer_id == scope.customer_id


def _change(db: Db, event: Event) -> Change:
    author = people.by_email(db, event.actor) if event.actor else None
    name = event.data.get("role")
    role = next((role for role in ROLES if role.name == name), None)
    kind = event.type.replace(".", "_")
    if event.actor is None and event.type == "role.revoked":
        kind = "role_gone"  # It ended with its company, without a person who revoked it.
    return Change(
        f"admin.change.{kind}",
        author.name if author is not None else event.actor or "",
        event.at,
        role.text if role is not None else None,
        event.data.get("on"),
    )
