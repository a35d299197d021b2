"""The lists of sent and received documents: searches, their counts, and how many deliveries were charged.

Source: "Verbruik Visma.net AutoInvoice opvragen", a range of days of creation and the number found; AutoInvoice, sent and received
invoices: what the search looks at. Own choice: the range holds both its days, in the company's time zone.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, or_, select, text
from sqlalchemy.orm import contains_eager

from simulator.core.normal_forms import folded
from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.model.models import Direction, Document, Party, Status, SyntheticDocuments


@dataclass(frozen=True, kw_only=True)
class Search:
    """The criteria of a search.

    Attributes:
        direction: sent or received ones.
        text: part of a number, of the other side's name, or of the document's own name; empty for all.
        first: first day of creation, in the company's time zone.
        last: last day of creation.
        failed: whether only failed ones are shown.
        on_hold: whether only those are shown that wait for the sender.
        new: whether only received ones are shown that nobody has fetched or processed.
        since: what was created before is left out; None for everything.
    """

    direction: Direction
    text: str = ""
    first: date | None = None
    last: date | None = None
    failed: bool = False
    on_hold: bool = False
    new: bool = False
    since: datetime | None = None


@dataclass(frozen=True)
class DocumentPage:
    """One page of a search: its documents, the number on all pages, and how many deliveries of all of them were charged."""

    documents: Sequence[Document]
    total: int
    charged: int


ORDERS: dict[str, Any] = {
    "created": Document.created_at,
    "number": Document.number,
    "party": func.sort_key(Party.folded_name),
    "issue_date": Document.issue_date,
    "due_date": Document.due_date,
    "sent": Document.sent_at,
    "delivered": Document.delivered_at,
    "net": Document.net,
    "total": Document.total,
    "status": Document.status,
    "channel": Document.channel,
}
"""What lists can be ordered by; the first is the default, newest first."""

_RECORDED = select(SyntheticDocuments.id).where(SyntheticDocuments.company_id == bindparam("company")).limit(1)


class NotUnpacked(RuntimeError):
    """Documents were queried while some of the company's were still recorded consumption: the answer would be wrong."""


def is_unpacked(db: Db, company_id: int) -> bool:
    """Return whether all documents of a company are rows of the table, and none is left as recorded consumption."""
    return db.rows(_RECORDED, company=company_id).first() is None


def query_of(db: Db, company_ids: Iterable[int], *columns: Any) -> Select[Any]:
    """Return a query of the documents of companies, of whole rows or of some columns.

    This and the functions below are the only way to count or list documents; ``consumption.reading_documents`` and
    ``consumption.changing_documents`` open transactions in which they work.

    Raises:
        NotUnpacked: some documents are still recorded consumption.
    """
    ids = list(company_ids)
    _require_unpacked(db, ids)
    condition = Document.company_id == ids[0] if len(ids) == 1 else Document.company_id.in_(ids)
    return select(*columns or (Document,)).where(condition)


def _require_unpacked(db: Db, company_ids: Iterable[int]) -> None:
    pending = [id_ for id_ in company_ids if not is_unpacked(db, id_)]
    if pending:
        raise NotUnpacked(
            f"companies {pending} have recorded consumption that is no documents yet: open the transaction by "
            "consumption.reading_documents or consumption.changing_documents"
        )


def listed_since(db: Db, company: Company) -> datetime:
    """Return how far back the portal's lists go: to the beginning of the day so many months ago, in the company's time zone.

    Source: AutoInvoice, sent invoices: those older than 24 months are neither listed nor found. Own choice: a scenario can say
    another number of months; the day of a month that is too short for it is its last one.
    """
    return _listed_since(db, ZoneInfo(company.time_zone), db.record.retention_months)


def _listed_since(db: Db, zone: ZoneInfo, retention_months: int) -> datetime:
    today = db.clock.now().astimezone(zone).date()
    months = today.year * 12 + today.month - 1 - retention_months
    year, month = divmod(months, 12)
    return begin_of(date(year, month + 1, min(today.day, monthrange(year, month + 1)[1])), zone)


def counted(db: Db, company: Company, search: Search) -> tuple[int, int]:
    """Return how many documents are found, and how many deliveries of theirs were charged.

    Nearly all are charged once: they are counted by a narrow index, and by another one those that are charged otherwise.

    Raises:
        NotUnpacked: some documents are still recorded consumption.
    """
    _require_unpacked(db, [company.id])
    return _counted(db, company, search)


_UNSUCCESSFUL = (
    select(Document.status, func.count())
    .where(
        Document.company_id == bindparam("company"),
        Document.direction == Direction.SENT,
        Document.created_at >= bindparam("since"),
        text("(status = 'failed' OR status = 'on_hold')"),
    )
    .group_by(Document.status)
)


def count_unsuccessful(db: Db, company_id: int, time_zone: str) -> dict[Status, int]:
    """Return how many sent documents in the list of a company in a time zone have failed, and how many are on hold.

    Recorded consumption was charged, so all of it was delivered: it has none of these, and need not be unpacked to count them.
    """
    since = _listed_since(db, ZoneInfo(time_zone), db.read_record().retention_months)
    rows = db.rows(_UNSUCCESSFUL, company=company_id, since=since)
    return {Status(status): number for status, number in rows}


