"""Routes of AutoInvoice's settings for receiving invoices: the registration in ELMA, and help with it."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.documents.accounts import accounts
from simulator.documents.model.models import State
from simulator.documents.registers import participants
from simulator.products.autoinvoice.forms.receive_invoices import ElmaRegistration, Help, Receiving
from simulator.products.autoinvoice.services import activation_team
from simulator.products.autoinvoice.views.areas import settings_page
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.company import chosen_company
from simulator.products.autoinvoice.views.editing import edit, is_good
from simulator.products.autoinvoice.views.elma_state import receiving_sentence, state_sentence
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit


@blueprint.route("/settings/receive", methods=["GET", "POST"])
@requires("autoinvoice.settings")
def receive_invoices() -> Response:
    """Show and change how the company receives invoices, by the register of its country.

    Source: "Brukertips i Kundeservice", *Hvordan melde deg ut av ELMA?*, steps 3 and 4: the tick changes
    nothing before the button of the section is used.
    """
    form = ElmaRegistration()
    if not form.is_submitted():
        return _receive_page(form)
    if not is_good(form):
        return _receive_page(form, status=422)
    with visit().sandbox.transaction() as db:
        company = chosen_company(db)
        change = participants.register if form.registered.data else participants.deregister
        answer = change(db, actor(), company)
    if answer.refusal is not None:
        form.refuse(answer.refusal)
        return _receive_page(form, status=422)
    if not answer.changed:
        flash_text("autoinvoice.elma.unchanged", "info")
    elif form.registered.data:
        flash_text("autoinvoice.elma.registering", company=company.name)
    else:
        flash_text("autoinvoice.elma.leaving", company=company.name)
    return redirect(url_for(".receive_invoices"))


@blueprint.post("/settings/receive/network")
@requires("autoinvoice.settings")
def receive_from_network() -> Response:
    """Save whether a company receives electronically, in countries whose companies are not registered in ELMA.

    Source: AutoInvoice, receiving: the network of AutoInvoice is the master switch. Own choice: in Norway that is ELMA.
    """
    form = Receiving()
    if form.is_submitted() and form.receives.data and not _is_verified():
        form.refuse(RuleViolation("documents.not_verified", field="receives"))
        return _receive_page(ElmaRegistration(formdata=None), form, 422)
    return edit(form, ".receive_invoices", lambda status: _receive_page(ElmaRegistration(formdata=None), form, status))


@blueprint.route("/settings/receive/help", methods=["GET", "POST"])
@requires("autoinvoice.settings")
def ask_for_help() -> Response:
    """Write to the activation team, which helps to set AutoInvoice up.

    Source: "Brukertips i Kundeservice", *Hvordan melde deg inn i ELMA registeret …*. Own choice: the form; the team's address.
    """
    form = Help()
    status = 200
    if form.is_submitted():
        if is_good(form):
            with visit().sandbox.transaction() as db:
                activation_team.ask(db, actor(), chosen_company(db), form.request.data, i18n.language())
            flash_text("autoinvoice.help.sent", address=activation_team.ADDRESS)
            return redirect(url_for(".receive_invoices"))
        status = 422
    with visit().sandbox.reading() as db:
        company = chosen_company(db)
    title = i18n.t("autoinvoice.help")
    values = {"form": form, "company": company, "address": activation_team.ADDRESS}
    return settings_page(
        "autoinvoice/ask_for_help.html", title, area="autoinvoice.settings.receive", status=status, **values
    )


def _is_verified() -> bool:
    with visit().sandbox.reading() as db:
        return accounts.of(db, chosen_company(db)).verified


def _receive_page(form: ElmaRegistration, receiving: Receiving | None = None, status: int = 200) -> Response:
    """Render the page; the boxes show the saved state, also after a refusal, because nothing was changed.

    Own choice: a company that is not verified sees empty boxes that it cannot tick, and why.
    """
    receiving = receiving or Receiving(formdata=None)
    with visit().sandbox.reading() as db:
        company = chosen_company(db)
        account = accounts.of(db, company)
        registration = participants.registration_state(db, company)
        receiving.fill_from(account)
        receiving_state = receiving_sentence(db, company)
    form.registered.data = registration.stays_registered
    receiving.receives.data = account.receives and account.verified
    for box in (form.registered, receiving.receives):
        box.render_kw = {"disabled": not (account.verified or box.data)}
    return settings_page(
        "autoinvoice/receive_invoices.html",
        i18n.t("autoinvoice.settings.receive"),
        area="autoinvoice.settings.receive",
        status=status,
        form=form,
        receiving=receiving,
        company=company,
        activation_team=activation_team.ADDRESS,
        registration=registration,
        state=state_sentence(company, registration),
        receiving_state=receiving_state,
        pending=registration.state in (State.PENDING_ADD, State.PENDING_REMOVE),
    )
