"""Commands of the reports."""

from simulator.billing.models import Invoice
from simulator.core import jobs
from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.products.admin.queries.reports import EXPORT_INVOICE, export_key


def export_invoice(db: Db, actor: Actor, invoice: Invoice, language: str, zone: str) -> bool:
    """Queue the export of an invoice as an Excel file.

    Args:
        db: the transaction.
        actor: owner of the file.
        invoice: an invoice that the actor may see.
        language: language of headings, texts and formats.
        zone: time zone of the time in the file's name.

    Returns:
        False when an export of this invoice for this person is queued or running already; nothing is queued then.

    Source: "Specificatie verbruik Visma.net AutoInvoice", step 3. Own choice: no second export while the first runs.
    """
    key = export_key(invoice.id, actor.id)
    queued = jobs.enqueue(db, EXPORT_INVOICE, key=key, invoice=invoice.id, person=actor.id, language=language, zone=zone)
    return queued is not None
