"""Routes of Admin: the users of a customer, and adding one."""

from collections.abc import Mapping

from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.texts import best_language
from simulator.directory.models import Person, Status
from simulator.directory.people import by_email
from simulator.directory.roles import BY_CODE
from simulator.products.admin import forms
from simulator.products.admin.queries import users as queries
from simulator.products.admin.queries.reach import Reach, by_service, reach
from simulator.products.admin.queries.users import Filter
from simulator.products.admin.services import users as services
from simulator.products.admin.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import has_permission, requires
from simulator.web.listing import SIZES, PageRequest, page_request
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit

FILTER = ("q", "status", "company", "service", "role", "size", "sort", "order")
REMEMBERED = "admin_users"
"""Where the browser's cookie keeps the filter, with the sign-in session that it belongs to."""

LONGEST_REMEMBERED = 500


@blueprint.get("/users")
@requires("admin.view_users")
def users() -> Response:
    """List the users of the customer; the address searches, filters, sorts and turns pages.

    Source: "Opprette bruker", the button to add a user stands at the top right. Own choice: columns, search, filters and pages;
    what was chosen last is remembered until sign-out.
    """
    chosen = _remembered() if not request.args else request.args
    if request.args:
        _remember(request.args)
    with visit().sandbox.reading() as db:
        within = reach(db, actor(), "admin.view_users")
        narrowed, asked = _narrowed(chosen, within), page_request(chosen, queries.SORTED_BY)
        found = queries.listed(db, actor(), within, narrowed, asked)
    return page(
        "admin/users.html",
        i18n.t("admin.users"),
        menu="admin.users.tab",
        users=found,
        narrowed=narrowed,
        address=_address(narrowed, asked),
        is_narrowed=narrowed != Filter(),
        sizes=SIZES,
        statuses=queries.STATUSES,
        companies=[(target.id, target.name) for target in within.targets if target.level == "company"],
        services=queries.SERVICE_CHOICES,
        roles=by_service([role for role in BY_CODE.values() if within.whole or role.level == "company"]),
        may_add=has_permission("admin.add_user"),
    )


def _narrowed(chosen: Mapping[str, str], within: Reach) -> Filter:
    """Read the filter of an address; what names nothing within reach filters nothing."""
    status, company = chosen.get("status", ""), chosen.get("company", "")
    service, role = chosen.get("service", ""), chosen.get("role", "")
    return Filter(
        search=chosen.get("q", "").strip()[: queries.LONGEST_SEARCH],
        status=Status(status) if status in queries.STATUSES else None,
        company=next((id_ for id_ in within.company_ids if str(id_) == company), None),
        service=service if service in queries.SERVICE_CHOICES else None,
        role=role if role in BY_CODE else None,
    )


def _address(narrowed: Filter, asked: PageRequest) -> dict[str, str | int | None]:
    return {
        "q": narrowed.search or None,
        "status": narrowed.status,
        "company": narrowed.company,
        "service": narrowed.service,
        "role": narrowed.role,
        "size": asked.size if asked.size != SIZES[0] else None,
        "sort": asked.sort if asked.sort != queries.SORTED_BY[0] else None,
        "order": "desc" if asked.descending else None,
    }


def _remember(chosen: Mapping[str, str]) -> None:
    """Keep the filter in the browser's cookie; one that is too long for it is forgotten."""
    kept = {name: chosen[name] for name in FILTER if chosen.get(name)}
    if not kept or sum(map(len, kept.values())) > LONGEST_REMEMBERED:
        session.pop(REMEMBERED, None)
    elif session.get(REMEMBERED) != [visit().session_id, kept]:
        session[REMEMBERED] = [visit().session_id, kept]


def _remembered() -> dict[str, str]:
    sid, kept = session.get(REMEMBERED) or (None, {})
    return kept if sid == visit().session_id else {}


@blueprint.route("/users/add", methods=["GET", "POST"])
@requires("admin.add_user")
def add_user() -> Response:
    """Add a person to the customer, with roles on the customer or on one company.

    Source: "Verbruik Visma.net AutoInvoice opvragen", Customer administrator, steps 3 to 8; "Hur registrerar jag en användare i
    AutoPay", the names of somebody who has an account are filled in. Own choice: works without JavaScript, so every role is shown
    and the server compares it with what was chosen above it.
    """
    with visit().sandbox.reading() as db:
        within = reach(db, actor(), "admin.add_user")
    form = forms.AddUser(language=best_language(visit().language))
    form.offer(within)
    existing = account = None
    if form.is_submitted():
        account = _account_of(form)
        if request.form.get("deed") == "look_up":
            return _add_page(form, within, account, looked_up=True)
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                added = services.add_user(db, actor(), form.particulars, form.access_to.data, form.roles.data)
        except RuleViolation as refusal:
            form.refuse(refusal)
            if refusal.code == "directory.already_member":
                with visit().sandbox.reading() as db:
                    existing = queries.member_with_email(db, actor(), form.email.data)
        else:
            name, email = added.person.name, added.person.email
            flash_text("admin.add_user.known" if added.known else "admin.add_user.invited", name=name, email=email)
            if any(code == "customer_administrator" for code in form.roles.data):
                flash_text("admin.add_user.whole_customer", "info", name=name, customer=within.customer)
            return redirect(url_for(".users"))
    return _add_page(form, within, account, existing, status=422 if form.is_submitted() else 200)


def _account_of(form: forms.AddUser) -> Person | None:
    """Fill in the names of somebody who has an account already, and return that account.

    Source: "Opprette ny bruker i Admin", the names are filled in. Own choice: what was typed does not change the account, and
    nothing else of it is shown: not even whether other customers have this user.
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
    within: Reach,
    account: Person | None,
    existing: Person | None = None,
    *,
    looked_up: bool = False,
    status: int = 200,
) -> Response:
    return page(
        "admin/add_user.html",
        i18n.t("admin.add_user"),
        menu="admin.users.tab",
        status=status,
        form=form,
        groups=by_service(within.roles),
        account=account,
        looked_up=looked_up,
        existing=existing,
    )
