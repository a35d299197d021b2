"""Routes of the choice of a company, and of the first page."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from simulator.products.administration import queries, services
from simulator.products.administration.views.blueprint import CLIENT, blueprint, in_window, installed
from simulator.sales import clients
from simulator.sales.models import ProgramCode
from simulator.web import desktop, i18n
from simulator.web.access import signed_in
from simulator.web.desktop import Window
from simulator.web.visit import actor, visit


@blueprint.get("/")
@signed_in
def clients_start() -> Response:
    """Open the only company of the visitor, or let them choose one."""
    with visit().sandbox.reading() as db:
        openable = clients.clients(db, actor(), ProgramCode.ADMINISTRATION)
    if len(openable) == 1:
        return redirect(url_for(".start", client=openable[0].client_id))
    return _choice(None)


@blueprint.get(f"{CLIENT}/companies")
@signed_in
def clients_page(client: int) -> Response:
    """Let the visitor choose another company."""
    return _choice(client)


def _choice(client: int | None) -> Response:
    with visit().sandbox.reading() as db:
        window = Window() if client is None else in_window(installed(db, client))
        openable = clients.clients(db, actor(), ProgramCode.ADMINISTRATION)
        choices = [(program.client_id, program.client.number, program.client.name, program.version) for program in openable]
    return desktop.window("administration/clients.html", i18n.t("administration.clients"), window, choices=choices)


@blueprint.get(f"{CLIENT}/")
@signed_in
def start(client: int) -> Response:
    """Show what is to be done for invoicing, and what went wrong."""
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        window, settings = in_window(program), services.settings_of(db, program.client)
        failures = queries.number_of_failures(db, program.client)
    return desktop.window(
        "administration/start.html",
        i18n.t("administration.start"),
        window,
        client=client,
        sends_all=settings.send_all,
        failures=failures,
    )
