"""Finding invoices of the books by their day, type, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from simulator.core.sandbox import Db
from simulator.documents.model.models import Document
from simulator.sales.models import Client, SalesInvoice, Submission
from simulator.sales.submission import OF_STATUS, OF_SUBMISSION, Outcome


@dataclass(frozen=True, kw_only=True)
class InvoiceSearch:
    """Which invoices are searched for.

    Attributes:
        outcomes: those of which one of these became; None for all.
        kind: code of a document type; None for all.
        first: the first day of issue; None for no limit.
        last: the last day of issue; None for no limit.
    """

    outcomes: Sequence[Outcome] | None = None
    kind: str | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class InvoiceRow:
    """An invoice, and what became of it."""

    invoice: SalesInvoice
    outcome: Outcome


def count(db: Db, client: Client, search: InvoiceSearch) -> int:
    """Return how many invoices of a client's books a search finds."""
    query = select(func.count(SalesInvoice.id)).outerjoin(Document, Document.id == SalesInvoice.document_id)
    return db.scalars(query.where(*_conditions(client, search))).one()


def find(db: Db, client: Client, search: InvoiceSearch, *, start: int, size: int) -> list[InvoiceRow]:
    """Return invoices of a client's books, newest first: ``size`` of them, after the first ``start``."""
    query = (
        select(SalesInvoice, _outcome())
        .outerjoin(Document, Document.id == SalesInvoice.document_id)
        .where(*_conditions(client, search))
        .options(joinedload(SalesInvoice.buyer), selectinload(SalesInvoice.lines))
        .order_by(SalesInvoice.id.desc())
    )
    return [InvoiceRow(invoice, Outcome(outcome)) for invoice, outcome in db.execute(query.offset(start).limit(size))]


def _conditions(client: Client, search: InvoiceSearch) -> list[ColumnElement[bool]]:
    conditions = [SalesInvoice.client_id == client.id]
    if search.outcomes is not None:
        conditions.append(_outcome().in_(search.outcomes))
    if search.kind is not None:
        conditions.append(SalesInvoice.kind == search.kind)
    if search.first is not None:
        conditions.append(SalesInvoice.issued_on >= search.first)
    if search.last is not None:
        conditions.append(SalesInvoice.issued_on <= search.last)
    return conditions


def _outcome() -> ColumnElement[str]:
    """Return what became of an invoice, as ``submission.trace`` says it."""
    return case(
        (SalesInvoice.submission == Submission.MANUAL, Outcome.MANUAL),
        *((Document.status == status, outcome) for status, outcome in OF_STATUS.items()),
        *((SalesInvoice.submission == submission, outcome) for submission, outcome in OF_SUBMISSION.items()),
    )
