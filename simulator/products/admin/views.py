"""Routes of Admin."""

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import Refused
from simulator.core.texts import NAMES, best_language
from simulator.directory.people import Particulars
from simulator.products.admin import forms, queries, services
from simulator.web import i18n
from simulator.web.access import may, products, requires
from simulator.web.fidelity import read_statements
from simulator.web.pages import page, tell
from simulator.web.rules import LARGEST_ID
from simulator.web.visit import actor, visit

blueprint = Blueprint("admin", __name__, template_folder="templates")

LEFT_OUT = {
    "companies": (
        "Hva må gjøres ved bytte av organisasjonsnummer",
        "Firmagrupper, Brukergrupper og Rollegrupper i Visma.net Admin",
    ),
    "reports": ("Specificatie verbruik Visma.net AutoInvoice",),
    "support": ("Hvordan opprette supportbruker",),
}
"""Pages that are not simulated → the manuals that describe them, as ``fidelity.toml`` names them."""


@blueprint.get("/")
@requires("admin.open")
def front() -> Response:
    """Lead to the start page."""
    return redirect(url_for(".start"))


@blueprint.get("/startpage")
@requires("admin.open")
def start() -> Response:
    """Show tiles for the common tasks.

    Source: "Hur registrerar jag en användare i AutoPay", the start page leads to adding a user.
    """
    with visit().sandbox.reading() as db:
        customer = queries.reach(db, actor()).customer
    return page(
        "admin/start.html", i18n.t("admin.start"), menu="admin.start", customer=customer, may_add=may("admin.add_user")
    )


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
        within = queries.reach(db, actor())
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
        groups=within.roles_by_service,
        existing=existing,
    )


@blueprint.get("/companies")
@requires("admin.open")
def companies() -> Response:
    """Say that the companies are not simulated yet."""
    return _left_out("companies")


@blueprint.get("/reports")
@requires("admin.open")
def reports() -> Response:
    """Say that the reports are not simulated yet."""
    return _left_out("reports")


@blueprint.get("/support")
@requires("admin.open")
def support() -> Response:
    """Say that support access is not simulated yet."""
    return _left_out("support")


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


def _left_out(name: str) -> Response:
    """Say what the real page holds, what serves meanwhile, and which manual sections are left out with it."""
    sections = [section for section in read_statements("admin") if section.manual in LEFT_OUT[name]]
    settings = products()["settings"].tile
    link = settings if name == "reports" and settings is not None and may(settings.permission) else None
    return page(
        "admin/left_out.html",
        i18n.t(f"admin.{name}"),
        menu=f"admin.{name}",
        holds=i18n.t(f"admin.{name}.holds"),
        meanwhile=i18n.t(f"admin.{name}.meanwhile"),
        link=None if link is None else (url_for(link.endpoint), i18n.t(link.text)),
        sections=sections,
    )
