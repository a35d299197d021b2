"""Routes of AutoInvoice: choosing the company, and the start page."""

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.directory import actors
from simulator.documents.registers import participants
from simulator.products.autoinvoice.queries import companies as queries
from simulator.products.autoinvoice.queries.waiting import all_waiting
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.company import chosen_company, reading_documents
from simulator.products.autoinvoice.views.elma_state import receiving_sentence
from simulator.web import i18n
from simulator.web.access import has_permission, public, requires
from simulator.web.pages import page, waiting_entries
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
    """Show what waits at the company, how it receives invoices, and which parts of AutoInvoice are simulated."""
    with reading_documents() as db:
        company = chosen_company(db)
        state = receiving_sentence(db, company)
        waiting = waiting_entries(all_waiting(db, company))
    return page(
        "autoinvoice/start.html",
        i18n.t("autoinvoice.start.title"),
        menu="autoinvoice.start",
        company=company,
        waiting=waiting,
        receiving="autoinvoice.start.receiving" if company.country == participants.COUNTRY else "autoinvoice.receiving",
        state=state,
        settings=has_permission("autoinvoice.settings"),
    )
