"""Routes of Visma Business: receiving invoices through AutoInvoice.

Source: "Brukertips i Kundeservice", Hvordan melde deg inn i ELMA registeret: Visma Business needs the module Visma Document Center.
"""

from werkzeug.wrappers import Response

from simulator.products.business.views.blueprint import CLIENT, blueprint, opened, window_of
from simulator.web import program_receiving
from simulator.web.access import signed_in


@blueprint.route(f"{CLIENT}/receiving", methods=["GET", "POST"])
@signed_in
def receiving(client: int) -> Response:
    """Show whether the client receives electronically, and activate it."""
    return program_receiving.receiving_page(client, opened, window_of)
