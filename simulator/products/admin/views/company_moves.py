"""Routes of Admin: the request to move a company to another customer."""

from flask import abort, redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.cases import company_moves
from simulator.directory.models import Company
from simulator.products.admin.company_forms import MoveCompany
from simulator.products.admin.queries import companies as queries
from simulator.products.admin.views.blueprint import blueprint
from simulator.products.admin.views.companies import COMPANY
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.commands import run_command
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit


@blueprint.route(f"{COMPANY}/move", methods=["GET", "POST"])
@requires("admin.manage_companies")
def move_company(company_id: int) -> Response:
    """Request that a company be moved to another customer.

    Source: "Hva må gjøres ved bytte av organisasjonsnummer": on request, with written confirmation. Own choice: the form.
    """
    form, status = MoveCompany(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with visit().sandbox.transaction() as db:
                    move = company_moves.request(
                        db,
                        actor(),
                        _managed(db, company_id),
                        form.customer_number.data,
                        form.reason.data,
                        form.confirmer_name.data,
                        form.confirmer_email.data,
                    )
            except RuleViolation as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                flash_text("admin.move_company.requested", case=move.case_number)
                return redirect(url_for(".company", company_id=company_id))
    with visit().sandbox.reading() as db:
        company = _managed(db, company_id)
        waiting = company_moves.open_request(db, company)
    return page(
        "admin/move_company.html",
        i18n.t("admin.move_company.title", name=company.name),
        menu="admin.companies",
        status=status,
        company=company,
        form=form,
        waiting=waiting,
    )


@blueprint.post(f"{COMPANY}/move/withdraw")
@requires("admin.manage_companies")
def withdraw_move(company_id: int) -> Response:
    """Withdraw the request."""

    def withdraw(db: Db) -> dict[str, str]:
        company = _managed(db, company_id)
        company_moves.withdraw(db, actor(), company)
        return {"name": company.name}

    return run_command(withdraw, "admin.move_company.withdrawn", url_for(".company", company_id=company_id))


def _managed(db: Db, company_id: int) -> Company:
    return queries.visible_company(db, actor(), company_id, "admin.manage_companies") or abort(404)
