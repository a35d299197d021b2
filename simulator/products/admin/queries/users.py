"""Queries for the users that an administrator may see, and their list."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, or_, select

from simulator.core.normal_forms import folded
from simulator.core.sandbox import Db
from simulator.directory import people
from simulator.directory.actors import Actor
from simulator.directory.groups.models import UserGroup, UserGroupMember
from simulator.directory.models import (
    Company,
    Customer,
    Grant,
    Lock,
    Membership,
    Person,
    Status,
    SupportAccess,
    status_at,
)
from simulator.directory.roles import APPLICATION_ADMINISTRATOR, BY_CODE, ROLES, SERVICES, Role
from simulator.products.admin.queries.scope import AdminScope, admin_scope
from simulator.web.listing import Listing, PageRequest

LONGEST_SEARCH = 200
SORTED_BY = ("name", "email", "status", "last_signed_in", "companies")
ADMINISTRATION = "admin"
"""Code of the administration roles among the services of the filter."""

STATUSES = (Status.ACTIVE, Status.LOCKED, Status.NOT_ACTIVATED, Status.INACTIVE)
SERVICE_CHOICES = (ADMINISTRATION, *SERVICES)


@dataclass(frozen=True)
class Filter:
    """Filters of the list.

    Attributes:
        search: part of a name or an e-mail address, in any case; empty for all users.
        status: the account's status now, or None for all.
        company: id of a company on which the user has a role, or None.
        service: a service in which the user has a role, ``admin`` for administration, or None.
        role: code of a role that the user has, or None. Company, service and role must match the same grant.
        group: id of a user group that the user is in, or None.
    """

    search: str = ""
    status: Status | None = None
    company: int | None = None
    service: str | None = None
    role: str | None = None
    group: int | None = None


@dataclass(frozen=True)
class UserRow:
    """One row of the list.

    ``companies`` is the number of companies on which the user has a role, ``groups`` are the names of the user's groups.
    """

    id: int
    name: str
    email: str
    status: Status
    last_signed_in_at: datetime | None
    companies: int
    groups: Sequence[str] = ()


_LINES = (
    select(
        Person.id,
        Person.first_name,
        Person.last_name,
        Person.email,
        Person.status,
        Person.last_signed_in_at,
        Lock.until.label("locked_until"),
    )
    .outerjoin(Lock, Lock.email == Person.email)
    .where(Person.id.in_(bindparam("people", expanding=True)))
)


def list_users(db: Db, actor: Actor, scope: AdminScope, filters: Filter, page_request: PageRequest) -> Listing[UserRow]:
    """Return a page of the users that an administrator sees.

    Args:
        db: the transaction.
        actor: the administrator.
        scope: the administrator's scope.
        filters: filters of the list.
        page_request: page, size and order; equal rows are sorted by name and address.
    """
    now = db.clock.now()
    conditions = _conditions(scope, filters, now)
    matches = select(Person.id).where(_is_member(scope.customer_id), *conditions)
    total = db.rows(_count_query(scope, matches, filtered=bool(conditions))).scalar_one()
    page = page_request.nearest(total)
    ordered = _ordered(matches, scope, page_request, now).limit(page.size).offset(page.start)
    ids = db.rows(ordered).scalars().all()
    persons = {person.id: person for person in db.rows(_LINES, people=ids)}
    lines = [persons[id_] for id_ in ids]
    company_counts = _company_counts(db, scope, ids)
    groups = group_names(db, scope.customer_id, ids) if scope.covers_customer else {}
    rows = [
        UserRow(
            line.id,
            f"{line.first_name} {line.last_name}",
            line.email,
            status_at(line.status, line.locked_until, now),
            line.last_signed_in_at,
            company_counts.get(line.id, 0),
            groups.get(line.id, ()),
        )
        for line in lines
    ]
    return Listing(rows, total, page.number, page.count, page_request)


def _conditions(scope: AdminScope, filters: Filter, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    term = folded(filters.search[:LONGEST_SEARCH])
    if term:
        conditions.append(func.instr(Person.search, term) > 0)
    if filters.status is not None:
        conditions.append(_status_now(now) == filters.status)
    held: list[ColumnElement[bool]] = []
    if filters.company is not None:
        held.append(Grant.company_id == filters.company)
    if filters.service is not None:
        service = None if filters.service == ADMINISTRATION else filters.service
        held.append(Grant.role.in_([role.code for role in ROLES if role.service == service]))
    if filters.role is not None:
        held.append(Grant.role == filters.role)
    if filters.group is not None:
        conditions.append(
            exists().where(UserGroupMember.person_id == Person.id, UserGroupMember.user_group_id == filters.group)
        )
    if held or not scope.covers_customer:
        conditions.append(exists().where(Grant.person_id == Person.id, _grants_in_scope(scope), *held))
    return conditions


def is_in_scope(scope: AdminScope) -> ColumnElement[bool]:
    """Return the condition that a person is a user whom an administrator of this scope sees."""
    member = _is_member(scope.customer_id)
    return (
        member if scope.covers_customer else member & exists().where(Grant.person_id == Person.id, _grants_in_scope(scope))
    )


def _count_query(scope: AdminScope, matches: Any, *, filtered: bool) -> Any:
    """Return the query that counts the users; without filters it counts memberships, without reading each person."""
    if not filtered:
        return select(func.count()).select_from(Membership).where(Membership.customer_id == scope.customer_id)
    return matches.with_only_columns(func.count(), maintain_column_froms=True)


def _is_member(customer_id: int) -> ColumnElement[bool]:
    """Return the condition of being listed at a customer; an EXISTS per person, so that SQLite can read the list by its index."""
    return exists().where(Membership.person_id == Person.id, Membership.customer_id == customer_id)


def _status_now(now: datetime) -> ColumnElement[str]:
    """Return the status as lists show it: an active account with an unexpired lock is locked."""
    locked = and_(Person.status == Status.ACTIVE, Person.email.in_(select(Lock.email).where(Lock.until > now)))
    return case((locked, Status.LOCKED.value), else_=Person.status)


def _grants_in_scope(scope: AdminScope) -> ColumnElement[bool]:
    """Return the condition that a grant lies in the scope: a person may have roles at other customers too."""
    if scope.covers_customer:
        companies = select(Company.id).where(Company.customer_id == scope.customer_id)
        return or_(Grant.customer_id == scope.customer_id, Grant.company_id.in_(companies))
    return Grant.company_id.in_(scope.company_ids)


def _ordered(matches: Any, scope: AdminScope, page_request: PageRequest, now: datetime) -> Any:
    """Sort users; those who have never signed in come before all others. ``Person.search``, which is unique, breaks ties."""
    by_name = func.sort_key(Person.search)
    by: Any = by_name
    if page_request.sort == "email":
        by = Person.email
    elif page_request.sort == "status":
        by = case({status.value: position for position, status in enumerate(STATUSES)}, value=_status_now(now))
    elif page_request.sort == "last_signed_in":
        by = Person.last_signed_in_at
    elif page_request.sort == "companies":
        by = _company_count(scope).where(Grant.person_id == Person.id).correlate(Person).scalar_subquery()
    ordered = matches.order_by(by.desc() if page_request.descending else by)
    return ordered.order_by(by_name, Person.search)


def _company_count(scope: AdminScope) -> Any:
    count = select(func.count(Grant.company_id.distinct()))
    if not scope.covers_customer:
        return count.where(Grant.company_id.in_(scope.company_ids))
    return count.where(Grant.company_id.in_(select(Company.id).where(Company.customer_id == scope.customer_id)))


_COUNTS = (
    select(func.count(Grant.company_id.distinct()), Grant.person_id)
    .where(Grant.person_id.in_(bindparam("people", expanding=True)))
    .group_by(Grant.person_id)
)
_COUNTS_AT_COMPANIES = _COUNTS.where(Grant.company_id.in_(bindparam("companies", expanding=True)))
_COUNTS_AT_CUSTOMER = _COUNTS.where(
    Grant.company_id.in_(select(Company.id).where(Company.customer_id == bindparam("customer")))
)


def _company_counts(db: Db, scope: AdminScope, ids: Sequence[int]) -> dict[int, int]:
    if scope.covers_customer:
        rows = db.rows(_COUNTS_AT_CUSTOMER, people=list(ids), customer=scope.customer_id)
    else:
        rows = db.rows(_COUNTS_AT_COMPANIES, people=list(ids), companies=scope.company_ids)
    return {person_id: companies for companies, person_id in rows}


_USER_GROUPS = (
    select(UserGroup.id, UserGroup.name)
    .where(UserGroup.customer_id == bindparam("customer"))
    .order_by(func.sort_key(UserGroup.name), UserGroup.id)
)


def user_groups(db: Db, customer_id: int) -> list[tuple[int, str]]:
    """Return id and name of a customer's user groups, by name."""
    return [(row.id, row.name) for row in db.rows(_USER_GROUPS, customer=customer_id)]


