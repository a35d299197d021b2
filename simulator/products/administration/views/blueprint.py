"""The blueprint that the routes of Visma Administration 2000 belong to, and the window around its pages."""

from flask import Blueprint, abort

from simulator.core.numbers import LARGEST_ID
from simulator.core.sandbox import Db
from simulator.products.administration.views.topics import TOPICS
from simulator.sales import books, clients
from simulator.sales.models import Buyer, Client, InstalledProgram, ProgramCode, SalesInvoice
from simulator.web.desktop import Menu, MenuEntry, Window
from simulator.web.visit import actor

blueprint = Blueprint("administration", __name__, template_folder="../templates")

CLIENT = f"/<int(max={LARGEST_ID}):client>"
BUYER = f"{CLIENT}/customers/<int(max={LARGEST_ID}):buyer>"
INVOICE = f"{CLIENT}/invoices/<int(max={LARGEST_ID}):invoice>"

MENUS = (
    Menu(
        "administration.menu.file",
        (
            MenuEntry("administration.start", ".start"),
            MenuEntry(
                "administration.menu.settings",
                entries=(
                    MenuEntry("administration.company", ".company"),
                    MenuEntry(
                        "administration.company_settings",
                        entries=(
                            MenuEntry("administration.services", ".services"),
                            MenuEntry("administration.autoinvoice", ".settings"),
                        ),
                    ),
                ),
            ),
            MenuEntry("administration.clients", ".clients_page"),
        ),
    ),
    Menu(
        "administration.menu.sales",
        (
            MenuEntry("administration.customers", ".customers"),
            MenuEntry("administration.create_invoice", ".create_invoice"),
            MenuEntry("administration.invoices", ".invoices"),
            MenuEntry("administration.unsent", ".unsent"),
        ),
    ),
    Menu("administration.menu.purchase", (MenuEntry("administration.received", ".received"),)),
    Menu("administration.menu.print", (MenuEntry("administration.print", ".documents"),)),
    Menu(
        "administration.menu.help",
        (
            *(MenuEntry(topic.title, ".topic", {"code": topic.code}) for topic in TOPICS),
            MenuEntry("administration.forum", ".forum"),
        ),
    ),
)
"""The menu bar. Source: the paths that its help names; own choice: the rest."""


def installed(db: Db, client: int) -> InstalledProgram:
    """Return a client as the program has it.

    Raises:
        NotFound: the visitor cannot open it in this program.
    """
    return clients.client(db, actor(), ProgramCode.ADMINISTRATION, client)


def in_window(program: InstalledProgram) -> Window:
    """Return the window around a page about a client."""
    return Window(version=program.version, client=program.client.name, menus=MENUS)


def buyer_of(db: Db, client: Client, buyer_id: int) -> Buyer:
    """Return a customer of a client, or answer that there is none."""
    return books.buyer(db, client, buyer_id) or abort(404)


def invoice_of(db: Db, client: Client, invoice_id: int) -> SalesInvoice:
    """Return an invoice of a client, or answer that there is none."""
    return books.invoice(db, client, invoice_id) or abort(404)
