"""Routes of Admin: one user."""

from collections.abc import Callable, Collection

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.numbers import LARGEST_ID, whole_number
from simulator.core.sandbox import Db
from simulator.core.texts import NAMES
from simulator.directory.actors import Actor, actor_of
from simulator.directory.models import Person
from simulator.products.admin import forms
from simulator.products.admin.permissions import ADMINISTRATORS
from simulator.products.admin.queries import user as queries
from simulator.products.admin.queries.grid import grid, is_within, ticked_values
from simulator.products.admin.queries.scope import AdminScope, admin_scope, by_service, with_groups
from simulator.products.admin.queries.user import UserPage
from simulator.products.admin.queries.users import user_groups
from simulator.products.admin.services import user as services
from simulator.products.admin.services import users as users_services
from simulator.products.admin.services.access import OwnRole
from simulator.products.admin.services.user import ChangedMeanwhile, Edit
from simulator.products.admin.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import has_permission, requires
from simulator.web.commands import run_command
from simulator.web.forms import Plain
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit

USER = f"/users/<int(max={LARGEST_ID}):user_id>"

PARTICULARS = ("first_name", "last_name", "phone", "language")


@blueprint.get(USER)
@requires("admin.view_users")
def user(user_id: int) -> Response:
    """Show one user: particulars, account, and a grid of roles by customer or company and service.

    Source: "Opprette bruker" and "Opprette og tildele roller til lønningsansvarlig", the grid. Own choice: the account's state and
    its commands.
    """
    return _stored_user_page(user_id)


@blueprint.post(USER)
@requires("admin.edit_user")
def save_user(user_id: int) -> Response:
    """Save a user's particulars and roles, or add a row to the grid without saving.

    Source: "Opprette bruker", *Gi tilgang til...*: the choice becomes a row below. Own choice: the second of two administrators who
    save the same user sees the changes of the first beside the own input, and can save again.
    """
    scope, user_page = _scope_and_page(user_id)
    form = _form(user_page)
    ticked = frozenset(form.grant.data or ())
    if request.form.get("deed") == "give_access":
        if not form.access_to.data:
            form.access_to.errors = [i18n.t("error.admin.target_missing")]
            return _user_page(scope, user_page, form, ticked, status=422)
        return _user_page(scope, user_page, form, ticked, added_row=form.access_to.data)
    if request.form.get("deed") == "join" or request.form.get("deed", "").startswith("page "):
        return _user_page(scope, user_page, form, ticked)
    if not form.validate():
        return _user_page(scope, user_page, form, ticked, status=422)
    edit = Edit(
        version=form.edited_version,
        particulars=form.particulars if user_page.editable else None,
        rows=frozenset(form.row.data or ()),
        ticked=form.grant.data or (),
        user_groups=form.group_ids if has_permission("admin.manage_groups") else None,
        confirmed=form.confirmed.data,
    )
    try:
        with visit().sandbox.transaction() as db:
            saved = services.save_user(db, actor(), user_id, edit)
            may_stay = still_administers(db)
    except ChangedMeanwhile as refusal:
        scope, user_page = _scope_and_page(user_id)
        form.version.data = str(user_page.person.version)
        return _user_page(scope, user_page, form, ticked, status=refusal.status, conflict=refusal)
    except RuleViolation as refusal:
        form.refuse(refusal)
        scope, user_page = _scope_and_page(user_id)
        return _user_page(scope, user_page, form, ticked, status=refusal.status, own_role=isinstance(refusal, OwnRole))
    if saved is None:
        abort(404)
    person, changes = saved
    flash_text(
        "admin.user.saved" if changes.any else "admin.user.unchanged",
        "success" if changes.any else "info",
        name=person.name,
    )
    return redirect(url_for(".users") if may_stay else url_for("home.overview"))


@blueprint.post(f"{USER}/resend-activation")
@requires("admin.resend_activation")
def resend_activation(user_id: int) -> Response:
    """Send a user's activation mail again."""

    def resend(db: Db, administrator: Actor, user_page: UserPage) -> None:
        users_services.resend_activation(db, administrator, user_page.person)

    return _run(user_id, resend, "admin.resend_activation.sent")


@blueprint.post(f"{USER}/reactivate")
@requires("admin.edit_user")
def reactivate_user(user_id: int) -> Response:
    """Reactivate a deactivated user."""
    return _run(user_id, services.reactivate, "admin.reactivate_user.done")


@blueprint.post(f"{USER}/primary-contact")
@requires("admin.set_primary_contact")
def make_primary_contact(user_id: int) -> Response:
    """Make a user the primary contact; replaces the previous primary contact.

    Source: "Veelgestelde vragen in Visma.net", primary contact.
    """
    return _run(user_id, services.make_primary_contact, "admin.make_primary_contact.done")


@blueprint.route(f"{USER}/deactivate", methods=["GET", "POST"])
@requires("admin.edit_user")
def deactivate_user(user_id: int) -> Response:
    """Ask for confirmation, then deactivate a user; roles stay."""
    return _run_after_confirmation(user_id, "deactivate_user", services.deactivate)


