"""Routes of Financials: AutoInvoice from within.

Source: "Verbruik Visma.net AutoInvoice opvragen", Eigen verbruik AutoInvoice opvragen: AutoInvoice is opened from Financials, asked
for a range of creation dates, and the number found is at the bottom right.
"""

from flask import request, url_for
from werkzeug.wrappers import Response

from simulator.documents.model.models import Direction
from simulator.products.financials.views.blueprint import blueprint
from simulator.products.financials.views.company import chosen_company, screen_page
from simulator.web import i18n, invoice_lists
from simulator.web.access import has_permission, requires
from simulator.web.listing import SIZES
from simulator.web.visit import visit


@blueprint.get("/autoinvoice/received")
@requires("financials.open")
def received() -> Response:
    """List the received invoices, newest first."""
    return _list(Direction.RECEIVED)


@blueprint.get("/autoinvoice/sent")
@requires("financials.open")
def sent() -> Response:
    """List the sent invoices, newest first."""
    return _list(Direction.SENT)


def _list(direction: Direction) -> Response:
    endpoint, name = f"financials.{direction}", f"autoinvoice.{direction}"
    matches = invoice_lists.in_program(visit().sandbox, chosen_company().id, direction, request.args)
    return screen_page(
        "financials/autoinvoice.html",
        i18n.t(name),
        menu=name,
        count=matches.count,
        problems=i18n.day_problems("from", "to"),
        list=matches,
        endpoint=endpoint,
        address=matches.filters.address,
        all_address=url_for(endpoint),
        sizes=SIZES,
        document_endpoint="autoinvoice.invoice" if has_permission("autoinvoice.open") else None,
    )