_GROUPS_OF_PEOPLE = (
    select(UserGroupMember.person_id, UserGroup.name)
    .join(UserGroup, UserGroup.id == UserGroupMember.user_group_id)
    .where(
        UserGroup.customer_id == bindparam("customer"), UserGroupMember.person_id.in_(bindparam("people", expanding=True))
    )
    .order_by(func.sort_key(UserGroup.name), UserGroup.id)
)


def group_names(db: Db, customer_id: int, people: Collection[int]) -> dict[int, list[str]]:
    """Return the names of the user groups that people are in, by person."""
    names: dict[int, list[str]] = {}
    for person_id, name in db.rows(_GROUPS_OF_PEOPLE, customer=customer_id, people=list(people)):
        names.setdefault(person_id, []).append(name)
    return names


PEOPLE_AT_ONCE = 500
"""The number of users in memory while a file is written."""


@dataclass(frozen=True)
class RoleRow:
    """A role of a user, for a file; a user without roles has one row with no role.

    Attributes:
        name: the user's name.
        email: the user's address.
        status: the account's status now.
        last_signed_in_at: the last sign-in, or None.
        on: name of the customer or company on which the role was given.
        organisation_number: number of that company.
        role: the role.
        through: text key of what it comes through, if it was not given directly.
    """

    name: str
    email: str
    status: Status
    last_signed_in_at: datetime | None
    on: str | None = None
    organisation_number: str | None = None
    role: Role | None = None
    through: str | None = None


