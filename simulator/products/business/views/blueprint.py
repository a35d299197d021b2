"""The blueprint of the routes of Visma Business, its menus, and the window of a client.

Source: "WebFaktura og Visma.net", Administrasjon, Bedriftsinformasjon, the group Behandling; Visma Business, Hjem: an account at
AutoInvoice is opened there. Own choice: the order, and where receiving and invoices are.
"""

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from simulator.core.sandbox import Db
from simulator.sales.models import InstalledProgram, ProgramCode
from simulator.web import desktop, program_clients
from simulator.web.desktop import Menu, MenuEntry, RibbonGroup, Window
from simulator.web.program_clients import CLIENT

__all__ = ["CLIENT", "blueprint", "left_out_entry", "opened", "show", "window_of"]

blueprint = Blueprint("business", __name__, template_folder="../templates")

_ACTIVATE = MenuEntry("business.activate", ".activate", icon="globe")


def left_out_entry(name: str) -> MenuEntry:
    """Return the entry of a window that is not simulated."""
    return MenuEntry(f"business.{name}", ".left_out", {"name": name})


MENUS = (
    Menu(
        "business.menu.home",
        (
            MenuEntry("desktop.choose_client", ".choose"),
            MenuEntry("business.overview", ".overview"),
            MenuEntry("desktop.receiving", ".receiving"),
            left_out_entry("account"),
        ),
    ),
    Menu("business.menu.sales", (MenuEntry("business.invoices", ".invoices"), left_out_entry("customers"))),
    Menu(
        "business.menu.administration", (MenuEntry("business.company", ".company"), left_out_entry("activation_of_clients"))
    ),
)
PROCESSING = (RibbonGroup("business.processing", (_ACTIVATE,)),)
"""The ribbon of company information."""


def opened(db: Db, client: int) -> InstalledProgram:
    """Return the client of a page as Visma Business has it.

    Raises:
        NotFound: the visitor may not open it here.
    """
    return program_clients.opened(db, ProgramCode.BUSINESS, client)


def window_of(installed: InstalledProgram, ribbon: tuple[RibbonGroup, ...] = ()) -> Window:
    """Return the window of a client."""
    return Window(version=installed.version, client=installed.client.name, menus=MENUS, ribbon=ribbon)


def show(
    template: str, title: str, installed: InstalledProgram, *, ribbon: tuple[RibbonGroup, ...] = (), **values: Any
) -> Response:
    """Render a page in the window of a client."""
    return desktop.window(template, title, window_of(installed, ribbon), installed=installed, **values)
