"""Routes of Visma Business: choosing a client, and its first window."""

from werkzeug.wrappers import Response

from simulator.products.business.views.blueprint import CLIENT, blueprint, opened, show
from simulator.sales import exports
from simulator.sales.models import ProgramCode
from simulator.web import i18n, program_clients
from simulator.web.access import signed_in
from simulator.web.visit import visit


@blueprint.get("/")
@signed_in
def choose() -> Response:
    """Let the visitor choose a client; open the only one at once."""
    return program_clients.choose(ProgramCode.BUSINESS)


@blueprint.get(f"{CLIENT}/")
@signed_in
def overview(client: int) -> Response:
    """Show a client's first window: whether it is at Visma.net, and where the pages are."""
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
        readiness = exports.readiness(db, installed)
    return show("business/overview.html", i18n.t("business.overview"), installed, readiness=readiness)
