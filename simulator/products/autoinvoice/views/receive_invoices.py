"""Routes of AutoInvoice's settings for receiving invoices: the registration in ELMA."""

from flask import abort, redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import Refused
from simulator.documents import participants
from simulator.documents.models import State
from simulator.products.autoinvoice.forms.receive_invoices import ElmaRegistration
from simulator.products.autoinvoice.queries import companies as queries
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.elma_state import state_sentence
from simulator.products.autoinvoice.views.here import company_here
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.pages import page, tell
from simulator.web.visit import actor, visit


@blueprint.route("/settings/receive", methods=["GET", "POST"])
@requires("autoinvoice.settings")
def receive_invoices() -> Response:
    """Show and change how the company receives invoices: the section about ELMA.

    Source: "Brukertips i Kundeservice", *Hvordan melde deg ut av ELMA?*, steps 3 and 4: the tick changes
    nothing before the button of the section is used.
    """
    form = ElmaRegistration()
    if not form.is_submitted():
        return _receive_page(form)
    if not _for_chosen_company(form) or not form.validate():
        return _receive_page(form, status=422)
    with visit().sandbox.transaction() as db:
        company = company_here(db)
        change = participants.register if form.registered.data else participants.deregister
        answer = change(db, actor(), company)
    if answer.refusal is not None:
        form.refuse(answer.refusal)
        return _receive_page(form, status=422)
    if not answer.changed:
        tell("autoinvoice.elma.unchanged", "info")
    elif form.registered.data:
        tell("autoinvoice.elma.registering", company=company.name)
    else:
        tell("autoinvoice.elma.leaving", company=company.name)
    return redirect(url_for(".receive_invoices"))


def _receive_page(form: ElmaRegistration, status: int = 200) -> Response:
    """Render the page; the box shows how the company stands, also after a refusal, because nothing was changed."""
    with visit().sandbox.reading() as db:
        company = company_here(db)
        standing = participants.standing_of(db, company)
    form.registered.data = standing.wanted
    form.company.data = str(company.id)
    return page(
        "autoinvoice/receive_invoices.html",
        i18n.t("autoinvoice.settings.receive"),
        menu="autoinvoice.settings",
        status=status,
        form=form,
        company=company,
        standing=standing,
        state=state_sentence(company, standing),
        pending=standing.state in (State.PENDING_ADD, State.PENDING_REMOVE),
    )


def _for_chosen_company(form: ElmaRegistration) -> bool:
    """Say whether the form was shown for the company that is chosen; another window may have chosen another one.

    Own choice: only the chosen company can be changed. A form for another one is refused when the visitor
    could choose that company or could before it was deactivated, and not found when not.
    """
    here, shown = actor().company, form.company.data
    assert here is not None
    if not shown or shown == str(here.id):
        return True
    if all(str(place.id) != shown for place in actor().places):
        with visit().sandbox.reading() as db:
            is_number = shown.isascii() and shown.isdecimal() and len(shown) <= 9
            asleep = queries.resting(db, actor(), int(shown)) if is_number else None
        if asleep is None:
            abort(404)
        form.refuse(Refused("autoinvoice.company_deactivated", company=asleep.name))
        return False
    form.refuse(Refused("autoinvoice.other_company", company=here.name))
    return False