def counted_with_recorded(db: Db, company: Company, search: Search, recorded: ColumnElement[bool]) -> int:
    """Return how many documents there are, together with those that are still recorded consumption.

    Args:
        db: the transaction.
        company: whose documents.
        search: direction and range of days; nothing else.
        recorded: condition of the rows of recorded consumption that are of the direction.
    """
    assert search == Search(direction=search.direction, first=search.first, last=search.last)
    query = select(func.coalesce(func.sum(SyntheticDocuments.quantity), 0)).where(
        SyntheticDocuments.company_id == company.id, recorded
    )
    query = query.where(SyntheticDocuments.day >= search.first) if search.first is not None else query
    query = query.where(SyntheticDocuments.day <= search.last) if search.last is not None else query
    return _counted(db, company, search)[0] + (db.scalar(query) or 0)


def _counted(db: Db, company: Company, search: Search) -> tuple[int, int]:
    total = db.scalar(_searched(select(func.count()).select_from(Document), company, search)) or 0
    otherwise = select(func.coalesce(func.sum(Document.charged - 1), 0)).select_from(Document)
    return total, total + (db.scalar(_searched(otherwise, company, search).where(text("charged <> 1"))) or 0)


def find(
    db: Db,
    company: Company,
    search: Search,
    *,
    order: str = "created",
    descending: bool = True,
    start: int = 0,
    size: int = 25,
) -> DocumentPage:
    """Find documents of a company.

    The page is found by an index first and read afterwards, from the end that is nearer, so that a page far back costs no more
    than what is skipped.

    Args:
        db: a transaction that reads.
        company: whose list.
        search: what is looked for.
        order: one of ``ORDERS``.
        descending: whether the order is turned round.
        start: how many to leave out at the beginning.
        size: how many to return at most.

    Raises:
        NotUnpacked: some documents are still recorded consumption.
    """
    search = _without_needless(db, company, search)
    total, charged = counted(db, company, search)
    size = max(0, min(size, total - start))
    backwards = start > total // 2
    ids = _searched(select(Document.id), company, search, by_party=order == "party")
    ids = ids.order_by(*_by(order, descending=descending != backwards)).limit(size)
    ids = ids.offset(total - start - size if backwards else start)
    query = (
        select(Document)
        .join(Party, Party.id == Document.party_id)
        .where(Document.id.in_(db.scalars(ids).all() if size else []))
        .options(contains_eager(Document.party))
        .order_by(*_by(order, descending=descending))
    )
    return DocumentPage(db.scalars(query).all(), total, charged)


def _by(order: str, *, descending: bool) -> list[Any]:
    column = ORDERS[order]
    return [column.desc(), Document.id.desc()] if descending else [column, Document.id]


def _searched(query: Select[Any], company: Company, search: Search, *, by_party: bool = False) -> Select[Any]:
    """Narrow a query to what is looked for."""
    if search.text.strip() or by_party:
        query = query.join(Party, Party.id == Document.party_id)
    return query.where(*_conditions(company, search))


def _without_needless(db: Db, company: Company, search: Search) -> Search:
    """Leave out how far back is looked when nothing is older: other orders than by creation have no index for that."""
    if search.since is None:
        return search
    query = select(func.min(Document.created_at))
    oldest = db.scalar(query.where(Document.company_id == company.id, Document.direction == search.direction))
    return search if oldest is None or oldest < search.since else replace(search, since=None)


def visible(db: Db, company_id: int, uuid: str) -> Document | None:
    """Return a document by its uuid when it is in a company's list.

    Raises:
        NotUnpacked: some documents are still recorded consumption.
    """
    return cast("Document | None", db.scalar(query_of(db, [company_id]).where(Document.uuid == uuid)))


def _conditions(company: Company, search: Search) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Document.company_id == company.id, Document.direction == search.direction]
    zone = ZoneInfo(company.time_zone)
    since = [search.since] if search.since is not None else []
    since += [begin_of(search.first, zone)] if search.first is not None else []
    if since:
        # One bound, because an index is searched by one.
        conditions.append(Document.created_at >= max(since))
    if search.last is not None:
        conditions.append(Document.created_at < begin_of(search.last + min(timedelta(days=1), date.max - search.last), zone))
    if search.failed:
        conditions.append(_has_status(Status.FAILED))
    if search.on_hold:
        conditions.append(_has_status(Status.ON_HOLD))
    if search.new:
        conditions.append(_has_status(Status.NEW))
    text = " ".join(search.text.split())
    if text:
        # SQLite folds the letters of ASCII itself, and much faster.
        number = func.lower(Document.number) if text.isascii() else func.folded(Document.number)
        conditions.append(
            or_(
                number.contains(folded(text), autoescape=True),
                Party.folded_name.contains(folded(text), autoescape=True),
                Document.uuid == text,
            )
        )
    return conditions


def _has_status(status: Status) -> ColumnElement[bool]:
    """Return the condition of a status, written out, because an index of some statuses is not found by a value given later."""
    return Document.status == literal_column(f"'{status.value}'")


def begin_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day begins in a time zone; the ends of the calendar count as the days beside them."""
    a_day = timedelta(days=1)
    held = min(max(day, date.min + a_day), date.max - a_day)
    return datetime.combine(held, time(0), zone).astimezone(UTC)
