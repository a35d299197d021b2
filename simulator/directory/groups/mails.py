"""The mail about new rights, one per person and save: what a person may do now, and where.

Source: "Opprette bruker", "WebFaktura og Visma.net": somebody who has an account gets a mail about new rights. Own choice: what
the mail lists, and that it is mailed to people who can sign in only.
"""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select

from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory import people
from simulator.directory.actors import Actor
from simulator.directory.groups.inheritance import RoleOn
from simulator.directory.models import Company, Customer, Grant, Person, Status
from simulator.directory.roles import ROLES

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
    companies = {role.company_id for roles in by_person.values() for role in roles} - {None}
    names: dict[int | None, str] = {None: customer.name}
    names.update((id_, name) for id_, name in db.execute(select(Company.id, Company.name).where(Company.id.in_(companies))))
    for person_id in sorted(by_person):
        person = db.get_one(Person, person_id)
        if person.status == Status.ACTIVE or person_id == invited:
            people.mail_new_rights(db, actor, person, at=customer.name, roles=_lines(person, by_person[person_id], names))


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
