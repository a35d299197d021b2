"""Routes of Admin: the start page."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from simulator.products.admin.queries.scope import admin_scope
from simulator.products.admin.queries.waiting import waiting as users_waiting
from simulator.products.admin.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import has_permission, required_permission, requires
from simulator.web.pages import page, waiting_entries
from simulator.web.visit import actor, visit


@blueprint.get("/")
@requires("admin.open")
def front() -> Response:
    """Redirect to the start page."""
    return redirect(url_for(".start"))


@blueprint.get("/startpage")
@requires("admin.open")
def start() -> Response:
    """Show tiles for the common tasks; a visitor who administers nothing is redirected to the reports.

    Source: "Hur registrerar jag en användare i AutoPay", the start page links to adding a user.
    """
    if not has_permission("admin.view_start"):
        return redirect(url_for(".reports"))
    with visit().sandbox.reading() as db:
        customer = admin_scope(db, actor(), required_permission()).customer
        waiting = waiting_entries(users_waiting(db, actor()))
    return page(
        "admin/start.html",
        i18n.t("admin.start"),
        menu="admin.start",
        customer=customer,
        waiting=waiting,
        may_add=has_permission("admin.add_user"),
        may_configure=has_permission("admin.view_configuration"),
    )