def ids_of(db: Db, scope: AdminScope, filters: Filter) -> Sequence[int]:
    """Return the ids of all users that match, by name."""
    matches = select(Person.id).where(_is_member(scope.customer_id), *_conditions(scope, filters, db.clock.now()))
    ids: Sequence[int] = db.rows(matches.order_by(func.sort_key(Person.search), Person.search)).scalars().all()
    return ids


def every_role(db: Db, scope: AdminScope, filters: Filter) -> Iterator[RoleRow]:
    """Return the roles in the scope of all users that match, by name of the user; read in portions."""
    now, ids = db.clock.now(), ids_of(db, scope, filters)
    support = set(
        db.scalars(
            select(SupportAccess.person_id).where(
                SupportAccess.customer_id == scope.customer_id, SupportAccess.ended_at.is_(None)
            )
        )
    )
    grants = (
        select(Grant.person_id, Grant.role, Grant.direct, Customer.name, Company.name, Company.organisation_number)
        .outerjoin(Customer, Customer.id == Grant.customer_id)
        .outerjoin(Company, Company.id == Grant.company_id)
        .where(Grant.person_id.in_(bindparam("people", expanding=True)), _grants_in_scope(scope))
        .order_by(Grant.customer_id.is_(None), func.sort_key(Company.name), Company.id, Grant.id)
    )
    for start in range(0, len(ids), PEOPLE_AT_ONCE):
        portion = ids[start : start + PEOPLE_AT_ONCE]
        held: dict[int, list[Any]] = {}
        for row in db.rows(grants, people=portion):
            held.setdefault(row[0], []).append(row)
        lines = {line.id: line for line in db.rows(_LINES, people=portion)}
        for id_ in portion:
            line = lines[id_]
            status = status_at(line.status, line.locked_until, now)
            user = (f"{line.first_name} {line.last_name}", line.email, status, line.last_signed_in_at)
            for _, code, direct, customer, company, number in held.get(id_, ()):
                role, through = BY_CODE[code], None if direct else "admin.export.group"
                if id_ in support and role is APPLICATION_ADMINISTRATOR:
                    through = "admin.support.support"
                yield RoleRow(*user, company or customer, number, role, through)
            if id_ not in held:
                yield RoleRow(*user)


def visible_user(db: Db, actor: Actor, person_id: int, scope: AdminScope | None = None) -> Person | None:
    """Return a user of the administrator's customer who has a role on one of the companies in the scope, or None."""
    scope = scope or admin_scope(db, actor, "admin.view_users")
    person = people.visible_to(db, actor, person_id)
    if person is None or scope.covers_customer:
        return person
    held = select(Grant.id).where(Grant.person_id == person_id, _grants_in_scope(scope)).limit(1)
    return person if db.scalar(held) is not None else None


def is_member(db: Db, actor: Actor, person_id: int) -> bool:
    """Return whether a person is listed at the administrator's customer, visible to the administrator or not."""
    return people.visible_to(db, actor, person_id) is not None


def member_with_email(db: Db, actor: Actor, email: str) -> Person | None:
    """Return the user with an address, if the administrator may see that user."""
    person = people.by_email(db, email)
    return visible_user(db, actor, person.id) if person is not None else None
