"""Queries for the pages and files of the reports."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select

from simulator.billing import queries as billing
from simulator.billing.models import LINES, Invoice, InvoiceKind, InvoiceSystem, Order, Subscription
from simulator.core import files, jobs, notices
from simulator.core.files import StoredFile
from simulator.core.notices import NoticeKind
from simulator.core.sandbox import Db
from simulator.directory.actors import Actor, holds_at_customer
from simulator.directory.models import Customer
from simulator.products.admin.permissions import MATRIX
from simulator.web.listing import Listing, PageRequest

EXPORT_INVOICE = "admin.export_invoice"
"""The kind of job that exports an invoice."""
EXPORT_LIFETIME = timedelta(days=7)
"""Own choice: how long an exported file can be downloaded, on the sandbox's clock."""
READY, FAILED = NoticeKind.EXPORT_READY, NoticeKind.EXPORT_FAILED
"""Kinds of the notices that an export ends with."""
TEXTS = {READY: "notice.invoice.export_ready", FAILED: "notice.invoice.export_failed"}
"""Texts of these notices."""
LINES_PER_PAGE = 50
BATCH_SIZE = 1000
"""The number of lines in memory while all lines of an invoice are read."""

_COLUMNS = {
    "date": Invoice.invoice_date,
    "number": Invoice.number,
    "due": Invoice.due_date,
    "customer": Customer.name,
    "currency": Invoice.currency,
    "excluding": Invoice.total_excluding_vat,
    "vat": Invoice.vat,
    "total": Invoice.total,
    "type": Invoice.kind,
}
SORTED_BY = tuple(_COLUMNS)
KINDS = tuple(InvoiceKind)


@dataclass(frozen=True)
class Filter:
    """Filters of the list of invoices.

    Attributes:
        number: part of a number, in any case; empty for all invoices.
        kind: one type of invoice, or None for all.
        since: first day of the invoice's date, or None.
        until: last day of the invoice's date, or None.
    """

    number: str = ""
    kind: InvoiceKind | None = None
    since: date | None = None
    until: date | None = None


def list_invoices(db: Db, actor: Actor, filters: Filter, page_request: PageRequest) -> Listing[Any]:
    """Return a page of the INV invoices of the actor's current customer.

    Returns:
        Rows with the columns of ``Invoice``, and ``customer_name``.
    """
    query = (
        select(Invoice.__table__, Customer.name.label("customer_name"))
        .join(Customer, Customer.id == Invoice.customer_id)
        .where(
            Invoice.customer_id == actor.customer_id,
            Invoice.system == InvoiceSystem.INV,
            Invoice.invoice_date >= billing.listed_since(db, db.clock.now().date()),
        )
    )
    if filters.number:
        query = query.where(Invoice.number.icontains(filters.number, autoescape=True))
    if filters.kind is not None:
        query = query.where(Invoice.kind == filters.kind)
    if filters.since is not None:
        query = query.where(Invoice.invoice_date >= filters.since)
    if filters.until is not None:
        query = query.where(Invoice.invoice_date <= filters.until)
    total = db.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    page = page_request.nearest(total)
    rows = db.execute(_sorted(query, page_request).limit(page.size).offset(page.start)).all()
    return Listing(rows, total, page.number, page.count, page_request)


def _sorted(query: Select[Any], page_request: PageRequest) -> Select[Any]:
    """Sort by the requested column; equal rows are sorted by date, newest first."""
    column = _COLUMNS[page_request.sort]
    return query.order_by(
        column.desc() if page_request.descending else column, Invoice.invoice_date.desc(), Invoice.id.desc()
    )


def visible_invoice(db: Db, actor: Actor, number: str) -> Invoice | None:
    """Return the INV invoice with a number if it belongs to the actor's current customer, or None."""
    query = select(Invoice).where(
        Invoice.customer_id == actor.customer_id, Invoice.system == InvoiceSystem.INV, Invoice.number == number
    )
    return db.scalar(query)


