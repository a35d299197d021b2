"""Routes of Admin: access for the vendor's support."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.numbers import whole_number
from simulator.products.admin.queries import support as queries
from simulator.products.admin.queries.scope import admin_scope
from simulator.products.admin.queries.users import LONGEST_SEARCH
from simulator.products.admin.services import support as services
from simulator.products.admin.services.support import Edit
from simulator.products.admin.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import has_permission, requires
from simulator.web.forms import Plain
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit

SUPPORT = "support"
"""Value of the type of access. Source: "Hvordan opprette supportbruker"."""


@blueprint.get("/support")
@requires("admin.view_start")
def support() -> Response:
    """List the consultants of the vendor who have, or had, access to the customer, or those whose name is searched.

    Source: "Hvordan opprette supportbruker", Visma support, kontaktpersoner: the consultant is searched by name. Own choice:
    administrators who may not give access read the list.
    """
    return _support_page(Plain())


@blueprint.post("/support")
@requires("admin.give_support_access")
def save_support() -> Response:
    """Give, change and withdraw the access of the consultants on the page.

    Source: "Hvordan opprette supportbruker": *Support* in the column of the type of access, a day in column *To*, Save.
    """
    form = Plain()
    if not form.validate():
        return _support_page(form, status=422)
    try:
        with visit().sandbox.transaction() as db:
            outcomes = services.save(db, actor(), _edits())
    except RuleViolation as refusal:
        form.refuse(refusal)
        return _support_page(form, status=refusal.status)
    for outcome in outcomes:
        flash_text(outcome.text, name=outcome.name, day=i18n.show_date(outcome.last_day))
    if not outcomes:
        flash_text("admin.support.unchanged", "info")
    return redirect(url_for(".support"))


def _edits() -> list[Edit]:
    """Return the rows of the form, at most as many as the page has."""
    edits = []
    for entry in request.form.getlist("consultant")[: queries.MOST]:
        person_id, _, version = entry.partition(":")
        person, edited_version = whole_number(person_id), whole_number(version)
        if person is not None and edited_version is not None:
            is_chosen = request.form.get(f"access-{person}") == SUPPORT
            day = i18n.read_day(request.form.get(f"to-{person}", ""))
            edits.append(Edit(person, is_chosen, day, edited_version))
    return edits


def _support_page(form: Plain, status: int = 200) -> Response:
    """Render the page; after a refusal with the values as typed."""
    search = request.values.get("q", "").strip()[:LONGEST_SEARCH]
    with visit().sandbox.reading() as db:
        support_page = queries.support_page(db, admin_scope(db, actor(), "admin.view_start"), search)
    return page(
        "admin/support.html",
        i18n.t("admin.support.title"),
        menu="admin.support",
        status=status,
        form=form,
        search=search,
        consultants=support_page.consultants,
        proposed=support_page.proposed,
        typed=request.form,
        may_give=has_permission("admin.give_support_access"),
    )
