"""The consumer register, which is not simulated.

Source: help of Visma.net ERP, e-invoice agreements: a menu item for Norwegian companies, with the agreements of consumers by name,
telephone number, e-mail address and reference.
"""

from flask import abort
from werkzeug.wrappers import Response

from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.company import chosen_company
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.pages import page
from simulator.web.visit import visit

COUNTRY = "NO"


@blueprint.get("/consumers")
@requires("autoinvoice.open")
def consumers() -> Response:
    """Say what the register holds and that it is left out; there is none for companies of other countries."""
    with visit().sandbox.reading() as db:
        if chosen_company(db).country != COUNTRY:
            abort(404)
    return page("autoinvoice/consumers.html", i18n.t("autoinvoice.consumers"), menu="autoinvoice.consumers")
