"""Routes of what is done with a received invoice: processed, reported as a scam, lost attachments put right.

Source: AutoInvoice, received invoices: mark as processed, report a scam invoice. Help of Visma.net ERP, invoice inbox: attachments
are put right by hand.
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
from simulator.products.autoinvoice.views.here import company_here
from simulator.products.autoinvoice.views.invoice import unpack
from simulator.web.access import requires
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit


@blueprint.post("/invoice/<uuid>/processed")
@requires("autoinvoice.open")
def process_invoice(uuid: str) -> Response:
    """Mark a received invoice as processed; a second time changes nothing."""
    return _done(
        uuid,
        lambda db, document: receiving.mark(db, actor().email, document, Status.PROCESSED),
        lambda: flash_text("autoinvoice.process.done"),
    )


@blueprint.post("/invoice/<uuid>/scam")
@requires("autoinvoice.open")
def report_scam(uuid: str) -> Response:
    """Report a received invoice as a scam, once."""
    return _done(
        uuid,
        lambda db, document: receiving.report_scam(db, actor().email, document),
        lambda: flash_text("autoinvoice.scam.done"),
    )


@blueprint.post("/invoice/<uuid>/attachments")
@requires("autoinvoice.open")
def repair_attachments(uuid: str) -> Response:
    """Fetch attachments that were lost on the way."""
    return _done(
        uuid,
        lambda db, document: receiving.repair_attachments(db, actor().email, document),
        lambda: flash_text("autoinvoice.repair.done"),
    )


def _done(uuid: str, deed: Callable[[Db, Document], object], say: Callable[[], None]) -> Response:
    unpack()
    try:
        with visit().sandbox.transaction() as db:
            document = lists.visible(db, company_here(db).id, uuid)
            if document is None or document.direction != Direction.RECEIVED:
                abort(404)
            deed(db, document)
    except RuleViolation as refusal:
        flash_text(f"error.{refusal.code}", "warning", **refusal.facts)
    else:
        say()
    return redirect(url_for(".invoice", uuid=uuid))
