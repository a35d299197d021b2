"""Routes of customer invoices: the list, a new one, one with its tabs, printing, its PDF, sending again and handling manually.

Source: Visma Administration 2000, *Skapa kundfaktura*, *Kundfakturor, fliken Faktura*, *Utskrift av dokument*, *Spårning*.
"""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import countries
from simulator.documents import pictures
from simulator.documents.model import history
from simulator.documents.registers.document_types import INVOICE as INVOICE_TYPE
from simulator.products.administration import forms, queries, services
from simulator.products.administration.views.blueprint import (
    CLIENT,
    INVOICE,
    blueprint,
    in_window,
    installed,
    invoice_of,
)
from simulator.sales import books, submission
from simulator.sales.models import Delivery, ProgramCode, SalesInvoice, Submission
from simulator.sales.submission import Outcome
from simulator.web import desktop, i18n, listing
from simulator.web.access import has_permission, signed_in
from simulator.web.download import download
from simulator.web.invoice_form import InvoiceForm
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit

ALL_OUTCOMES = {str(outcome): (outcome,) for outcome in Outcome}
FAILED = (Outcome.FAILED, Outcome.REFUSED)


@blueprint.get(f"{CLIENT}/invoices")
@signed_in
def invoices(client: int) -> Response:
    """List the invoices of a client, newest first."""
    filters = queries.filters_of(request.args, ALL_OUTCOMES, None)
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        window = in_window(program)
        rows = queries.invoices(db, program.client, filters.search, listing.page_request(request.args, ["number"]))
    return desktop.window(
        "administration/invoices.html",
        i18n.t("administration.invoices"),
        window,
        problems=i18n.day_problems("from", "to"),
        client=client,
        listing=rows,
        filters=filters,
        statuses=[(str(outcome), i18n.t(outcome.text)) for outcome in Outcome],
        kinds=[(kind, forms.kind_name(kind)) for kind in queries.KINDS],
        sizes=listing.SIZES,
        moves=any(row.outcome in queries.MOVING for row in rows.rows),
        address={name: request.args.get(name) for name in ("status", "type", "from", "to", "size")},
    )


@blueprint.route(f"{CLIENT}/invoices/new", methods=["GET", "POST"])
@signed_in
def create_invoice(client: int) -> Response:
    """Make an invoice or a credit note."""
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        window = in_window(program)
        form = InvoiceForm(books.buyers(db, program.client), forms.RATES)
        today, number = books.today(db, program.client), books.next_invoice_number(db, program.client)
    if not form.is_submitted():
        form.issued_on.data = i18n.show_date(today)
        chosen = request.args.get("customer", "")
        form.buyer.data = chosen or None
    else:
        form.read_lines(request.form)
    if form.is_submitted() and request.form.get("action") == "more":
        form.add_lines()
    elif form.is_submitted():
        made = _make(client, form)
        if made is not None:
            flash_text("administration.invoice.made", number=made.number)
            return redirect(url_for(".invoice", client=client, invoice=made.id))
    return desktop.window(
        "administration/create_invoice.html",
        i18n.t("administration.create_invoice"),
        window,
        status=422 if form.problems else 200,
        form=form,
        client=client,
        number=number,
    )


def _make(client: int, form: InvoiceForm) -> SalesInvoice | None:
    """Make the invoice of a form; None when something is wrong with it, which the form says."""
    is_valid = form.validate()
    entries = form.entries()
    days = form.days()
    if not is_valid or form.problems or days is None:
        return None
    issued_on, due_on = days
    try:
        with visit().sandbox.transaction() as db:
            owner = installed(db, client).client
            buyer = books.buyer(db, owner, int(form.buyer.data))
            if buyer is None:
                raise RuleViolation("administration.customer_gone", field="buyer")
            return books.make_invoice(
                db,
                owner,
                buyer,
                entries,
                program=ProgramCode.ADMINISTRATION,
                actor=actor().email,
                credit_note=form.kind.data == "credit_note",
                issued_on=issued_on,
                due_on=due_on,
                reference=(form.reference.data or "").strip() or None,
            )
    except RuleViolation as refusal:
        form.refuse(refusal)
        return None


@blueprint.get(INVOICE)
@signed_in
def invoice(client: int, invoice: int) -> Response:
    """Show an invoice, on its tab *Faktura*."""
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        window, present = in_window(program), invoice_of(db, program.client, invoice)
        content = books.content_of(present)
        usual = _usual(db, present)
        tracking = queries.tracking(db, present)
    return desktop.window(
        "administration/invoice.html",
        _title(present),
        window,
        client=client,
        invoice=present,
        content=content,
        delivery=usual,
        tracking=tracking,
        is_to_print=_is_to_print(present),
        tabs=_tabs(client, present, "invoice"),
    )


@blueprint.get(f"{INVOICE}/tracking")
@signed_in
def tracking(client: int, invoice: int) -> Response:
    """Show what became of an invoice, on its tab *Spårning*."""
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        window, present = in_window(program), invoice_of(db, program.client, invoice)
        tracking = queries.tracking(db, present)
        company_id = program.client.company_id
    trace = tracking.trace
    company = actor().company
    opens = trace.document is not None and company is not None and company.id == company_id
    return desktop.window(
        "administration/tracking.html",
        _title(present),
        window,
        client=client,
        invoice=present,
        tracking=tracking,
        problem=i18n.t(trace.problem, **(trace.facts or {})) if trace.problem else None,
        lines=[(line, i18n.t(history.text_of(line), **line.data)) for line in tracking.lines],
        portal=url_for("autoinvoice.invoice", uuid=trace.document.uuid)
        if opens and trace.document is not None and has_permission("autoinvoice.open")
        else None,
        is_failed=trace.outcome in FAILED,
        may_be_handled=trace.outcome in (*FAILED, Outcome.WAITING),
        tabs=_tabs(client, present, "tracking"),
    )


