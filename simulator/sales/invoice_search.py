"""Finding invoices of the books by their day, type, and what became of them.

Own choice: an invoice is closed once nobody has to look at it any more: from the day after it was delivered, or as soon as it was
handled manually, or printed or mailed without AutoInvoice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, not_, select
from sqlalchemy.orm import joinedload, selectinload

from simulator.core.sandbox import Db
from simulator.directory import countries
from simulator.documents.model.lists import begin_of
from simulator.documents.model.models import Document
from simulator.sales import books
from simulator.sales.models import Client, Delivery, ProgramCode, SalesInvoice, Submission
from simulator.sales.submission import OF_STATUS, OF_SUBMISSION, Outcome


@dataclass(frozen=True, kw_only=True)
class InvoiceSearch:
    """Which invoices are searched for.

    Attributes:
        outcomes: those of which one of these became; None for all.
        kind: code of a document type; None for all.
        first: the first day of issue; None for no limit.
        last: the last day of issue; None for no limit.
        created_first: the first day on which they were made, in the client's time zone; None for no limit.
        created_last: the last day on which they were made; None for no limit.
        program: the program in which they were made; None for all.
        through_autoinvoice: whether they are to go through AutoInvoice; None for both.
        with_closed: whether closed ones are among them.
    """

    outcomes: Sequence[Outcome] | None = None
    kind: str | None = None
    first: date | None = None
    last: date | None = None
    created_first: date | None = None
    created_last: date | None = None
    program: ProgramCode | None = None
    through_autoinvoice: bool | None = None
    with_closed: bool = True


@dataclass(frozen=True)
class InvoiceRow:
    """An invoice, what became of it, and its document at AutoInvoice, so that its trace needs no query of its own."""

    invoice: SalesInvoice
    outcome: Outcome
    document: Document | None


def count(db: Db, client: Client, search: InvoiceSearch) -> int:
    """Return how many invoices of a client's books a search finds."""
    query = select(func.count(SalesInvoice.id)).outerjoin(Document, Document.id == SalesInvoice.document_id)
    return db.scalars(query.where(*_conditions(db, client, search))).one()


def find(db: Db, client: Client, search: InvoiceSearch, *, start: int, size: int) -> list[InvoiceRow]:
    """Return invoices of a client's books, newest first: ``size`` of them, after the first ``start``."""
    query = (
        select(SalesInvoice, _outcome(), Document)
        .outerjoin(Document, Document.id == SalesInvoice.document_id)
        .where(*_conditions(db, client, search))
        .options(joinedload(SalesInvoice.buyer), selectinload(SalesInvoice.lines))
        .order_by(SalesInvoice.id.desc())
    )
    rows = db.execute(query.offset(start).limit(size))
    return [InvoiceRow(invoice, Outcome(outcome), document) for invoice, outcome, document in rows]


def ids(db: Db, client: Client, search: InvoiceSearch, *, size: int) -> Sequence[int]:
    """Return the ids of invoices of a client's books, oldest first, at most ``size``."""
    query = select(SalesInvoice.id).outerjoin(Document, Document.id == SalesInvoice.document_id)
    return db.scalars(query.where(*_conditions(db, client, search)).order_by(SalesInvoice.id).limit(size)).all()


def _conditions(db: Db, client: Client, search: InvoiceSearch) -> list[ColumnElement[bool]]:
    conditions = [SalesInvoice.client_id == client.id]
    if search.outcomes is not None:
        conditions.append(_outcome().in_(search.outcomes))
    if search.kind is not None:
        conditions.append(SalesInvoice.kind == search.kind)
    if search.first is not None:
        conditions.append(SalesInvoice.issued_on >= search.first)
    if search.last is not None:
        conditions.append(SalesInvoice.issued_on <= search.last)
    zone = ZoneInfo(client.company.time_zone if client.company else countries.BY_CODE[client.country].time_zone)
    if search.created_first is not None:
        conditions.append(SalesInvoice.created_at >= begin_of(search.created_first, zone))
    if search.created_last is not None:
        day_after = search.created_last + min(timedelta(days=1), date.max - search.created_last)
        conditions.append(SalesInvoice.created_at < begin_of(day_after, zone))
    if search.program is not None:
        conditions.append(SalesInvoice.program == search.program)
    if search.through_autoinvoice is not None:
        through = SalesInvoice.delivery.in_([delivery for delivery in Delivery if delivery.through_autoinvoice])
        conditions.append(through if search.through_autoinvoice else not_(through))
    if not search.with_closed:
        is_today = Document.delivered_at >= begin_of(books.today(db, client), zone)
        conditions.append(_outcome().not_in(_CLOSED) | ((_outcome() == Outcome.DELIVERED) & is_today))
    return conditions


_CLOSED = (Outcome.DELIVERED, Outcome.MANUAL, Outcome.LOCAL)


def _outcome() -> ColumnElement[str]:
    """Return what became of an invoice, as ``submission.trace`` says it."""
    return case(
        (SalesInvoice.submission == Submission.MANUAL, Outcome.MANUAL),
        *((Document.status == status, outcome) for status, outcome in OF_STATUS.items()),
        *((SalesInvoice.submission == submission, outcome) for submission, outcome in OF_SUBMISSION.items()),
    )
