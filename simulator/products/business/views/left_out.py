"""Routes of Visma Business: the windows that are not simulated, which say so."""

from flask import abort
from werkzeug.wrappers import Response

from simulator.products.business.views.blueprint import CLIENT, blueprint, opened, window_of
from simulator.web import desktop, i18n
from simulator.web.access import signed_in
from simulator.web.visit import visit

LEFT_OUT = ("account", "activation_of_clients", "customers")


@blueprint.get(f"{CLIENT}/<name>")
@signed_in
def left_out(client: int, name: str) -> Response:
    """Say that a window is not simulated."""
    if name not in LEFT_OUT:
        abort(404)
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
    return desktop.not_simulated(f"business.{name}", i18n.t(f"business.{name}"), window_of(installed))
