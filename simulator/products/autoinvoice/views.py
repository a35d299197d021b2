"""Routes of AutoInvoice: choosing the company, the start page, the settings."""

from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import Refused
from simulator.core.sandbox import Db
from simulator.directory import actors
from simulator.directory.models import Company
from simulator.documents import participants
from simulator.documents.models import State
from simulator.documents.participants import Standing
from simulator.products.autoinvoice import forms, queries
from simulator.web import i18n
from simulator.web.access import may, requires, signed_in
from simulator.web.pages import page, tell
from simulator.web.visit import actor, visit

blueprint = Blueprint("autoinvoice", __name__, template_folder="templates")


@blueprint.route("/", methods=["GET", "POST"])
@signed_in
def choose_company() -> Response:
    """Ask for which company AutoInvoice is opened, when the visitor has a role in it at several.

    Source: help of Visma.net ERP, AutoInvoice is opened from Home and the company is chosen right
    afterwards. Own choice: with a role at one company only, that one is chosen without asking.
    """
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
        company = _company(db)
        standing = participants.standing_of(db, company)
    title = i18n.t("autoinvoice.start.title")
    state = _state(company, standing)
    allowed = may("autoinvoice.settings")
    return page("autoinvoice/start.html", title, menu="autoinvoice.start", company=company, state=state, settings=allowed)


@blueprint.get("/settings")
@requires("autoinvoice.settings")
def settings() -> Response:
    """List the parts of AutoInvoice's own settings.

    Source: "Brukertips i Kundeservice", *Hvordan melde deg ut av ELMA?*, step 2.
    """
    with visit().sandbox.reading() as db:
        company = _company(db)
    title = i18n.t("autoinvoice.settings")
    return page("autoinvoice/settings.html", title, menu="autoinvoice.settings", company=company)


@blueprint.route("/settings/receive", methods=["GET", "POST"])
@requires("autoinvoice.settings")
def receive_invoices() -> Response:
    """Show and change how the company receives invoices: the section about ELMA.

    Source: "Brukertips i Kundeservice", *Hvordan melde deg ut av ELMA?*, steps 3 and 4: the tick changes
    nothing before the button of the section is used.
    """
    form = forms.ElmaRegistration()
    if not form.is_submitted():
        return _receive_page(form)
    if not _for_chosen_company(form) or not form.validate():
        return _receive_page(form, status=422)
    with visit().sandbox.transaction() as db:
        company = _company(db)
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


def _receive_page(form: forms.ElmaRegistration, status: int = 200) -> Response:
    """Render the page; the box shows how the company stands, also after a refusal, because nothing was changed."""
    with visit().sandbox.reading() as db:
        company = _company(db)
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
        state=_state(company, standing),
        pending=standing.state in (State.PENDING_ADD, State.PENDING_REMOVE),
    )


def _for_chosen_company(form: forms.ElmaRegistration) -> bool:
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


def _company(db: Db) -> Company:
    here = actor().company
    assert here is not None
    return db.get_one(Company, here.id)


def _state(company: Company, standing: Standing) -> str:
    since = standing.registered_at
    day = since.astimezone(ZoneInfo(company.time_zone)).date() if since else None
    return i18n.t(
        queries.state_text(standing),
        company=company.name,
        access_point=standing.access_point,
        day=i18n.show_date(day) if day else None,
    )
