"""Routes of Admin: companies."""

from collections.abc import Callable

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import companies as deeds
from simulator.directory.actors import Actor
from simulator.directory.companies import ChangedMeanwhile
from simulator.directory.countries import BY_CODE
from simulator.directory.models import Company, CompanyStatus
from simulator.products.admin.company_forms import AddCompany, CompanyDetails
from simulator.products.admin.queries import companies as queries
from simulator.products.admin.queries.companies import CompanyPage, Filter
from simulator.products.admin.services import companies as services
from simulator.products.admin.views.blueprint import blueprint
from simulator.products.admin.views.left_out import left_out
from simulator.web import i18n
from simulator.web.access import has_permission, requires
from simulator.web.forms import Form
from simulator.web.listing import SIZES, page_request
from simulator.web.pages import flash_text, page
from simulator.web.rules import LARGEST_ID
from simulator.web.visit import actor, visit

COMPANY = f"/companies/<int(max={LARGEST_ID}):company_id>"


@blueprint.get("/companies")
@requires("admin.view_companies")
def companies() -> Response:
    """List the companies of the customer; ``q`` searches names and numbers, the rest of the address filters and sorts.

    Source: Visma Admin help, Company: filters by status, for demo companies only, or without them. Own choice: the columns; with
    neither of the two boxes ticked both kinds are listed.
    """
    kinds = request.args.getlist("kind") or ["company", "demo"]
    status = request.args.get("status", "")
    narrowed = Filter(
        search=request.args.get("q", "").strip()[: queries.LONGEST_SEARCH],
        status=CompanyStatus(status) if status in queries.STATUSES else None,
        companies="company" in kinds,
        demo="demo" in kinds,
    )
    asked = page_request(request.args, queries.SORTED_BY)
    with visit().sandbox.reading() as db:
        found = queries.listed(db, actor(), narrowed, asked)
    address = {
        "q": narrowed.search or None,
        "status": narrowed.status,
        "kind": None if narrowed.companies == narrowed.demo else kinds[0],
        "size": asked.size if asked.size != SIZES[0] else None,
        "sort": asked.sort if asked.sort != queries.SORTED_BY[0] else None,
        "order": "desc" if asked.descending else None,
    }
    return page(
        "admin/companies.html",
        i18n.t("admin.companies"),
        menu="admin.companies",
        companies=found,
        narrowed=narrowed,
        address=address,
        is_narrowed=narrowed != Filter(),
        sizes=SIZES,
        statuses=queries.STATUSES,
        may_add=has_permission("admin.manage_companies"),
    )


@blueprint.route("/companies/add", methods=["GET", "POST"])
@requires("admin.manage_companies")
def add_company() -> Response:
    """Add a company to the customer.

    Source: Visma Admin help, Company. Own choice: services are activated afterwards, on the company's page.
    """
    form = AddCompany()
    form.offer()
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                added = services.add_company(db, actor(), form.country.data, form.details)
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("admin.add_company.added", name=added.name)
            return redirect(url_for(".company_services", company_id=added.id))
    return page(
        "admin/add_company.html",
        i18n.t("admin.add_company"),
        menu="admin.companies",
        status=422 if form.is_submitted() else 200,
        form=form,
    )


@blueprint.get(COMPANY)
@requires("admin.view_companies")
def company(company_id: int) -> Response:
    """Show the details of a company."""
    found = _found(company_id)
    return _details_page(found, CompanyDetails(obj=found.company) if found.editable else None)


@blueprint.post(COMPANY)
@requires("admin.edit_company")
def edit_company(company_id: int) -> Response:
    """Change the details of a company.

    Source: "Hva må gjøres ved bytte av organisasjonsnummer", Firmaer, the company, and its number is replaced. Own choice: who
    saves last is told what somebody else saved meanwhile, sees it beside the own words, and can save again.
    """
    form = CompanyDetails()
    valid = form.validate_on_submit()
    with visit().sandbox.reading() as db:
        before = queries.visible_to(db, actor(), company_id, "admin.edit_company")
    if before is None:
        abort(404)
    if not valid:
        return _details_page(_found(company_id), form, status=422)
    try:
        with visit().sandbox.transaction() as db:
            row = queries.visible_to(db, actor(), company_id, "admin.edit_company")
            if row is None:
                abort(404)
            changed = deeds.change(db, actor(), row, form.shown_version, form.details)
            uses_autoinvoice = "autoinvoice" in deeds.services_of(db, row)
    except ChangedMeanwhile as refusal:
        form.form_errors.append(i18n.t("error.directory.company_changed", name=refusal.by, at=i18n.show_time(refusal.at)))
        return _details_page(_found(company_id), form, status=refusal.status, overtaken=True)
    except RuleViolation as refusal:
        form.refuse(refusal)
        return _details_page(_found(company_id), form, status=refusal.status)
    flash_text(
        "admin.company.saved" if changed else "admin.company.unchanged", "success" if changed else "info", name=row.name
    )
    if row.organisation_number != before.organisation_number and row.country == "NO" and uses_autoinvoice:
        flash_text("admin.company.number_elsewhere", "warning")
    return redirect(url_for(".companies"))


@blueprint.get(f"{COMPANY}/services")
@requires("admin.view_companies")
def company_services(company_id: int) -> Response:
    """Show which services are active on a company.

    Source: Visma Admin help, Company, tab Services.
    """
    return _services_page(_found(company_id))


