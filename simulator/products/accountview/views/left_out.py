"""Routes of AccountView: AccountView.Net and the windows that are not simulated, which say so."""

from flask import abort
from werkzeug.wrappers import Response

from simulator.products.accountview import queries
from simulator.products.accountview.views.blueprint import blueprint, opened, window_of
from simulator.web import desktop, i18n
from simulator.web.access import requires, signed_in
from simulator.web.visit import actor, visit

LEFT_OUT = ("distribute", "journal_links", "program_users", "kvk")


@blueprint.get("/<int:client>/<any(distribute, journal_links, program_users, kvk):window>")
@signed_in
def left_out(client: int, window: str) -> Response:
    """Say that a window is not simulated."""
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
    return desktop.not_simulated(f"accountview.{window}", i18n.t(f"accountview.{window}"), window_of(installed))


@blueprint.get("/<int:client>/net")
@requires("accountview.open_net")
def net(client: int) -> Response:
    """Open AccountView.Net for its administrator: it says that it is not simulated."""
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
    if not queries.may_open_net(actor(), installed):
        abort(403)
    return desktop.not_simulated("accountview.net", i18n.t("accountview.net"), window_of(installed))
