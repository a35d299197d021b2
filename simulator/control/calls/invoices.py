"""Calls about the vendor's invoices: reading them, and correcting a line."""

from simulator.billing.corrections import LONGEST_REASON, MOST
from simulator.control import billing_schemas as schemas
from simulator.control import invoices
from simulator.control.table import Calls, store
from simulator.web.calls.fields import text, whole

blueprint = Calls("invoices", __name__)

CORRECTION = {
    "line": whole(least=1, required=True),
    "quantity": whole(most=MOST, required=True),
    "reason": text(longest=LONGEST_REASON, required=True),
}


@blueprint.call("GET", "/sandboxes/{name}/invoices", query={"customer": text(longest=40)}, refusals=(404, 422))
def list_invoices(name: str, customer: str | None) -> list[schemas.Invoice]:
    """List the vendor's invoices with their lines by date, of all customers or of one, named by key or number."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        return invoices.list_invoices(db, customer)


@blueprint.call("GET", "/sandboxes/{name}/invoices/{number}", refusals=(404,))
def show_invoice(name: str, number: str) -> schemas.Invoice:
    """Show one of the vendor's invoices with its lines."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        return invoices.describe(invoices.find(db, number))


@blueprint.call("POST", "/sandboxes/{name}/invoices/{number}/corrections", status=201, body=CORRECTION, refusals=(404, 422))
def correct_invoice(name: str, number: str, line: int, quantity: int, reason: str) -> schemas.Invoice:
    """Correct the quantity of a line, by its position: a credit note or an additional invoice for the difference."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        return invoices.correct(db, number, line, quantity, reason)
