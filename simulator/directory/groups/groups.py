"""Changes of company groups, user groups and role groups, and of what is assigned through them.

The three kinds have the same commands: a group is added, renamed, its members change, it is deleted. The members of a company
group are companies, those of a user group people, those of a role group roles; all belong to the group's customer.

Source: "Firmagrupper, Brukergrupper og Rollegrupper i Visma.net Admin"; Visma Admin help, Company: a deactivated company leaves its
company groups. Own choice: names are unique per customer and kind, in any case of letters.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import delete, select

from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.normal_forms import folded
from simulator.core.sandbox import Db
from simulator.directory.companies import ChangedMeanwhile
from simulator.directory.groups.inheritance import Difference, recompute
from simulator.directory.groups.models import (
    Assignment,
    CompanyGroup,
    CompanyGroupMember,
    RoleGroup,
    RoleGroupRole,
    UserGroup,
    UserGroupMember,
)
from simulator.directory.models import Company, CompanyStatus, Customer, Membership, Person
from simulator.directory.people import record_change
from simulator.directory.roles import BY_CODE

events.declare(
    group__added="A company group, user group or role group was added.",
    group__renamed="A group got another name.",
    group__members_changed="Companies, people or roles joined or left a group.",
    group__roles_changed="Roles were assigned to a user group, or no longer are.",
    group__deleted="A group was deleted.",
    group__joined="A user joined a user group.",
    group__left="A user left a user group.",
    role__assigned="A role or role group was assigned to a user on a company group, a company or the customer.",
    role__unassigned="A role or role group is no longer assigned to a user.",
)

Group = CompanyGroup | UserGroup | RoleGroup


class Kind(StrEnum):
    """The kinds of group."""

    COMPANY = "company_group"
    USER = "user_group"
    ROLE = "role_group"


@dataclass(frozen=True)
class _Tables:
    """Tables of one kind: of groups, of members, and the columns of the latter and of assignments."""

    group: Any
    member: Any
    of_group: Any
    member_id: Any
    assigned: Any


_TABLES = {
    Kind.COMPANY: _Tables(
        CompanyGroup,
        CompanyGroupMember,
        CompanyGroupMember.company_group_id,
        CompanyGroupMember.company_id,
        Assignment.company_group_id,
    ),
    Kind.USER: _Tables(
        UserGroup, UserGroupMember, UserGroupMember.user_group_id, UserGroupMember.person_id, Assignment.user_group_id
    ),
    Kind.ROLE: _Tables(RoleGroup, RoleGroupRole, RoleGroupRole.role_group_id, RoleGroupRole.role, Assignment.role_group_id),
}


class Access(NamedTuple):
    """What is assigned: a role or a role group, on the customer, a company or a company group.

    Attributes:
        role: code of a role, or None for a role group.
        role_group_id: id of a role group, or None for a role.
        company_id: id of a company; None with a company group, or for the customer.
        company_group_id: id of a company group; None with a company, or for the customer.
    """

    role: str | None = None
    role_group_id: int | None = None
    company_id: int | None = None
    company_group_id: int | None = None


def kind_of(group: Group) -> Kind:
    """Return the kind of a group."""
    return Kind(group.__tablename__)


def table_of(kind: Kind) -> type[Group]:
    """Return the mapped class of a kind."""
    table: type[Group] = _TABLES[kind].group
    return table


def find(db: Db, kind: Kind, customer_id: int | None, group_id: int) -> Group | None:
    """Return a group of a customer, or None."""
    table = _TABLES[kind].group
    group: Group | None = db.scalar(select(table).where(table.id == group_id, table.customer_id == customer_id))
    return group


def members(db: Db, group: Group) -> list[Any]:
    """Return the ids of the companies or people in a group, or the codes of its roles."""
    tables = _TABLES[kind_of(group)]
    return list(db.scalars(select(tables.member_id).where(tables.of_group == group.id).order_by(tables.member_id)))


def assignments_of(db: Db, group: Group) -> list[int]:
    """Return the ids of the assignments that a group takes part in."""
    column = _TABLES[kind_of(group)].assigned
    return list(db.scalars(select(Assignment.id).where(column == group.id).order_by(Assignment.id)))


def check_version(group: Group, version: int) -> None:
    """Raise when somebody else has changed a group since a page was rendered.

    Raises:
        ChangedMeanwhile: ``directory.group_changed``.
    """
    if version != group.version and group.changed_at is not None:
        raise ChangedMeanwhile("directory.group_changed", group.changed_by or "", group.changed_at)


def add(
    db: Db,
    actor: str | None,
    kind: Kind,
    customer: Customer,
    name: str,
    content: Collection[Any] = (),
    key: str | None = None,
) -> Group:
    """Add a group.

    Args:
        db: the transaction.
        actor: address of the administrator; None for a scenario.
        kind: the kind of group.
        customer: its customer.
        name: its name.
        content: ids of companies or people, or codes of roles.
        key: its key in the scenario.

    Raises:
        RuleViolation: ``directory.group_name_taken`` or ``directory.not_of_customer``.
    """
    group: Group = _TABLES[kind].group(customer_id=customer.id, name=_free_name(db, kind, customer.id, name), key=key)
    db.add(group)
    db.flush()
    _record(db, "group.added", actor, group)
    change_members(db, actor, group, include=content)
    return group


def rename(db: Db, actor: str | None, group: Group, name: str) -> bool:
    """Rename a group.

    Returns:
        False if it has that name already.

    Raises:
        RuleViolation: ``directory.group_name_taken``.
    """
    if name.strip() == group.name:
        return False
    before, group.name = group.name, _free_name(db, kind_of(group), group.customer_id, name, group.id)
    _touch(db, actor, group)
    _record(db, "group.renamed", actor, group, before=before, after=group.name)
    return True


def _free_name(db: Db, kind: Kind, customer_id: int, name: str, own_id: int | None = None) -> str:
    table = _TABLES[kind].group
    name = name.strip()
    others = db.execute(select(table.id, table.name).where(table.customer_id == customer_id))
    if any(id_ != own_id and folded(other) == folded(name) for id_, other in others):
        raise RuleViolation("directory.group_name_taken", field="name", name=name)
    return name


def change_members(
    db: Db, actor: str | None, group: Group, *, include: Collection[Any] = (), exclude: Collection[Any] = ()
) -> Difference:
    """Include members in a group and exclude others; who is in it already, or is not, stays so.

    Returns:
        The roles that people got and lost by it.

    Raises:
        RuleViolation: ``directory.not_of_customer``, and what ``recompute`` refuses.
    """
    tables, kind = _TABLES[kind_of(group)], kind_of(group)
    present = set(members(db, group))
    joining, leaving = sorted({*include} - present), sorted({*exclude} & present - {*include})
    if not joining and not leaving:
        return Difference()
    _check_members(db, kind, group.customer_id, joining)
    if leaving:
        db.execute(delete(tables.member).where(tables.of_group == group.id, tables.member_id.in_(leaving)))
    db.add_all([tables.member(**{tables.of_group.key: group.id, tables.member_id.key: id_}) for id_ in joining])
    db.flush()
    _touch(db, actor, group)
    names = _names(db, kind, [*joining, *leaving])
    _record(
        db,
        "group.members_changed",
        actor,
        group,
        added=[names[id_] for id_ in joining],
        removed=[names[id_] for id_ in leaving],
    )
    if kind is Kind.USER:
        _record_people(db, actor, group, joining, leaving)
    changed = [*joining, *leaving]
    return recompute(
        db,
        actor,
        assignments_of(db, group),
        people=changed if kind is Kind.USER else None,
        companies=changed if kind is Kind.COMPANY else None,
    )


def _check_members(db: Db, kind: Kind, customer_id: int, joining: Sequence[Any]) -> None:
    """Raise unless all new members belong to the customer.

    Raises:
        RuleViolation: ``directory.not_of_customer``.
    """
    if kind is Kind.ROLE:
        of_customer = set(BY_CODE)
    elif kind is Kind.COMPANY:
        active = select(Company.id).where(Company.customer_id == customer_id, Company.status == CompanyStatus.ACTIVE)
        of_customer = {*db.scalars(active)}
    else:
        listed = select(Membership.person_id).join(Person).where(Membership.customer_id == customer_id)
        of_customer = {*db.scalars(listed.where(Person.desk.is_(False)))}
    if not of_customer.issuperset(joining):
        raise RuleViolation("directory.not_of_customer", field="members")


def _names(db: Db, kind: Kind, ids: Collection[Any]) -> dict[Any, str]:
    """Return what the journal calls members: roles and companies by name, people by address."""
    if kind is Kind.ROLE:
        return {code: BY_CODE[code].name for code in ids}
    if kind is Kind.COMPANY:
        return {id_: name for id_, name in db.execute(select(Company.id, Company.name).where(Company.id.in_(ids)))}
    return {id_: email for id_, email in db.execute(select(Person.id, Person.email).where(Person.id.in_(ids)))}


def _record_people(db: Db, actor: str | None, group: Group, joining: Sequence[int], leaving: Sequence[int]) -> None:
    customer = db.get_one(Customer, group.customer_id).number
    people = {person.id: person for person in db.scalars(select(Person).where(Person.id.in_([*joining, *leaving])))}
    for type_, ids in (("group.joined", joining), ("group.left", leaving)):
        for person_id in ids:
            record_change(
                db, people[person_id], type_, actor, customer_id=group.customer_id, customer=customer, on=group.name
            )


def delete_group(db: Db, actor: str | None, group: Group) -> Difference:
    """Delete a group, with everything that was assigned through it.

    Returns:
        The roles that people lost by it.

    Raises:
        RuleViolation: ``directory.last_administrator``.
    """
    if kind_of(group) is Kind.USER:
        customer = db.get_one(Customer, group.customer_id).number
        for person in db.scalars(select(Person).where(Person.id.in_(members(db, group))).order_by(Person.id)):
            record_change(db, person, "group.left", actor, customer_id=group.customer_id, customer=customer, on=group.name)
    difference = recompute(db, actor, (), ended=assignments_of(db, group))
    _record(db, "group.deleted", actor, group)
    db.delete(group)
    db.flush()
    return difference


def access_of(db: Db, subject: Person | UserGroup, customer_id: int) -> dict[Access, int]:
    """Return what is assigned to a person or a user group at a customer, with the ids of the assignments."""
    of_subject = Assignment.user_group_id if isinstance(subject, UserGroup) else Assignment.person_id
    query = select(Assignment).where(of_subject == subject.id, Assignment.customer_id == customer_id).order_by(Assignment.id)
    return {Access(row.role, row.role_group_id, row.company_id, row.company_group_id): row.id for row in db.scalars(query)}


def change_access(
    db: Db,
    actor: str | None,
    subject: Person | UserGroup,
    customer: Customer,
    *,
    include: Collection[Access] = (),
    exclude: Collection[Access] = (),
) -> Difference:
    """Assign roles and role groups to a person or a user group, and end other assignments.

    Args:
        db: the transaction.
        actor: address of the administrator; None for a scenario.
        subject: the person, a user of the customer, or the user group.
        customer: the customer.
        include: what is assigned.
        exclude: what is no longer assigned.

    Returns:
        The roles that people got and lost by it.

    Raises:
        RuleViolation: ``directory.not_of_customer``, and what ``recompute`` refuses.
    """
    present = access_of(db, subject, customer.id)
    new = [access for access in dict.fromkeys(include) if access not in present]
    old = [access for access in present if access in set(exclude) - set(include)]
    if not new and not old:
        return Difference()
    of_subject = "user_group_id" if isinstance(subject, UserGroup) else "person_id"
    rows = []
    for access in new:
        _check_access(db, customer.id, access)
        rows.append(Assignment(customer_id=customer.id, **{of_subject: subject.id}, **access._asdict()))
    db.add_all(rows)
    db.flush()
    added, removed = ([_describe(db, customer, access) for access in accesses] for accesses in (new, old))
    if isinstance(subject, UserGroup):
        _touch(db, actor, subject)
        _record(db, "group.roles_changed", actor, subject, added=added, removed=removed)
    else:
        for type_, described in (("role.assigned", added), ("role.unassigned", removed)):
            for what in described:
                record_change(db, subject, type_, actor, customer_id=customer.id, customer=customer.number, **what)
    return recompute(db, actor, [row.id for row in rows], ended=[present[access] for access in old])


def _check_access(db: Db, customer_id: int, access: Access) -> None:
    """Raise unless everything that an assignment names belongs to the customer."""
    company = db.get(Company, access.company_id) if access.company_id is not None else None
    named = [
        company.customer_id if company is not None else None if access.company_id is not None else customer_id,
        _owner(db, CompanyGroup, access.company_group_id, customer_id),
        _owner(db, RoleGroup, access.role_group_id, customer_id),
    ]
    if any(owner != customer_id for owner in named) or (access.role is not None and access.role not in BY_CODE):
        raise RuleViolation("directory.not_of_customer", field="grant")


def _owner(db: Db, table: Any, id_: int | None, customer_id: int) -> int | None:
    if id_ is None:
        return customer_id
    group = db.get(table, id_)
    return group.customer_id if group is not None else None


def _describe(db: Db, customer: Customer, access: Access) -> dict[str, str]:
    on = customer.name
    if access.company_id is not None:
        on = db.get_one(Company, access.company_id).name
    elif access.company_group_id is not None:
        on = db.get_one(CompanyGroup, access.company_group_id).name
    role = BY_CODE[access.role].name if access.role else db.get_one(RoleGroup, access.role_group_id).name
    return {"role": role, "on": on}


def take_company_out(db: Db, actor: str | None, company: Company) -> Difference:
    """Take a company that is deactivated, deleted or moved to another customer out of its company groups.

    Source: Visma Admin help, Company. Own choice: a company that is active again is not put back.
    """
    groups = select(CompanyGroup).join(CompanyGroupMember).where(CompanyGroupMember.company_id == company.id)
    difference = Difference()
    for group in db.scalars(groups.order_by(CompanyGroup.id)).all():
        difference |= change_members(db, actor, group, exclude=[company.id])
    return difference


def end_access_to(db: Db, actor: str | None, company: Company) -> Difference:
    """End what is assigned on a company that is deleted or moved to another customer, and take it out of its company groups."""
    difference = take_company_out(db, actor, company)
    on_company = select(Assignment.id).where(Assignment.company_id == company.id)
    return difference | recompute(db, actor, (), ended=db.scalars(on_company).all())


def forget_person(db: Db, person: Person, customer: Customer) -> None:
    """Take a person who is removed from a customer out of its groups, with what was assigned to the person there.

    The caller deletes the person's grants at the customer, so nothing is computed.
    """
    groups = select(UserGroup.id).where(UserGroup.customer_id == customer.id)
    db.execute(
        delete(UserGroupMember).where(UserGroupMember.person_id == person.id, UserGroupMember.user_group_id.in_(groups))
    )
    db.execute(delete(Assignment).where(Assignment.person_id == person.id, Assignment.customer_id == customer.id))


def _touch(db: Db, actor: str | None, group: Group) -> None:
    group.version += 1
    author = db.scalar(select(Person).where(Person.email == actor)) if actor else None
    group.changed_at, group.changed_by = db.clock.now(), author.name if author is not None else actor


def _record(db: Db, type_: str, actor: str | None, group: Group, **data: Any) -> None:
    number = db.get_one(Customer, group.customer_id).number
    events.record(
        db,
        type_,
        actor=actor,
        subject=group.name,
        customer_id=group.customer_id,
        kind=str(kind_of(group)),
        group=group.id,
        customer=number,
        **data,
    )
