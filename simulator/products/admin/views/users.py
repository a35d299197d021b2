"""Routes of Admin: users."""

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import Refused
from simulator.core.texts import NAMES, best_language
from simulator.directory.people import Particulars
from simulator.products.admin import forms
from simulator.products.admin.queries import users as queries
from simulator.products.admin.queries.reach import by_service, reach
from simulator.products.admin.services import users as services
from simulator.products.admin.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import may, requires
from simulator.web.pages import page, tell
from simulator.web.rules import LARGEST_ID
from simulator.web.visit import actor, visit


@blueprint.get("/users")
@requires("admin.view_users")
def users() -> Response:
    """List the users of the customer, 25 a page; ``q`` searches names and addresses.

    Source: "Opprette bruker", the button to add a user stands at the top right. Own choice: columns, search and pages.
    """
    search = request.args.get("q", "").strip()[: queries.LONGEST_SEARCH]
    number = request.args.get("page", "1")
    wanted = int(number) if number.isdecimal() and len(number) <= 9 else 1
    with visit().sandbox.reading() as db:
        found = queries.users(db, actor(), search, wanted)
    return page(
        "admin/users.html",
        i18n.t("admin.users"),
        menu="admin.users",
        users=found,
        search=search,
        may_add=may("admin.add_user"),
    )


@blueprint.get(f"/users/<int(max={LARGEST_ID}):user_id>")
@requires("admin.view_users")
def user(user_id: int) -> Response:
    """Show one user: data, status, roles and on what they were given."""
    return _user_page(user_id)


@blueprint.post(f"/users/<int(max={LARGEST_ID}):user_id>/resend-activation")
@requires("admin.resend_activation")
def resend_activation(user_id: int) -> Response:
    """Send a user's activation mail again."""
    try:
        with visit().sandbox.transaction() as db:
            found = queries.user(db, actor(), user_id)
            if found is None:
                abort(404)
            services.resend_activation(db, actor(), found.person)
    except Refused as refusal:
        tell(f"error.{refusal.code}", "danger", **refusal.facts)
        return _user_page(user_id, refusal.status)
    tell("admin.resend_activation.sent", email=found.person.email)
    return redirect(url_for(".user", user_id=user_id))


@blueprint.route("/users/add", methods=["GET", "POST"])
@requires("admin.add_user")
def add_user() -> Response:
    """Add a person to the customer, with roles on the customer or on one company.

    Source: "Verbruik Visma.net AutoInvoice opvragen", Customer administrator, steps 3 to 8. Own choice: works without
    JavaScript, so every role is shown and the server compares it with what was chosen above it.
    """
    with visit().sandbox.reading() as db:
        within = reach(db, actor())
    form = forms.AddUser(language=best_language(visit().language))
    form.offer(within)
    existing = None
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                added = services.add_user(db, actor(), _particulars(form), form.access_to.data, form.roles.data)
        except Refused as refusal:
            form.refuse(refusal)
            if refusal.code == "directory.already_member":
                with visit().sandbox.reading() as db:
                    existing = queries.member_with_email(db, actor(), form.email.data)
        else:
            tell(
                "admin.add_user.known" if added.known else "admin.add_user.invited",
                name=added.person.name,
                email=added.person.email,
            )
            return redirect(url_for(".users"))
    return page(
        "admin/add_user.html",
        i18n.t("admin.add_user"),
        menu="admin.users",
        status=422 if form.is_submitted() else 200,
        form=form,
        groups=by_service(within.roles),
        existing=existing,
    )


def _user_page(user_id: int, status: int = 200) -> Response:
    with visit().sandbox.reading() as db:
        found = queries.user(db, actor(), user_id)
    if found is None:
        abort(404)
    return page(
        "admin/user.html",
        found.person.name,
        menu="admin.users",
        status=status,
        user=found,
        language_name=NAMES.get(found.person.language, found.person.language),
        may_resend=found.may_be_sent_activation and may("admin.resend_activation"),
    )


def _particulars(form: forms.AddUser) -> Particulars:
    return Particulars(
        email=form.email.data,
        first_name=form.first_name.data,
        last_name=form.last_name.data,
        language=form.language.data,
        phone=(form.phone.data or "").strip() or None,
    )
