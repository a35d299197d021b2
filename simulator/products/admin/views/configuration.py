"""Routes of Admin: the customer's configuration."""

from flask import redirect, request, url_for
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from simulator.directory import customers
from simulator.products.admin.company_forms import Configure
from simulator.products.admin.queries.configuration import configuration as read_configuration
from simulator.products.admin.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import may, requires
from simulator.web.pages import page, tell
from simulator.web.visit import actor, visit


@blueprint.route("/configuration", methods=["GET", "POST"])
@requires("admin.view_configuration")
def configuration() -> Response:
    """Show the customer's rules for its users, and change them.

    Source: Visma Admin help, Customer, tab Configuration. Own choice: who may change them; that the page tells how many
    users are concerned.
    """
    allowed = may("admin.configure")
    if request.method == "POST" and not allowed:
        raise Forbidden
    with visit().sandbox.reading() as db:
        found = read_configuration(db, actor())
    form = Configure(obj=found.customer)
    if form.validate_on_submit():
        with visit().sandbox.transaction() as db:
            customer = read_configuration(db, actor()).customer
            changed = customers.set_two_step_policy(db, actor(), customer, form.require_two_step.data)
        if not changed:
            tell("admin.configuration.unchanged", "info")
        elif form.require_two_step.data:
            tell("admin.configuration.required", customer=customer.name)
        else:
            tell("admin.configuration.not_required", customer=customer.name)
        return redirect(url_for(".configuration"))
    return page(
        "admin/configuration.html",
        i18n.t("admin.configuration"),
        menu="admin.configuration",
        form=form,
        found=found,
        may_configure=allowed,
    )
