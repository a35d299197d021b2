"""Commands that change users."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.core.texts import LANGUAGES
from simulator.directory import people
from simulator.directory.actors import Actor
from simulator.directory.models import Company, Customer, Person, Status
from simulator.directory.people import Particulars
from simulator.directory.roles import CUSTOMER_ADMINISTRATOR, EXCLUSIVE, Level, Role
from simulator.products.admin.queries.scope import Target, admin_scope

events.declare(user__activation_resent="An administrator had the activation mail sent again.")


@dataclass(frozen=True)
class AddedUser:
    """The person who was added; ``had_account`` is False for a new account."""

    person: Person
    had_account: bool


def add_user(db: Db, actor: Actor, particulars: Particulars, access_to: str, roles: Sequence[str]) -> AddedUser:
    """Add a person to the customer, with roles on the customer or on one of its companies.

    Args:
        db: the transaction.
        actor: the administrator.
        particulars: the person's particulars as typed.
        access_to: code of the customer or company, one in the administrator's scope.
        roles: codes of the roles, at least one.

    Raises:
        RuleViolation: ``admin.language_unknown``, ``admin.target_unknown``, ``admin.role_missing``, ``admin.role_unknown``,
            ``admin.role_on_company_only``, ``admin.role_on_customer_only``, ``admin.service_inactive``,
            ``admin.works_at_desk``, ``directory.exclusive_roles`` or ``directory.already_member``.

    Source: "Verbruik Visma.net AutoInvoice opvragen", Customer administrator, steps 3 to 8; "Opprette bruker" for the kinds of
    role that fit a customer and a company. Own choice: a user is added with at least one role; support staff cannot
    be added to a customer.
    """
    if particulars.language not in LANGUAGES:
        raise RuleViolation("admin.language_unknown", field="language")
    scope = admin_scope(db, actor, "admin.add_user")
    target = scope.target(access_to)
    if target is None:
        raise RuleViolation("admin.target_unknown", field="access_to")
    if not roles:
        raise RuleViolation("admin.role_missing", field="roles")
    chosen = []
    for code in dict.fromkeys(roles):
        role = scope.role(code)
        if role is None:
            raise RuleViolation("admin.role_unknown", field="roles")
        check_role_fits(role, target)
        chosen.append(role)
    for role, other in EXCLUSIVE:
        if role in chosen and other in chosen:
            raise RuleViolation("directory.exclusive_roles", field="roles", role=role.name, other=other.name)
    account = people.by_email(db, particulars.email)
    if account is not None and account.desk:
        raise RuleViolation("admin.works_at_desk", field="email", email=account.email)
    customer = db.get_one(Customer, scope.customer_id)
    company = db.get_one(Company, target.id) if target.level is Level.COMPANY else None
    person = people.invite(db, actor, customer, particulars, [(role, company) for role in chosen])
    return AddedUser(person, had_account=account is not None)


def check_role_fits(role: Role, target: Target) -> None:
    """Raise unless a role can be granted on a customer or company.

    Raises:
        RuleViolation: ``admin.role_on_company_only``, ``admin.role_on_customer_only`` or ``admin.service_inactive``.

    Source: "Opprette ny bruker i Admin", on a customer only administration roles can be given; "Verbruik Visma.net AutoInvoice
    opvragen", *Customer administrator* is chosen after the company. Own choice: it is then granted on the company's customer.
    """
    if target.level is Level.CUSTOMER and not role.fits(Level.CUSTOMER):
        raise RuleViolation("admin.role_on_company_only", field="roles", role=role)
    if target.level is Level.COMPANY and not role.fits(Level.COMPANY) and role is not CUSTOMER_ADMINISTRATOR:
        raise RuleViolation("admin.role_on_customer_only", field="roles", role=role)
    if role.service is not None and role.service not in target.services:
        raise RuleViolation("admin.service_inactive", field="roles", role=role, company=target.name)


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
