"""Jobs of Admin.

Source: "Specificatie verbruik Visma.net AutoInvoice", step 3: the export is queued and run in the background, and a notice appears
when it is ready; the notice links to the file.
"""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from simulator.billing.journal import record_export
from simulator.billing.models import Invoice
from simulator.core import events, files, jobs, notices
from simulator.core.files import StoredFile
from simulator.core.notices import NoticeKind
from simulator.core.sandbox import Db
from simulator.directory import actors
from simulator.directory.actors import Actor
from simulator.directory.models import Person
from simulator.products.admin import exports
from simulator.products.admin.list_exports import LISTS, Request
from simulator.products.admin.permissions import MATRIX
from simulator.products.admin.queries import reports
from simulator.products.admin.queries.reports import EXPORT_INVOICE, EXPORT_LIFETIME, FAILED, READY, TEXTS
from simulator.products.admin.queries.scope import admin_scope
from simulator.products.admin.services.exports import EXPORT_LIST
from simulator.web import sheets


@dataclass(frozen=True)
class Export:
    """A file that was written and not stored yet."""

    name: str
    content: bytes


def _store(db: Db, export: Export, person_id: int, customer_id: int) -> StoredFile:
    return files.store(
        db,
        owner_id=person_id,
        customer_id=customer_id,
        name=export.name,
        media_type=sheets.XLSX_TYPE,
        content=export.content,
        lasts=EXPORT_LIFETIME,
    )


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
    file = _store(db, export, person.id, invoice.customer_id)
    _notify(db, person.id, READY, f"/admin/reports/exports/{file.id}", invoice.number)
    record_export(db, person.email, invoice.number, "xlsx", file)


def _list_actor(db: Db, data: dict[str, Any]) -> Actor | None:
    """Return the person who requested a list, if that person may still see it."""
    actor = actors.actor_at_customer(db, data["person"], data["customer"])
    may = actor is not None and actor.holds(MATRIX[LISTS[data["name"]].permission], anywhere=True)
    return actor if may else None


def _write_list(db: Db, **data: Any) -> tuple[Export, bool] | None:
    """Write the file of a list, and whether it is of the whole customer; None when the person has lost access."""
    actor = _list_actor(db, data)
    if actor is None:
        return None
    export, now, zone = LISTS[data["name"]], db.clock.now(), ZoneInfo(data["zone"])
    scope = admin_scope(db, actor, export.permission)
    request = Request(actor, scope, data["filters"], zone, data["language"])
    with db.sandbox.scratch() as folder:
        content = sheets.excel(
            export.table(), export.rows(db, request), data["language"], sheet=export.file, created=now, within=folder
        )
    return Export(f"{export.file}_{now.astimezone(zone):%Y%m%d_%H%M}.xlsx", content), scope.covers_customer


def _notify_of_failed_list(db: Db, **data: Any) -> None:
    export = LISTS[data["name"]]
    notices.notify(db, data["person"], FAILED, text=export.failed, link=export.page, customer_id=data["customer"])


@jobs.job(EXPORT_LIST, prepare=_write_list, on_failed=_notify_of_failed_list)
def export_list(db: Db, **data: Any) -> None:
    """Store the file of a list for the person who requested it, with a notice and a journal entry, in one transaction.

    Own choice: as for an invoice, without access meanwhile there is no file; a file of the whole customer is none either for a
    person who has become administrator of some companies.
    """
    prepared: tuple[Export, bool] | None = data["prepared"]
    actor, name, export = _list_actor(db, data), data["name"], LISTS[data["name"]]
    whole = prepared is not None and prepared[1]
    if prepared is None or actor is None or (whole and not actor.holds_on_customer(MATRIX[export.permission])):
        notices.notify(db, data["person"], FAILED, text=export.failed)
        return
    file = _store(db, prepared[0], actor.id, data["customer"])
    link = f"/admin/exports/{file.id}"
    notices.notify(db, actor.id, READY, text=export.ready, link=link, customer_id=data["customer"])
    events.record(db, "list.exported", actor=actor.email, subject=file.name, list=name, file=file.id, whole=whole)
