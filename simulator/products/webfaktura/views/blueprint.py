"""The blueprint of WebFaktura's routes, and the frame that its pages about a client share."""

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from simulator.core.numbers import LARGEST_ID
from simulator.core.sandbox import Db
from simulator.products.webfaktura.access import OpenClient, open_client, open_clients
from simulator.web.pages import page
from simulator.web.visit import visit

blueprint = Blueprint("webfaktura", __name__, template_folder="../templates")

CLIENT = f"/<int(max={LARGEST_ID}):client>"
"""Begins the addresses of the pages about a client."""


def read_client(db: Db, client: int) -> OpenClient:
    """Return the client of a page, with its customer and company, which the page shows after the transaction.

    Raises:
        NotFound, NoAccess: as ``access.open_client``.
    """
    opened = open_client(db, client)
    assert opened.client.customer and (opened.client.company is not None or opened.client.company_id is None)
    return opened


def client_page(template: str, title: str, opened: OpenClient, **values: Any) -> Response:
    """Render a page about a client.

    Args:
        template: one that extends ``webfaktura/client.html``.
        title: as for ``pages.page``.
        opened: the client.
        values: what the template shows, and further arguments of ``pages.page``.
    """
    return page(template, title, **of_client(opened), **values)


def of_client(opened: OpenClient) -> dict[str, Any]:
    """Return what every page about a client shows."""
    with visit().sandbox.reading() as db:
        has_others = len(open_clients(db)) > 1
    return {"opened": opened, "client": opened.client, "has_others": has_others}
