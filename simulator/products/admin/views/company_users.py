"""Routes of Admin: the users of one company."""

from typing import Any

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.products.admin.company_forms import LinkUser
from simulator.products.admin.queries import companies as companies_queries
from simulator.products.admin.queries import company_users as queries
from simulator.products.admin.queries.scope import admin_scope, by_service
from simulator.products.admin.queries.users import LONGEST_SEARCH
from simulator.products.admin.services import company_users as services
from simulator.products.admin.views.blueprint import blueprint
from simulator.products.admin.views.companies import COMPANY
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.listing import SIZES, page_request
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit


@blueprint.get(f"{COMPANY}/users")
@requires("admin.view_companies")
def company_users(company_id: int) -> Response:
    """Show the users with a role on a company, and the form that links another user to it.

    Source: "WebFaktura og Visma.net", Registrer bedriften. Own choice: the tab, and that it does not list roles on the customer.
    """
    return _users_page(company_id, LinkUser())


@blueprint.post(f"{COMPANY}/users")
@requires("admin.give_roles")
def link_user(company_id: int) -> Response:
    """Link a user of the customer to a company with a role."""
    form = LinkUser()
    if not form.validate():
        return _users_page(company_id, form, status=422)
    try:
        with visit().sandbox.transaction() as db:
            company = companies_queries.visible_company(db, actor(), company_id, "admin.give_roles") or abort(404)
            linked = services.link_user(db, actor(), company, form.user_id, form.role.data)
            values = {"name": linked.person.name, "company": company.name, "role": i18n.t(linked.role.text)}
    except RuleViolation as refusal:
        form.refuse(refusal)
        return _users_page(company_id, form, status=refusal.status)
    flash_text("admin.link_user.done", **values)
    return redirect(url_for(".company_users", company_id=company_id))


def _users_page(company_id: int, form: LinkUser, status: int = 200) -> Response:
    search = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    requested = page_request(request.args, ("name",))
    with visit().sandbox.reading() as db:
        company_page = companies_queries.company(db, actor(), company_id) or abort(404)
        scope = admin_scope(db, actor(), "admin.give_roles")
        users = queries.users_of(db, company_id, requested)
        offer = queries.offer(db, scope, search)
    target = scope.target(f"company-{company_id}")
    can_link = target is not None and target.active
    values: dict[str, Any] = {}
    if target is not None and can_link:
        roles = queries.roles_to_grant(scope, target)
        form.offer(offer.users, by_service(roles))
        values = {"offer": offer, "most": queries.MOST_OFFERED, "on": target.code}
    return page(
        "admin/company_users.html",
        f"{company_page.company.name}: {i18n.t('admin.company.users')}",
        menu="admin.companies",
        status=status,
        company_page=company_page,
        users=users,
        form=form,
        search=search,
        can_link=can_link,
        address={"company_id": company_id, "size": requested.size if requested.size != SIZES[0] else None},
        sizes=SIZES,
        **values,
    )
