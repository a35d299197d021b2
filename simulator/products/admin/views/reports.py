"""Routes of Admin: reports."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

from flask import abort, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from simulator.billing.models import Invoice
from simulator.billing.products import Kind
from simulator.core import files
from simulator.core.sandbox import Db
from simulator.products.admin import exports
from simulator.products.admin.queries import reports as queries
from simulator.products.admin.queries.reports import Filter
from simulator.products.admin.services import reports as services
from simulator.products.admin.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import has_permission, requires
from simulator.web.forms import Plain
from simulator.web.listing import SIZES, page_request
from simulator.web.pages import flash_text, page
from simulator.web.rules import LARGEST_ID
from simulator.web.tables import shown
from simulator.web.visit import actor, visit

LEGACY_NUMBER = re.compile(r"7\d{7}")
LONGEST_NUMBER = 40


@blueprint.get("/reports")
@requires("admin.open")
def reports() -> Response:
    """Lead to the invoices, or to the first report when the visitor may not see them.

    Own choice: invoices are what the reports are opened for, although another report stands before them.
    """
    return redirect(url_for(".invoices" if has_permission("admin.view_invoices") else ".login_history"))


@blueprint.get("/reports/invoices")
@requires("admin.view_invoices")
def invoices() -> Response:
    """List the invoices whose numbers begin with INV, newest first; the address filters and sorts.

    Source: "Specificatie verbruik Visma.net AutoInvoice", step 2, an overview of all invoices. Own choice: columns and filters; a
    number of the other kind is told where it is.
    """
    number, kind = request.args.get("number", "").strip()[:LONGEST_NUMBER], request.args.get("type", "")
    narrowed = Filter(
        number=number,
        kind=Kind(kind) if kind in queries.KINDS else None,
        since=_day(request.args.get("from", "")),
        until=_day(request.args.get("to", "")),
    )
    asked = page_request(request.args, queries.SORTED_BY)
    if "sort" not in request.args:
        asked = replace(asked, descending=True)
    with visit().sandbox.reading() as db:
        found = queries.invoices(db, actor(), narrowed, asked)
    is_usual = asked.sort == queries.SORTED_BY[0] and asked.descending
    address = {
        "number": number or None,
        "type": narrowed.kind,
        "from": narrowed.since.isoformat() if narrowed.since else None,
        "to": narrowed.until.isoformat() if narrowed.until else None,
        "size": asked.size if asked.size != SIZES[0] else None,
        "sort": None if is_usual else asked.sort,
        "order": "desc" if asked.descending and not is_usual else None,
    }
    return page(
        "admin/reports/invoices.html",
        i18n.t("admin.invoices"),
        menu="admin.invoices",
        invoices=found,
        narrowed=narrowed,
        address=address,
        is_narrowed=narrowed != Filter(),
        sizes=SIZES,
        kinds=queries.KINDS,
        settings=_settings(),
        elsewhere=_settings() if LEGACY_NUMBER.fullmatch(number) else None,
    )


@blueprint.get("/reports/invoices/<inv>")
@requires("admin.view_invoices")
def invoice(inv: str) -> Response:
    """Show an invoice with its lines.

    Source: "Specificatie verbruik Visma.net AutoInvoice", step 2. Own choice: product and unit price, which the text names and the
    picture does not have, are columns that can be chosen; lines come in pages.
    """
    asked = request.args.get("page", "1")
    more = [name for name in exports.MORE if name in request.args.getlist("columns")]
    columns = (*exports.ON_SCREEN, *(exports.MORE[name] for name in more))
    with visit().sandbox.reading() as db:
        found = queries.invoice_visible(db, actor(), inv)
        if found is None:
            return _not_here(inv)
        lines = queries.lines(db, found, int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= 9 else 1)
        head = exports.head(found)
    return page(
        "admin/reports/invoice.html",
        i18n.t("admin.invoice.title", number=found.number),
        menu="admin.invoice_data",
        invoice=found,
        head=head,
        lines=lines,
        table=shown(columns, lines.rows, i18n.language()),
        chosen=more,
        choices=exports.MORE,
        address={"inv": found.number, "columns": more or None},
        form=Plain(),
        failed=request.args.get("export") == "failed",
    )


@blueprint.get(f"/reports/invoices/<inv>/lines/<int(max={LARGEST_ID}):position>")
@requires("admin.view_invoices")
def invoice_line(inv: str, position: int) -> Response:
    """Show one line of an invoice whole, with product and unit price. Own choice."""
    with visit().sandbox.reading() as db:
        found = queries.invoice_visible(db, actor(), inv)
        line = None if found is None else queries.line(db, found, position)
        if found is None or line is None:
            abort(404)
    columns = (*exports.ON_SCREEN[:7], *exports.MORE.values(), *exports.ON_SCREEN[7:])
    table = shown(columns, [line], i18n.language())
    return page(
        "admin/reports/line.html",
        i18n.t("admin.invoice.line", number=found.number, position=i18n.show_number(position)),
        menu="admin.invoice_data",
        invoice=found,
        page_of_line=(position - 1) // queries.LINES_A_PAGE + 1,
        facts=list(zip(table.headings, table.rows[0], strict=True)),
    )


@blueprint.post("/reports/invoices/<inv>/export")
@requires("admin.export_invoice")
def export_invoice(inv: str) -> Response:
    """Queue the export of an invoice, and say so.

    Source: "Specificatie verbruik Visma.net AutoInvoice", step 3, with the words of the message.
    """
    company = actor().company
    with visit().sandbox.transaction() as db:
        found = _invoice(db, inv)
        zone = company.time_zone if company else i18n.TIME_ZONE
        queued = services.export_invoice(db, actor(), found, i18n.language(), zone)
    flash_text("admin.invoice.export.queued" if queued else "admin.invoice.export.running", "info")
    return redirect(url_for(".invoice", inv=inv))


@blueprint.get(f"/reports/exports/<int(max={LARGEST_ID}):file_id>")
@requires("admin.export_invoice")
def exported(file_id: int) -> Response:
    """Send an exported file to whoever asked for it and still has access, for seven days."""
    with visit().sandbox.reading() as db:
        file = queries.exported(db, actor(), file_id) or abort(404)
        name, media_type = file.name, file.media_type
        content = None if files.has_expired(db, file) else file.content
    if content is None:
        title = i18n.t("admin.export.expired")
        return page("admin/reports/expired.html", title, menu="admin.invoices", status=410, name=name)
    return send_file(BytesIO(content), media_type, as_attachment=True, download_name=name, etag=False)


def _day(text: str) -> date | None:
    """Read a day of a date field; what is none filters nothing."""
    try:
        return date.fromisoformat(text) if len(text) == len("2022-03-27") else None
    except ValueError:
        return None


def _settings() -> str:
    """Return where invoices of the other kind are, for whoever may go there; empty for others."""
    return url_for("settings.licences") if has_permission("settings.open") else ""


def _invoice(db: Db, number: str) -> Invoice:
    return queries.invoice_visible(db, actor(), number) or abort(404)


def _not_here(number: str) -> Response:
    if not LEGACY_NUMBER.fullmatch(number):
        abort(404)
    title = i18n.t("admin.invoice.not_here", number=number)
    return page("admin/reports/elsewhere.html", title, menu="admin.invoices", status=404, elsewhere=_settings())