@blueprint.route(f"{INVOICE}/print", methods=["GET", "POST"])
@signed_in
def print_invoice(client: int, invoice: int) -> Response:
    """Print an invoice with a value of Utskriftsval."""
    form = forms.DeliveryForm()
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                owner = installed(db, client).client
                printed = invoice_of(db, owner, invoice)
                submitted = services.print_invoice(db, owner, printed, form.choice, actor=actor().email)
                number = printed.number
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            return _printed(client, invoice, number, form.choice, submitted)
    return _print_page(client, invoice, form, "administration.print", services.CHOICES)


def _printed(client: int, invoice: int, number: str, choice: Delivery, submitted: Submission) -> Response:
    """Say what became of an invoice that was printed, and show it there; a PDF is saved on the way."""
    kind = "success"
    if submitted is Submission.LOCAL:
        key = f"administration.printed.{choice}"
    else:
        key = f"administration.printed.{submitted}"
        kind = {Submission.WAITING: "warning", Submission.REFUSED: "danger"}.get(submitted, "success")
    flash_text(key, kind, number=number)
    endpoint = ".invoice" if submitted is Submission.LOCAL else ".tracking"
    save = "pdf" if choice is Delivery.PDF else None
    return redirect(url_for(endpoint, client=client, invoice=invoice, save=save))


@blueprint.route(f"{INVOICE}/resend", methods=["GET", "POST"])
@signed_in
def resend(client: int, invoice: int) -> Response:
    """Send an invoice again that AutoInvoice did not take or deliver."""
    form = forms.DeliveryForm()
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                owner = installed(db, client).client
                sent = invoice_of(db, owner, invoice)
                submitted = services.send_again(db, owner, sent, form.choice, actor=actor().email)
                number = sent.number
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            return _printed(client, invoice, number, form.choice, submitted)
    return _print_page(client, invoice, form, "administration.resend", services.THROUGH_AUTOINVOICE)


def _print_page(client: int, invoice: int, form: forms.DeliveryForm, key: str, offered: tuple[Delivery, ...]) -> Response:
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        window, present = in_window(program), invoice_of(db, program.client, invoice)
        choices = [
            choice
            for choice in services.choices(db, program.client, present.buyer, present.kind)
            if choice.delivery in offered
        ]
        total = books.totals(present).total
        if not form.is_submitted():
            form.delivery.data = _usual(db, present)
        outcome = submission.trace(db, present).outcome
    return desktop.window(
        "administration/print.html",
        i18n.t(key),
        window,
        status=422 if form.is_submitted() else 200,
        client=client,
        invoice=present,
        total=total,
        form=form,
        choices=choices,
        refusal_text=i18n.refusal_text,
        button=key,
        is_possible=outcome in FAILED if key == "administration.resend" else _is_to_print(present),
        outcome=outcome,
    )


@blueprint.route(f"{INVOICE}/manual", methods=["GET", "POST"])
@signed_in
def handle_manually(client: int, invoice: int) -> Response:
    """Mark an invoice that AutoInvoice did not deliver as handled otherwise."""
    form = forms.ManualForm()
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                handled = invoice_of(db, installed(db, client).client, invoice)
                submission.handle_manually(db, handled, (form.remark.data or "").strip(), actor=actor().email)
                number = handled.number
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("administration.manual.done", number=number)
            return redirect(url_for(".unsent", client=client))
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        window, present = in_window(program), invoice_of(db, program.client, invoice)
    return desktop.window(
        "administration/manual.html",
        i18n.t("administration.manual"),
        window,
        status=422 if form.is_submitted() else 200,
        client=client,
        invoice=present,
        form=form,
    )


@blueprint.get(f"{INVOICE}/pdf")
@signed_in
def invoice_pdf(client: int, invoice: int) -> Response:
    """Download an invoice as PDF, in the language of the client's country."""
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        present = invoice_of(db, program.client, invoice)
        content, country = books.content_of(present), program.client.country
    return download(pictures.pdf(content, countries.language_of(country)), f"{present.number}.pdf", "application/pdf")


def _is_to_print(invoice: SalesInvoice) -> bool:
    """Return whether an invoice can be printed; one that AutoInvoice did not take is sent again instead."""
    return not submission.is_sent(invoice) and invoice.submission != Submission.REFUSED


def _usual(db: Db, invoice: SalesInvoice) -> Delivery | None:
    if submission.is_sent(invoice):
        return Delivery(invoice.delivery)
    return services.usual_choice(db, invoice.client, invoice.buyer, invoice.kind, Delivery(invoice.delivery))


def _title(invoice: SalesInvoice) -> str:
    key = "administration.invoice.title" if invoice.kind == INVOICE_TYPE.code else "administration.credit_note.title"
    return i18n.t(key, number=invoice.number)


def _tabs(client: int, invoice: SalesInvoice, present: str) -> list[tuple[str, str, bool]]:
    tabs = (("invoice", "administration.invoice"), ("tracking", "administration.tracking"))
    return [
        (i18n.t(text), url_for(f".{endpoint}", client=client, invoice=invoice.id), endpoint == present)
        for endpoint, text in tabs
    ]
