"""Commands that change groups, as an administrator may: nobody gives or takes through a group what they could not without."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.groups import groups
from simulator.directory.groups.groups import Group, Kind
from simulator.directory.groups.inheritance import Difference
from simulator.directory.groups.mails import mail_access
from simulator.directory.groups.models import UserGroup
from simulator.directory.models import Customer
from simulator.directory.roles import BY_CODE
from simulator.products.admin.queries import user as queries
from simulator.products.admin.queries.grid import Held
from simulator.products.admin.queries.scope import AdminScope, admin_scope, with_groups
from simulator.products.admin.services.access import AccessChange, check_difference, require_groups


@dataclass(frozen=True)
class GroupEdit:
    """The form of a group.

    Attributes:
        name: the name as typed.
        rows: codes of the customers, companies and company groups with a row in the grid of a user group.
        ticked: values of the ticked roles of a user group.
        roles: codes of the ticked roles of a role group.
        version: the group's version when the page was rendered; None for a new group.
        confirmed: whether losing an own administration role was confirmed.
    """

    name: str
    rows: Collection[str] = ()
    ticked: Sequence[str] = ()
    roles: Sequence[str] = ()
    version: int | None = None
    confirmed: bool = False


def groups_scope(db: Db, actor: Actor) -> AdminScope:
    """Return the scope of an administrator of groups.

    Raises:
        Forbidden: ``admin.no_group_rights``.
    """
    scope = with_groups(db, actor, admin_scope(db, actor, "admin.manage_groups"))
    require_groups(actor, scope)
    return scope


def save_group(db: Db, actor: Actor, kind: Kind, group: Group | None, edit: GroupEdit) -> Group:
    """Save a group's name and roles, or add a group.

    Raises:
        ChangedMeanwhile: somebody else changed the group after the page was rendered.
        OwnRole: ``admin.own_role``.
        RuleViolation: ``admin.role_unknown``, and the refusals of ``check_role_fits``, ``check_difference`` and
            ``directory.groups``.

    Source: "Firmagrupper, Brukergrupper og Rollegrupper i Visma.net Admin".
    """
    scope = groups_scope(db, actor)
    customer = db.get_one(Customer, scope.customer_id)
    if group is None:
        group = groups.add(db, actor.email, kind, customer, edit.name)
    else:
        if edit.version is not None:
            groups.check_version(group, edit.version)
        groups.rename(db, actor.email, group, edit.name)
    difference = Difference()
    if isinstance(group, UserGroup):
        held = Held(frozenset(queries.access_within(db, scope, group)))
        change = AccessChange.between(scope, held, edit.rows, edit.ticked)
        difference = change.assign(db, actor, scope, group, customer)
    elif kind is Kind.ROLE:
        difference = _save_roles(db, actor, scope, group, edit.roles)
    _finish(db, actor, scope, difference, confirmed=edit.confirmed)
    return group


def _save_roles(db: Db, actor: Actor, scope: AdminScope, group: Group, codes: Collection[str]) -> Difference:
    present, assignable = set(groups.members(db, group)), {role.code for role in scope.assignable_roles}
    if not {*codes} - present <= assignable:
        raise RuleViolation("admin.role_unknown", field="roles")
    ended = (present - {*codes}) & assignable
    return groups.change_members(db, actor.email, group, include=[c for c in codes if c in BY_CODE], exclude=ended)


def change_members(
    db: Db,
    actor: Actor,
    group: Group,
    version: int,
    *,
    include: Collection[int],
    exclude: Collection[int],
    confirmed: bool = False,
) -> Difference:
    """Let users or companies join and leave a group.

    Raises:
        ChangedMeanwhile: somebody else changed the group after the page was rendered.
        OwnRole: ``admin.own_role``.
        RuleViolation: the refusals of ``check_difference`` and ``directory.groups``.
    """
    scope = groups_scope(db, actor)
    groups.check_version(group, version)
    difference = groups.change_members(db, actor.email, group, include=include, exclude=exclude)
    _finish(db, actor, scope, difference, confirmed=confirmed)
    return difference


def delete_group(db: Db, actor: Actor, group: Group, *, confirmed: bool = False) -> Difference:
    """Delete a group with everything that was assigned through it.

    Raises:
        OwnRole: ``admin.own_role``.
        RuleViolation: ``directory.last_administrator``, and the refusals of ``check_difference``.
    """
    scope = groups_scope(db, actor)
    difference = groups.delete_group(db, actor.email, group)
    _finish(db, actor, scope, difference, confirmed=confirmed)
    return difference


def _finish(db: Db, actor: Actor, scope: AdminScope, difference: Difference, *, confirmed: bool) -> None:
    check_difference(actor, scope, difference, confirmed=confirmed)
    mail_access(db, actor, db.get_one(Customer, scope.customer_id), difference.gained)
