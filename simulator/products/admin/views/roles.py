"""Routes of Admin: the roles of all users on one customer or company."""

from dataclasses import replace

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.numbers import whole_number
from simulator.products.admin.queries import roles as queries
from simulator.products.admin.queries.scope import AdminScope, Target, admin_scope, by_service
from simulator.products.admin.queries.users import LONGEST_SEARCH
from simulator.products.admin.services import user as services
from simulator.products.admin.services.access import OwnRole
from simulator.products.admin.services.user import ChangedMeanwhile, Edit
from simulator.products.admin.views.blueprint import blueprint
from simulator.products.admin.views.user import still_administers
from simulator.web import i18n
from simulator.web.access import has_permission, required_permission, requires
from simulator.web.forms import Plain
from simulator.web.listing import SIZES, page_request
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit


@blueprint.get("/roles")
@requires("admin.give_roles")
def roles() -> Response:
    """Show the roles on a customer or company: one row per user, one column per service.

    Source: "Missä määritellään käyttäjien oikeudet Visma.net-sovelluksiin", tab Roles. Own choice: it opens on the
    customer, or else on the first company.
    """
    with visit().sandbox.reading() as db:
        scope = admin_scope(db, actor(), required_permission())
    return _roles_page(scope, _target(scope, request.args.get("on")), Plain())


@blueprint.post("/roles")
@requires("admin.give_roles")
def save_roles() -> Response:
    """Save the roles of the users on the page."""
    with visit().sandbox.reading() as db:
        scope = admin_scope(db, actor(), required_permission())
    target = scope.target(request.form.get("on", ""))
    if target is None:
        abort(404)
    form = Plain()
    ticked = _ticked()
    if not form.validate():
        return _roles_page(scope, target, form, ticked, status=422)
    edits = {
        user_id: Edit(
            version=version,
            particulars=None,
            rows=(target.code,),
            ticked=[value for ticked_id, value in ticked if ticked_id == user_id and value.partition(":")[0] == target.code],
            confirmed="confirmed" in request.form,
        )
        for user_id, version in _versions().items()
    }
    try:
        with visit().sandbox.transaction() as db:
            changed = services.save_roles(db, actor(), target.code, edits)
            may_stay = still_administers(db)
    except ChangedMeanwhile as refusal:
        return _roles_page(scope, target, form, ticked, status=refusal.status, conflict=refusal)
    except RuleViolation as refusal:
        form.refuse(refusal)
        return _roles_page(scope, target, form, ticked, status=refusal.status, own_role=isinstance(refusal, OwnRole))
    flash_text("admin.roles.saved" if changed else "admin.roles.unchanged", "success" if changed else "info", on=target.name)
    return redirect(url_for(".roles", on=target.code) if may_stay else url_for("home.overview"))


def _target(scope: AdminScope, code: str | None) -> Target:
    if code:
        return scope.target(code) or abort(404)
    return scope.targets[0] if scope.targets else abort(403)


def _versions() -> dict[int, int]:
    """Return the ids of the users in the submitted table with the versions it was rendered with, at most one page of them."""
    versions = {}
    for entry in request.form.getlist("user")[: SIZES[-1]]:
        user_id, _, version = entry.partition(":")
        user, edited_version = whole_number(user_id), whole_number(version)
        if user is not None and edited_version is not None:
            versions[user] = edited_version
    return versions


def _ticked() -> set[tuple[int, str]]:
    """Return the ticked boxes as pairs of user id and value of a role."""
    ticked = set()
    for entry in request.form.getlist("grant"):
        user_id, _, value = entry.partition("/")
        user = whole_number(user_id)
        if user is not None:
            ticked.add((user, value))
    return ticked


def _roles_page(
    scope: AdminScope,
    target: Target,
    form: Plain,
    ticked: set[tuple[int, str]] | None = None,
    *,
    status: int = 200,
    conflict: ChangedMeanwhile | None = None,
    own_role: bool = False,
) -> Response:
    """Render the tab; after a refusal with the submitted ticks, for the same users."""
    arguments = request.form if request.method == "POST" else request.args
    search = arguments.get("q", "").strip()[:LONGEST_SEARCH]
    requested = page_request(arguments, ("name",))
    with visit().sandbox.reading() as db:
        user_ids = list(_versions()) if request.method == "POST" else None
        if user_ids:
            requested = replace(requested, page=1)
        roles_page = queries.roles_on(db, scope, target, search, requested, user_ids)
    held = {(user.id, cell.value) for user in roles_page.users.rows for cells in user.cells for cell in cells if cell.held}
    return page(
        "admin/roles.html",
        i18n.t("admin.roles"),
        menu="admin.roles",
        status=status,
        may_open_change_log=has_permission("admin.view_configuration"),
        form=form,
        scope=scope,
        target=target,
        roles_page=roles_page,
        search=search,
        ticked=held if ticked is None else ticked,
        conflict=conflict,
        own_role=own_role,
        role_groups=by_service(roles_page.roles),
        may_open_groups=has_permission("admin.manage_groups"),
        address={"on": target.code, "q": search or None, "size": requested.size if requested.size != SIZES[0] else None},
        sizes=SIZES,
    )
