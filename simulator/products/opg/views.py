"""The page of On Premise Gateway.

Source: "WebFaktura og Visma.net", Forutsetninger: it is installed, and the dealer helps. Own choice: the page, and its states.
"""

from dataclasses import dataclass

from flask import Blueprint
from werkzeug.wrappers import Response

from simulator.core.errors import NoAccess, RuleViolation
from simulator.core.sandbox import Db
from simulator.sales import clients, exports, installations
from simulator.sales.models import InstalledProgram, Opg, ProgramCode
from simulator.web import desktop, i18n
from simulator.web.access import signed_in
from simulator.web.desktop import Window
from simulator.web.visit import actor, visit

PROGRAMS = (ProgramCode.BUSINESS, ProgramCode.GLOBAL, ProgramCode.WEBFAKTURA_ADMIN, ProgramCode.WEBFAKTURA)
"""The programs that the gateway connects."""

blueprint = Blueprint("opg", __name__, template_folder="templates")


@dataclass(frozen=True)
class Gateway:
    """The gateway of a customer.

    Attributes:
        customer: name of the customer.
        state: its state.
        refusal: what is wrong with it, and who helps; None while it is connected.
        clients: the clients that the visitor may open, each with the programs that the gateway connects.
    """

    customer: str
    state: Opg
    refusal: RuleViolation | None
    clients: dict[str, list[InstalledProgram]]


@blueprint.get("/")
@signed_in
def gateways() -> Response:
    """Show the gateways of the customers whose clients the visitor may open, each with its state and what to do about it."""
    with visit().sandbox.reading() as db:
        rows = _gateways(db)
    return desktop.window(
        "opg/gateways.html",
        i18n.t("opg.name"),
        Window(),
        status=200 if rows else 404,
        gateways=rows,
        refusal_text=i18n.refusal_text,
    )


def _gateways(db: Db) -> list[Gateway]:
    """Return the gateways of the offices at which the visitor works.

    Raises:
        NoAccess: the visitor opens a client of an office, and works at none.
    """
    gateways: dict[int, Gateway] = {}
    rights = clients.rights(db, actor())
    openable = [installed for program in PROGRAMS for installed in clients.clients(db, actor(), program)]
    for installed in openable:
        client = installed.client
        if client.customer_id in rights.offices | rights.employers:
            if client.customer_id not in gateways:
                state = Opg(installations.of(db, client.customer_id).opg)
                refusal = exports.gateway_refusal(db, client)
                gateways[client.customer_id] = Gateway(client.customer.name, state, refusal, {})
            gateways[client.customer_id].clients.setdefault(f"{client.number} {client.name}", []).append(installed)
    if openable and not gateways:
        raise NoAccess("office_program")
    return list(gateways.values())
