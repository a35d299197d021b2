"""Routes of AutoInvoice: choosing the company, and the start page."""

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.directory import actors
from simulator.documents.registers import participants
from simulator.products.autoinvoice.queries import companies as queries
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.company import chosen_company
from simulator.products.autoinvoice.views.elma_state import state_sentence
from simulator.web import i18n
from simulator.web.access import has_permission, public, requires
from simulator.web.pages import page
from simulator.web.visit import actor, visit


@blueprint.route("/", methods=["GET", "POST"])
@public
def choose_company() -> Response:
    """Ask for which company to open AutoInvoice, when the visitor has a role at several.

    It is AutoInvoice's own address, so visitors who are not signed in are redirected to its entry page.

    Source: help of Visma.net ERP, AutoInvoice is opened from Home and the company is chosen right
    afterwards. Own choice: with a role at one company only, AutoInvoice opens for it without asking.
    """
    if visit().actor is None:
        return redirect(url_for(".login"))
    with visit().sandbox.reading() as db:
        companies = queries.companies_of(db, actor())
    if not companies:
        abort(403)
    if request.method == "GET" and len(companies) > 1:
        title = i18n.t("autoinvoice.choose_company")
        return page("autoinvoice/choose_company.html", title, with_menu=False, companies=companies)
    company_id = request.form.get("company", "") if request.method == "POST" else str(companies[0].id)
    company = next((company for company in companies if str(company.id) == company_id), None)
    if company is None:
        abort(404)
    present = actor().company
    if present is None or present.id != company.id:
        with visit().sandbox.transaction() as db:
            actors.choose_company(db, actor(), company.id)
    return redirect(url_for(".start"))


@blueprint.get("/start")
@requires("autoinvoice.open")
def start() -> Response:
    """Show how the company receives invoices, and which parts of AutoInvoice are simulated."""
    with visit().sandbox.reading() as db:
        company = chosen_company(db)
        registration = participants.registration_state(db, company)
    title = i18n.t("autoinvoice.start.title")
    state = state_sentence(company, registration)
    allowed = has_permission("autoinvoice.settings")
    return page("autoinvoice/start.html", title, menu="autoinvoice.start", company=company, state=state, settings=allowed)