@blueprint.route(f"{USER}/remove", methods=["GET", "POST"])
@requires("admin.remove_user")
def remove_user(user_id: int) -> Response:
    """Ask for confirmation, then remove a user from the customer.

    Source: Visma Admin help, User: removing has a button on the user's page and asks for confirmation.
    """
    return _run_after_confirmation(user_id, "remove_user", services.remove)


def still_administers(db: Db) -> bool:
    """Return whether the visitor still has an administration role after the changes of this transaction."""
    return actor_of(db, db.get_one(Person, actor().id)).holds(ADMINISTRATORS, anywhere=True)


def _scope_and_page(user_id: int) -> tuple[AdminScope, UserPage]:
    with visit().sandbox.reading() as db:
        scope = with_groups(db, actor(), admin_scope(db, actor(), "admin.view_users"))
        user_page = queries.user(db, actor(), user_id, scope)
    return (scope, user_page) if user_page is not None else abort(404)


def _form(user_page: UserPage) -> forms.EditUser:
    form = forms.EditUser()
    if not user_page.editable:
        for name in PARTICULARS:
            del form[name]
    return form


def _stored_user_page(user_id: int, status: int = 200) -> Response:
    """Render the page with the stored particulars and roles."""
    scope, user_page = _scope_and_page(user_id)
    form = _form(user_page)
    if user_page.editable:
        form.show(user_page.person)
    form.version.data = str(user_page.person.version)
    form.user_group.data = [str(group_id) for group_id, _ in user_page.groups]
    return _user_page(scope, user_page, form, user_page.held.values, status=status)


def _user_page(
    scope: AdminScope,
    user_page: UserPage,
    form: forms.EditUser,
    ticked: Collection[str],
    *,
    status: int = 200,
    added_row: str | None = None,
    conflict: ChangedMeanwhile | None = None,
    own_role: bool = False,
) -> Response:
    """Render the page with the ticked roles, saved or not."""
    rows = {*(form.row.data or ()), *([added_row] if added_row else ())}
    if conflict is None:
        ticked = ticked_values(scope, user_page.held, rows, ticked)
    ticked = [value for value in ticked if is_within(scope, value)]
    lines = grid(scope, user_page.held, rows, ticked, grid_page(), added_row)
    form.offer(scope, lines.codes)
    form.access_to.data = ""
    memberships = None
    if has_permission("admin.manage_groups"):
        with visit().sandbox.reading() as db:
            choices = user_groups(db, scope.customer_id)
        memberships = form.offer_groups(choices, [group_id for group_id, _ in user_page.groups])
        form.join.data = ""
    return page(
        "admin/user.html",
        user_page.person.name,
        menu="admin.users.tab",
        status=status,
        may_open_change_log=has_permission("admin.view_configuration"),
        user=user_page,
        form=form,
        grid=lines,
        memberships=memberships,
        may_open_groups=has_permission("admin.manage_groups"),
        ticked=ticked,
        stored_values={name: getattr(user_page.person, name) or "" for name in PARTICULARS},
        languages=NAMES,
        conflict=conflict,
        own_role=own_role,
        by_service=by_service(lines.roles),
        may_resend=user_page.may_be_sent_activation and has_permission("admin.resend_activation"),
    )


def grid_page() -> int:
    """Return the page of a grid that a button of the form asks for, or that the form was on."""
    action, _, number = request.form.get("deed", "").partition(" ")
    return whole_number(number if action == "page" else request.form.get("page", ""), least=1) or 1


def _run(user_id: int, command: Callable[[Db, Actor, UserPage], None], success: str) -> Response:
    """Run a command on a user; ``success`` is the text key of a message with the user's name and address."""

    def change(db: Db) -> dict[str, str]:
        user_page = _visible_user(db, user_id)
        command(db, actor(), user_page)
        return {"name": user_page.person.name, "email": user_page.person.email}

    return run_command(change, success, url_for(".user", user_id=user_id), lambda status: _stored_user_page(user_id, status))


def _visible_user(db: Db, user_id: int) -> UserPage:
    return queries.user(db, actor(), user_id) or abort(404)


def _run_after_confirmation(user_id: int, action: str, command: Callable[[Db, Actor, UserPage], None]) -> Response:
    """Ask for confirmation, then run a command on a user, or show its refusal."""
    _, user_page = _scope_and_page(user_id)
    form = Plain()
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                command(db, actor(), _visible_user(db, user_id))
        except RuleViolation as refusal:
            form.refuse(refusal)
            return _confirm_page(user_page, form, action, refusal.status)
        flash_text(f"admin.{action}.done", name=user_page.person.name)
        return redirect(url_for(".users") if not user_page.own else url_for("home.overview"))
    return _confirm_page(user_page, form, action, 422 if form.is_submitted() else 200)


def _confirm_page(user_page: UserPage, form: Plain, action: str, status: int) -> Response:
    return page(
        "admin/confirm_user.html",
        i18n.t(f"admin.{action}.title", name=user_page.person.name),
        menu="admin.users.tab",
        status=status,
        user=user_page,
        form=form,
        action=action,
    )
