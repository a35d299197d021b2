"""Routes of Visma Business: the invoices of a client, sending them through AutoInvoice, and what became of them.

Source: Visma Business, status of electronic invoices: once the reason of a failed transfer is removed, the invoice is sent again or
set to status 4. Own choice: the pages.
"""

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.numbers import LARGEST_ID
from simulator.core.sandbox import Db
from simulator.documents.model.content import CREDIT_NOTE
from simulator.products.business.forms import HandleManually
from simulator.products.business.queries import TRANSFER_OF
from simulator.products.business.views.blueprint import CLIENT, blueprint, opened, show
from simulator.sales import books, invoice_search, submission
from simulator.sales.invoice_search import InvoiceSearch
from simulator.sales.models import Delivery, ProgramCode, SalesInvoice
from simulator.sales.submission import Outcome
from simulator.web import i18n
from simulator.web.access import signed_in
from simulator.web.commands import run_command
from simulator.web.invoice_form import InvoiceForm
from simulator.web.listing import SIZES, Listing, page_request
from simulator.web.visit import actor, visit

INVOICE = f"{CLIENT}/invoices/<int(max={LARGEST_ID}):invoice_id>"


@blueprint.get(f"{CLIENT}/invoices")
@signed_in
def invoices(client: int) -> Response:
    """List the invoices of a client, newest first, with the status of their transfer."""
    requested = page_request(request.args, ("number",))
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
        search = InvoiceSearch()
        total = invoice_search.count(db, installed.client, search)
        at = requested.nearest(total)
        rows = invoice_search.find(db, installed.client, search, start=at.start, size=at.size)
        totals = {row.invoice.id: books.totals(row.invoice) for row in rows}
    return show(
        "business/invoices.html",
        i18n.t("business.invoices"),
        installed,
        listing=Listing(rows, total, at.number, at.count, requested),
        totals=totals,
        transfers={row.invoice.id: TRANSFER_OF[row.outcome] for row in rows},
        address={"client": client, "size": requested.size if requested.size != SIZES[0] else None},
        sizes=SIZES,
    )


@blueprint.route(f"{CLIENT}/invoices/new", methods=["GET", "POST"])
@signed_in
def new_invoice(client: int) -> Response:
    """Make an invoice or credit note; it is sent from its own page."""
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
        today = books.today(db, installed.client)
        form = InvoiceForm(books.buyers(db, installed.client), books.tax_rates(installed.client, today))
        number = books.next_invoice_number(db, installed.client)
    if form.is_submitted():
        form.read_lines(request.form)
    else:
        form.issued_on.data = i18n.show_date(today)
    if request.form.get("action") == "more":
        form.add_lines()
    elif form.is_submitted():
        made = _make(client, form)
        if made is not None:
            return redirect(url_for(".invoice", client=client, invoice_id=made))
    title = i18n.t("business.new_invoice")
    status = 422 if form.problems else 200
    return show("business/new_invoice.html", title, installed, status=status, form=form, number=number)


def _make(client: int, form: InvoiceForm) -> int | None:
    """Make the invoice of a form and return its id; None when something is wrong with it, which the form says."""
    is_valid, entries, days = form.validate(), form.entries(), form.days()
    if not is_valid or form.problems or days is None:
        return None
    try:
        with visit().sandbox.transaction() as db:
            owner = opened(db, client).client
            made = books.make_invoice(
                db,
                owner,
                books.buyer(db, owner, int(form.buyer.data)) or abort(404),
                entries,
                program=ProgramCode.BUSINESS,
                actor=actor().email,
                credit_note=form.kind.data == CREDIT_NOTE.code,
                issued_on=days[0],
                due_on=days[1],
                reference=(form.reference.data or "").strip() or None,
            )
            return made.id
    except RuleViolation as refusal:
        form.refuse(refusal)
        return None


@blueprint.get(INVOICE)
@signed_in
def invoice(client: int, invoice_id: int) -> Response:
    """Show an invoice with what became of it; one that failed with the reason, *EDI-feilmelding*."""
    return _invoice_page(client, invoice_id)


@blueprint.post(f"{INVOICE}/send")
@signed_in
def send(client: int, invoice_id: int) -> Response:
    """Send an invoice through AutoInvoice, again when it failed."""

    def command(db: Db) -> dict[str, str]:
        row = _invoice(db, client, invoice_id)
        failed = submission.trace(db, row).outcome in (Outcome.FAILED, Outcome.REFUSED, Outcome.WAITING)
        (submission.send_again if failed else submission.send)(db, row, actor=actor().email)
        return {"number": row.number, "outcome": i18n.t(TRANSFER_OF[submission.trace(db, row).outcome].text)}

    return run_command(command, "business.invoice.sent", url_for(".invoice", client=client, invoice_id=invoice_id))


@blueprint.post(f"{INVOICE}/handle")
@signed_in
def handle(client: int, invoice_id: int) -> Response:
    """Set an invoice that failed to status 4: it is handled without AutoInvoice."""
    form = HandleManually()
    if not form.validate():
        return _invoice_page(client, invoice_id, form, 422)

    def command(db: Db) -> dict[str, str]:
        row = _invoice(db, client, invoice_id)
        submission.handle_manually(db, row, (form.remark.data or "").strip(), actor=actor().email)
        return {"number": row.number}

    return run_command(command, "business.invoice.handled", url_for(".invoice", client=client, invoice_id=invoice_id))


def _invoice(db: Db, client: int, invoice_id: int) -> SalesInvoice:
    return books.invoice(db, opened(db, client).client, invoice_id) or abort(404)


def _invoice_page(client: int, invoice_id: int, form: HandleManually | None = None, status: int = 200) -> Response:
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
        row = books.invoice(db, installed.client, invoice_id) or abort(404)
        trace = submission.trace(db, row)
        totals, refusal = books.totals(row), submission.refusal_of(db, row, Delivery(row.delivery))
    return show(
        "business/invoice.html",
        f"{i18n.t(f'sales.kind.{row.kind}')} {row.number}",
        installed,
        status=status,
        invoice=row,
        trace=trace,
        transfer=TRANSFER_OF[trace.outcome],
        problem=i18n.t(trace.problem, **(trace.facts or {})) if trace.problem else None,
        totals=totals,
        refusal=i18n.refusal_text(refusal) if refusal is not None else None,
        may_send=trace.outcome in (Outcome.NOT_SENT, Outcome.FAILED, Outcome.REFUSED, Outcome.WAITING),
        may_handle=trace.outcome in (Outcome.FAILED, Outcome.REFUSED, Outcome.WAITING),
        form=form or HandleManually(formdata=None),
    )
