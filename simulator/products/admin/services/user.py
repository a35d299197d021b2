"""Commands that change one user: particulars, roles, account, primary contact."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from simulator.core.errors import Forbidden, RuleViolation
from simulator.core.sandbox import Db
from simulator.core.texts import LANGUAGES
from simulator.directory import administration
from simulator.directory.actors import Actor
from simulator.directory.groups import groups
from simulator.directory.groups.inheritance import Difference
from simulator.directory.groups.mails import mail_access, roles_at
from simulator.directory.models import Company, Customer, Person
from simulator.directory.people import Particulars
from simulator.directory.roles import BY_CODE, CUSTOMER_ADMINISTRATOR, Level
from simulator.products.admin.permissions import ADMINISTRATORS
from simulator.products.admin.queries import user as queries
from simulator.products.admin.queries.grid import parse
from simulator.products.admin.queries.scope import AdminScope, admin_scope, with_groups
from simulator.products.admin.queries.user import Change, UserPage
from simulator.products.admin.services.access import (
    AccessChange,
    OwnRole,
    check_difference,
    check_role_fits,
    is_assignment,
    require_groups,
)


class ChangedMeanwhile(RuleViolation):
    """Somebody else changed the user after the page was rendered.

    Attributes:
        changes: the changes that this administrator may see; None when the journal does not contain every change.
    """

    status = 409

    def __init__(self, person: Person, changes: list[Change] | None) -> None:
        super().__init__("admin.user_changed_meanwhile", name=person.name)
        self.changes = changes


@dataclass(frozen=True)
class Edit:
    """The form that an administrator sends for one user.

    Attributes:
        version: the user's version when the page was rendered.
        particulars: particulars as typed; None where they cannot be changed.
        rows: codes of the customers and companies with a row in the grid.
        ticked: values of the ticked roles.
        user_groups: ids of the user groups that the user is in; None where they cannot be changed.
        confirmed: whether revoking an own administration role was confirmed.
    """

    version: int
    particulars: Particulars | None
    rows: Collection[str]
    ticked: Collection[str]
    user_groups: Collection[int] | None = None
    confirmed: bool = False


@dataclass(frozen=True)
class SavedChanges:
    """The changes that saving made: names of particulars, and whether roles or user groups changed."""

    fields: list[str]
    access: bool

    @property
    def any(self) -> bool:
        """Whether anything was changed."""
        return bool(self.fields) or self.access


def save_user(db: Db, actor: Actor, person_id: int, edit: Edit) -> tuple[Person, SavedChanges] | None:
    """Save an administrator's changes of a user; None when the administrator may not see that user.

    Roles in the scope with a row in the grid that are not ticked are revoked; ticked roles that the user does not have are
    granted.

    Raises:
        ChangedMeanwhile: somebody else changed the user after the page was rendered.
        OwnRole: ``admin.own_role``.
        RuleViolation: ``admin.language_unknown``, ``admin.role_unknown``, ``admin.own_rank``, ``admin.group_gone``, the refusals
            of ``check_role_fits``, ``check_difference`` and those of ``directory.administration``.

    Source: "Opprette og tildele roller til lønningsansvarlig", tildele roller. Own choice: the second of two
    administrators who save the same user sees the changes of the first, and revoking an own administration role needs a
    confirmation.
    """
    scope = with_groups(db, actor, admin_scope(db, actor, "admin.view_users"))
    page = queries.user(db, actor, person_id, scope)
    if page is None:
        return None
    person = page.person
    _check_version(db, scope, person, edit.version)
    fields = []
    if edit.particulars is not None and page.editable:
        if edit.particulars.language not in LANGUAGES:
            raise RuleViolation("admin.language_unknown", field="language")
        fields = administration.change(db, actor.email, person, edit.particulars)
    return person, SavedChanges(fields, _save_roles(db, actor, scope, page, edit))


def save_roles(db: Db, actor: Actor, target_code: str, edits: Mapping[int, Edit]) -> int:
    """Save the roles of several users on one customer or company.

    Returns:
        The number of users that were changed.

    Raises:
        ChangedMeanwhile: somebody else changed one of them after the page was rendered; nothing was saved for any of them.
        RuleViolation: as ``save_user``.

    Source: "Missä määritellään käyttäjien oikeudet Visma.net-sovelluksiin", tab Roles.
    """
    scope = admin_scope(db, actor, "admin.view_users")
    changed = 0
    for person_id, edit in sorted(edits.items()):
        page = queries.user(db, actor, person_id, scope)
        if page is None or scope.target(target_code) is None:
            raise RuleViolation("admin.user_unknown")
        _check_version(db, scope, page.person, edit.version)
        changed += _save_roles(db, actor, scope, page, edit)
    return changed


def _check_version(db: Db, scope: AdminScope, person: Person, version: int) -> None:
    if version == person.version:
        return
    changes = queries.changes_since(db, scope, person, version)
    if changes is None or changes:
        raise ChangedMeanwhile(person, changes)


def _save_roles(db: Db, actor: Actor, scope: AdminScope, page: UserPage, edit: Edit) -> bool:
    """Save the roles and groups of one user; returns whether anything changed."""
    person = page.person
    before = roles_at(db, [person.id])
    grants = queries.grants_within(db, scope, person)
    change = AccessChange.between(scope, page.held, edit.rows, edit.ticked)
    revoked = [grants[value] for value in change.ended if value in grants]
    if page.own and not edit.confirmed and any(BY_CODE[grant.role] in ADMINISTRATORS for grant in revoked):
        raise OwnRole("admin.own_role", field="confirmed")
    for value in change.added:
        if page.own:
            _check_rank(actor, value)
    for grant in revoked:
        administration.take(db, actor.email, person, grant)
    for value in change.added:
        if not is_assignment(person, value):
            _grant(db, actor, scope, person, value)
    customer = db.get_one(Customer, scope.customer_id)
    difference = change.assign(db, actor, scope, person, customer) | _join(db, actor, scope, person, edit)
    check_difference(actor, scope, difference, confirmed=edit.confirmed)
    mail_access(db, actor, customer, roles_at(db, [person.id]) - before)
    joined = edit.user_groups is not None and {*edit.user_groups} != {id_ for id_, _ in page.groups}
    return bool(change.added or change.ended or joined)


def _join(db: Db, actor: Actor, scope: AdminScope, person: Person, edit: Edit) -> Difference:
    """Let a user join and leave user groups, where the form had them."""
    if edit.user_groups is None:
        return Difference()
    require_groups(actor, scope)
    present = {id_ for id_, _ in queries.user_groups_of(db, scope.customer_id, person.id)}
    difference = Difference()
    for group_id in sorted(present ^ {*edit.user_groups}):
        group = groups.find(db, groups.Kind.USER, scope.customer_id, group_id)
        if group is None:
            raise RuleViolation("admin.group_gone", field="user_group")
        name = "exclude" if group_id in present else "include"
        difference |= groups.change_members(db, actor.email, group, **{name: [person.id]})
    return difference


def _check_rank(actor: Actor, value: str) -> None:
    """Raise when an administrator would grant the own account a role above the own ones.

    Own choice: a Business contact and the primary contact may make others Customer administrator, as sources say, but not
    themselves.
    """
    if value.partition(":")[2] == CUSTOMER_ADMINISTRATOR.code and not actor.holds_on_customer([CUSTOMER_ADMINISTRATOR]):
        raise RuleViolation("admin.own_rank", field="grant", role=CUSTOMER_ADMINISTRATOR.name)


def grant(db: Db, actor: Actor, scope: AdminScope, page: UserPage, value: str) -> None:
    """Grant one role, named as in the grid, to a user.

    Raises:
        RuleViolation: ``admin.own_rank``, ``admin.role_unknown``, and the refusals of ``check_role_fits`` and
            ``directory.administration``.
    """
    if page.own:
        _check_rank(actor, value)
    _grant(db, actor, scope, page.person, value)


def _grant(db: Db, actor: Actor, scope: AdminScope, person: Person, value: str) -> None:
    chosen = parse(value)
    target, role = (scope.target(chosen.target), BY_CODE.get(chosen.role or "")) if chosen else (None, None)
    if target is None or role is None or role not in scope.assignable_roles:
        raise RuleViolation("admin.role_unknown", field="grant")
    check_role_fits(role, target)
    customer = db.get_one(Customer, scope.customer_id)
    company = db.get_one(Company, target.id) if target.level is Level.COMPANY else None
    administration.give(db, actor.email, person, role, customer=customer, company=company)


def deactivate(db: Db, actor: Actor, page: UserPage) -> None:
    """Deactivate a user: sign-ins end at once, signing in is refused, roles stay.

    Raises:
        RuleViolation: ``admin.beyond.<reason>`` when the administrator may not change the account, and the refusals of
            ``directory.administration``.
    """
    _check_editable(page)
    administration.deactivate(db, actor.email, page.person)


def reactivate(db: Db, actor: Actor, page: UserPage) -> None:
    """Reactivate a deactivated user.

    Raises:
        RuleViolation: as ``deactivate``.
    """
    _check_editable(page)
    administration.reactivate(db, actor.email, page.person)


def remove(db: Db, actor: Actor, page: UserPage) -> None:
    """Remove a user from the customer: access to it and its companies ends, the account stays.

    Raises:
        Forbidden: ``admin.beyond.<reason>``.
        RuleViolation: the refusals of ``directory.administration``.

    Source: Visma Admin help, User: a user is removed from the user's page. Own choice: access in this customer only.
    """
    if not page.may_remove:
        raise Forbidden(f"admin.beyond.{page.not_editable_reason or 'other_companies'}", name=page.person.name)
    assert actor.customer_id is not None
    administration.remove(db, actor.email, page.person, db.get_one(Customer, actor.customer_id))


def make_primary_contact(db: Db, actor: Actor, page: UserPage) -> None:
    """Make a user the customer's primary contact; replaces the previous one.

    Raises:
        RuleViolation: ``directory.contact_not_active``.

    Source: "Veelgestelde vragen in Visma.net", primary contact.
    """
    assert actor.customer_id is not None
    administration.make_primary_contact(db, actor.email, page.person, db.get_one(Customer, actor.customer_id))


def _check_editable(page: UserPage) -> None:
    if page.not_editable_reason is not None:
        raise Forbidden(f"admin.beyond.{page.not_editable_reason}", name=page.person.name)
