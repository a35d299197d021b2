"""The blueprint of AccountView's routes, its menus, and the client that a page is about.

Source: "Verbruik Visma.net AutoInvoice opvragen", menu *Opties*; AccountView, questions about AutoInvoice: the window
*Dagboekberichten (systeem)* and the entries of *Document*. Own choice: the order, and the menu *Help*.
"""

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from simulator.core.sandbox import Db
from simulator.products.accountview import queries
from simulator.sales import clients
from simulator.sales.models import InstalledProgram, ProgramCode
from simulator.web import desktop
from simulator.web.desktop import Menu, MenuEntry, Window
from simulator.web.visit import actor

blueprint = Blueprint("accountview", __name__, template_folder="../templates")


def _left_out(name: str) -> MenuEntry:
    return MenuEntry(f"accountview.{name}", ".left_out", {"window": name})


_DOCUMENT = Menu(
    "accountview.menu.document",
    (
        MenuEntry("accountview.menu.open", ".choose", {"choose": 1}),
        MenuEntry("accountview.autoinvoice", ".invoices", {"direction": "received"}),
        MenuEntry("accountview.messages", ".messages"),
        _left_out("distribute"),
        _left_out("journal_links"),
        MenuEntry("accountview.addresses", ".electronic_addresses"),
        MenuEntry(
            "accountview.menu.master_data",
            entries=(_left_out("program_users"),),
        ),
        MenuEntry("accountview.menu.kvk", entries=(_left_out("kvk"),)),
    ),
)
_OPTIONS = Menu(
    "accountview.menu.options",
    (
        MenuEntry("accountview.wizard", ".activate"),
        MenuEntry("accountview.register", ".register"),
        MenuEntry("accountview.licence", ".licence"),
        MenuEntry("accountview.menu.settings", entries=(MenuEntry("accountview.company", ".company"),)),
    ),
)
_QUESTIONS = MenuEntry("accountview.questions", ".questions")
_NET = MenuEntry("accountview.net", ".net")


def opened(db: Db, client: int) -> InstalledProgram:
    """Return the client of a page as AccountView has it.

    Raises:
        NotFound: the visitor may not open it here.
    """
    installed = clients.client(db, actor(), ProgramCode.ACCOUNTVIEW, client)
    # Read here, because pages show them once the transaction is over.
    assert installed.client.customer and (installed.client.company is not None or installed.client.company_id is None)
    return installed


def window_of(installed: InstalledProgram) -> Window:
    """Return the window of a client; *AccountView.Net* is in its menu for those who may open it."""
    last = (_QUESTIONS, _NET) if queries.may_open_net(actor(), installed) else (_QUESTIONS,)
    return Window(
        version=installed.version,
        client=installed.client.name,
        menus=(_DOCUMENT, _OPTIONS, Menu("accountview.menu.help", last)),
    )


def show(template: str, title: str, installed: InstalledProgram, **values: Any) -> Response:
    """Render a page in the window of a client."""
    return desktop.window(template, title, window_of(installed), installed=installed, **values)
