"""Routes of WebFaktura: the way in, and the list of clients."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from simulator.products.webfaktura.access import OpenClient, open_clients
from simulator.products.webfaktura.views.blueprint import CLIENT, blueprint
from simulator.sales import webfaktura_users
from simulator.web import i18n
from simulator.web.access import has_permission, signed_in
from simulator.web.pages import page
from simulator.web.visit import actor, visit


@blueprint.get("/")
@signed_in
def start() -> Response:
    """Open the client that the chosen company is, for a visitor with a role there; or the only client; or list them."""
    with visit().sandbox.reading() as db:
        opened = open_clients(db)
    client = _only(opened)
    return redirect(url_for(".overview", client=client) if client is not None else url_for(".clients"))


def _only(opened: list[OpenClient]) -> int | None:
    company = actor().company
    if company is not None and has_permission("webfaktura.open"):
        for entry in opened:
            if entry.client.company_id == company.id:
                return entry.client.id
    return opened[0].client.id if len(opened) == 1 else None


@blueprint.get("/clients")
@signed_in
def clients() -> Response:
    """List the clients that the visitor may open, those with and without Visma.net beside each other.

    Source: "WebFaktura og Visma.net", Forutsetninger.
    """
    with visit().sandbox.reading() as db:
        opened = [(entry, webfaktura_users.refusal_of(db, entry.client)) for entry in open_clients(db)]
    return page(
        "webfaktura/clients.html",
        i18n.t("webfaktura.clients"),
        with_menu=False,
        clients=[(entry, i18n.refusal_text(refusal) if refusal else None) for entry, refusal in opened],
    )


@blueprint.get(f"{CLIENT}/")
@signed_in
def overview(client: int) -> Response:
    """Lead to the first page of a client."""
    return redirect(url_for(".users", client=client))
