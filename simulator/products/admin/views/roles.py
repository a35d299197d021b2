"""Routes of Admin: the roles of all users on one customer or company."""

from dataclasses import replace

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.products.admin.queries import roles as queries
from simulator.products.admin.queries.reach import Reach, Target, by_service, reach
from simulator.products.admin.queries.users import LONGEST_SEARCH
from simulator.products.admin.services import user as services
from simulator.products.admin.services.user import ChangedMeanwhile, Edit, OwnRole
from simulator.products.admin.views.blueprint import blueprint
from simulator.products.admin.views.user import may_after
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.forms import Plain
from simulator.web.listing import SIZES, page_request
from simulator.web.pages import flash_text, page
from simulator.web.rules import LARGEST_ID
from simulator.web.visit import actor, visit


@blueprint.get("/roles")
@requires("admin.give_roles")
def roles() -> Response:
    """Show the roles on a customer or company: users below each other, roles by service.

    Source: "Missä määritellään käyttäjien oikeudet Visma.net-sovelluksiin", tab Roles. Own choice: the customer, or else the
    first company, stands there first.
    """
    with visit().sandbox.reading() as db:
        within = reach(db, actor(), "admin.give_roles")
    return _roles_page(within, _target(within, request.args.get("on")), Plain())


@blueprint.post("/roles")
@requires("admin.give_roles")
def save_roles() -> Response:
    """Save the roles of the users that the page showed."""
    with visit().sandbox.reading() as db:
        within = reach(db, actor(), "admin.give_roles")
    target = within.target(request.form.get("on", ""))
    if target is None:
        abort(404)
    form = Plain()
    ticked = _ticked()
    if not form.validate():
        return _roles_page(within, target, form, ticked, status=422)
    edits = {
        user_id: Edit(
            version=version,
            particulars=None,
            rows=(target.code,),
            ticked=[value for about, value in ticked if about == user_id and value.partition(":")[0] == target.code],
            confirmed="confirmed" in request.form,
        )
        for user_id, version in _versions().items()
    }
    try:
        with visit().sandbox.transaction() as db:
            changed = services.save_roles(db, actor(), target.code, edits)
            still = may_after(db)
    except ChangedMeanwhile as refusal:
        return _roles_page(within, target, form, ticked, status=refusal.status, overtaken=refusal)
    except RuleViolation as refusal:
        form.refuse(refusal)
        return _roles_page(within, target, form, ticked, status=refusal.status, own_role=isinstance(refusal, OwnRole))
    flash_text("admin.roles.saved" if changed else "admin.roles.unchanged", "success" if changed else "info", on=target.name)
    return redirect(url_for(".roles", on=target.code) if still else url_for("home.overview"))


def _target(within: Reach, code: str | None) -> Target:
    if code:
        return within.target(code) or abort(404)
    return within.targets[0] if within.targets else abort(403)


def _versions() -> dict[int, int]:
    """Return which users the page showed, each with the version it showed; at most as many as a page can have."""
    found = {}
    for entry in request.form.getlist("user")[: SIZES[-1]]:
        user_id, _, version = entry.partition(":")
        if _is_number(user_id) and _is_number(version) and int(user_id) <= LARGEST_ID:
            found[int(user_id)] = int(version)
    return found


def _ticked() -> set[tuple[int, str]]:
    """Return what was ticked: users with values of roles."""
    found = set()
    for entry in request.form.getlist("grant"):
        user_id, _, value = entry.partition("/")
        if _is_number(user_id):
            found.add((int(user_id), value))
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 10


def _roles_page(
    within: Reach,
    target: Target,
    form: Plain,
    ticked: set[tuple[int, str]] | None = None,
    *,
    status: int = 200,
    overtaken: ChangedMeanwhile | None = None,
    own_role: bool = False,
) -> Response:
    """Render the tab; after a refusal with what was ticked, for the same users."""
    chosen = request.form if request.method == "POST" else request.args
    search = chosen.get("q", "").strip()[:LONGEST_SEARCH]
    asked = page_request(chosen, ("name",))
    with visit().sandbox.reading() as db:
        again = list(_versions()) if request.method == "POST" else None
        found = queries.roles_on(db, within, target, search, replace(asked, page=1) if again else asked, again)
    held = {(user.id, cell.value) for user in found.users.rows for line in user.cells for cell in line if cell.held}
    return page(
        "admin/roles.html",
        i18n.t("admin.roles"),
        menu="admin.roles",
        status=status,
        form=form,
        within=within,
        target=target,
        found=found,
        search=search,
        ticked=held if ticked is None else ticked,
        overtaken=overtaken,
        changes=overtaken.changes if overtaken else None,
        own_role=own_role,
        explained=by_service(found.roles),
        address={"on": target.code, "q": search or None, "size": asked.size if asked.size != SIZES[0] else None},
        sizes=SIZES,
    )
