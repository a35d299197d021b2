"""The mail about new rights, one per person and save: what a person may do now, and where.

Source: "Opprette bruker", "WebFaktura og Visma.net": somebody who has an account gets a mail about new rights. Own choice: what
the mail lists, and that it is mailed to people who can sign in only.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from simulator.core import jobs
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory import people
from simulator.directory.actors import Actor
from simulator.directory.groups.inheritance import RoleOn
from simulator.directory.models import Company, Customer, Grant, Membership, Person, Status
from simulator.directory.roles import ROLES

KIND = "groups.mail"
"""The kind of job that mails the next people."""
PORTION = 100
"""Own choice: how many people are mailed in one transaction."""
MOST_LINES = 20
"""Own choice: how many companies a mail names."""


def roles_at(db: Db, person_ids: Collection[int]) -> set[RoleOn]:
    """Return all roles of some people, to compare them after a change."""
    rows = select(Grant.person_id, Grant.role, Grant.customer_id, Grant.company_id).where(Grant.person_id.in_(person_ids))
    db.flush()
    return {RoleOn(*row) for row in db.execute(rows)}


def mail_access(db: Db, actor: Actor, customer: Customer, gained: Iterable[RoleOn], invited: int | None = None) -> None:
    """Mail everybody who got roles at a customer and can sign in.

    Args:
        db: the transaction.
        actor: the administrator.
        customer: the customer.
        gained: the roles that people did not have before.
        invited: id of a person who has just been added to the customer and is mailed in any case.
    """
    by_person: dict[int, list[RoleOn]] = {}
    for role in gained:
        by_person.setdefault(role.person_id, []).append(role)
    recipients = sorted(by_person)
    _mail(db, actor.name, customer, {id_: by_person[id_] for id_ in recipients[:PORTION]}, invited)
    for start in range(PORTION, len(recipients), PORTION):
        roles = [list(role) for id_ in recipients[start : start + PORTION] for role in by_person[id_]]
        jobs.enqueue(db, KIND, by=actor.name, customer_id=customer.id, roles=roles)


@jobs.job(KIND)
def mail_later(db: Db, **data: Any) -> None:
    """Mail the next people, unless they have left the customer meanwhile."""
    by_person: dict[int, list[RoleOn]] = {}
    for role in (RoleOn(*values) for values in data["roles"]):
        by_person.setdefault(role.person_id, []).append(role)
    customer = db.get(Customer, data["customer_id"])
    members = select(Membership.person_id).where(
        Membership.customer_id == data["customer_id"], Membership.person_id.in_(by_person)
    )
    present = set(db.scalars(members))
    if customer is not None:
        _mail(db, data["by"], customer, {id_: roles for id_, roles in by_person.items() if id_ in present})


def _mail(
    db: Db, by: str, customer: Customer, by_person: Mapping[int, Sequence[RoleOn]], invited: int | None = None
) -> None:
    companies = {role.company_id for roles in by_person.values() for role in roles} - {None}
    names: dict[int | None, str] = {None: customer.name}
    names.update((id_, name) for id_, name in db.execute(select(Company.id, Company.name).where(Company.id.in_(companies))))
    people_by_id = {person.id: person for person in db.scalars(select(Person).where(Person.id.in_(by_person)))}
    for person_id, roles in by_person.items():
        person = people_by_id[person_id]
        of_present = [role for role in roles if role.company_id in names]
        if person.status == Status.ACTIVE or person_id == invited:
            people.mail_new_rights(db, by, person, at=customer.name, roles=_lines(person, of_present, names))


def _lines(person: Person, roles: Sequence[RoleOn], names: dict[int | None, str]) -> list[str]:
    """Return one line per customer or company, in the person's language."""
    by_target: dict[int | None, set[str]] = {}
    for role in roles:
        by_target.setdefault(role.company_id, set()).add(role.role)
    targets = sorted(by_target, key=lambda id_: (id_ is not None, names[id_], id_ or 0))
    lines = []
    for target in targets[:MOST_LINES]:
        labels = [text(person.language, role.text) for role in ROLES if role.code in by_target[target]]
        lines.append(f"{names[target]}: {', '.join(labels)}")
    if len(targets) > MOST_LINES:
        lines.append(text(person.language, "message.new_rights.more", count=len(targets) - MOST_LINES))
    return lines
