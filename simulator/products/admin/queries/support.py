"""Queries of the page *Visma support, contacts*: consultants of the vendor and their access to the customer."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select

from simulator.core.normal_forms import folded
from simulator.core.sandbox import Db
from simulator.directory import support_access
from simulator.directory.models import Customer, Person, Status, SupportAccess
from simulator.products.admin.queries.scope import AdminScope
from simulator.products.admin.queries.users import LONGEST_SEARCH

MOST = 50
"""Own choice: the number of consultants on the page; a longer name finds the others."""


@dataclass(frozen=True)
class Consultant:
    """A consultant of the vendor.

    Attributes:
        id: the person's id.
        name: first and last name.
        email: the address.
        active: whether the consultant can sign in.
        open: whether the consultant has access now.
        last_day: last day of the access, also of one that is over; None for a consultant who never had any.
        ended: whether there was an access that is over.
        withdrawn: whether that one was withdrawn.
        version: version of the open access, 0 without one.
    """

    id: int
    name: str
    email: str
    active: bool
    open: bool
    last_day: date | None
    ended: bool
    withdrawn: bool
    version: int


@dataclass(frozen=True)
class SupportPage:
    """The consultants that the page lists, and the day that it proposes."""

    consultants: list[Consultant]
    proposed: date


def support_page(db: Db, scope: AdminScope, search: str) -> SupportPage:
    """Return the consultants whose name or address has a text; without a text those who have, or had, access.

    Those with access come first, then the others by name.
    """
    now = db.clock.now()
    newest = support_access.newest(db, scope.customer_id)
    term = folded(search[:LONGEST_SEARCH])
    condition = func.instr(Person.search, term) > 0 if term else Person.id.in_(list(newest))
    had_access = select(SupportAccess.person_id).where(SupportAccess.customer_id == scope.customer_id)
    query = select(Person).where(or_(Person.desk, Person.id.in_(had_access)), condition)
    people = db.scalars(query.order_by(func.sort_key(Person.search), Person.id).limit(MOST)).all()
    consultants = [
        _consultant(person, newest.get(person.id), is_open=_is_open(newest.get(person.id), now)) for person in people
    ]
    customer = db.get_one(Customer, scope.customer_id)
    proposed = support_access.today(db, customer) + support_access.USUAL
    return SupportPage(sorted(consultants, key=lambda consultant: not consultant.open), proposed)


def _is_open(access: SupportAccess | None, now: datetime) -> bool:
    return access is not None and access.ended_at is None and access.ends_at > now


def _consultant(person: Person, access: SupportAccess | None, *, is_open: bool) -> Consultant:
    return Consultant(
        person.id,
        person.name,
        person.email,
        person.desk and person.status == Status.ACTIVE,
        is_open,
        access.last_day if access is not None else None,
        access is not None and not is_open,
        access is not None and access.ended_by is not None,
        access.version if access is not None and is_open else 0,
    )
