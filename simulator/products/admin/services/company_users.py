"""The command of the tab Users of a company."""

from dataclasses import dataclass

from sqlalchemy import select

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import administration
from simulator.directory.actors import Actor
from simulator.directory.models import Company, CompanyStatus, Grant, Person
from simulator.directory.roles import BY_CODE, Role
from simulator.products.admin.queries.scope import admin_scope
from simulator.products.admin.queries.users import visible_user
from simulator.products.admin.services.access import check_role_fits


@dataclass(frozen=True)
class LinkedUser:
    """The user who was linked to a company, and the role that it was done with."""

    person: Person
    role: Role


def link_user(db: Db, actor: Actor, company: Company, user_id: int, role_code: str) -> LinkedUser:
    """Link an existing user of the customer to a company, with a role on it.

    Args:
        db: the transaction.
        actor: the administrator.
        company: a company that the administrator may see.
        user_id: id of the user.
        role_code: code of the role.

    Raises:
        RuleViolation: ``admin.place_gone`` (beyond the administrator's scope), ``directory.company_deactivated``,
            ``directory.company_terminated``, ``admin.user_not_of_customer``, ``admin.role_unknown``, ``admin.already_linked``, or
            what ``check_role_fits`` refuses.

    Source: "WebFaktura og Visma.net", Registrer bedriften: in Visma.net's administration the company is opened and the office
    user is linked to it. Own choice: no mail is sent, since the user has an account and the same customer already.
    """
    scope = admin_scope(db, actor, "admin.give_roles")
    target = scope.target(f"company-{company.id}")
    if target is None:
        raise RuleViolation("admin.place_gone")
    if not target.active:
        ended = company.status == CompanyStatus.TERMINATED
        raise RuleViolation(f"directory.company_{'terminated' if ended else 'deactivated'}", company=company.name)
    person = visible_user(db, actor, user_id, scope)
    if person is None:
        raise RuleViolation("admin.user_not_of_customer", field="user", customer=scope.customer)
    role = BY_CODE.get(role_code)
    if role is None or role not in scope.assignable_roles or not role.fits(target.level):
        raise RuleViolation("admin.role_unknown", field="role")
    check_role_fits(role, target)
    held = select(Grant.id).filter_by(person_id=person.id, role=role.code, company_id=company.id, direct=True)
    if db.scalar(held) is not None:
        raise RuleViolation("admin.already_linked", field="user", name=person.name, company=company.name)
    administration.give(db, actor.email, person, role, customer=company.customer, company=company)
    return LinkedUser(person, role)
