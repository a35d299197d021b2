"""Queries of the login history: who signed in and out, whose sessions ran out, what was refused, and where support went.

Source: "Specificatie verbruik Visma.net AutoInvoice", the tab *Inloghistorie*; its columns follow the access history of Visma.net
ERP. Own choice: lines are listed for twelve months; the service is the application whose page was requested before signing in, and
the company the one that was chosen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from simulator.core.normal_forms import folded
from simulator.core.sandbox import Db
from simulator.directory.identity_providers import IdentityProvider
from simulator.directory.models import Company, LoginEntry, LoginResult, Person
from simulator.products.admin.queries.scope import AdminScope
from simulator.products.admin.queries.users import LONGEST_SEARCH, is_in_scope
from simulator.web.listing import Listing, PageRequest

PERIOD = timedelta(days=30)
"""Own choice: how far back the list reaches unless the address says otherwise."""

RETENTION_MONTHS = 12
"""Own choice: how long a line is listed."""

ROWS_AT_ONCE = 1000
"""The number of lines in memory while a file is written."""

Result = LoginResult


@dataclass(frozen=True)
class Filter:
    """Filters of the list.

    Attributes:
        search: part of a name or an address; empty for all users.
        result: what came of it, or None for everything.
        company: id of the company that was chosen, or None.
        application: code of a product, or None.
        since: the first day.
        until: the last day, or None.
    """

    search: str
    result: LoginResult | None
    since: date
    until: date | None
    company: int | None = None
    application: str | None = None


@dataclass(frozen=True)
class Entry:
    """A line of the login history.

    ``application`` is a product's code, ``support`` whether a consultant did it, ``external`` whether with the external provider.
    """

    at: datetime
    person_id: int
    name: str
    email: str
    company: str | None
    application: str | None
    result: LoginResult
    ip: str | None
    support: bool
    external: bool


def read_filter(stored: Mapping[str, Any]) -> Filter:
    """Return the filters that were stored with a job."""
    return Filter(
        search=stored.get("search", ""),
        result=LoginResult(stored["result"]) if stored.get("result") else None,
        since=date.fromisoformat(stored["since"]),
        until=date.fromisoformat(stored["until"]) if stored.get("until") else None,
        company=stored.get("company"),
        application=stored.get("application"),
    )


def earliest(now: datetime, zone: ZoneInfo) -> date:
    """Return the first day whose lines are listed."""
    local = now.astimezone(zone).date()
    month = date(local.year - 1, local.month, 1)
    days = (date(month.year + month.month // 12, month.month % 12 + 1, 1) - month).days
    return month.replace(day=min(local.day, days))


def login_history(db: Db, scope: AdminScope, filters: Filter, zone: ZoneInfo, page_request: PageRequest) -> Listing[Entry]:
    """Return a page of the login history of the users in an administrator's scope, newest first.

    Args:
        db: the transaction.
        scope: the administrator's scope.
        filters: filters of the list.
        zone: the time zone of the days.
        page_request: the page.
    """
    conditions = _conditions(db, scope, filters, zone)
    total = db.execute(select(func.count()).select_from(LoginEntry).where(*conditions)).scalar_one()
    page = page_request.nearest(total)
    ids = _newest_first(select(LoginEntry.id).where(*conditions)).limit(page.size).offset(page.start)
    rows = _newest_first(_COLUMNS.where(LoginEntry.id.in_(db.execute(ids).scalars().all())))
    return Listing([_entry(row) for row in db.execute(rows)], total, page.number, page.count, page_request)


def every_entry(db: Db, scope: AdminScope, filters: Filter, zone: ZoneInfo) -> Iterator[Entry]:
    """Return all lines that match, newest first; read in portions."""
    query = _newest_first(_COLUMNS.where(*_conditions(db, scope, filters, zone)))
    for row in db.execute(query, execution_options={"yield_per": ROWS_AT_ONCE}):
        yield _entry(row)


_COLUMNS = (
    select(
        LoginEntry.at,
        Person.id,
        Person.first_name,
        Person.last_name,
        Person.email,
        Company.name,
        LoginEntry.application,
        LoginEntry.result,
        LoginEntry.ip,
        Person.desk,
        LoginEntry.provider,
    )
    .select_from(LoginEntry)
    .join(Person, Person.id == LoginEntry.person_id)
    .outerjoin(Company, Company.id == LoginEntry.company_id)
)


def _newest_first(query: Any) -> Any:
    return query.order_by(LoginEntry.at.desc(), LoginEntry.id.desc())


def _entry(row: Any) -> Entry:
    at, id_, first, last, email, company, application, result, ip, desk, provider = row
    external = provider == IdentityProvider.EXTERNAL
    return Entry(at, id_, f"{first} {last}", email, company, application, LoginResult(result), ip, desk, external)


def _conditions(db: Db, scope: AdminScope, filters: Filter, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    now = db.clock.now()
    since = max(filters.since, earliest(now, zone))
    conditions = [
        LoginEntry.customer_id == scope.customer_id,
        LoginEntry.at >= datetime.combine(since, time(0), zone),
        LoginEntry.at <= now,
    ]
    if filters.until is not None and filters.until < date.max:
        conditions.append(LoginEntry.at < datetime.combine(filters.until + timedelta(days=1), time(0), zone))
    if not scope.covers_customer:
        conditions.append(LoginEntry.person_id.in_(select(Person.id).where(is_in_scope(scope))))
    if filters.result is not None:
        conditions.append(LoginEntry.result == filters.result)
    if filters.company is not None:
        conditions.append(LoginEntry.company_id == filters.company)
    if filters.application is not None:
        conditions.append(LoginEntry.application == filters.application)
    if term := folded(filters.search[:LONGEST_SEARCH]):
        conditions.append(LoginEntry.person_id.in_(select(Person.id).where(func.instr(Person.search, term) > 0)))
    return conditions