@blueprint.post(f"{COMPANY}/services/activate")
@requires("admin.manage_companies")
def activate_service(company_id: int) -> Response:
    """Activate a service on a company."""
    return _switch(company_id, services.activate_service, "admin.service.activated")


@blueprint.post(f"{COMPANY}/services/deactivate")
@requires("admin.manage_companies")
def deactivate_service(company_id: int) -> Response:
    """Deactivate a service on a company."""
    return _switch(company_id, services.deactivate_service, "admin.service.deactivated")


@blueprint.route(f"{COMPANY}/deactivate", methods=["GET", "POST"])
@requires("admin.manage_companies")
def deactivate_company(company_id: int) -> Response:
    """Ask whether to deactivate a company, and do it."""
    return _end(company_id, "deactivate", deeds.deactivate)


@blueprint.post(f"{COMPANY}/reactivate")
@requires("admin.manage_companies")
def reactivate_company(company_id: int) -> Response:
    """Activate a deactivated company again."""
    try:
        with visit().sandbox.transaction() as db:
            row = _row(db, company_id)
            deeds.reactivate(db, actor(), row)
    except RuleViolation as refusal:
        flash_text(f"error.{refusal.code}", "danger", **refusal.facts)
    else:
        flash_text("admin.company.reactivated", name=row.name)
    return redirect(url_for(".company", company_id=company_id))


@blueprint.route(f"{COMPANY}/terminate", methods=["GET", "POST"])
@requires("admin.manage_companies")
def terminate_company(company_id: int) -> Response:
    """Ask whether to terminate a deactivated company, and do it.

    Source: Visma Admin help, Company: a company with services is deactivated, then terminated, and stays 31 days.
    """
    return _end(company_id, "terminate", deeds.terminate)


@blueprint.route(f"{COMPANY}/delete", methods=["GET", "POST"])
@requires("admin.manage_companies")
def delete_company(company_id: int) -> Response:
    """Ask whether to delete a company without active services, and do it.

    Source: Visma Admin help, Company.
    """
    return _end(company_id, "delete", deeds.remove)


@blueprint.get(f"{COMPANY}/change-log")
@requires("admin.view_companies")
def company_change_log(company_id: int) -> Response:
    """Say that the change log is not simulated."""
    found = _found(company_id)
    return left_out("change_log", menu="admin.companies", company=found.company)


def _found(company_id: int) -> CompanyPage:
    with visit().sandbox.reading() as db:
        found = queries.company(db, actor(), company_id)
    if found is None:
        abort(404)
    return found


def _row(db: Db, company_id: int) -> Company:
    """Return a company that may be managed; 404 when the administrator does not reach it."""
    row = queries.visible_to(db, actor(), company_id, "admin.manage_companies")
    if row is None:
        abort(404)
    return row


def _details_page(
    found: CompanyPage, form: CompanyDetails | None, status: int = 200, *, overtaken: bool = False
) -> Response:
    present = {}
    if form is not None:
        if overtaken:
            present = form.differing(found.company)
        if overtaken or not form.is_submitted():
            form.version.data = str(found.company.version)
    return page(
        "admin/company.html",
        found.company.name,
        menu="admin.companies",
        status=status,
        found=found,
        form=form,
        present=present,
        country=BY_CODE[found.company.country],
        may_manage=has_permission("admin.manage_companies") and not found.is_final,
    )


def _services_page(found: CompanyPage, status: int = 200) -> Response:
    return page(
        "admin/company_services.html",
        f"{found.company.name}: {i18n.t('admin.company.services')}",
        menu="admin.companies",
        status=status,
        found=found,
        may_manage=has_permission("admin.manage_companies") and found.status is CompanyStatus.ACTIVE,
    )


def _switch(company_id: int, deed: Callable[[Db, Actor, Company, str], None], told: str) -> Response:
    service = request.form.get("service", "")
    try:
        with visit().sandbox.transaction() as db:
            row = _row(db, company_id)
            deed(db, actor(), row, service)
    except RuleViolation as refusal:
        flash_text(f"error.{refusal.code}", "danger", **refusal.facts)
        return _services_page(_found(company_id), refusal.status)
    flash_text(told, service=i18n.t(f"service.{service}"), name=row.name)
    return redirect(url_for(".company_services", company_id=company_id))


def _end(company_id: int, name: str, deed: Callable[[Db, Actor, Company], None]) -> Response:
    """Ask on a page of its own, which says what follows, and do it when that page is sent."""
    found = _found(company_id)
    form = Form()
    if form.is_submitted():
        try:
            with visit().sandbox.transaction() as db:
                deed(db, actor(), _row(db, company_id))
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text(f"admin.{name}_company.done", name=found.company.name)
            return redirect(url_for(".companies") if name == "delete" else url_for(".company", company_id=company_id))
    return page(
        "admin/end_company.html",
        i18n.t(f"admin.{name}_company.title", name=found.company.name),
        menu="admin.companies",
        status=422 if form.is_submitted() else 200,
        found=found,
        form=form,
        deed=name,
        gone_on=i18n.show_date((visit().clock.now() + deeds.KEPT_AFTER_TERMINATION).date()),
    )
