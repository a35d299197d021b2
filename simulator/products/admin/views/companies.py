"""Routes of Admin: companies."""

from collections.abc import Callable

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.numbers import LARGEST_ID
from simulator.core.sandbox import Db
from simulator.directory import companies as directory_companies
from simulator.directory.actors import Actor
from simulator.directory.cases import company_moves
from simulator.directory.companies import ChangedMeanwhile
from simulator.directory.countries import BY_CODE
from simulator.directory.models import Company, CompanyStatus
from simulator.products.admin.company_forms import AddCompany, CompanyDetails
from simulator.products.admin.queries import companies as queries
from simulator.products.admin.queries.companies import CompanyPage, Filter
from simulator.products.admin.services import companies as services
from simulator.products.admin.views.blueprint import blueprint
from simulator.sales import exports
from simulator.sales.models import ProgramCode
from simulator.web import i18n
from simulator.web.access import has_permission, requires
from simulator.web.commands import run_command
from simulator.web.forms import Form
from simulator.web.listing import SIZES, page_request
from simulator.web.pages import flash_text, page
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
    filters = Filter(
        search=request.args.get("q", "").strip()[: queries.LONGEST_SEARCH],
        status=CompanyStatus(status) if status in queries.STATUSES else None,
        companies="company" in kinds,
        demo="demo" in kinds,
    )
    requested = page_request(request.args, queries.SORTED_BY)
    with visit().sandbox.reading() as db:
        listed = queries.list_companies(db, actor(), filters, requested)
    address = {
        "q": filters.search or None,
        "status": filters.status,
        "kind": None if filters.companies == filters.demo else kinds[0],
        "size": requested.size if requested.size != SIZES[0] else None,
        "sort": requested.sort if requested.sort != queries.SORTED_BY[0] else None,
        "order": "desc" if requested.descending else None,
    }
    return page(
        "admin/companies.html",
        i18n.t("admin.companies"),
        menu="admin.companies",
        companies=listed,
        filters=filters,
        address=address,
        is_filtered=filters != Filter(),
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
    company_page = _company_page(company_id)
    return _details_page(company_page, CompanyDetails(obj=company_page.company) if company_page.editable else None)


@blueprint.post(COMPANY)
@requires("admin.edit_company")
def edit_company(company_id: int) -> Response:
    """Change the details of a company.

    Source: "Hva må gjøres ved bytte av organisasjonsnummer", Firmaer, the company, and its number is replaced. Own choice: the
    second of two administrators who save the same company sees the saved values beside the own ones, and can save again.
    """
    form = CompanyDetails()
    valid = form.validate_on_submit()
    with visit().sandbox.reading() as db:
        before = queries.visible_company(db, actor(), company_id, "admin.edit_company")
    if before is None:
        abort(404)
    if not valid:
        return _details_page(_company_page(company_id), form, status=422)
    try:
        with visit().sandbox.transaction() as db:
            company = queries.visible_company(db, actor(), company_id, "admin.edit_company")
            if company is None:
                abort(404)
            changed = directory_companies.change(db, actor(), company, form.edited_version, form.details)
            uses_autoinvoice = "autoinvoice" in directory_companies.services_of(db, company)
    except ChangedMeanwhile as refusal:
        form.form_errors.append(i18n.t("error.directory.company_changed", name=refusal.by, at=i18n.show_time(refusal.at)))
        return _details_page(_company_page(company_id), form, status=refusal.status, conflict=True)
    except RuleViolation as refusal:
        form.refuse(refusal)
        return _details_page(_company_page(company_id), form, status=refusal.status)
    flash_text(
        "admin.company.saved" if changed else "admin.company.unchanged", "success" if changed else "info", name=company.name
    )
    if company.organisation_number != before.organisation_number and company.country == "NO" and uses_autoinvoice:
        flash_text("admin.company.number_elsewhere", "warning")
    return redirect(url_for(".companies"))


@blueprint.get(f"{COMPANY}/services")
@requires("admin.view_companies")
def company_services(company_id: int) -> Response:
    """Show which services are active on a company.

    Source: Visma Admin help, Company, tab Services.
    """
    return _services_page(_company_page(company_id))


@blueprint.post(f"{COMPANY}/services/activate")
@requires("admin.manage_companies")
def activate_service(company_id: int) -> Response:
    """Activate a service on a company."""
    return _switch_service(company_id, services.activate_service, "admin.service.activated")


@blueprint.post(f"{COMPANY}/services/deactivate")
@requires("admin.manage_companies")
def deactivate_service(company_id: int) -> Response:
    """Deactivate a service on a company."""
    return _switch_service(company_id, services.deactivate_service, "admin.service.deactivated")


@blueprint.route(f"{COMPANY}/deactivate", methods=["GET", "POST"])
@requires("admin.manage_companies")
def deactivate_company(company_id: int) -> Response:
    """Ask for confirmation, then deactivate a company."""
    return _end_after_confirmation(company_id, "deactivate", directory_companies.deactivate)


@blueprint.post(f"{COMPANY}/reactivate")
@requires("admin.manage_companies")
def reactivate_company(company_id: int) -> Response:
    """Activate a deactivated company again."""

    def reactivate(db: Db) -> dict[str, str]:
        company = _managed_company(db, company_id)
        directory_companies.reactivate(db, actor(), company)
        return {"name": company.name}

    return run_command(reactivate, "admin.company.reactivated", url_for(".company", company_id=company_id))


@blueprint.route(f"{COMPANY}/terminate", methods=["GET", "POST"])
@requires("admin.manage_companies")
def terminate_company(company_id: int) -> Response:
    """Ask for confirmation, then terminate a deactivated company.

    Source: Visma Admin help, Company: a company with services is deactivated, then terminated, and stays 31 days.
    """
    return _end_after_confirmation(company_id, "terminate", directory_companies.terminate)


@blueprint.route(f"{COMPANY}/delete", methods=["GET", "POST"])
@requires("admin.manage_companies")
def delete_company(company_id: int) -> Response:
    """Ask for confirmation, then delete a company without active services.

    Source: Visma Admin help, Company.
    """
    return _end_after_confirmation(company_id, "delete", directory_companies.remove)


def _company_page(company_id: int) -> CompanyPage:
    with visit().sandbox.reading() as db:
        return queries.company(db, actor(), company_id) or abort(404)


def _managed_company(db: Db, company_id: int) -> Company:
    """Return a company that the administrator may manage, or answer 404."""
    return queries.visible_company(db, actor(), company_id, "admin.manage_companies") or abort(404)


def _details_page(
    company_page: CompanyPage, form: CompanyDetails | None, status: int = 200, *, conflict: bool = False
) -> Response:
    stored_values = {}
    with visit().sandbox.reading() as db:
        exported = exports.of_company(db, company_page.company)
        move = company_moves.latest(db, company_page.company)
        assert move is None or move.receiver
    if form is not None:
        if conflict:
            stored_values = form.differing(company_page.company)
        if conflict or not form.is_submitted():
            form.version.data = str(company_page.company.version)
    return page(
        "admin/company.html",
        company_page.company.name,
        menu="admin.companies",
        status=status,
        company_page=company_page,
        form=form,
        stored_values=stored_values,
        country=BY_CODE[company_page.company.country],
        exports=[(exports.LEAST_VERSION[ProgramCode(row.program)][0], row.exported_at, row.service) for row in exported],
        firma_id=exports.firma_id(company_page.company) if exported else None,
        may_manage=has_permission("admin.manage_companies") and not company_page.is_final,
        may_move=has_permission("admin.manage_companies") and not company_page.is_final,
        move=move,
    )


def _services_page(company_page: CompanyPage, status: int = 200) -> Response:
    return page(
        "admin/company_services.html",
        f"{company_page.company.name}: {i18n.t('admin.company.services')}",
        menu="admin.companies",
        status=status,
        company_page=company_page,
        may_manage=has_permission("admin.manage_companies") and company_page.status is CompanyStatus.ACTIVE,
        may_register=has_permission("settings.open"),
        refusal_text=i18n.refusal_text,
    )


def _switch_service(company_id: int, command: Callable[[Db, Actor, Company, str], None], success: str) -> Response:
    service = request.form.get("service", "")

    def switch(db: Db) -> dict[str, str]:
        company = _managed_company(db, company_id)
        command(db, actor(), company, service)
        return {"service": i18n.t(f"service.{service}"), "name": company.name}

    return run_command(
        switch,
        success,
        url_for(".company_services", company_id=company_id),
        lambda status: _services_page(_company_page(company_id), status),
    )


def _end_after_confirmation(company_id: int, action: str, command: Callable[[Db, Actor, Company], None]) -> Response:
    """Ask for confirmation on a page that explains the consequences, and run the command when that page is sent."""
    company_page = _company_page(company_id)
    form = Form()
    if form.is_submitted():
        try:
            with visit().sandbox.transaction() as db:
                command(db, actor(), _managed_company(db, company_id))
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text(f"admin.{action}_company.done", name=company_page.company.name)
            return redirect(url_for(".companies") if action == "delete" else url_for(".company", company_id=company_id))
    return page(
        "admin/end_company.html",
        i18n.t(f"admin.{action}_company.title", name=company_page.company.name),
        menu="admin.companies",
        status=422 if form.is_submitted() else 200,
        company_page=company_page,
        form=form,
        action=action,
        gone_on=i18n.show_date((visit().clock.now() + directory_companies.DELETION_DELAY).date()),
    )
