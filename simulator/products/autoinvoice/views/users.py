"""Routes of the company's users in AutoInvoice."""

from flask import abort, redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory.models import Person
from simulator.directory.people import Particulars
from simulator.documents.accounts import users as services
from simulator.products.autoinvoice.forms.fields import CompanyForm
from simulator.products.autoinvoice.forms.settings import NewUser, UserRole
from simulator.products.autoinvoice.views.areas import settings_page
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.company import chosen_company
from simulator.products.autoinvoice.views.editing import is_good
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit


@blueprint.get("/settings/users")
@requires("autoinvoice.settings")
def users() -> Response:
    """List the users of the company in AutoInvoice with their role."""
    with visit().sandbox.reading() as db:
        company = chosen_company(db)
        now = db.clock.now()
        rows: dict[int, tuple[Person, str, str]] = {}
        for grant in services.grants_on(db, company):
            role = "admin" if grant.role == services.ROLES["admin"].code else "user"
            rows.setdefault(grant.person_id, (grant.person, role, grant.person.status_at(now)))
    title = i18n.t("autoinvoice.users")
    return settings_page(
        "autoinvoice/users.html", title, area="autoinvoice.users", company=company, rows=list(rows.values())
    )


@blueprint.route("/settings/users/add", methods=["GET", "POST"])
@requires("autoinvoice.settings")
def add_user() -> Response:
    """Add a user: data and role. Source: frequent questions on AutoInvoice in AccountView, *Gebruiker toevoegen*, *Aanmaken*."""
    form = NewUser()
    _offer_roles(form)
    status = 200
    if form.is_submitted():
        if is_good(form):
            try:
                return _add_user(form)
            except RuleViolation as refusal:
                form.refuse(refusal)
        status = 422
    with visit().sandbox.reading() as db:
        company = chosen_company(db)
    title = i18n.t("autoinvoice.users.add")
    return settings_page(
        "autoinvoice/add_user.html", title, area="autoinvoice.users", status=status, form=form, company=company
    )


def _add_user(form: NewUser) -> Response:
    particulars = Particulars(
        email=form.email.data or "",
        first_name=form.first_name.data or "",
        last_name=form.last_name.data or "",
        language=i18n.language(),
    )
    with visit().sandbox.transaction() as db:
        person = services.add(db, actor(), chosen_company(db), particulars, form.role.data)
    flash_text("autoinvoice.users.added", email=person.email)
    return redirect(url_for(".users"))


@blueprint.route("/settings/users/<int:user_id>", methods=["GET", "POST"])
@requires("autoinvoice.settings")
def user(user_id: int) -> Response:
    """Show a user of the company, and change the role."""
    form = UserRole()
    _offer_roles(form)
    if not form.is_submitted():
        return _user_page(user_id, form, 200)
    if not is_good(form):
        return _user_page(user_id, form, 422)
    try:
        with visit().sandbox.transaction() as db:
            person, _ = _user_and_role(db, user_id)
            changed = services.set_role(db, actor(), chosen_company(db), person, form.role.data)
    except RuleViolation as refusal:
        form.refuse(refusal)
        return _user_page(user_id, form, 422)
    flash_text("autoinvoice.saved" if changed else "autoinvoice.elma.unchanged", "success" if changed else "info")
    return redirect(url_for(".users"))


@blueprint.post("/settings/users/<int:user_id>/remove")
@requires("autoinvoice.settings")
def remove_user(user_id: int) -> Response:
    """Remove a user from the company."""
    form = CompanyForm()
    role = UserRole(formdata=None)
    _offer_roles(role)
    if not is_good(form):
        return _user_page(user_id, role, 422, form)
    try:
        with visit().sandbox.transaction() as db:
            person, _ = _user_and_role(db, user_id)
            services.remove(db, actor(), chosen_company(db), person)
    except RuleViolation as refusal:
        form.refuse(refusal)
        return _user_page(user_id, role, 422, form)
    flash_text("autoinvoice.users.removed", name=person.name)
    return redirect(url_for("home.overview" if person.id == actor().id else ".users"))


def _user_page(user_id: int, form: UserRole, status: int, removing: CompanyForm | None = None) -> Response:
    with visit().sandbox.reading() as db:
        company = chosen_company(db)
        person, role = _user_and_role(db, user_id)
    if not (form.errors or form.form_errors):
        form.role.data = role
    return settings_page(
        "autoinvoice/user.html",
        person.name,
        area="autoinvoice.users",
        status=status,
        form=form,
        removing=removing or CompanyForm(formdata=None),
        company=company,
        person=person,
    )


def _user_and_role(db: Db, user_id: int) -> tuple[Person, str]:
    user_and_role = services.user_of(db, chosen_company(db), user_id)
    if user_and_role is None:
        abort(404)
    return user_and_role


def _offer_roles(form: NewUser | UserRole) -> None:
    form.role.choices = [(role, i18n.t(f"autoinvoice.users.role.{role}")) for role in NewUser.ROLES]
