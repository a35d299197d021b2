"""Queries of the login history: who signed in and out, whose sessions ran out, and what was refused.

Source: "Specificatie verbruik Visma.net AutoInvoice", the tab *Inloghistorie*; its columns follow the access history of Visma.net
ERP. Own choice: a sign-in is to the platform, so there is no column for company and application, and no address of a browser; of
the time before the sandbox was created there is the last sign-in of each user.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, literal, not_, select, union_all

from simulator.core.events import Event
from simulator.core.normal_forms import folded
from simulator.core.sandbox import Db
from simulator.directory.models import Person, SignInSession
from simulator.products.admin.queries.scope import AdminScope
from simulator.products.admin.queries.users import LONGEST_SEARCH, is_in_scope
from simulator.web.listing import Listing, PageRequest

PERIOD = timedelta(days=30)
"""Own choice: how far back the list reaches unless the address says otherwise."""


class Result(StrEnum):
    """What came of it."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    EXPIRED = "expired"
    FAILED = "failed"


_OF_EVENT = {
    "user.signed_in": Result.SIGNED_IN,
    "user.signed_out": Result.SIGNED_OUT,
    "sign_in.failed": Result.FAILED,
}


@dataclass(frozen=True)
class Filter:
    """Filters of the list; ``since`` and ``until`` are the first and the last day."""

    search: str
    result: Result | None
    since: date
    until: date | None


@dataclass(frozen=True)
class Entry:
    """A line of the login history."""

    at: datetime
    person_id: int
    name: str
    email: str
    result: Result


def login_history(db: Db, scope: AdminScope, filters: Filter, zone: ZoneInfo, page_request: PageRequest) -> Listing[Entry]:
    """Return a page of the login history of the users in an administrator's scope, newest first.

    Args:
        db: the transaction.
        scope: the administrator's scope.
        filters: filters of the list.
        zone: the time zone of the days.
        page_request: the page.
    """
    rows = union_all(_events(), _before_the_journal(), _expired(db.clock.now())).subquery()
    begin = datetime.combine(filters.since, time(0), zone)
    conditions = [is_in_scope(scope), rows.c.at >= begin]
    if filters.until is not None:
        conditions.append(rows.c.at < datetime.combine(filters.until + timedelta(days=1), time(0), zone))
    if filters.result is not None:
        conditions.append(rows.c.result.in_([type_ for type_, result in _CODES.items() if result is filters.result]))
    if term := folded(filters.search[:LONGEST_SEARCH]):
        conditions.append(func.instr(Person.search, term) > 0)
    query = select(rows.c.at, Person.id, Person.first_name, Person.last_name, Person.email, rows.c.result)
    query = query.join(Person, Person.id == rows.c.person_id).where(*conditions)
    total = db.execute(query.with_only_columns(func.count(), maintain_column_froms=True)).scalar_one()
    page = page_request.nearest(total)
    query = query.order_by(rows.c.at.desc(), rows.c.id.desc(), Person.search)
    entries = [
        Entry(at, id_, f"{first} {last}", email, _CODES[code])
        for at, id_, first, last, email, code in db.execute(query.limit(page.size).offset(page.start))
    ]
    return Listing(entries, total, page.number, page.count, page_request)


_CODES: dict[str, Result] = {**_OF_EVENT, "expired": Result.EXPIRED}


def _events() -> Any:
    query = select(Event.at, Event.id, Person.id.label("person_id"), Event.type.label("result"))
    return query.join(Person, Person.email == Event.subject).where(Event.type.in_(_OF_EVENT))


def _before_the_journal() -> Any:
    in_journal = select(Event.id).where(Event.type == "user.signed_in", Event.subject == Person.email).exists()
    at, result = Person.last_signed_in_at, literal("user.signed_in")
    query = select(at.label("at"), literal(0).label("id"), Person.id.label("person_id"), result.label("result"))
    return query.where(at.is_not(None), not_(in_journal))


def _expired(now: datetime) -> Any:
    person_id, result = SignInSession.person_id, literal("expired")
    query = select(SignInSession.ends_at.label("at"), literal(0).label("id"), person_id, result.label("result"))
    return query.where(SignInSession.ended_at.is_(None), SignInSession.ends_at <= now)
