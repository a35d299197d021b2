"""The company that is chosen, its books, and what every screen has: its name with its number, and the line at the bottom."""

from typing import Any

from werkzeug.wrappers import Response

from simulator.core.sandbox import Db
from simulator.directory.actors import SelectableCompany
from simulator.directory.models import Company
from simulator.products.financials import queries
from simulator.sales.models import Client
from simulator.web import i18n
from simulator.web.pages import page
from simulator.web.visit import actor


def chosen_company() -> SelectableCompany:
    """Return the chosen company; pages with a permission of Financials always have one."""
    company = actor().company
    assert company is not None
    return company


def client_with_books(db: Db) -> Client | None:
    """Return the client whose books the chosen company keeps in Financials; None when it keeps none here."""
    return queries.client_of(db, db.get_one(Company, chosen_company().id))


SCREENS = {
    "financials.customers": "AR303000",
    "financials.invoices": "AR301000",
    "financials.send_invoices": "AR508000",
    "financials.reprint": "AR50801S",
    "financials.inbox": "AP50604S",
    "financials.autoinvoice_settings": "CS10250S",
}
"""Text key of a screen → its number. Source: help of Visma.net ERP."""


def screen(key: str) -> str:
    """Return the name of a screen with its number. Source: help of Visma.net ERP, ``Send invoices (AR508000)``."""
    return f"{i18n.t(key)} ({SCREENS[key]})"


def screen_page(
    template: str,
    title: str,
    *,
    menu: str,
    count: str | None = None,
    **values: Any,
) -> Response:
    """Render a screen.

    Args:
        template: one that extends ``financials/screen.html``.
        title: the heading of the page.
        menu: text key of the open menu entry.
        count: the sentence with the number found, at the bottom right; None for a screen without one.
        values: as for ``pages.page``.
    """
    return page(template, title, menu=menu, count=count, **values)


def invoice_count(number: int) -> str:
    """Return the sentence with a number of invoices."""
    return i18n.t("autoinvoice.lists.found", count=i18n.show_number(number))


def without_books(title: str, menu: str) -> Response:
    """Render a screen of a company whose books are not kept in Financials: it says so, and what there is."""
    return screen_page("financials/without_books.html", title, menu=menu, company=chosen_company().name)
