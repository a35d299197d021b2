"""The pages of services that no product simulates, and their routes.

Source: Visma.net Admin, a person who is given a service finds it on Home. Own choice: one page for all services that are not
simulated. A product that simulates a service takes the place of its entry here, see ``web.product.Products.services``.
"""

from flask import Blueprint, abort, redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.late import late
from simulator.directory.roles import SERVICES
from simulator.web.access import products, signed_in
from simulator.web.product import Product

PRODUCT = Product(code="services", name="services.name", views=__name__, in_manuals=False)

accesses_that_end = late("simulator.billing.access:ending_for")

blueprint = Blueprint("services", __name__, template_folder="templates")


@blueprint.get("/")
@signed_in
def services() -> Response:
    """List the services that are not simulated."""
    from simulator.web import i18n, pages

    names = [(service, i18n.t(f"service.{service}")) for service in SERVICES if service not in products().services]
    return pages.page("services/services.html", i18n.t("services.name"), services=names)


@blueprint.get("/<service>")
@signed_in
def service(service: str) -> Response:
    """Say that a service is not simulated, and what can be tried instead; redirect to the product that simulates it."""
    from simulator.web import i18n, pages
    from simulator.web.addresses import product_address
    from simulator.web.visit import actor, visit

    if service not in SERVICES:
        abort(404)
    product = products().services.get(service)
    if product is not None:
        return redirect(product_address(product.code))
    name = i18n.t(f"service.{service}")
    with visit().sandbox.reading() as db:
        accesses = [access for access in accesses_that_end(db, actor()) if access.product.code == service]
    return pages.not_simulated(
        "services",
        name,
        template="services/service.html",
        names={"service": name},
        all_services=url_for(".services"),
        accesses=accesses,
    )
