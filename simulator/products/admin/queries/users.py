"""Which users an administrator sees, and what of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, or_, select

from simulator.core.sandbox import Db
from simulator.directory import people
from simulator.directory.actors import Actor
from simulator.directory.models import Company, Customer, Grant, Lock, Membership, Person, Status, status_at
from simulator.directory.roles import (
    BY_CODE,
    ROLES,
    Level,
    Role,
)
from simulator.products.admin.queries.reach import Reach, reach

USERS_A_PAGE = 25
LONGEST_SEARCH = 200


@dataclass(frozen=True)
class UserRow:
    """One line of the list of users; ``roles`` holds each role once, in the order of the catalogue."""

    id: int
    name: str
    email: str
    status: Status
    last_signed_in_at: datetime | None
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class UserList:
    """One page of the list of users.

    Attributes:
        rows: the users on this page.
        total: how many users there are on all pages.
        page: which page this is, from 1.
        pages: how many pages there are, at least 1.
    """

    rows: list[UserRow]
    total: int
    page: int
    pages: int

    @property
    def numbers(self) -> list[int | None]:
        """Page numbers to link: the first, the last and those around this one; None where some are left out."""
        near = {1, self.pages, *range(self.page - 2, self.page + 3)}
        shown: list[int | None] = []
        for number in sorted(number for number in near if 1 <= number <= self.pages):
            if shown and shown[-1] is not None and number > shown[-1] + 1:
                shown.append(None)
            shown.append(number)
        return shown


_MEMBERS = (
    select(Person.id, Person.first_name, Person.last_name, Person.email)
    .join(Membership, Membership.person_id == Person.id)
    .where(Membership.customer_id == bindparam("customer"))
)
_MEMBERS_OF_COMPANIES = _MEMBERS.where(
    Person.id.in_(select(Grant.person_id).where(Grant.company_id.in_(bindparam("companies", expanding=True))))
)


def users(db: Db, actor: Actor, search: str = "", page: int = 1) -> UserList:
    """Return a page of the users that an administrator sees, by name and then id.

    Names are compared here and not in the database, because SQLite knows upper and lower case of A to Z only.

    Args:
        db: the transaction.
        actor: the administrator.
        search: part of a name or an e-mail address, in upper or lower case; everybody when empty.
        page: from 1; a page that does not exist gives the nearest one.
    """
    within = reach(db, actor)
    wanted = _folded(search[:LONGEST_SEARCH])
    if within.whole:
        people_ = db.rows(_MEMBERS, customer=within.customer_id)
    else:
        people_ = db.rows(_MEMBERS_OF_COMPANIES, customer=within.customer_id, companies=within.company_ids)
    found = [(_folded(f"{first} {last}"), id_, email) for id_, first, last, email in people_]
    ids = [id_ for name, id_, email in sorted(found) if wanted in name or wanted in email]
    pages = max(1, -(-len(ids) // USERS_A_PAGE))
    page = min(max(page, 1), pages)
    shown = ids[(page - 1) * USERS_A_PAGE : page * USERS_A_PAGE]
    return UserList(_rows(db, within, shown), len(ids), page, pages)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _seen_by(within: Reach) -> ColumnElement[bool]:
    """Everybody for who administers the customer; otherwise people with a role on one of the companies."""
    if within.whole:
        return Person.id.is_not(None)
    return Person.id.in_(select(Grant.person_id).where(Grant.company_id.in_(within.company_ids)))


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
_HELD = select(Grant.person_id, Grant.role).where(
    Grant.person_id.in_(bindparam("people", expanding=True)),
    or_(Grant.customer_id == bindparam("customer"), Grant.company_id.in_(bindparam("companies", expanding=True))),
)


def _rows(db: Db, within: Reach, ids: list[int]) -> list[UserRow]:
    """Return lines in the order of ids; read as columns, in two statements for all of them."""
    now = db.clock.now()
    persons = {person.id: person for person in db.rows(_LINES, people=ids)}
    held: dict[int, set[str]] = {}
    for person_id, role in db.rows(_HELD, people=ids, customer=within.customer_id, companies=within.company_ids):
        held.setdefault(person_id, set()).add(role)
    return [
        UserRow(
            person.id,
            f"{person.first_name} {person.last_name}",
            person.email,
            status_at(person.status, person.locked_until, now),
            person.last_signed_in_at,
            tuple(role for role in ROLES if role.code in held[person.id]) if person.id in held else (),
        )
        for person in (persons[id_] for id_ in ids)
    ]


def _shown(within: Reach) -> ColumnElement[bool]:
    """Roles on the customer, and on the companies within reach: a person may hold roles at other customers too."""
    return or_(
        Grant.customer_id == within.customer_id,
        and_(Grant.company_id.is_not(None), Grant.company_id.in_(within.company_ids)),
    )


@dataclass(frozen=True)
class GivenRole:
    """A role and what it was given on."""

    role: Role
    level: Level
    on: str

    @property
    def text(self) -> str:
        """Text key of the name of what it was given on, with its kind in brackets."""
        return f"admin.target.{self.level}"


@dataclass(frozen=True)
class UserPage:
    """What the page of one user shows.

    Attributes:
        person: the user.
        status: how the account stands at this moment.
        primary_contact: whether this is the customer's primary contact.
        roles: roles at this customer: those on the customer first, then by company.
    """

    person: Person
    status: Status
    primary_contact: bool
    roles: list[GivenRole]

    @property
    def may_be_sent_activation(self) -> bool:
        """Whether the account still waits for its first password."""
        return self.status is Status.NOT_ACTIVATED


def user(db: Db, actor: Actor, person_id: int) -> UserPage | None:
    """Return a user that an administrator may see, or None."""
    within = reach(db, actor)
    person = people.visible_to(db, actor, person_id)
    if person is None or db.scalar(select(Person.id).where(Person.id == person_id, _seen_by(within))) is None:
        return None
    membership = db.get_one(Membership, (person.id, within.customer_id))
    return UserPage(person, person.status_at(db.clock.now()), membership.primary_contact, _given_roles(db, within, person))


def _given_roles(db: Db, within: Reach, person: Person) -> list[GivenRole]:
    rows = db.execute(
        select(Grant.role, Customer.name, Company.name)
        .outerjoin(Customer, Grant.customer_id == Customer.id)
        .outerjoin(Company, Grant.company_id == Company.id)
        .where(Grant.person_id == person.id, _shown(within))
    )
    order = {role.code: place for place, role in enumerate(ROLES)}
    given = [
        GivenRole(BY_CODE[role], Level.COMPANY if customer is None else Level.CUSTOMER, customer or company)
        for role, customer, company in rows
    ]
    return sorted(given, key=lambda row: (row.level is Level.COMPANY, row.on, order[row.role.code]))


def member_with_email(db: Db, actor: Actor, email: str) -> Person | None:
    """Return the user that has an address already, when the administrator may see that user."""
    person = people.by_email(db, email)
    found = user(db, actor, person.id) if person is not None else None
    return found.person if found is not None else None
