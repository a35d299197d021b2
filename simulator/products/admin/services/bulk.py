"""One action on many users: in portions, each user by the rules of a single one, and the reason for each that was left out.

Own choice: the classic Admin has no such actions on its list. The first portion is carried out with the request, the others by
jobs, so that ten thousand users neither block the sandbox nor wait for a page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from simulator.core import events, jobs
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import actors, administration
from simulator.directory.actors import Actor
from simulator.directory.models import Grant
from simulator.directory.roles import BY_CODE, Level, Role
from simulator.products.admin.models import BulkChange
from simulator.products.admin.permissions import ADMINISTRATORS, MATRIX
from simulator.products.admin.queries import user as queries
from simulator.products.admin.queries.scope import AdminScope, Target, admin_scope
from simulator.products.admin.queries.user import UserPage
from simulator.products.admin.services import user as services
from simulator.products.admin.services import users as users_services
from simulator.products.admin.services.access import check_role_fits

BULK_CHANGE = "admin.bulk_change"
"""The kind of job that carries out the next portion."""

PORTION = 100
"""Own choice: how many users are changed in one transaction, so that other writers wait a fraction of a second at most."""

events.declare(users__changed_in_bulk="An action on several users was carried out; it says how many were left out.")


@dataclass(frozen=True)
class BulkAction:
    """An action on many users.

    Attributes:
        code: its word in forms and addresses.
        permission: what the administrator must hold.
        apply: changes one user.
        with_role: whether it is about a role on a customer or company.
    """

    code: str
    permission: str
    apply: "Callable[[Db, Actor, UserPage, BulkChange, AdminScope], None]"
    with_role: bool = False

    @property
    def text(self) -> str:
        """Text key of its name."""
        return f"admin.bulk.{self.code}"


def _resend(db: Db, actor: Actor, page: UserPage, _: BulkChange, __: AdminScope) -> None:
    users_services.resend_activation(db, actor, page.person)


def _deactivate(db: Db, actor: Actor, page: UserPage, _: BulkChange, __: AdminScope) -> None:
    services.deactivate(db, actor, page)


def _reactivate(db: Db, actor: Actor, page: UserPage, _: BulkChange, __: AdminScope) -> None:
    services.reactivate(db, actor, page)


def _remove(db: Db, actor: Actor, page: UserPage, _: BulkChange, __: AdminScope) -> None:
    services.remove(db, actor, page)


def _give(db: Db, actor: Actor, page: UserPage, change: BulkChange, scope: AdminScope) -> None:
    role, target = _role_and_target(change, scope)
    grant = _grant_of(db, page, role, change)
    if grant is not None and grant.direct:
        raise RuleViolation("admin.bulk_has_role", name=page.person.name)
    services.grant(db, actor, scope, page, f"{target.code}:{role.code}")


def _revoke(db: Db, actor: Actor, page: UserPage, change: BulkChange, scope: AdminScope) -> None:
    role, _ = _role_and_target(change, scope)
    grant = _grant_of(db, page, role, change)
    if grant is None:
        raise RuleViolation("admin.bulk_no_role", name=page.person.name)
    if page.own and role in ADMINISTRATORS:
        raise RuleViolation("admin.bulk_own", name=page.person.name)
    administration.take(db, actor.email, page.person, grant)


ACTIONS: dict[str, BulkAction] = {
    action.code: action
    for action in (
        BulkAction("resend", "admin.resend_activation", _resend),
        BulkAction("deactivate", "admin.edit_user", _deactivate),
        BulkAction("reactivate", "admin.edit_user", _reactivate),
        BulkAction("remove", "admin.remove_user", _remove),
        BulkAction("give", "admin.give_roles", _give, with_role=True),
        BulkAction("revoke", "admin.give_roles", _revoke, with_role=True),
    )
}
"""The actions, in the order of the list."""


def check(scope: AdminScope, action: BulkAction, role: str, target: str) -> tuple[Role | None, Target | None]:
    """Return the role and the customer or company of an action, both None for an action without.

    Raises:
        RuleViolation: ``admin.target_unknown``, ``admin.role_unknown``, or what ``check_role_fits`` refuses.
    """
    if not action.with_role:
        return None, None
    where, what = scope.target(target), BY_CODE.get(role)
    if where is None or where.is_group:
        raise RuleViolation("admin.target_unknown")
    if what is None or what not in scope.assignable_roles:
        raise RuleViolation("admin.role_unknown")
    if action.apply is _give:
        check_role_fits(what, where)
    return what, where


def begin(db: Db, actor: Actor, action: BulkAction, ids: Sequence[int], role: str = "", target: str = "") -> BulkChange:
    """Begin an action on users: change the first portion, and queue the others.

    Args:
        db: the transaction.
        actor: the administrator, who holds the action's permission.
        action: the action.
        ids: the users, in the order in which they are changed.
        role: code of the role, for an action with a role.
        target: code of the customer or company of that role.

    Raises:
        RuleViolation: ``admin.bulk_nobody``, and what ``check`` refuses; nothing is changed then.
    """
    if not ids:
        raise RuleViolation("admin.bulk_nobody")
    what, where = check(admin_scope(db, actor, action.permission), action, role, target)
    on_company = where is not None and where.level is Level.COMPANY and what is not None and what.fits(Level.COMPANY)
    change = BulkChange(
        person_id=actor.id,
        customer_id=actor.customer_id,
        action=action.code,
        role=what.code if what is not None else None,
        company_id=where.id if where is not None and on_company else None,
        created_at=db.clock.now(),
        total=len(ids),
        done=0,
        progress={"remaining": list(ids), "left_out": []},
    )
    db.add(change)
    db.flush()
    go_on(db, change)
    return change


def go_on(db: Db, change: BulkChange) -> None:
    """Change the next portion of users, and queue the one after it."""
    action = ACTIONS[change.action]
    actor = actors.actor_at_customer(db, change.person_id, change.customer_id)
    remaining, left_out = change.progress["remaining"], list(change.progress["left_out"])
    if actor is None or not actor.holds(MATRIX[action.permission], anywhere=True):
        left_out += [[id_, RuleViolation("admin.bulk_rights").code, {}] for id_ in remaining]
        portion, remaining = [], []
    else:
        portion, remaining = remaining[:PORTION], remaining[PORTION:]
        scope = admin_scope(db, actor, action.permission)
        for id_ in portion:
            try:
                with db.begin_nested():
                    page = queries.user(db, actor, id_, scope)
                    if page is None:
                        raise RuleViolation("admin.user_unknown")
                    action.apply(db, actor, page, change, scope)
                change.done += 1
            except RuleViolation as refusal:
                left_out.append([id_, refusal.code, {name: _stored(fact) for name, fact in refusal.facts.items()}])
    change.progress = {"remaining": remaining, "left_out": left_out}
    db.flush()
    if remaining:
        jobs.enqueue(db, BULK_CHANGE, change_id=change.id)
    else:
        by = actor.email if actor is not None else None
        facts = {"done": change.done, "left_out": len(left_out), "role": change.role}
        events.record(db, "users.changed_in_bulk", actor=by, subject=action.code, customer_id=change.customer_id, **facts)


@jobs.job(BULK_CHANGE)
def go_on_later(db: Db, **data: Any) -> None:
    """Change the next portion of the bulk change ``change_id``."""
    go_on(db, db.get_one(BulkChange, data["change_id"]))


def _grant_of(db: Db, page: UserPage, role: Role, change: BulkChange) -> Grant | None:
    query = select(Grant).where(Grant.person_id == page.person.id, Grant.role == role.code)
    if change.company_id is not None:
        return db.scalar(query.where(Grant.company_id == change.company_id))
    return db.scalar(query.where(Grant.customer_id == change.customer_id))


def _role_and_target(change: BulkChange, scope: AdminScope) -> tuple[Role, Target]:
    code = f"company-{change.company_id}" if change.company_id is not None else f"customer-{change.customer_id}"
    target = scope.target(code)
    if target is None or change.role is None:
        raise RuleViolation("admin.target_unknown")
    return BY_CODE[change.role], target


def _stored(fact: Any) -> Any:
    """Return a fact of a refusal as JSON; a role by the key of its name."""
    return {"text": fact.text} if isinstance(fact, Role) else fact if isinstance(fact, int | str) else str(fact)
