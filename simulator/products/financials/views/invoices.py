"""Routes of Financials: sales invoices (AR301000), which are read and sent, not edited.

Source: help of Visma.net ERP, Sales invoices (AR301000), tab *Invoice address*: *Send to AutoInvoice* of the customer, which can be
unticked to mail this one; the box *Sent to AutoInvoice* and the status. Own choice: the lists and the button that sends.
"""

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.products.financials import forms, queries, services
from simulator.products.financials.queries import Action
from simulator.products.financials.views.blueprint import blueprint
from simulator.products.financials.views.company import (
    client_with_books,
    invoice_count,
    screen,
    screen_page,
    without_books,
)
from simulator.products.financials.views.results import process
from simulator.sales import books, submission
from simulator.sales.models import SalesInvoice, Submission
from simulator.web.access import has_permission, requires
from simulator.web.forms import Plain
from simulator.web.listing import SIZES, page_request
from simulator.web.pages import flash_text
from simulator.web.visit import visit

MENU = "financials.invoices"


@blueprint.get("/ar301000")
@requires("financials.open")
def invoices() -> Response:
    """List the sales invoices, newest first, each with its status."""
    requested = page_request(request.args, ["created"])
    with visit().sandbox.reading() as db:
        client = client_with_books(db)
        if client is None:
            return without_books(screen(MENU), MENU)
        listing = queries.invoices(db, client, requested)
    return screen_page(
        "financials/invoices.html",
        screen(MENU),
        menu=MENU,
        count=invoice_count(listing.total),
        listing=listing,
        address={"size": requested.size if requested.size != SIZES[0] else None},
        sizes=SIZES,
        status_of=queries.status,
        changing=queries.CHANGING,
        is_ticked=queries.sends_to_autoinvoice,
    )


@blueprint.get("/ar301000/<int:invoice_id>")
@requires("financials.open")
def invoice(invoice_id: int) -> Response:
    """Show a sales invoice with its lines and its status."""
    return _invoice_page("financials/invoice.html", invoice_id, forms.Sending())


@blueprint.route("/ar301000/<int:invoice_id>/invoice-address", methods=["GET", "POST"])
@requires("financials.open")
def invoice_address(invoice_id: int) -> Response:
    """Show where a sales invoice goes and whether through AutoInvoice, and change the latter until it is sent."""
    form = forms.Sending()
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                ticked = form.send_to_autoinvoice.data
                services.set_sending_of_invoice(db, _invoice(db, invoice_id), through_autoinvoice=ticked)
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("financials.saved")
            return redirect(url_for(".invoice_address", invoice_id=invoice_id))
    return _invoice_page("financials/invoice_address.html", invoice_id, form)


@blueprint.post("/ar301000/<int:invoice_id>/send")
@requires("financials.open")
def send_invoice(invoice_id: int) -> Response:
    """Send a sales invoice through AutoInvoice, or mail it when *Send to AutoInvoice* is not ticked."""
    if Plain().validate_on_submit():
        with visit().sandbox.reading() as db:
            delivery = _invoice(db, invoice_id).delivery
        process(Action.SEND if queries.sends_to_autoinvoice(delivery) else Action.EMAIL, [invoice_id])
    return redirect(url_for(".invoice", invoice_id=invoice_id))


def _invoice_page(template: str, invoice_id: int, form: forms.Sending) -> Response:
    with visit().sandbox.reading() as db:
        invoice = _invoice(db, invoice_id)
        trace = submission.trace(db, invoice)
        totals = books.totals(invoice)
        content = books.content_of(invoice)
    if not form.is_submitted():
        form.send_to_autoinvoice.data = queries.sends_to_autoinvoice(invoice.delivery)
    return screen_page(
        template,
        screen(MENU),
        menu=MENU,
        form=form,
        invoice=invoice,
        content=content,
        totals=totals,
        trace=trace,
        status_key=queries.status(trace),
        is_changing=trace.outcome in queries.CHANGING,
        is_ticked=queries.sends_to_autoinvoice(invoice.delivery),
        is_sent=invoice.submission == Submission.ACCEPTED,
        is_open=invoice.submission in (Submission.NONE, Submission.REFUSED),
        may_send=trace.outcome in queries.SENDABLE,
        opens_autoinvoice=has_permission("autoinvoice.open"),
        status=422 if form.errors else 200,
    )


def _invoice(db: Db, invoice_id: int) -> SalesInvoice:
    """Return a sales invoice of the chosen company; 404 when there is none, or it is another company's."""
    client = client_with_books(db)
    invoice = queries.invoice(db, client, invoice_id) if client is not None else None
    if invoice is None:
        abort(404)
    return invoice
