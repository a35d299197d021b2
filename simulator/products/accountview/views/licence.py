"""Routes of AccountView: the licence. Reference: AccountView, starting with AutoReport: *Opties › Licentie downloaden*."""

from werkzeug.wrappers import Response

from simulator.products.accountview import wizard
from simulator.products.accountview.views.blueprint import blueprint, opened, show
from simulator.web import i18n
from simulator.web.access import signed_in
from simulator.web.visit import visit


@blueprint.get("/<int:client>/licence")
@signed_in
def licence(client: int) -> Response:
    """Show customer number and Visma-sleutel, as the licence has them. Own choice: a page instead of a PDF."""
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
        key = wizard.licence_key(db, installed.client.customer)
    return show(
        "accountview/licence.html", i18n.t("accountview.licence"), installed, customer=installed.client.customer, key=key
    )
