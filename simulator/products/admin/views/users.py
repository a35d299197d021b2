"""Routes of Admin: the users of a customer, and adding one."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from simulator.core import outbox
from simulator.core.errors import RuleViolation
from simulator.core.texts import best_language
from simulator.directory.models import Person, Status
from simulator.directory.people import by_email
from simulator.directory.roles import BY_CODE
from simulator.products.admin import forms
from simulator.products.admin.queries import users as queries
from simulator.products.admin.queries.grid import Held, grid, is_within
from simulator.products.admin.queries.scope import AdminScope, admin_scope, by_service, with_groups
from simulator.products.admin.queries.users import Filter
from simulator.products.admin.services import users as services
from simulator.products.admin.services.bulk import ACTIONS
from simulator.products.admin.views.blueprint import blueprint
from simulator.products.admin.views.exports import export_list
from simulator.products.admin.views.reports import time_zone
from simulator.products.admin.views.user import grid_page
from simulator.web import i18n
from simulator.web.access import has_permission, required_permission, requires
from simulator.web.forms import Plain
from simulator.web.listing import SIZES, PageRequest, page_request
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit

ARGUMENTS = ("q", "status", "company", "service", "role", "group", "size", "sort", "order")
SESSION_KEY = "admin_users"
"""Key of the filter in the session cookie, where it is stored with the id of its sign-in session."""

LONGEST_STORED = 500


@blueprint.get("/users")
@requires("admin.view_users")
def users() -> Response:
    """List the users of the customer; the address searches, filters, sorts and turns pages.

    Source: "Opprette bruker", the button to add a user is at the top right. Own choice: columns, search, filters and pages;
    the last filter is remembered until sign-out.
    """
    arguments = request.args or _stored_filter()
    if request.args:
        _store_filter(request.args)
    with visit().sandbox.reading() as db:
        scope = admin_scope(db, actor(), required_permission())
        choices = queries.user_groups(db, scope.customer_id) if scope.covers_customer else []
        filters, requested = list_filters(arguments, scope, choices), page_request(arguments, queries.SORTED_BY)
        listed = queries.list_users(db, actor(), scope, filters, requested)
    return page(
        "admin/users.html",
        i18n.t("admin.users"),
        menu="admin.users.tab",
        users=listed,
        filters=filters,
        address=_address(filters, requested),
        is_filtered=filters != Filter(),
        sizes=SIZES,
        statuses=queries.STATUSES,
        companies=[(target.id, target.name) for target in scope.targets if target.level == "company"],
        services=queries.SERVICE_CHOICES,
        user_groups=choices,
        roles=by_service([role for role in BY_CODE.values() if scope.covers_customer or role.level == "company"]),
        form=Plain(),
        actions=[action for action in ACTIONS.values() if has_permission(action.permission)],
        scope=scope,
        assignable=by_service(scope.roles),
        may_add=has_permission("admin.add_user"),
    )


@blueprint.post("/users/export")
@requires("admin.view_users")
def export_users() -> Response:
    """Queue the export of the users that match the filters, with the companies and roles of each.

    Own choice: as the other exports.
    """
    with visit().sandbox.reading() as db:
        scope = admin_scope(db, actor(), required_permission())
        groups = queries.user_groups(db, scope.customer_id)
    filters = list_filters(request.form, scope, groups)
    address: dict[str, Any] = _address(filters, page_request(request.form, queries.SORTED_BY))
    return export_list("users", asdict(filters), time_zone(), url_for(".users", **address))


def list_filters(arguments: Mapping[str, str], scope: AdminScope, groups: Sequence[tuple[int, str]]) -> Filter:
    """Read the filters of an address; a value that is unknown or outside the scope is ignored.

    A form with a role of its own names that of the filter ``filter_role``.
    """
    status, company = arguments.get("status", ""), arguments.get("company", "")
    service, role = arguments.get("service", ""), arguments.get("filter_role", arguments.get("role", ""))
    return Filter(
        search=arguments.get("q", "").strip()[: queries.LONGEST_SEARCH],
        status=Status(status) if status in queries.STATUSES else None,
        company=next((id_ for id_ in scope.company_ids if str(id_) == company), None),
        service=service if service in queries.SERVICE_CHOICES else None,
        role=role if role in BY_CODE else None,
        group=next((id_ for id_, _ in groups if str(id_) == arguments.get("group")), None),
    )


def _address(filters: Filter, requested: PageRequest) -> dict[str, str | int | None]:
    return {
        "q": filters.search or None,
        "status": filters.status,
        "company": filters.company,
        "service": filters.service,
        "role": filters.role,
        "group": filters.group,
        "size": requested.size if requested.size != SIZES[0] else None,
        "sort": requested.sort if requested.sort != queries.SORTED_BY[0] else None,
        "order": "desc" if requested.descending else None,
    }


def _store_filter(arguments: Mapping[str, str]) -> None:
    """Store the filter in the session cookie; a filter that is too long for it is dropped."""
    values = {name: arguments[name] for name in ARGUMENTS if arguments.get(name)}
    if not values or sum(map(len, values.values())) > LONGEST_STORED:
        session.pop(SESSION_KEY, None)
    elif session.get(SESSION_KEY) != [visit().session_id, values]:
        session[SESSION_KEY] = [visit().session_id, values]


def _stored_filter() -> dict[str, str]:
    sid, values = session.get(SESSION_KEY) or (None, {})
    return values if sid == visit().session_id else {}


@blueprint.route("/users/add", methods=["GET", "POST"])
@requires("admin.add_user")
def add_user() -> Response:
    """Add a person to the customer, with roles on the customer, companies and company groups, or in user groups.

    Source: "Verbruik Visma.net AutoInvoice opvragen", Customer administrator, steps 3 to 8; "Hur registrerar jag en användare i
    AutoPay", the names of a person who has an account are filled in; "Opprette bruker", each choice becomes a row below. Own
    choice: works without JavaScript, so every role is listed beside the choice, and the server checks it; a button makes a row
    of both, so that the next can be chosen.
    """
    with visit().sandbox.reading() as db:
        scope = with_groups(db, actor(), admin_scope(db, actor(), required_permission()))
    form = forms.AddUser(language=best_language(visit().language))
    existing = account = None
    action = request.form.get("deed", "")
    if form.is_submitted():
        account = _account_of(form)
        if action == "look_up":
            return _add_page(form, scope, account, looked_up=True)
        if action == "join" or action.partition(" ")[0] in ("give_access", "remove", "page"):
            return _add_page(form, scope, account, status=_change_rows(form, action))
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                added = services.add_user(db, actor(), form.particulars, form.rows, form.group_ids)
                came_back = outbox.came_back(db, added.person.email)
        except RuleViolation as refusal:
            form.refuse(refusal)
            if refusal.code == "directory.already_member":
                with visit().sandbox.reading() as db:
                    existing = queries.member_with_email(db, actor(), form.email.data)
        else:
            name, email = added.person.name, added.person.email
            flash_text("admin.add_user.known" if added.had_account else "admin.add_user.invited", name=name, email=email)
            if came_back:
                flash_text("ui.mail_came_back", "warning", email=email)
            if any("customer_administrator" in row.roles for row in form.rows):
                flash_text("admin.add_user.whole_customer", "info", name=name, customer=scope.customer)
            for target in added.without_roles:
                flash_text("admin.add_user.without_roles", "warning", name=name, on=target)
            return redirect(url_for(".users"))
    return _add_page(form, scope, account, existing, status=422 if form.is_submitted() else 200)


def _change_rows(form: forms.AddUser, action: str) -> int:
    """Add a row to the grid or remove one, without saving anything; returns the status of the answer."""
    if action.startswith("remove "):
        form.take_from_grid(action.removeprefix("remove "))
    elif action == "give_access" and form.access_to.data:
        form.move_to_grid()
    elif action == "give_access":
        form.access_to.errors = [i18n.t("error.admin.target_missing")]
        return 422
    return 200


def _account_of(form: forms.AddUser) -> Person | None:
    """Fill in the names of a person who has an account already, and return that account.

    Source: "Opprette ny bruker i Admin", the names are filled in. Own choice: the typed values do not change the account, and
    nothing else of it is revealed, not even whether other customers have this user.
    """
    with visit().sandbox.reading() as db:
        account = by_email(db, form.email.data or "")
        if account is None or queries.is_member(db, actor(), account.id):
            return None
        form.first_name.data, form.last_name.data = account.first_name, account.last_name
        form.phone.data, form.language.data = "", account.language
        return account


def _add_page(
    form: forms.AddUser,
    scope: AdminScope,
    account: Person | None,
    existing: Person | None = None,
    *,
    looked_up: bool = False,
    status: int = 200,
) -> Response:
    form.offer(scope)
    memberships = None
    if has_permission("admin.manage_groups"):
        with visit().sandbox.reading() as db:
            memberships = form.offer_groups(queries.user_groups(db, scope.customer_id), ())
        form.join.data = ""
    return page(
        "admin/add_user.html",
        i18n.t("admin.add_user"),
        menu="admin.users.tab",
        status=status,
        form=form,
        grid=grid(
            scope,
            Held(),
            form.row.data or (),
            [value for value in form.grant.data or () if is_within(scope, value)],
            grid_page(),
        ),
        memberships=memberships,
        role_groups=scope.role_groups,
        groups=by_service(scope.roles),
        account=account,
        looked_up=looked_up,
        existing=existing,
    )
