"""Routes of AccountView: AutoInvoice within the program, and the messages that it fetches from there.

Source: "Verbruik Visma.net AutoInvoice opvragen", Eigen verbruik AutoInvoice opvragen: a range of creation dates, channel and
status of each invoice, the number found at the bottom right. AccountView, questions about AutoInvoice: *Dagboekberichten
(systeem)*. Own choice: the columns; fetching messages changes nothing at AutoInvoice.
"""

from flask import request
from werkzeug.wrappers import Response

from simulator.documents.model.models import Direction
from simulator.products.accountview import queries
from simulator.products.accountview.views.blueprint import blueprint, opened, show
from simulator.web import i18n, invoice_lists
from simulator.web.access import signed_in
from simulator.web.listing import SIZES
from simulator.web.visit import visit

LEFT_OUT = ("due_date", "currency")
"""Columns that are not in the program's lists. Own choice: the window is narrower than the portal."""


@blueprint.get("/<int:client>/autoinvoice/<any(received, sent):direction>")
@signed_in
def invoices(client: int, direction: str) -> Response:
    """List the incoming or outgoing invoices of a client at AutoInvoice."""
    return _list(
        client, Direction(direction), i18n.t(f"autoinvoice.{direction}"), "accountview/invoices.html", direction=direction
    )


@blueprint.get("/<int:client>/messages")
@signed_in
def messages(client: int) -> Response:
    """Fetch the messages of a range of days: the invoices that AutoInvoice received."""
    return _list(client, Direction.RECEIVED, i18n.t("accountview.messages"), "accountview/messages.html")


def _list(client: int, listed: Direction, title: str, template: str, **address: str) -> Response:
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
        uses_autoinvoice = queries.uses_autoinvoice(db, installed)
    if not uses_autoinvoice:
        return show("accountview/not_registered.html", title, installed)
    company_id = installed.client.company_id
    assert company_id is not None
    is_listed = template != "accountview/messages.html" or bool(request.args)
    invoices = (
        invoice_lists.in_program(visit().sandbox, company_id, listed, request.args, without=LEFT_OUT) if is_listed else None
    )
    return show(
        template,
        title,
        installed,
        problems=i18n.day_problems("from", "to"),
        invoices=invoices,
        address={"client": client, **address, **(invoices.filters.address if invoices is not None else {})},
        sizes=SIZES,
    )
