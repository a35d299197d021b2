"""Routes of Admin: reports."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from simulator.billing import queries as billing
from simulator.billing.models import Invoice, InvoiceKind
from simulator.core import files
from simulator.core.numbers import LARGEST_ID, whole_number
from simulator.core.sandbox import Db
from simulator.documents import vendor_invoices
from simulator.products.admin import exports
from simulator.products.admin.queries import login_history as history
from simulator.products.admin.queries import reports as queries
from simulator.products.admin.queries.reports import Filter
from simulator.products.admin.queries.scope import AdminScope, admin_scope
from simulator.products.admin.queries.users import LONGEST_SEARCH
from simulator.products.admin.services import reports as services
from simulator.products.admin.views.blueprint import blueprint
from simulator.products.admin.views.exports import export_list
from simulator.web import i18n
from simulator.web.access import has_permission, products, requires
from simulator.web.download import download
from simulator.web.forms import Plain
from simulator.web.invoice_lines import explanations
from simulator.web.listing import SIZES, page_request
from simulator.web.pages import flash_text, page
from simulator.web.tables import table_rows
from simulator.web.visit import actor, visit

LEGACY_NUMBER = re.compile(r"7\d{7}")
LONGEST_NUMBER = 40


@blueprint.get("/reports")
@requires("admin.open")
def reports() -> Response:
    """Redirect to the invoices, or to the first report when the visitor may not see invoices.

    Own choice: visitors open the reports for the invoices, although another report comes first in the menu.
    """
    return redirect(url_for(".invoices" if has_permission("admin.view_invoices") else ".login_history"))


@blueprint.get("/reports/login-history")
@requires("admin.view_start")
def login_history() -> Response:
    """List who signed in and out, newest first; the address filters.

    Source: "Specificatie verbruik Visma.net AutoInvoice", the first tab of the reports. Own choice: see ``queries.login_history``.
    """
    zone = ZoneInfo(time_zone())
    with visit().sandbox.reading() as db:
        scope = admin_scope(db, actor(), "admin.view_start")
        default = db.clock.now().astimezone(zone).date() - history.PERIOD
        filters = _history_filters(request.args, scope, default)
        requested = page_request(request.args, ("at",))
        entries = history.login_history(db, scope, filters, zone, requested)
    address = {
        "q": filters.search or None,
        "result": filters.result,
        "company": filters.company,
        "service": filters.application,
        "from": filters.since.isoformat() if filters.since != default else None,
        "to": filters.until.isoformat() if filters.until else None,
        "size": requested.size if requested.size != SIZES[0] else None,
    }
    return page(
        "admin/reports/login_history.html",
        i18n.t("admin.login_history"),
        menu="admin.login_history",
        problems=i18n.day_problems("from", "to"),
        form=Plain(),
        entries=entries,
        filters=filters,
        address=address,
        is_filtered=any(address[name] for name in ("q", "result", "company", "service", "from", "to")),
        results=list(history.Result),
        companies=[(target.id, target.name) for target in scope.targets if target.level == "company"],
        applications=application_names(),
        sizes=SIZES,
    )


@blueprint.post("/reports/login-history/export")
@requires("admin.view_start")
def export_login_history() -> Response:
    """Queue the export of the lines that match the filters. Own choice: as the other exports."""
    zone = ZoneInfo(time_zone())
    with visit().sandbox.reading() as db:
        scope = admin_scope(db, actor(), "admin.view_start")
        default = db.clock.now().astimezone(zone).date() - history.PERIOD
    filters = _history_filters(request.form, scope, default)
    stored = {
        "search": filters.search,
        "result": filters.result,
        "since": filters.since.isoformat(),
        "until": filters.until.isoformat() if filters.until else None,
        "company": filters.company,
        "application": filters.application,
    }
    names = ("q", "result", "company", "service", "from", "to")
    address: dict[str, Any] = {name: request.form[name] for name in names if request.form.get(name)}
    return export_list("login-history", stored, zone.key, url_for(".login_history", **address))


def time_zone() -> str:
    """Return the time zone in which days are counted: that of the chosen company."""
    company = actor().company
    return company.time_zone if company else i18n.TIME_ZONE


def application_names() -> dict[str, str]:
    """Return the text keys of the names of all applications that people open after signing in, by code."""
    return {product.code: product.name for product in products().all if product.tile or product.code == "home"}


def _history_filters(arguments: Mapping[str, str], scope: AdminScope, default: date) -> history.Filter:
    """Read the filters of an address; a value that is unknown or outside the scope is ignored."""
    result, application = arguments.get("result", ""), arguments.get("service", "")
    return history.Filter(
        search=arguments.get("q", "").strip()[:LONGEST_SEARCH],
        result=history.Result(result) if result in list(history.Result) else None,
        since=i18n.read_day(arguments.get("from", "")) or default,
        until=i18n.read_day(arguments.get("to", "")),
        company=next((id_ for id_ in scope.company_ids if str(id_) == arguments.get("company")), None),
        application=application if application in application_names() else None,
    )


@blueprint.get("/reports/invoices")
@requires("admin.view_invoices")
def invoices() -> Response:
    """List the invoices whose numbers begin with INV, newest first; the address filters and sorts.

    Source: "Specificatie verbruik Visma.net AutoInvoice", step 2, an overview of all invoices. Own choice: columns and filters; for
    a number of the other kind the page says where to find it.
    """
    number, kind = request.args.get("number", "").strip()[:LONGEST_NUMBER], request.args.get("type", "")
    filters = Filter(
        number=number,
        kind=InvoiceKind(kind) if kind in queries.KINDS else None,
        since=i18n.read_day(request.args.get("from", "")),
        until=i18n.read_day(request.args.get("to", "")),
    )
    requested = page_request(request.args, queries.SORTED_BY)
    if "sort" not in request.args:
        requested = replace(requested, descending=True)
    with visit().sandbox.reading() as db:
        listed = queries.list_invoices(db, actor(), filters, requested)
    is_default_order = requested.sort == queries.SORTED_BY[0] and requested.descending
    address = {
        "number": number or None,
        "type": filters.kind,
        "from": filters.since.isoformat() if filters.since else None,
        "to": filters.until.isoformat() if filters.until else None,
        "size": requested.size if requested.size != SIZES[0] else None,
        "sort": None if is_default_order else requested.sort,
        "order": "desc" if requested.descending and not is_default_order else None,
    }
    return page(
        "admin/reports/invoices.html",
        i18n.t("admin.invoices"),
        menu="admin.invoices",
        problems=i18n.day_problems("from", "to"),
        invoices=listed,
        filters=filters,
        address=address,
        is_filtered=filters != Filter(),
        sizes=SIZES,
        kinds=queries.KINDS,
        settings=_settings(),
        elsewhere=_in_settings(number) if LEGACY_NUMBER.fullmatch(number) else None,
    )


@blueprint.get("/reports/invoices/<inv>")
@requires("admin.view_invoices")
def invoice(inv: str) -> Response:
    """Show an invoice with its lines.

    Source: "Specificatie verbruik Visma.net AutoInvoice", step 2. Own choice: lines come in pages.
    """
    number = whole_number(request.args.get("page", ""), least=1) or 1
    with visit().sandbox.reading() as db:
        row = queries.visible_invoice(db, actor(), inv)
        if row is None:
            return _elsewhere_page(inv)
        lines = queries.lines(db, row, number)
        head = exports.head(row)
        export = queries.export_state(db, actor(), row)
        related = queries.related(db, row)
    second = exports.SECOND_LINE if related.contract is None else exports.SECOND_LINE_OF_CONTRACT
    return page(
        "admin/reports/invoice.html",
        i18n.t("admin.invoice.title", number=row.number),
        menu="admin.invoice_data",
        invoice=row,
        head=head,
        lines=lines,
        table=table_rows(exports.ON_SCREEN, lines.rows, i18n.language()),
        titles=[column.title for column in exports.ON_SCREEN],
        second=table_rows(second, lines.rows, i18n.language()),
        explanations=[explanations(line, line.code, line.ordered_on) for line in lines.rows],
        related=related,
        settings=_settings(),
        address={"inv": row.number},
        form=Plain(),
        failed=request.args.get("export") == "failed",
        export=export,
        export_link=f"/s/{visit().sandbox.name}{export.link}" if export is not None and export.link else None,
    )


@blueprint.get("/reports/invoices/<inv>/pdf")
@requires("admin.view_invoices")
def invoice_pdf(inv: str) -> Response:
    """Download an invoice as a document, in the language of the page. Own choice."""
    with visit().sandbox.reading() as db:
        row = _invoice(db, inv)
        content = vendor_invoices.pdf(db, row, i18n.language())
        name = vendor_invoices.file_name(row, i18n.language())
    return download(content, name, "application/pdf")


@blueprint.get(f"/reports/invoices/<inv>/lines/<int(max={LARGEST_ID}):position>")
@requires("admin.view_invoices")
def invoice_line(inv: str, position: int) -> Response:
    """Show one line of an invoice with all columns. Own choice."""
    with visit().sandbox.reading() as db:
        row = queries.visible_invoice(db, actor(), inv)
        line = None if row is None else queries.line(db, row, position)
        if row is None or line is None:
            abort(404)
    table = table_rows((*exports.ON_SCREEN, *exports.SECOND_LINE), [line], i18n.language())
    return page(
        "admin/reports/line.html",
        i18n.t("admin.invoice.line", number=row.number, position=i18n.show_number(position)),
        menu="admin.invoice_data",
        invoice=row,
        page_of_line=(position - 1) // queries.LINES_PER_PAGE + 1,
        facts=list(zip(table.headings, table.rows[0], strict=True)),
    )


@blueprint.post("/reports/invoices/<inv>/export")
@requires("admin.export_invoice")
def export_invoice(inv: str) -> Response:
    """Queue the export of an invoice, and flash a message.

    Source: "Specificatie verbruik Visma.net AutoInvoice", step 3, the wording of the message.
    """
    with visit().sandbox.transaction() as db:
        row = _invoice(db, inv)
        queued = services.export_invoice(db, actor(), row, i18n.language(), time_zone())
    flash_text("admin.invoice.export.queued" if queued else "admin.invoice.export.running", "info")
    return redirect(url_for(".invoice", inv=inv))


@blueprint.get(f"/reports/exports/<int(max={LARGEST_ID}):file_id>")
@requires("admin.export_invoice")
def exported(file_id: int) -> Response:
    """Send an exported file, for seven days, to the person who requested it, if that person still has access."""
    with visit().sandbox.reading() as db:
        file = queries.exported_file(db, actor(), file_id) or abort(404)
        name, media_type = file.name, file.media_type
        content = None if files.has_expired(db, file) else file.content
    if content is None:
        title, back = i18n.t("admin.export.expired"), url_for(".invoices")
        return page("admin/reports/expired.html", title, menu="admin.invoices", status=410, name=name, back=back)
    return send_file(BytesIO(content), media_type, as_attachment=True, download_name=name, etag=False)


def _settings() -> str:
    """Return the address of the invoices of the other kind; empty for a visitor who may not open it."""
    return url_for("settings.licences") if has_permission("settings.open") else ""


def _in_settings(number: str) -> str:
    """Return the address of an invoice of the other kind, or of their list; empty for a visitor who may not open it."""
    if not _settings():
        return ""
    with visit().sandbox.reading() as db:
        customer_id = actor().customer_id
        invoice = billing.invoice_of_number(db, customer_id, number) if customer_id is not None else None
    return url_for("settings.find_invoice", number=number) if invoice is not None else _settings()


def _invoice(db: Db, number: str) -> Invoice:
    return queries.visible_invoice(db, actor(), number) or abort(404)


def _elsewhere_page(number: str) -> Response:
    if not LEGACY_NUMBER.fullmatch(number):
        abort(404)
    title = i18n.t("admin.invoice.not_here", number=number)
    return page("admin/reports/elsewhere.html", title, menu="admin.invoices", status=404, elsewhere=_in_settings(number))
