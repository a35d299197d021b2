"""Routes of AccountView: AutoInvoice within the program, and the messages that it fetches from there.

Source: "Verbruik Visma.net AutoInvoice opvragen", Eigen verbruik AutoInvoice opvragen: a range of creation dates, channel and
status of each invoice, the number found at the bottom right. AccountView, questions about AutoInvoice: *Dagboekberichten
(systeem)*. Own choice: the columns; fetching messages changes nothing at AutoInvoice.
"""

from datetime import datetime

from flask import request
from werkzeug.wrappers import Response

from simulator.directory.models import Company
from simulator.documents.model.models import Direction, Document
from simulator.documents.synthetic import consumption
from simulator.products.accountview import queries
from simulator.products.accountview.views.blueprint import blueprint, opened, show
from simulator.sales.models import InstalledProgram
from simulator.web import i18n, invoice_lists
from simulator.web.access import signed_in
from simulator.web.invoice_lists import InvoiceFilters, ListColumn
from simulator.web.listing import SIZES
from simulator.web.tables import Cell, Column, table_rows
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
    filters = invoice_lists.read_filters(listed, request.args)
    values = _values(installed, filters) if template != "accountview/messages.html" or filters.is_filtered else {}
    return show(
        template,
        title,
        installed,
        problems=i18n.day_problems("from", "to"),
        filters=filters,
        address={"client": client, **address, **filters.address},
        sizes=SIZES,
        **values,
    )


def _values(installed: InstalledProgram, filters: InvoiceFilters) -> dict[str, object]:
    """Return what a list of invoices shows."""
    company_id = installed.client.company_id
    assert company_id is not None
    with consumption.reading_documents(visit().sandbox, company_id) as db:
        matches = invoice_lists.page_of(db, db.get_one(Company, company_id), filters)
    chosen = invoice_lists.chosen_columns(filters.search.direction, None)
    columns = [column for column in chosen if column.code not in LEFT_OUT]
    total = matches.listing.total
    return {
        "listing": matches.listing,
        "columns": columns,
        "table": table_rows([_on_screen(column) for column in columns], matches.listing.rows, i18n.language()),
        "count": i18n.show_number(total),
        "charged": i18n.show_number(matches.charged) if matches.charged != total else None,
    }


def _on_screen(column: ListColumn) -> Column[Document]:
    def value(document: Document) -> Cell:
        cell = column.value(document)
        return i18n.show_time(cell) if isinstance(cell, datetime) else cell

    return Column(text=column.text, value=value, decimals=column.decimals)
