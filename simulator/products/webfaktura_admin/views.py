"""The routes of WebFaktura Admin (sync).

Source: "WebFaktura og Visma.net", Registrer eksisterende WebFaktura klient i Visma.net fra Webfaktura Admin (sync): Ny klient, the
number of the WebFaktura client, the tab VismaNet, which version 2.2 has, the Firma id that is fetched, and the button. Own choice:
the list of clients, the tab Klient, and the page that says which version is installed.
"""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.products.webfaktura_admin.forms import NewClient
from simulator.sales import clients, exports, webfaktura
from simulator.sales.models import InstalledProgram, ProgramCode
from simulator.web import desktop, i18n, program_clients
from simulator.web.access import signed_in
from simulator.web.desktop import Menu, MenuEntry, Window
from simulator.web.forms import Plain
from simulator.web.pages import flash_text
from simulator.web.program_clients import CLIENT
from simulator.web.visit import actor, visit

blueprint = Blueprint("webfaktura_admin", __name__, template_folder="templates")

_CLIENTS = Menu(
    "webfaktura_admin.menu.clients",
    (MenuEntry("webfaktura_admin.clients", ".choose"), MenuEntry("webfaktura_admin.new_client", ".new_client")),
)
MENUS = (_CLIENTS,)
MENUS_OF_CLIENT = (_CLIENTS, Menu("webfaktura_admin.menu.help", (MenuEntry("webfaktura_admin.about", ".about"),)))


def opened(db: Db, client: int) -> InstalledProgram:
    """Return the client of a page as WebFaktura Admin has it.

    Raises:
        NotFound: the visitor may not open it here.
    """
    return program_clients.opened(db, ProgramCode.WEBFAKTURA_ADMIN, client)


@blueprint.get("/")
@signed_in
def choose() -> Response:
    """List the WebFaktura clients, those that are registered at Visma.net beside those that are not.

    Source: the same manual, Forutsetninger: an office can have both.
    """
    with visit().sandbox.reading() as db:
        clients.refuse_program(db, actor(), ProgramCode.WEBFAKTURA_ADMIN)
        rows = clients.clients(db, actor(), ProgramCode.WEBFAKTURA_ADMIN)
        firma_ids = {
            installed.client_id: exports.firma_id(installed.client.company)
            for installed in rows
            if installed.client.company is not None and webfaktura.is_linked(db, installed.client)
        }
        connection = exports.gateway_refusal(db, rows[0].client) if rows else None
    return desktop.window(
        "webfaktura_admin/clients.html",
        i18n.t("webfaktura_admin.clients"),
        Window(menus=MENUS),
        status=200 if rows else 404,
        rows=rows,
        firma_ids=firma_ids,
        connection=connection,
        refusal_text=i18n.refusal_text,
    )


@blueprint.route("/new-client", methods=["GET", "POST"])
@signed_in
def new_client() -> Response:
    """Let the visitor choose the number of the WebFaktura client that is to be registered."""
    with visit().sandbox.reading() as db:
        clients.refuse_program(db, actor(), ProgramCode.WEBFAKTURA_ADMIN)
        form = NewClient(clients.clients(db, actor(), ProgramCode.WEBFAKTURA_ADMIN))
    if form.validate_on_submit():
        return redirect(url_for(".overview", client=form.choice))
    return desktop.window(
        "webfaktura_admin/new_client.html",
        i18n.t("webfaktura_admin.new_client"),
        Window(menus=MENUS),
        status=422 if form.is_submitted() else 200,
        form=form,
    )


@blueprint.get(f"{CLIENT}/")
@signed_in
def overview(client: int) -> Response:
    """Show what WebFaktura Admin knows of a client, on the tab *Klient*."""
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
        is_linked = webfaktura.is_linked(db, installed.client)
    return _tab("webfaktura_admin/client.html", installed, is_linked=is_linked)


@blueprint.route(f"{CLIENT}/visma-net", methods=["GET", "POST"])
@signed_in
def visma_net(client: int) -> Response:
    """Register a client at Visma.net, on the tab *VismaNet*; a version without the tab says so."""
    form, status = Plain(), 200
    if form.is_submitted():
        try:
            with visit().sandbox.transaction() as db:
                is_new = webfaktura.register(db, opened(db, client), actor=actor().email)
        except RuleViolation as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            flash_text("webfaktura_admin.registered" if is_new else "webfaktura_admin.registered_already")
            return redirect(url_for(".visma_net", client=client))
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
        if (violation := exports.version_refusal(installed)) is not None:
            return _about(installed, violation, 404 if request.method == "GET" else 422)
        company = installed.client.company
        firma_id = exports.firma_id(company) if company is not None and clients.is_exported(installed.client) else None
        connection = exports.gateway_refusal(db, installed.client)
        violation = webfaktura.refusal(db, installed)
        link = webfaktura.link_of(db, installed.client)
    return _tab(
        "webfaktura_admin/visma_net.html",
        installed,
        status=status,
        form=form,
        firma_id=firma_id,
        connection=connection,
        refusal=violation if connection is None else None,
        link=link,
        refusal_text=i18n.refusal_text,
    )


@blueprint.get(f"{CLIENT}/about")
@signed_in
def about(client: int) -> Response:
    """Show which version is installed, and what an old one lacks."""
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
    return _about(installed, exports.version_refusal(installed))


def _about(installed: InstalledProgram, violation: RuleViolation | None, status: int = 200) -> Response:
    return desktop.window(
        "webfaktura_admin/about.html",
        i18n.t("webfaktura_admin.about"),
        _window_of(installed),
        status=status,
        installed=installed,
        refusal=i18n.refusal_text(violation) if violation is not None else None,
    )


def _window_of(installed: InstalledProgram) -> Window:
    return Window(version=installed.version, client=installed.client.name, menus=MENUS_OF_CLIENT)


def _tab(template: str, installed: InstalledProgram, *, status: int = 200, **values: object) -> Response:
    """Render a tab of a client; versions before 2.2 have no tab *VismaNet*."""
    names = {"overview": "webfaktura_admin.client"}
    if exports.version_refusal(installed) is None:
        names["visma_net"] = "webfaktura_admin.visma_net"
    view = (request.endpoint or "").rpartition(".")[2]
    tabs = [(i18n.t(text), url_for(f".{name}", client=installed.client_id), name == view) for name, text in names.items()]
    title = f"{installed.client.number} {installed.client.name}"
    return desktop.window(template, title, _window_of(installed), status=status, installed=installed, tabs=tabs, **values)
