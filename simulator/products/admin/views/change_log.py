"""Routes of Admin: the change log of the customer, and of one company."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from simulator.core.numbers import whole_number
from simulator.core.sandbox import Db
from simulator.directory.models import Company, Person
from simulator.products.admin.queries import change_log as queries
from simulator.products.admin.queries import companies
from simulator.products.admin.queries.change_log import Filter
from simulator.products.admin.queries.users import LONGEST_SEARCH, visible_user
from simulator.products.admin.views.blueprint import blueprint
from simulator.products.admin.views.companies import COMPANY
from simulator.products.admin.views.exports import export_list
from simulator.products.admin.views.reports import time_zone
from simulator.products.admin.views.user import USER
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.forms import Plain
from simulator.web.listing import SIZES, page_request
from simulator.web.pages import page
from simulator.web.visit import actor, visit


@blueprint.get("/change-log")
@requires("admin.view_configuration")
def change_log() -> Response:
    """List the changes of the customer, its companies, users and groups, newest first; the address filters.

    Source: Visma Admin help, Customer, tab Change log.
    """
    return _page(_filters(request.args), i18n.t("admin.change_log"), "admin.change_log")


@blueprint.post("/change-log/export")
@requires("admin.view_configuration")
def export_change_log() -> Response:
    """Queue the export of the lines that match the filters.

    Source: Visma Admin help, Change log, the button Export.
    """
    with visit().sandbox.reading() as db:
        person = _user(db, whole_number(request.form["user"])) if request.form.get("user") else None
    filters = _filters(request.form, person=person, roles="roles" in request.form)
    stored = {
        "person": filters.person,
        "roles": filters.roles,
        "search": filters.search,
        "action": filters.action,
        "since": filters.since.isoformat() if filters.since else None,
        "until": filters.until.isoformat() if filters.until else None,
    }
    endpoint, values = _page_of(filters, person.id if person is not None else None)
    return export_list("change-log", stored, time_zone(), url_for(endpoint, **values, **_address(filters)))


@blueprint.get(f"{USER}/change-log")
@requires("admin.view_configuration")
def user_change_log(user_id: int) -> Response:
    """List the changes of a user: the account, and its roles. Own choice, after the tab of a company."""
    with visit().sandbox.reading() as db:
        person = _user(db, user_id)
    title = f"{person.name}: {i18n.t('admin.change_log')}"
    return _page(_filters(request.args, person=person), title, "admin.users.tab", person=person)


@blueprint.get("/roles/change-log")
@requires("admin.view_configuration")
def roles_change_log() -> Response:
    """List the changes of roles.

    Source: Visma Admin help, Role, tab Change log.
    """
    title = f"{i18n.t('admin.roles')}: {i18n.t('admin.change_log')}"
    return _page(_filters(request.args, roles=True), title, "admin.roles")


def _user(db: Db, user_id: int | None) -> Person:
    return (visible_user(db, actor(), user_id) if user_id is not None else None) or abort(404)


def _page_of(filters: Filter, user_id: int | None) -> tuple[str, dict[str, Any]]:
    """Return the endpoint of the page with these filters, and the variables of its address."""
    if user_id is not None:
        return "admin.user_change_log", {"user_id": user_id}
    if filters.company is not None:
        return "admin.company_change_log", {"company_id": filters.company}
    return "admin.roles_change_log" if filters.roles else "admin.change_log", {}


@blueprint.get(f"{COMPANY}/change-log")
@requires("admin.view_companies")
def company_change_log(company_id: int) -> Response:
    """List the changes of a company and of the roles on it.

    Source: Visma Admin help, Company, tab Change log.
    """
    with visit().sandbox.reading() as db:
        company = (companies.company(db, actor(), company_id) or abort(404)).company
    title = f"{company.name}: {i18n.t('admin.change_log')}"
    return _page(_filters(request.args, company.id), title, "admin.companies", company)


def _filters(
    arguments: Mapping[str, str], company_id: int | None = None, person: Person | None = None, *, roles: bool = False
) -> Filter:
    """Read the filters of an address; an unknown value is ignored."""
    action = arguments.get("action", "")
    return Filter(
        person=person.email if person is not None else None,
        roles=roles,
        search=arguments.get("q", "").strip()[:LONGEST_SEARCH],
        action=action if action in (queries.ACTIONS_ON_ROLES if roles else queries.ACTIONS) else None,
        since=i18n.read_day(arguments.get("from", "")),
        until=i18n.read_day(arguments.get("to", "")),
        company=company_id,
    )


def _address(filters: Filter) -> dict[str, Any]:
    return {
        "q": filters.search or None,
        "action": filters.action,
        "from": filters.since.isoformat() if filters.since else None,
        "to": filters.until.isoformat() if filters.until else None,
    }


def _page(filters: Filter, title: str, menu: str, company: Company | None = None, person: Person | None = None) -> Response:
    requested = page_request(request.args, ("at",))
    customer_id = actor().customer_id
    assert customer_id is not None
    with visit().sandbox.reading() as db:
        changes = queries.change_log(db, customer_id, filters, ZoneInfo(time_zone()), i18n.language(), requested)
    filtered = _address(filters)
    endpoint, values = _page_of(filters, person.id if person is not None else None)
    return page(
        "admin/change_log.html",
        title,
        menu=menu,
        problems=i18n.day_problems("from", "to"),
        form=Plain(),
        changes=changes,
        filters=filters,
        filtered=filtered,
        address={**values, **filtered, "size": requested.size if requested.size != SIZES[0] else None},
        endpoint=endpoint,
        values=values,
        is_filtered=any(filtered.values()),
        actions=[(action, queries.text_of(action)) for action in filters.actions],
        company=company,
        person=person,
        exported={**filtered, "user": person.id if person is not None else None, "roles": "1" if filters.roles else None},
        sizes=SIZES,
    )
