"""Routes of the commands on a received invoice: mark it as processed, report it as a scam, fetch lost attachments again.

Source: AutoInvoice, received invoices: mark as processed, report a scam invoice. Help of Visma.net ERP, invoice inbox: attachments
are repaired by hand.
"""

from collections.abc import Callable

from flask import abort, redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.documents.exchange import receiving
from simulator.documents.model import lists
from simulator.documents.model.models import Direction, Document, Status
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.company import changing_documents, chosen_company
from simulator.web.access import requires
from simulator.web.pages import flash_text
from simulator.web.visit import actor


@blueprint.post("/invoice/<uuid>/processed")
@requires("autoinvoice.open")
def process_invoice(uuid: str) -> Response:
    """Mark a received invoice as processed; a second time changes nothing."""
    return _run(
        uuid,
        lambda db, document: receiving.mark(db, actor().email, document, Status.PROCESSED),
        lambda: flash_text("autoinvoice.process.done"),
    )


@blueprint.post("/invoice/<uuid>/scam")
@requires("autoinvoice.open")
def report_scam(uuid: str) -> Response:
    """Report a received invoice as a scam, once."""
    return _run(
        uuid,
        lambda db, document: receiving.report_scam(db, actor().email, document),
        lambda: flash_text("autoinvoice.scam.done"),
    )


@blueprint.post("/invoice/<uuid>/attachments")
@requires("autoinvoice.open")
def repair_attachments(uuid: str) -> Response:
    """Fetch attachments that were lost in transit."""
    return _run(
        uuid,
        lambda db, document: receiving.repair_attachments(db, actor().email, document),
        lambda: flash_text("autoinvoice.repair.done"),
    )


def _run(uuid: str, command: Callable[[Db, Document], object], confirm: Callable[[], None]) -> Response:
    """Run a command on a received invoice, and confirm it or show why it was refused."""
    try:
        with changing_documents() as db:
            document = lists.visible(db, chosen_company(db).id, uuid)
            if document is None or document.direction != Direction.RECEIVED:
                abort(404)
            command(db, document)
    except RuleViolation as refusal:
        flash_text(f"error.{refusal.code}", "warning", **refusal.facts)
    else:
        confirm()
    return redirect(url_for(".invoice", uuid=uuid))
