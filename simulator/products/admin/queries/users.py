"""Which users an administrator sees, and the list of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, or_, select

from simulator.core.sandbox import Db
from simulator.directory import people
from simulator.directory.actors import Actor
from simulator.directory.models import Company, Grant, Lock, Membership, Person, Status, folded, status_at
from simulator.directory.roles import ROLES, SERVICES
from simulator.products.admin.queries.reach import Reach, reach
from simulator.web.listing import Listing, PageRequest

LONGEST_SEARCH = 200
SORTED_BY = ("name", "email", "status", "last_signed_in", "companies")
ADMINISTRATION = "admin"
"""Stands among the services for roles that administer."""

STATUSES = (Status.ACTIVE, Status.LOCKED, Status.NOT_ACTIVATED, Status.INACTIVE)
SERVICE_CHOICES = (ADMINISTRATION, *SERVICES)


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed down to.

    Attributes:
        search: part of a name or an e-mail address, in upper or lower case; everybody when empty.
        status: how the account stands now, or None for all.
        company: id of a company on which the user has a role, or None.
        service: a service in which the user has a role, ``admin`` for administration, or None.
        role: code of a role that the user has, or None. Company, service and role are looked for in one and the same role.
    """

    search: str = ""
    status: Status | None = None
    company: int | None = None
    service: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class UserRow:
    """One line of the list; ``companies`` counts those on which the user has a role."""

    id: int
    name: str
    email: str
    status: Status
    last_signed_in_at: datetime | None
    companies: int


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


def listed(db: Db, actor: Actor, within: Reach, narrowed: Filter, asked: PageRequest) -> Listing[UserRow]:
    """Return a page of the users that an administrator sees.

    Args:
        db: the transaction.
        actor: the administrator.
        within: how far the administrator reaches.
        narrowed: which of them.
        asked: which page, how long, in what order; lines that are equal there stand by name and address.
    """
    now = db.clock.now()
    conditions = _narrowing(within, narrowed, now)
    found = select(Person.id).where(_is_member(within.customer_id), *conditions)
    total = db.rows(_how_many(within, found, narrowed=bool(conditions))).scalar_one()
    pages = max(1, -(-total // asked.size))
    page = min(max(asked.page, 1), pages)
    ordered = _ordered(found, within, asked, now).limit(asked.size).offset((page - 1) * asked.size)
    ids = db.rows(ordered).scalars().all()
    persons = {person.id: person for person in db.rows(_LINES, people=ids)}
    lines = [persons[id_] for id_ in ids]
    counted = _companies_of(db, within, ids)
    rows = [
        UserRow(
            line.id,
            f"{line.first_name} {line.last_name}",
            line.email,
            status_at(line.status, line.locked_until, now),
            line.last_signed_in_at,
            counted.get(line.id, 0),
        )
        for line in lines
    ]
    return Listing(rows, total, page, pages, asked)


def _narrowing(within: Reach, narrowed: Filter, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    wanted = folded(narrowed.search[:LONGEST_SEARCH])
    if wanted:
        conditions.append(func.instr(Person.search, wanted) > 0)
    if narrowed.status is not None:
        conditions.append(_standing(now) == narrowed.status)
    held: list[ColumnElement[bool]] = []
    if narrowed.company is not None:
        held.append(Grant.company_id == narrowed.company)
    if narrowed.service is not None:
        service = None if narrowed.service == ADMINISTRATION else narrowed.service
        held.append(Grant.role.in_([role.code for role in ROLES if role.service == service]))
    if narrowed.role is not None:
        held.append(Grant.role == narrowed.role)
    if held or not within.whole:
        conditions.append(exists().where(Grant.person_id == Person.id, _shown(within), *held))
    return conditions


def _how_many(within: Reach, found: Any, *, narrowed: bool) -> Any:
    """Count the users; all of a customer's are counted without looking at each of them."""
    if not narrowed:
        return select(func.count()).select_from(Membership).where(Membership.customer_id == within.customer_id)
    return found.with_only_columns(func.count(), maintain_column_froms=True)


def _is_member(customer_id: int) -> ColumnElement[bool]:
    """Say who is listed at a customer; asked person by person, so that the list can be read in the order of its index."""
    return exists().where(Membership.person_id == Person.id, Membership.customer_id == customer_id)


def _standing(now: datetime) -> ColumnElement[str]:
    """The status as lists show it: a lock counts on an active account, while it lasts."""
    locked = and_(Person.status == Status.ACTIVE, Person.email.in_(select(Lock.email).where(Lock.until > now)))
    return case((locked, Status.LOCKED.value), else_=Person.status)


def _shown(within: Reach) -> ColumnElement[bool]:
    """Roles within reach: a person may hold roles at other customers too."""
    if within.whole:
        companies = select(Company.id).where(Company.customer_id == within.customer_id)
        return or_(Grant.customer_id == within.customer_id, Grant.company_id.in_(companies))
    return Grant.company_id.in_(within.company_ids)


def _ordered(found: Any, within: Reach, asked: PageRequest, now: datetime) -> Any:
    """Put users in order; whoever never signed in stands before everybody who did. What lists search by is different for each."""
    by: Any = Person.search
    if asked.sort == "email":
        by = Person.email
    elif asked.sort == "status":
        by = case({status.value: place for place, status in enumerate(STATUSES)}, value=_standing(now))
    elif asked.sort == "last_signed_in":
        by = Person.last_signed_in_at
    elif asked.sort == "companies":
        by = _counted(within).where(Grant.person_id == Person.id).correlate(Person).scalar_subquery()
    ordered = found.order_by(by.desc() if asked.descending else by)
    return ordered if by is Person.search else ordered.order_by(Person.search)


def _counted(within: Reach) -> Any:
    counted = select(func.count(Grant.company_id.distinct()))
    if not within.whole:
        return counted.where(Grant.company_id.in_(within.company_ids))
    return counted.where(Grant.company_id.in_(select(Company.id).where(Company.customer_id == within.customer_id)))


def _companies_of(db: Db, within: Reach, ids: Sequence[int]) -> dict[int, int]:
    counted = _counted(within).where(Grant.person_id.in_(bindparam("people", expanding=True)))
    rows = db.rows(counted.add_columns(Grant.person_id).group_by(Grant.person_id), people=list(ids))
    return {person_id: companies for companies, person_id in rows}


def seen(db: Db, actor: Actor, person_id: int, within: Reach | None = None) -> Person | None:
    """Return a user that an administrator may see, or None: at the own customer, with a role on one of the companies in reach."""
    within = within or reach(db, actor, "admin.view_users")
    person = people.visible_to(db, actor, person_id)
    if person is None or within.whole:
        return person
    held = select(Grant.id).where(Grant.person_id == person_id, _shown(within)).limit(1)
    return person if db.scalar(held) is not None else None


def is_member(db: Db, actor: Actor, person_id: int) -> bool:
    """Say whether a person is listed at the customer that is administered, whether the administrator sees them or not."""
    return people.visible_to(db, actor, person_id) is not None


def member_with_email(db: Db, actor: Actor, email: str) -> Person | None:
    """Return the user that has an address already, when the administrator may see that user."""
    person = people.by_email(db, email)
    return seen(db, actor, person.id) if person is not None else None
