"""Routes of Admin: the change log of the customer, and of one company."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from simulator.directory.models import Company
from simulator.products.admin.queries import change_log as queries
from simulator.products.admin.queries import companies
from simulator.products.admin.queries.change_log import Filter
from simulator.products.admin.queries.users import LONGEST_SEARCH
from simulator.products.admin.views.blueprint import blueprint
from simulator.products.admin.views.companies import COMPANY
from simulator.products.admin.views.exports import export_list
from simulator.products.admin.views.reports import time_zone
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
    filters = _filters(request.form)
    stored = {
        "search": filters.search,
        "action": filters.action,
        "since": filters.since.isoformat() if filters.since else None,
        "until": filters.until.isoformat() if filters.until else None,
    }
    return export_list("change-log", stored, time_zone(), url_for(".change_log", **_address(filters)))


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


def _filters(arguments: Mapping[str, str], company_id: int | None = None) -> Filter:
    """Read the filters of an address; an unknown value is ignored."""
    action = arguments.get("action", "")
    return Filter(
        search=arguments.get("q", "").strip()[:LONGEST_SEARCH],
        action=action if action in queries.ACTIONS else None,
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


def _page(filters: Filter, title: str, menu: str, company: Company | None = None) -> Response:
    requested = page_request(request.args, ("at",))
    customer_id = actor().customer_id
    assert customer_id is not None
    with visit().sandbox.reading() as db:
        changes = queries.change_log(db, customer_id, filters, ZoneInfo(time_zone()), i18n.language(), requested)
    filtered = _address(filters)
    values = {"company_id": company.id} if company is not None else {}
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
        endpoint="admin.company_change_log" if company is not None else "admin.change_log",
        values=values,
        is_filtered=any(filtered.values()),
        actions=[(action, queries.text_of(action)) for action in queries.ACTIONS],
        company=company,
        sizes=SIZES,
    )
