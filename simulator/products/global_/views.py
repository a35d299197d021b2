"""The routes of Visma Global.

Source: "WebFaktura og Visma.net", Registrer bedriften i Visma.net, Visma Global: Verktøy, Visma.net innstillinger, the group
Firmainnstillinger with the Firma ID. Own choice: a client that has none yet gets it there, by a button.
"""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.sales import exports
from simulator.sales.exports import WEBFAKTURA
from simulator.sales.models import InstalledProgram, ProgramCode
from simulator.web import desktop, i18n, program_clients, program_receiving
from simulator.web.access import signed_in
from simulator.web.desktop import Menu, MenuEntry, Window
from simulator.web.forms import Plain
from simulator.web.pages import flash_text
from simulator.web.program_clients import CLIENT
from simulator.web.visit import actor, visit

blueprint = Blueprint("global", __name__, template_folder="templates")

MENUS = (
    Menu("global.menu.file", (MenuEntry("desktop.choose_client", ".choose"), MenuEntry("global.overview", ".overview"))),
    Menu(
        "global.menu.tools",
        (MenuEntry("global.settings", ".settings"), MenuEntry("desktop.receiving", ".receiving")),
    ),
)


def opened(db: Db, client: int) -> InstalledProgram:
    """Return the client of a page as Visma Global has it.

    Raises:
        NotFound: the visitor may not open it here.
    """
    return program_clients.opened(db, ProgramCode.GLOBAL, client)


def window_of(installed: InstalledProgram) -> Window:
    """Return the window of a client."""
    return Window(version=installed.version, client=installed.client.name, menus=MENUS)


@blueprint.get("/")
@signed_in
def choose() -> Response:
    """Let the visitor choose a client; open the only one at once."""
    return program_clients.choose(ProgramCode.GLOBAL)


@blueprint.get(f"{CLIENT}/")
@signed_in
def overview(client: int) -> Response:
    """Show a client's first window."""
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
        readiness = exports.readiness(db, installed)
    return desktop.window(
        "global/overview.html", i18n.t("global.overview"), window_of(installed), installed=installed, readiness=readiness
    )


@blueprint.route(f"{CLIENT}/visma-net-settings", methods=["GET", "POST"])
@signed_in
def settings(client: int) -> Response:
    """Show the Firma ID of a client, and register or update its company at Visma.net for WebFaktura."""
    form, status = Plain(), 200
    if form.is_submitted():
        try:
            with visit().sandbox.transaction() as db:
                exported = exports.export(db, actor(), opened(db, client), WEBFAKTURA)
        except RuleViolation as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            company = exported.company
            flash_text("desktop.exported", name=company.name, firma_id=exports.firma_id(company))
            if not exported.is_new and (exported.lacks_service or exported.lacks_users):
                flash_text("desktop.exported.existed", "warning", name=company.name, service=i18n.t("service.webfaktura"))
            return redirect(url_for(".settings", client=client))
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
        readiness = exports.readiness(db, installed)
    return desktop.window(
        "global/settings.html",
        i18n.t("global.settings"),
        window_of(installed),
        status=status,
        form=form,
        readiness=readiness,
        refusal_text=i18n.refusal_text,
    )


@blueprint.route(f"{CLIENT}/receiving", methods=["GET", "POST"])
@signed_in
def receiving(client: int) -> Response:
    """Show whether the client receives electronically, and activate it."""
    return program_receiving.receiving_page(client, opened, window_of)
