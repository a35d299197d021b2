"""Routes of Admin: one user."""

from collections.abc import Callable, Collection

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.core.texts import NAMES
from simulator.directory.actors import Actor, actor_of
from simulator.directory.models import Person
from simulator.products.admin import forms
from simulator.products.admin.permissions import MATRIX
from simulator.products.admin.queries import user as queries
from simulator.products.admin.queries.reach import Reach, by_service, reach
from simulator.products.admin.queries.user import Change, UserPage
from simulator.products.admin.services import user as services
from simulator.products.admin.services import users as inviting
from simulator.products.admin.services.user import ChangedMeanwhile, Edit, OwnRole
from simulator.products.admin.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import has_permission, requires
from simulator.web.forms import Plain
from simulator.web.pages import flash_text, page
from simulator.web.rules import LARGEST_ID
from simulator.web.visit import actor, visit

USER = f"/users/<int(max={LARGEST_ID}):user_id>"

PARTICULARS = ("first_name", "last_name", "phone", "language")


@blueprint.get(USER)
@requires("admin.view_users")
def user(user_id: int) -> Response:
    """Show one user: particulars, account, and a grid of roles by customer or company and service.

    Source: "Opprette bruker" and "Opprette og tildele roller til lønningsansvarlig", the grid. Own choice: the account's state and
    the deeds on it.
    """
    within, found = _found(user_id)
    form = _form(found)
    if found.editable:
        form.show(found.person)
    form.version.data = str(found.person.version)
    return _user_page(within, found, form, found.held)


@blueprint.post(USER)
@requires("admin.edit_user")
def save_user(user_id: int) -> Response:
    """Save a user's particulars and roles, or add a line to the grid without saving.

    Source: "Opprette bruker", *Gi tilgang til...*: what is picked becomes a row below. Own choice: who saves last is told what
    somebody else changed meanwhile, beside the own input, and can save again.
    """
    within, found = _found(user_id)
    form = _form(found)
    ticked = frozenset(form.grant.data or ())
    if request.form.get("deed") == "give_access":
        if not form.access_to.data:
            form.access_to.errors = [i18n.t("error.admin.target_missing")]
            return _user_page(within, found, form, ticked, status=422)
        return _user_page(within, found, form, ticked, picked=form.access_to.data)
    if not form.validate():
        return _user_page(within, found, form, ticked, status=422)
    edit = Edit(
        version=form.shown_version,
        particulars=form.particulars if found.editable else None,
        rows=frozenset(form.row.data or ()),
        ticked=form.grant.data or (),
        confirmed=form.confirmed.data,
    )
    try:
        with visit().sandbox.transaction() as db:
            saved = services.save_user(db, actor(), user_id, edit)
            still = may_after(db)
    except ChangedMeanwhile as refusal:
        within, found = _found(user_id)
        form.version.data = str(found.person.version)
        return _user_page(within, found, form, ticked, status=refusal.status, overtaken=refusal)
    except RuleViolation as refusal:
        form.refuse(refusal)
        within, found = _found(user_id)
        return _user_page(within, found, form, ticked, status=refusal.status, own_role=isinstance(refusal, OwnRole))
    if saved is None:
        abort(404)
    person, what = saved
    flash_text(
        "admin.user.saved" if what.anything else "admin.user.unchanged",
        "success" if what.anything else "info",
        name=person.name,
    )
    return redirect(url_for(".users") if still else url_for("home.overview"))


@blueprint.post(f"{USER}/resend-activation")
@requires("admin.resend_activation")
def resend_activation(user_id: int) -> Response:
    """Send a user's activation mail again."""

    def deed(db: Db, who: Actor, found: UserPage) -> None:
        inviting.resend_activation(db, who, found.person)

    return _do(user_id, deed, "admin.resend_activation.sent")


@blueprint.post(f"{USER}/reactivate")
@requires("admin.edit_user")
def reactivate_user(user_id: int) -> Response:
    """Let a deactivated user sign in again."""
    return _do(user_id, services.reactivate, "admin.reactivate_user.done")


@blueprint.post(f"{USER}/primary-contact")
@requires("admin.set_primary_contact")
def make_primary_contact(user_id: int) -> Response:
    """Make a user the primary contact; whoever was it is so no longer.

    Source: "Veelgestelde vragen in Visma.net", primary contact.
    """
    return _do(user_id, services.make_primary_contact, "admin.make_primary_contact.done")


