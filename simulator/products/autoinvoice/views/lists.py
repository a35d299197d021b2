"""Routes of AutoInvoice's lists of received and sent invoices, and of files with one page of a list.

Source: "Verbruik Visma.net AutoInvoice opvragen", *Eigen verbruik AutoInvoice opvragen*: a range of creation dates, the number of
matches under the search field, the channel and the status of each. AutoInvoice, sent invoices: page sizes, columns, the search,
only failed ones, files of the present page. Own choice: the file called XLS has the present Excel format.
"""

from io import BytesIO
from zoneinfo import ZoneInfo

from flask import abort, make_response, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from simulator.documents.model.models import Direction
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.company import chosen_company, reading_documents
from simulator.web import i18n, sheets
from simulator.web import invoice_lists as queries
from simulator.web.access import requires
from simulator.web.invoice_lists import InvoiceFilters, InvoiceListPage
from simulator.web.listing import SIZES
from simulator.web.pages import page
from simulator.web.sessions import cookie_path, set_lasting_cookie
from simulator.web.tables import table_rows
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
    """Send the present page of a list as a file, with the chosen columns."""
    if format not in FORMATS:
        abort(404)
    return _download(Direction(direction), format)


def _download(direction: Direction, format: str) -> Response:
    invoices, zone = _read(queries.read_filters(direction, request.args))
    columns = [column.in_files(zone) for column in queries.chosen_columns(direction, _column_cookie(direction))]
    language, rows = i18n.language(), invoices.listing.rows
    if format == "csv":
        content = sheets.separated(columns, rows, language)
    else:
        name = i18n.t(f"autoinvoice.{direction}")
        content = sheets.excel(columns, rows, language, sheet=name, created=visit().clock.now())
    name = f"{i18n.t(f'autoinvoice.{direction}.file')}-{invoices.listing.page}.{format}"
    return send_file(BytesIO(content), FORMATS[format], as_attachment=True, download_name=name, etag=False)


def _list(direction: Direction) -> Response:
    endpoint = f"autoinvoice.{direction}"
    filters = queries.read_filters(direction, request.args)
    if "choose" in request.args:
        return _save_columns(direction, filters)
    columns = queries.chosen_columns(direction, _column_cookie(direction))
    invoices, _ = _read(filters)
    table = table_rows([column.on_screen() for column in columns], invoices.listing.rows, i18n.language())
    return page(
        "autoinvoice/list.html",
        i18n.t(endpoint),
        menu=endpoint,
        problems=i18n.day_problems("from", "to"),
        endpoint=endpoint,
        direction=direction,
        filters=filters,
        address=filters.address,
        cleared={**filters.address, "from": None, "to": None},
        listing=invoices.listing,
        columns=columns,
        table=table,
        choices=queries.COLUMNS[direction],
        sizes=SIZES,
        count=i18n.show_number(invoices.listing.total),
        charged=i18n.show_number(invoices.charged) if invoices.charged != invoices.listing.total else None,
        months=_retention_months(),
    )


def _read(filters: InvoiceFilters) -> tuple[InvoiceListPage, ZoneInfo]:
    """Return the page of a list that the filters select, and the company's time zone."""
    with reading_documents() as db:
        company = chosen_company(db)
        return queries.page_of(db, company, filters), ZoneInfo(company.time_zone)


def _cookie_name(direction: Direction) -> str:
    return f"autoinvoice_{direction}_{actor().id}_{visit().sandbox.name}"


def _column_cookie(direction: Direction) -> list[str] | None:
    """Return the codes of the columns that this person chose in this browser; None without a choice."""
    cookie = request.cookies.get(_cookie_name(direction))
    return cookie.split("-") if cookie is not None and len(cookie) <= queries.LONGEST_SEARCH else None


def _save_columns(direction: Direction, filters: InvoiceFilters) -> Response:
    chosen = request.args.getlist("column")
    codes = [column.code for column in queries.COLUMNS[direction] if column.code in chosen and not column.always]
    response = make_response(redirect(url_for(f".{direction}", **filters.address)))
    set_lasting_cookie(
        response, _cookie_name(direction), "-".join(codes), path=cookie_path(visit().sandbox.name), seconds=YEAR
    )
    return response


def _retention_months() -> str:
    with visit().sandbox.reading() as db:
        return i18n.show_number(db.record.retention_months)
