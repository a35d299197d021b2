"""Routes of AutoInvoice's lists of received and sent invoices, and of files of a page of them.

Source: "Verbruik Visma.net AutoInvoice opvragen", *Eigen verbruik AutoInvoice opvragen*: a range of days of creation, the number
found under the search field, how each came or went, its status. AutoInvoice, sent invoices: page sizes, columns, the search, only
failed ones, files of the present page. Own choice: the file called XLS is today's Excel format.
"""

from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from flask import abort, make_response, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from simulator.documents.model.models import Direction, Document
from simulator.documents.synthetic import consumption
from simulator.products.autoinvoice.queries import invoices as queries
from simulator.products.autoinvoice.queries.invoices import Asked, ListColumn, Page
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.here import company_here
from simulator.web import i18n, sheets
from simulator.web.access import requires
from simulator.web.listing import SIZES
from simulator.web.pages import page
from simulator.web.sessions import cookie_path, set_lasting_cookie
from simulator.web.tables import Cell, Column, shown
from simulator.web.visit import actor, visit

YEAR = 365 * 24 * 3600
FORMATS = {"xlsx": sheets.XLSX_TYPE, "csv": sheets.CSV_TYPE}


@blueprint.get("/received")
@requires("autoinvoice.open")
def received() -> Response:
    """List the received invoices, newest first."""
    return _list(Direction.RECEIVED)


@blueprint.get("/sent")
@requires("autoinvoice.open")
def sent() -> Response:
    """List the sent invoices, newest first."""
    return _list(Direction.SENT)


@blueprint.get("/<any(sent, received):direction>/download/<format>")
@requires("autoinvoice.open")
def download_list(direction: str, format: str) -> Response:
    """Send the present page of a list as a file, with the columns that are shown."""
    if format not in FORMATS:
        abort(404)
    way = Direction(direction)
    asked = queries.asked(way, request.args)
    found, zone = _found(asked)
    columns = [column.in_files(zone) for column in queries.chosen_columns(way, _chosen(way))]
    language, rows = i18n.language(), found.listing.rows
    if format == "csv":
        content = sheets.separated(columns, rows, language)
    else:
        name = i18n.t(f"autoinvoice.{way}")
        content = sheets.excel(columns, rows, language, sheet=name, created=visit().clock.now())
    name = f"{i18n.t(f'autoinvoice.{way}.file')}-{found.listing.page}.{format}"
    return send_file(BytesIO(content), FORMATS[format], as_attachment=True, download_name=name, etag=False)


def _list(way: Direction) -> Response:
    endpoint = f"autoinvoice.{way}"
    asked = queries.asked(way, request.args)
    if "choose" in request.args:
        return _choose_columns(way, asked)
    chosen = _chosen(way)
    columns = queries.chosen_columns(way, chosen)
    found, _ = _found(asked)
    table = shown([_on_screen(column) for column in columns], found.listing.rows, i18n.language())
    return page(
        "autoinvoice/list.html",
        i18n.t(endpoint),
        menu=endpoint,
        endpoint=endpoint,
        way=way,
        asked=asked,
        address=asked.address,
        cleared={**asked.address, "from": None, "to": None},
        found=found,
        listing=found.listing,
        columns=columns,
        table=table,
        choices=queries.COLUMNS[way],
        sizes=SIZES,
        count=i18n.show_number(found.listing.total),
        charged=i18n.show_number(found.charged) if found.charged != found.listing.total else None,
        months=_months(),
    )


def _found(asked: Asked) -> tuple[Page, ZoneInfo]:
    here = actor().company
    assert here is not None
    consumption.unpack(visit().sandbox, here.id)
    with visit().sandbox.reading() as db:
        company = company_here(db)
        return queries.page_of(db, company, asked), ZoneInfo(company.time_zone)


def _on_screen(column: ListColumn) -> Column[Document]:
    def value(document: Document) -> Cell:
        cell = column.value(document)
        return i18n.show_time(cell) if isinstance(cell, datetime) else cell

    return Column(text=column.text, value=value, decimals=column.decimals)


def _cookie(way: Direction) -> str:
    return f"autoinvoice_{way}_{actor().id}_{visit().sandbox.name}"


def _chosen(way: Direction) -> list[str] | None:
    """Return the columns that this person chose in this browser."""
    kept = request.cookies.get(_cookie(way))
    return kept.split("-") if kept is not None and len(kept) <= queries.LONGEST_SEARCH else None


def _choose_columns(way: Direction, asked: Asked) -> Response:
    wanted = request.args.getlist("column")
    codes = [column.code for column in queries.COLUMNS[way] if column.code in wanted and not column.always]
    response = make_response(redirect(url_for(f".{way}", **asked.address)))
    set_lasting_cookie(response, _cookie(way), "-".join(codes), path=cookie_path(visit().sandbox.name), seconds=YEAR)
    return response


def _months() -> str:
    with visit().sandbox.reading() as db:
        return i18n.show_number(db.record.retention_months)