@blueprint.route(f"{USER}/deactivate", methods=["GET", "POST"])
@requires("admin.edit_user")
def deactivate_user(user_id: int) -> Response:
    """Ask, and then keep a user from signing in; roles are kept."""
    return _confirmed(user_id, "deactivate_user", services.deactivate)


@blueprint.route(f"{USER}/remove", methods=["GET", "POST"])
@requires("admin.remove_user")
def remove_user(user_id: int) -> Response:
    """Ask, and then remove a user from the customer.

    Source: Visma Admin help, User: removing has a button on the user's page and asks first.
    """
    return _confirmed(user_id, "remove_user", services.remove)


def may_after(db: Db) -> bool:
    """Say whether the visitor administers anything still after what was just saved."""
    return actor_of(db, db.get_one(Person, actor().id)).holds(MATRIX["admin.open"], anywhere=True)


def _found(user_id: int) -> tuple[Reach, UserPage]:
    with visit().sandbox.reading() as db:
        within = reach(db, actor(), "admin.view_users")
        found = queries.user(db, actor(), user_id, within)
    return (within, found) if found is not None else abort(404)


def _form(found: UserPage) -> forms.EditUser:
    form = forms.EditUser()
    if not found.editable:
        for name in PARTICULARS:
            del form[name]
    return form


def _user_page(
    within: Reach,
    found: UserPage,
    form: forms.EditUser,
    ticked: Collection[str],
    *,
    status: int = 200,
    picked: str | None = None,
    overtaken: ChangedMeanwhile | None = None,
    own_role: bool = False,
) -> Response:
    """Render the page with what was ticked, be it saved or not."""
    rows = {*(form.row.data or ()), *([picked] if picked else ())}
    grid = queries.grid(within, found.held, rows, [value for value in ticked if _is_known(within, value)])
    form.offer(within, {line.target.code for line in grid.lines})
    form.access_to.data = ""
    changes: list[Change] | None = overtaken.changes if overtaken else []
    return page(
        "admin/user.html",
        found.person.name,
        menu="admin.users.tab",
        status=status,
        user=found,
        form=form,
        grid=grid,
        ticked=ticked,
        present={name: getattr(found.person, name) or "" for name in PARTICULARS},
        languages=NAMES,
        overtaken=overtaken is not None,
        changes=changes,
        own_role=own_role,
        explained=by_service(grid.roles),
        may_resend=found.may_be_sent_activation and has_permission("admin.resend_activation"),
    )


def _is_known(within: Reach, value: str) -> bool:
    place, _, code = value.partition(":")
    return within.target(place) is not None and any(role.code == code for role in within.giveable)


def _do(user_id: int, deed: Callable[[Db, Actor, UserPage], None], done: str) -> Response:
    """Do something to a user in one transaction, and tell."""
    try:
        with visit().sandbox.transaction() as db:
            found = queries.user(db, actor(), user_id)
            if found is None:
                abort(404)
            deed(db, actor(), found)
    except RuleViolation as refusal:
        flash_text(f"error.{refusal.code}", "danger", **refusal.facts)
        within, found = _found(user_id)
        form = _form(found)
        if found.editable:
            form.show(found.person)
        form.version.data = str(found.person.version)
        return _user_page(within, found, form, found.held, status=refusal.status)
    flash_text(done, name=found.person.name, email=found.person.email)
    return redirect(url_for(".user", user_id=user_id))


def _confirmed(user_id: int, deed_name: str, deed: Callable[[Db, Actor, UserPage], None]) -> Response:
    """Ask before something is done to a user, and say why when it may not be."""
    _, found = _found(user_id)
    form = Plain()
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                again = queries.user(db, actor(), user_id)
                if again is None:
                    abort(404)
                deed(db, actor(), again)
        except RuleViolation as refusal:
            form.refuse(refusal)
            return _confirm_page(found, form, deed_name, refusal.status)
        flash_text(f"admin.{deed_name}.done", name=found.person.name)
        return redirect(url_for(".users") if not found.own else url_for("home.overview"))
    return _confirm_page(found, form, deed_name, 422 if form.is_submitted() else 200)


def _confirm_page(found: UserPage, form: Plain, deed_name: str, status: int) -> Response:
    return page(
        "admin/confirm_user.html",
        i18n.t(f"admin.{deed_name}.title", name=found.person.name),
        menu="admin.users.tab",
        status=status,
        user=found,
        form=form,
        deed=deed_name,
    )