@dataclass(frozen=True)
class Related:
    """Invoices that belong to an invoice.

    Attributes:
        corrected: the invoice that it corrects.
        corrections: the invoices that correct it.
        split: rows of number, system and product of the invoices that have part of the same consumption.
        contract: number of its contract.
    """

    corrected: Invoice | None
    corrections: Sequence[Invoice]
    split: Sequence[Any]
    contract: str | None


def related(db: Db, invoice: Invoice) -> Related:
    """Return the invoices that belong to an invoice."""
    contract = invoice.contract.number if invoice.contract else None
    return Related(invoice.corrects, billing.corrections_of(db, invoice), billing.also_on(db, invoice), contract)


def may_export(db: Db, person_id: int, customer_id: int) -> bool:
    """Return whether a person may export a customer's invoices now."""
    return holds_at_customer(db, person_id, customer_id, MATRIX["admin.export_invoice"])


def exported_file(db: Db, actor: Actor, file_id: int) -> StoredFile | None:
    """Return a file that the actor exported, or None; it requires access to the customer of its invoice still."""
    file = files.of_owner(db, file_id, actor.id)
    if file is None or file.customer_id is None or not may_export(db, actor.id, file.customer_id):
        return None
    return file


def export_key(invoice_id: int, person_id: int) -> str:
    """Return the key of the job that exports an invoice for a person: there is one at a time."""
    return f"{EXPORT_INVOICE}:{invoice_id}:{person_id}"


@dataclass(frozen=True)
class ExportState:
    """The state of a person's last export of an invoice.

    Attributes:
        code: ``running``, ``ready`` or ``failed``.
        at: when it ended; None while it is queued or running.
        link: address below the sandbox: of the file, or of the page where it can be tried again; None without one.
    """

    code: str
    at: datetime | None = None
    link: str | None = None


def export_state(db: Db, actor: Actor, invoice: Invoice) -> ExportState | None:
    """Return the state of the actor's last export of an invoice; None when there is none, or its file has expired."""
    if jobs.is_unfinished(db, export_key(invoice.id, actor.id)):
        return ExportState("running")
    notice = notices.newest_about(db, actor.id, (READY, FAILED), number=invoice.number)
    if notice is None or notice.created_at + EXPORT_LIFETIME <= db.clock.now():
        return None
    return ExportState("ready" if notice.kind == READY else "failed", notice.created_at, notice.link)


Line = Row[Any]
"""One line of an invoice: the columns of ``InvoiceLine``; ``subscription``, its number; and of its order ``code``
and ``ordered_on``."""

_LINES = (
    select(LINES, Subscription.number.label("subscription"), Order.code, Order.ordered_on)
    .outerjoin(Subscription, Subscription.id == LINES.c.subscription_id)
    .outerjoin(Order, Order.id == LINES.c.order_id)
    .where(LINES.c.invoice_id == bindparam("invoice"))
    .order_by(LINES.c.position)
)
_SOME_LINES = _LINES.where(LINES.c.position.between(bindparam("first"), bindparam("last")))
_COUNT = select(func.count()).where(LINES.c.invoice_id == bindparam("invoice"))


def lines(db: Db, invoice: Invoice, number: int) -> Listing[Line]:
    """Return a page of an invoice's lines, in the order of the invoice; the nearest page if the number is out of range."""
    total = db.rows(_COUNT, invoice=invoice.id).scalar_one()
    page_request = PageRequest(number, LINES_PER_PAGE, "position", False)
    page = page_request.nearest(total)
    rows = db.rows(_SOME_LINES, invoice=invoice.id, first=page.start + 1, last=page.start + page.size)
    return Listing(rows.all(), total, page.number, page.count, page_request)


def line(db: Db, invoice: Invoice, position: int) -> Line | None:
    """Return one line of an invoice."""
    row: Line | None = db.rows(_SOME_LINES, invoice=invoice.id, first=position, last=position).first()
    return row


def all_lines(db: Db, invoice: Invoice) -> Iterator[Line]:
    """Yield all lines of an invoice, in its order, with at most ``BATCH_SIZE`` of them in memory."""
    yield from db.connection().execution_options(yield_per=BATCH_SIZE).execute(_LINES, {"invoice": invoice.id})
