"""Routes of WebFaktura: the archive of invoices, a new invoice, and sending through AutoInvoice.

Source: WebFaktura, electronic invoices: the choices *Automatisk utsendelse* and *Ikke send, jeg ordner det selv*, and a red cross
in the archive for a mail that came back. Own choice: the pages; an invoice that its maker handles counts as printed here, and is
never sent by AutoInvoice afterwards.
"""

from flask import flash, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.numbers import LARGEST_ID
from simulator.core.sandbox import Db
from simulator.documents.model.content import CREDIT_NOTE
from simulator.products.webfaktura.access import open_client
from simulator.products.webfaktura.forms import NewInvoice
from simulator.products.webfaktura.queries import archive
from simulator.products.webfaktura.views.blueprint import CLIENT, blueprint, client_page, read_client
from simulator.sales import books, submission
from simulator.sales.models import Client, Delivery, ProgramCode, SalesInvoice, Submission
from simulator.sales.submission import Outcome
from simulator.web import i18n
from simulator.web.access import signed_in
from simulator.web.listing import SIZES, page_request
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit

INVOICE = f"{CLIENT}/invoices/<int(max={LARGEST_ID}):invoice_id>"
FAILED = (Outcome.FAILED, Outcome.REFUSED)
MOVING = (Outcome.WAITING, Outcome.PENDING, Outcome.SENT)
"""What changes by itself."""


@blueprint.get(f"{CLIENT}/invoices")
@signed_in
def invoices(client: int) -> Response:
    """List the invoices of a client, newest first, with what became of each."""
    requested = page_request(request.args, ("number",))
    with visit().sandbox.reading() as db:
        opened = read_client(db, client)
        listing = archive(db, opened.client, requested)
    return client_page(
        "webfaktura/invoices.html",
        i18n.t("webfaktura.invoices"),
        opened,
        menu="webfaktura.invoices",
        listing=listing,
        follows=any(row.outcome in MOVING for row in listing.rows),
        failed=FAILED,
        address={"client": client, "size": requested.size if requested.size != SIZES[0] else None},
        sizes=SIZES,
    )


@blueprint.route(f"{CLIENT}/invoices/new", methods=["GET", "POST"])
@signed_in
def new_invoice(client: int) -> Response:
    """Make an invoice or credit note, and send it as chosen."""
    with visit().sandbox.reading() as db:
        opened = read_client(db, client)
        today = books.today(db, opened.client)
        form = NewInvoice(books.buyers(db, opened.client), books.tax_rates(opened.client, today))
        number = books.next_invoice_number(db, opened.client)
        is_exported = opened.client.company is not None
    if not form.is_submitted():
        form.issued_on.data = i18n.show_date(today)
        form.sending.data = "automatic" if is_exported else "own"
    else:
        form.read_lines(request.form)
    if request.form.get("action") == "more":
        form.add_lines()
    elif form.is_submitted():
        made = _make(client, form)
        if made is not None:
            return redirect(url_for(".invoice", client=client, invoice_id=made))
    return client_page(
        "webfaktura/new_invoice.html",
        i18n.t("webfaktura.new_invoice"),
        opened,
        menu="webfaktura.invoices",
        status=422 if form.problems else 200,
        form=form,
        number=number,
        is_exported=is_exported,
    )


def _make(client: int, form: NewInvoice) -> int | None:
    """Make the invoice of a form and send it, and return its id; None when something is wrong with it, which the form says."""
    is_valid, entries, days = form.validate(), form.entries(), form.days()
    if not is_valid or form.problems or days is None:
        return None
    try:
        with visit().sandbox.transaction() as db:
            owner = open_client(db, client).client
            buyer = books.buyer(db, owner, int(form.buyer.data))
            if buyer is None:
                raise RuleViolation("webfaktura.customer_gone", field="buyer")
            made = books.make_invoice(
                db,
                owner,
                buyer,
                entries,
                program=ProgramCode.WEBFAKTURA,
                actor=actor().email,
                credit_note=form.kind.data == CREDIT_NOTE.code,
                issued_on=days[0],
                due_on=days[1],
                reference=(form.reference.data or "").strip() or None,
            )
            submitted = _send(db, made, own=form.sending.data == "own")
            id_, number = made.id, made.number
    except RuleViolation as refusal:
        form.refuse(refusal)
        return None
    _say(submitted, number)
    return id_


def _send(db: Db, invoice: SalesInvoice, *, own: bool) -> Submission:
    delivery = Delivery.PRINTER if own else Delivery(invoice.buyer.delivery)
    if not own and not delivery.through_autoinvoice:
        delivery = Delivery.AUTOINVOICE
    return submission.send(db, invoice, actor=actor().email, delivery=delivery)


def _say(submitted: Submission, number: str) -> None:
    kind = {Submission.WAITING: "warning", Submission.REFUSED: "danger"}.get(submitted, "success")
    flash_text(f"webfaktura.sent.{submitted}", kind, number=number)


@blueprint.get(INVOICE)
@signed_in
def invoice(client: int, invoice_id: int) -> Response:
    """Show an invoice and what became of it."""
    return _invoice_page(client, invoice_id)


def _invoice_page(client: int, invoice_id: int, status: int = 200) -> Response:
    with visit().sandbox.reading() as db:
        opened = read_client(db, client)
        row = _invoice(db, opened.client, invoice_id)
        trace, totals, buyer = submission.trace(db, row), books.totals(row), row.buyer
    return client_page(
        "webfaktura/invoice.html",
        f"{i18n.t(f'sales.kind.{row.kind}')} {row.number}",
        opened,
        menu="webfaktura.invoices",
        status=status,
        invoice=row,
        buyer=buyer,
        totals=totals,
        trace=trace,
        problem=i18n.t(trace.problem, **(trace.facts or {})) if trace.problem else None,
        is_failed=trace.outcome in FAILED,
        follows=trace.outcome in MOVING,
        may_send=trace.outcome is Outcome.NOT_SENT or trace.outcome in FAILED,
        may_handle=trace.outcome in (*FAILED, Outcome.NOT_SENT, Outcome.WAITING),
    )


@blueprint.post(f"{INVOICE}/send")
@signed_in
def send(client: int, invoice_id: int) -> Response:
    """Send an invoice through AutoInvoice; again, when it was refused or not delivered; or leave it to the visitor."""
    own = request.form.get("sending") == "own"
    try:
        with visit().sandbox.transaction() as db:
            row = _invoice(db, open_client(db, client).client, invoice_id)
            outcome, number = submission.trace(db, row).outcome, row.number
            if outcome is Outcome.NOT_SENT:
                submitted = _send(db, row, own=own)
            elif own:
                submission.handle_manually(db, row, "", actor=actor().email)
                submitted = Submission.MANUAL
            elif outcome in FAILED:
                submitted = submission.send_again(db, row, actor=actor().email)
            else:
                raise RuleViolation("sales.already_sent", number=number)
    except RuleViolation as refusal:
        flash(i18n.refusal_text(refusal), "danger")
        return _invoice_page(client, invoice_id, refusal.status)
    _say(submitted, number)
    return redirect(url_for(".invoice", client=client, invoice_id=invoice_id))


def _invoice(db: Db, client: Client, invoice_id: int) -> SalesInvoice:
    row = books.invoice(db, client, invoice_id)
    if row is None:
        raise NotFound
    return row
