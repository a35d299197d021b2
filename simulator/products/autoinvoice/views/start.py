"""Routes of AutoInvoice: choosing the company, and the start page."""

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.directory import actors
from simulator.documents.registers import participants
from simulator.products.autoinvoice.queries import companies as queries
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.elma_state import state_sentence
from simulator.products.autoinvoice.views.here import company_here
from simulator.web import i18n
from simulator.web.access import has_permission, public, requires
from simulator.web.pages import page
from simulator.web.visit import actor, visit


@blueprint.route("/", methods=["GET", "POST"])
@public
def choose_company() -> Response:
    """Ask for which company AutoInvoice is opened, when the visitor has a role in it at several.

    It is AutoInvoice's own address, so whoever is not signed in comes to its entry page.

    Source: help of Visma.net ERP, AutoInvoice is opened from Home and the company is chosen right
    afterwards. Own choice: with a role at one company only, that one is chosen without asking.
    """
    if visit().actor is None:
        return redirect(url_for(".login"))
    with visit().sandbox.reading() as db:
        companies = queries.companies_of(db, actor())
    if not companies:
        abort(403)
    if request.method == "GET" and len(companies) > 1:
        title = i18n.t("autoinvoice.choose_company")
        return page("autoinvoice/choose_company.html", title, companies=companies)
    wanted = request.form.get("company", "") if request.method == "POST" else str(companies[0].id)
    company = next((company for company in companies if str(company.id) == wanted), None)
    if company is None:
        abort(404)
    here = actor().company
    if here is None or here.id != company.id:
        with visit().sandbox.transaction() as db:
            actors.choose_company(db, actor(), company.id)
    return redirect(url_for(".start"))


@blueprint.get("/start")
@requires("autoinvoice.open")
def start() -> Response:
    """Show how the company receives invoices, and say what of AutoInvoice is simulated."""
    with visit().sandbox.reading() as db:
        company = company_here(db)
        standing = participants.standing_of(db, company)
    title = i18n.t("autoinvoice.start.title")
    state = state_sentence(company, standing)
    allowed = has_permission("autoinvoice.settings")
    return page("autoinvoice/start.html", title, menu="autoinvoice.start", company=company, state=state, settings=allowed)
