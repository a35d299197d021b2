"""Routes of *Utskrift av dokument*: the invoices that are to be printed."""

from flask import request
from werkzeug.wrappers import Response

from simulator.products.administration import queries, services
from simulator.products.administration.views.blueprint import CLIENT, blueprint, in_window, installed
from simulator.sales.invoice_search import InvoiceSearch
from simulator.sales.models import Delivery
from simulator.sales.submission import Outcome
from simulator.web import desktop, i18n, listing
from simulator.web.access import signed_in
from simulator.web.visit import visit


@blueprint.get(f"{CLIENT}/print")
@signed_in
def documents(client: int) -> Response:
    """List the invoices that are not printed yet, each with its Utskriftsval."""
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        window, owner = in_window(program), program.client
        page = listing.page_request(request.args, ["number"])
        rows = queries.invoices(db, owner, InvoiceSearch(outcomes=[Outcome.NOT_SENT]), page)
        deliveries = [
            services.usual_choice(db, owner, row.invoice.buyer, row.invoice.kind, Delivery(row.invoice.delivery))
            for row in rows.rows
        ]
    return desktop.window(
        "administration/documents.html",
        i18n.t("administration.print"),
        window,
        client=client,
        listing=rows,
        deliveries=deliveries,
        sizes=listing.SIZES,
    )
