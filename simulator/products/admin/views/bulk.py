"""Routes of Admin: one action on many users of the list."""

from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.numbers import LARGEST_ID, whole_number
from simulator.core.sandbox import Db
from simulator.products.admin.queries import bulk as queries
from simulator.products.admin.queries import users as users_queries
from simulator.products.admin.queries.scope import AdminScope, admin_scope
from simulator.products.admin.services import bulk as services
from simulator.products.admin.services.bulk import ACTIONS, BulkAction
from simulator.products.admin.views.blueprint import blueprint
from simulator.products.admin.views.users import list_filters
from simulator.web import i18n
from simulator.web.access import has_permission, requires
from simulator.web.forms import Plain
from simulator.web.listing import SIZES, page_request
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit

ALL = "all"
"""Value of the choice of all users that match the filter, instead of those that are ticked."""


@blueprint.post("/users/bulk")
@requires("admin.edit_user")
def change_in_bulk() -> Response:
    """Ask for confirmation with the number of users, then carry the action out on them.

    Own choice: an action on the ticked users, or on all that match the filter at the time of the confirmation.
    """
    action = ACTIONS.get(request.form.get("action", ""))
    form = Plain()
    if action is None or not form.validate():
        flash_text("admin.bulk.choose", "warning")
        return redirect(_back())
    if not has_permission(action.permission):
        abort(403)
    role, target = request.form.get("role", ""), request.form.get("on", "")
    try:
        if "confirmed" in request.form:
            with visit().sandbox.transaction() as db:
                scope = admin_scope(db, actor(), action.permission)
                change = services.begin(db, actor(), action, _ids(db, scope), role, target)
                change_id = change.id
            return redirect(url_for(".bulk_change", change_id=change_id))
        with visit().sandbox.reading() as db:
            scope = admin_scope(db, actor(), action.permission)
            services.check(scope, action, role, target)
            count = len(_ids(db, scope))
        if not count:
            raise RuleViolation("admin.bulk_nobody")
    except RuleViolation as refusal:
        flash_text("admin.bulk.refused", "danger", reason=i18n.refusal_text(refusal))
        return redirect(_back())
    return _confirm_page(form, action, scope, count)


@blueprint.get(f"/users/bulk/<int(max={LARGEST_ID}):change_id>")
@requires("admin.edit_user")
def bulk_change(change_id: int) -> Response:
    """Show how far an action on many users is, and whom it left out and why."""
    requested = page_request(request.args, ("name",))
    with visit().sandbox.reading() as db:
        bulk_page = queries.bulk_page(db, actor(), change_id, requested) or abort(404)
    return page(
        "admin/bulk_change.html",
        i18n.t(ACTIONS[bulk_page.action].text),
        menu="admin.users.tab",
        change=bulk_page,
        reasons=[_reason(row) for row in bulk_page.left_out.rows],
        address={"change_id": change_id, "size": requested.size if requested.size != SIZES[0] else None},
        sizes=SIZES,
    )


def _ids(db: Db, scope: AdminScope) -> list[int]:
    """Return the users of the form: the ticked ones, or all that match its filter."""
    if request.form.get("selection") == ALL:
        groups = users_queries.user_groups(db, scope.customer_id)
        return list(users_queries.ids_of(db, scope, list_filters(request.form, scope, groups)))
    ticked = [whole_number(value) for value in request.form.getlist("user")[: SIZES[-1]]]
    return list(dict.fromkeys(id_ for id_ in ticked if id_ is not None))


def _reason(row: queries.LeftOut) -> str:
    facts = {name: i18n.t(fact["text"]) if isinstance(fact, dict) else fact for name, fact in row.facts.items()}
    return i18n.refusal_text(RuleViolation(row.code, **facts))


def _back() -> str:
    names = ("q", "status", "company", "service", "filter_role", "group", "size", "sort", "order", "page")
    address: Mapping[str, Any] = {name: request.form[name] for name in names if request.form.get(name)}
    return url_for(".users", **{name.removeprefix("filter_"): value for name, value in address.items()})


def _confirm_page(form: Plain, action: BulkAction, scope: AdminScope, count: int) -> Response:
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "confirmed")]
    target = scope.target(request.form.get("on", ""))
    return page(
        "admin/confirm_bulk.html",
        i18n.t(action.text),
        menu="admin.users.tab",
        form=form,
        action=action,
        count=count,
        sent=sent,
        role=scope.role(request.form.get("role", "")),
        target=target,
        back=_back(),
    )
