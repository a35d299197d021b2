"""Jobs of Admin.

Source: "Specificatie verbruik Visma.net AutoInvoice", step 3: the export is queued and run in the background, and a notice appears
when it is ready; the notice links to the file.
"""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from simulator.billing.journal import record_export
from simulator.billing.models import Invoice
from simulator.core import files, jobs, notices
from simulator.core.notices import NoticeKind
from simulator.core.sandbox import Db
from simulator.directory.models import Person
from simulator.products.admin import exports
from simulator.products.admin.queries import reports
from simulator.products.admin.queries.reports import EXPORT_INVOICE, EXPORT_LIFETIME, FAILED, READY, TEXTS
from simulator.web import sheets


@dataclass(frozen=True)
class Export:
    """A file that was written and not stored yet."""

    name: str
    content: bytes


def _write(db: Db, **data: Any) -> Export | None:
    """Write the file, outside of any request; None when the person who requested it has lost access."""
    invoice, now = db.get_one(Invoice, data["invoice"]), db.clock.now()
    if not reports.may_export(db, data["person"], invoice.customer_id):
        return None
    with db.sandbox.scratch() as folder:
        content = exports.sheet(invoice, reports.all_lines(db, invoice), data["language"], now, folder)
    return Export(exports.file_name(invoice, now.astimezone(ZoneInfo(data["zone"]))), content)


def _notify_of_failure(db: Db, **data: Any) -> None:
    """Notify the person who requested the file that the export failed; the notice links to the page with the retry."""
    number = db.get_one(Invoice, data["invoice"]).number
    link = f"/admin/reports/invoices/{number}?export=failed"
    _notify(db, data["person"], FAILED, link, number)


def _notify(db: Db, person_id: int, kind: NoticeKind, link: str | None, number: str) -> None:
    notices.notify(db, person_id, kind, text=TEXTS[kind], link=link, number=number)


@jobs.job(EXPORT_INVOICE, prepare=_write, on_failed=_notify_of_failure)
def export_invoice(db: Db, **data: Any) -> None:
    """Store the file for the person who requested it, with a notice and a journal entry, in one transaction.

    Own choice: a person who has lost access meanwhile gets the notice of a failure, without a link, and no file.
    """
    export: Export | None = data["prepared"]
    invoice, person = db.get_one(Invoice, data["invoice"]), db.get_one(Person, data["person"])
    if export is None or not reports.may_export(db, person.id, invoice.customer_id):
        _notify(db, person.id, FAILED, None, invoice.number)
        return
    file = files.store(
        db,
        owner_id=person.id,
        customer_id=invoice.customer_id,
        name=export.name,
        media_type=sheets.XLSX_TYPE,
        content=export.content,
        lasts=EXPORT_LIFETIME,
    )
    link = f"/admin/reports/exports/{file.id}"
    _notify(db, person.id, READY, link, invoice.number)
    record_export(db, person.email, invoice.number, "xlsx", file)
