"""Routes of Admin: the customer's configuration."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from simulator.directory import customers
from simulator.products.admin.company_forms import Configure
from simulator.products.admin.queries import configuration as queries
from simulator.products.admin.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import has_permission, requires
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit


@blueprint.get("/configuration")
@requires("admin.view_configuration")
def configuration() -> Response:
    """Show the customer's rules for its users.

    Source: Visma Admin help, Customer, tab Configuration. Own choice: the permission to change them; the number of
    users without two-step verification on the page.
    """
    with visit().sandbox.reading() as db:
        customer_configuration = queries.configuration(db, actor())
    return page(
        "admin/configuration.html",
        i18n.t("admin.configuration"),
        menu="admin.configuration",
        form=Configure(obj=customer_configuration.customer),
        configuration=customer_configuration,
        may_configure=has_permission("admin.configure"),
    )


@blueprint.post("/configuration")
@requires("admin.configure")
def configure() -> Response:
    """Change the customer's rules for its users."""
    form = Configure()
    required = bool(form.require_two_step.data)
    with visit().sandbox.transaction() as db:
        customer = queries.configuration(db, actor()).customer
        changed = customers.set_two_step_policy(db, actor(), customer, required)
        email_changed = customers.set_email_policy(db, actor(), customer, bool(form.may_change_email.data))
    if email_changed and not changed:
        flash_text("admin.configuration.saved")
    elif not changed:
        flash_text("admin.configuration.unchanged", "info")
    elif required:
        flash_text("admin.configuration.required", customer=customer.name)
    else:
        flash_text("admin.configuration.not_required", customer=customer.name)
    return redirect(url_for(".configuration"))
