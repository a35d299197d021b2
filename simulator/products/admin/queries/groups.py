"""Queries for groups: their lists, their members, and what depends on them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select

from simulator.core.normal_forms import folded
from simulator.core.sandbox import Db
from simulator.directory.companies import is_present
from simulator.directory.groups import groups
from simulator.directory.groups.groups import Group, Kind
from simulator.directory.groups.models import (
    Assignment,
    CompanyGroupMember,
    GrantSource,
    RoleGroupRole,
    UserGroupMember,
)
from simulator.directory.models import Company, CompanyStatus, Grant, Membership, Person
from simulator.products.admin.queries.scope import AdminScope
from simulator.products.admin.queries.users import LONGEST_SEARCH
from simulator.web.listing import Listing, PageRequest

SORTED_BY = ("name", "members")

_MEMBERS: dict[Kind, Any] = {
    Kind.COMPANY: (CompanyGroupMember.company_group_id, Assignment.company_group_id),
    Kind.USER: (UserGroupMember.user_group_id, Assignment.user_group_id),
    Kind.ROLE: (RoleGroupRole.role_group_id, Assignment.role_group_id),
}


@dataclass(frozen=True)
class GroupRow:
    """One row of a list of groups: how many members it has, and how often something is assigned through it."""

    id: int
    name: str
    members: int
    assigned: int


@dataclass(frozen=True)
class MemberRow:
    """A user or a company that is in a group, or can be.

    Attributes:
        id: the id.
        name: the name.
        note: the address of a user, the organisation number of a company.
        is_member: whether it is in the group.
        can_join: whether it can be in the group; a deactivated company cannot.
    """

    id: int
    name: str
    note: str
    is_member: bool
    can_join: bool = True


def list_groups(db: Db, kind: Kind, customer_id: int, search: str, page_request: PageRequest) -> Listing[GroupRow]:
    """Return a page of a customer's groups of one kind."""
    table: Any = groups.table_of(kind)
    of_group, of_assignment = _MEMBERS[kind]
    members = select(func.count()).where(of_group == table.id).correlate(table).scalar_subquery()
    assigned = select(func.count()).where(of_assignment == table.id).correlate(table).scalar_subquery()
    query = select(table.id, table.name, members.label("members"), assigned.label("assigned")).where(
        table.customer_id == customer_id
    )
    term = folded(search[:LONGEST_SEARCH])
    if term:
        query = query.where(func.instr(func.sort_key(table.name), func.sort_key(term)) > 0)
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = page_request.nearest(total)
    by: Any = func.sort_key(table.name) if page_request.sort == "name" else members
    ordered = query.order_by(by.desc() if page_request.descending else by, func.sort_key(table.name), table.id)
    rows = [GroupRow(*row) for row in db.execute(ordered.limit(page.size).offset(page.start))]
    return Listing(rows, total, page.number, page.count, page_request)


def list_members(
    db: Db, scope: AdminScope, group: Group, search: str, everybody: bool, page_request: PageRequest
) -> Listing[MemberRow]:
    """Return a page of the members of a user group or company group, or of all that could be in it.

    Args:
        db: the transaction.
        scope: the administrator's scope.
        group: a user group or a company group.
        search: part of a name, an address or a number.
        everybody: whether those who are not in the group are listed too.
        page_request: page and size.
    """
    kind, term = groups.kind_of(group), folded(search[:LONGEST_SEARCH])
    table: Any
    if kind is Kind.USER:
        table, member = (
            Person,
            exists().where(UserGroupMember.person_id == Person.id, UserGroupMember.user_group_id == group.id),
        )
        listed = exists().where(Membership.person_id == Person.id, Membership.customer_id == scope.customer_id)
        query = select(Person.id, Person.first_name, Person.last_name, Person.email, member.label("is_member"))
        query = query.where(listed, Person.desk.is_(False))
        matches = func.instr(Person.search, term) > 0
        order = (func.sort_key(Person.search), Person.id)
    else:
        table = Company
        member = exists().where(CompanyGroupMember.company_id == Company.id, CompanyGroupMember.company_group_id == group.id)
        query = select(Company.id, Company.name, Company.organisation_number, Company.status, member.label("is_member"))
        query = query.where(Company.customer_id == scope.customer_id, is_present(db.clock.now()))
        matches = (func.instr(func.sort_key(Company.name), func.sort_key(term)) > 0) | (
            func.instr(Company.organisation_number, term.replace(" ", "")) > 0
        )
        order = (func.sort_key(Company.name), Company.id)
    if term:
        query = query.where(matches)
    if not everybody:
        query = query.where(member)
    total = db.scalar(query.with_only_columns(func.count(table.id), maintain_column_froms=True)) or 0
    page = page_request.nearest(total)
    rows = [_member(row) for row in db.execute(query.order_by(*order).limit(page.size).offset(page.start))]
    return Listing(rows, total, page.number, page.count, page_request)


def _member(row: Any) -> MemberRow:
    if hasattr(row, "email"):
        return MemberRow(row.id, f"{row.first_name} {row.last_name}", row.email, row.is_member)
    return MemberRow(
        row.id, row.name, row.organisation_number, row.is_member, row.is_member or row.status == CompanyStatus.ACTIVE
    )


@dataclass(frozen=True)
class Loss:
    """What deleting a group takes away: how many people lose how many roles."""

    people: int
    roles: int


def loss_of(db: Db, group: Group) -> Loss:
    """Return what deleting a group takes away: the roles that people have through it only."""
    ids = groups.assignments_of(db, group)
    through = exists().where(GrantSource.grant_id == Grant.id, GrantSource.assignment_id.in_(ids))
    otherwise = exists().where(GrantSource.grant_id == Grant.id, GrantSource.assignment_id.not_in(ids))
    query = select(func.count(Grant.person_id.distinct()), func.count(Grant.id))
    people, roles = db.execute(query.where(Grant.direct.is_(False), through, ~otherwise)).one()
    return Loss(people, roles)
