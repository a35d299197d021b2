"""Functions of Admin that the queue runs.

Source: "Specificatie verbruik Visma.net AutoInvoice", step 3: the export is put in a queue and handled apart, and a notice tells
when it is ready; the notice leads to the file.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from simulator.billing.journal import record_export
from simulator.billing.models import Invoice
from simulator.core import files, jobs, notices
from simulator.core.sandbox import Db
from simulator.directory.models import Person
from simulator.products.admin import exports
from simulator.products.admin.queries import reports
from simulator.web import sheets

EXPORT_INVOICE = "admin.export_invoice"
KEPT = timedelta(days=7)
"""Own choice: how long an exported file can be fetched, on the sandbox's clock."""


@dataclass(frozen=True)
class Made:
    """A file that was written and not kept yet."""

    name: str
    content: bytes


def _write(db: Db, **data: Any) -> Made | None:
    """Write the file: this takes long, and nobody waits for it. None when whoever asked for it may not have it any more."""
    invoice, now = db.get_one(Invoice, data["invoice"]), db.clock.now()
    if not reports.may_export(db, data["person"], invoice.customer_id):
        return None
    with db.sandbox.scratch() as folder:
        content = exports.sheet(invoice, reports.all_lines(db, invoice), data["language"], now, folder)
    return Made(exports.file_name(invoice, now.astimezone(ZoneInfo(data["zone"]))), content)


def _tell_of_failure(db: Db, **data: Any) -> None:
    """Tell whoever waits that there will be no file; the notice leads to where it can be tried again."""
    number = db.get_one(Invoice, data["invoice"]).number
    link = f"/admin/reports/invoices/{number}?export=failed"
    notices.tell(db, data["person"], "notice.invoice.export_failed", link=link, number=number)


@jobs.job(EXPORT_INVOICE, prepare=_write, on_given_up=_tell_of_failure)
def export_invoice(db: Db, **data: Any) -> None:
    """Keep the file for whoever asked for it, and tell in the bell and in the journal; all or nothing.

    Own choice: whoever lost access meanwhile gets the notice of a failure, which leads nowhere, and no file.
    """
    made: Made | None = data["prepared"]
    invoice, person = db.get_one(Invoice, data["invoice"]), db.get_one(Person, data["person"])
    if made is None or not reports.may_export(db, person.id, invoice.customer_id):
        notices.tell(db, person.id, "notice.invoice.export_failed", number=invoice.number)
        return
    file = files.keep(
        db,
        owner_id=person.id,
        customer_id=invoice.customer_id,
        name=made.name,
        media_type=sheets.XLSX_TYPE,
        content=made.content,
        lasts=KEPT,
    )
    link = f"/admin/reports/exports/{file.id}"
    notices.tell(db, person.id, "notice.invoice.export_ready", link=link, number=invoice.number)
    record_export(db, person.email, invoice.number, "xlsx", file)
