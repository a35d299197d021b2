"""Routes of resending an invoice, and of choosing the receiver of an invoice on hold.

Source: AutoInvoice, sent invoices: *Resend invoice ..*, by the same route or another one, for Admin and User level. Own choice: a
company that is not verified cannot resend either; submitting the form twice sends the invoice once.
"""

from flask import abort, redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.documents.accounts import accounts
from simulator.documents.exchange import resending
from simulator.documents.model import lists
from simulator.documents.model.channels import Route, route_of
from simulator.documents.model.models import Document
from simulator.products.autoinvoice.forms.invoice import ChooseReceiver, Resend
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.company import changing_documents, chosen_company, reading_documents
from simulator.products.autoinvoice.views.invoice import invoice_page
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor


@blueprint.route("/invoice/<uuid>/resend", methods=["GET", "POST"])
@requires("autoinvoice.open")
def resend_invoice(uuid: str) -> Response:
    """Ask for the route and the address, and resend the invoice."""
    form = Resend()
    with reading_documents() as db:
        document = _sent(db, uuid)
        if not resending.may_be_resent(document):
            abort(404)
        same, revision, party = route_of(document.channel), str(document.revision), document.party.name
        number = document.number
    form.offer([route.value for route in Route], same)
    if not form.is_submitted():
        form.route.data, form.revision.data = same or Route.EINVOICE.value, revision
        return _resend_page(form, uuid, number, party)
    if not form.validate():
        return _resend_page(form, uuid, number, party, status=422)
    try:
        with changing_documents() as db:
            document = _sent(db, uuid)
            if str(document.revision) != form.revision.data:
                raise RuleViolation("autoinvoice.resent_meanwhile", number=number)
            accounts.check_verified(accounts.of(db, document.company))
            resending.resend(db, actor().email, document, form.route.data, form.address.data)
    except RuleViolation as refusal:
        form.refuse(refusal)
        return _resend_page(form, uuid, number, party, status=422)
    flash_text("autoinvoice.resend.done", number=number)
    return redirect(url_for(".invoice", uuid=uuid))


@blueprint.post("/invoice/<uuid>/receiver")
@requires("autoinvoice.open")
def choose_receiver(uuid: str) -> Response:
    """Send an invoice on hold to the chosen receiver."""
    form = ChooseReceiver()
    receiver = form.receiver.data
    if not receiver:
        with reading_documents() as db:
            _sent(db, uuid)
        form.receiver.errors = [i18n.t("autoinvoice.hold.choose")]
        return invoice_page(uuid, form, status=422)
    try:
        with changing_documents() as db:
            document = _sent(db, uuid)
            accounts.check_verified(accounts.of(db, document.company))
            resending.choose(db, actor().email, document, receiver)
            number = document.number
    except RuleViolation as refusal:
        form.form_errors.append(i18n.t(f"error.{refusal.code}", **refusal.facts))
        return invoice_page(uuid, form, status=422)
    flash_text("autoinvoice.resend.done", number=number)
    return redirect(url_for(".invoice", uuid=uuid))


def _sent(db: Db, uuid: str) -> Document:
    document = lists.visible(db, chosen_company(db).id, uuid)
    if document is None or document.direction != "sent":
        abort(404)
    return document


def _resend_page(form: Resend, uuid: str, number: str, party: str, status: int = 200) -> Response:
    title = i18n.t("autoinvoice.resend.title", number=number)
    return page(
        "autoinvoice/resend_invoice.html",
        title,
        menu="autoinvoice.sent",
        status=status,
        form=form,
        uuid=uuid,
        party=party,
    )
