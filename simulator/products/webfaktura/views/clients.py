"""The route of WebFaktura that opens a client, or lists the clients."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.products.webfaktura.access import OpenClient, open_clients
from simulator.products.webfaktura.views.blueprint import blueprint
from simulator.sales import webfaktura_users
from simulator.web import i18n
from simulator.web.access import has_permission, signed_in
from simulator.web.pages import page
from simulator.web.visit import actor, visit


@blueprint.get("/")
@signed_in
def clients() -> Response:
    """List the clients that the visitor may open, those with and without Visma.net beside each other.

    The only client is opened at once; so is, for a visitor with a role in WebFaktura on the chosen company, the client which that
    company is. ``?all=1`` lists in any case.

    Source: "WebFaktura og Visma.net", Forutsetninger.
    """
    with visit().sandbox.reading() as db:
        opened = open_clients(db)
        rows = [(entry, webfaktura_users.refusal_of(db, entry.client)) for entry in opened]
    client = _only(opened) if not request.args.get("all") else None
    if client is not None:
        return redirect(url_for(".invoices", client=client))
    return page(
        "webfaktura/clients.html",
        i18n.t("webfaktura.clients"),
        with_menu=False,
        clients=[(entry, i18n.refusal_text(refusal) if refusal else None) for entry, refusal in rows],
    )


def _only(opened: list[OpenClient]) -> int | None:
    company = actor().company
    if company is not None and has_permission("webfaktura.open"):
        for entry in opened:
            if entry.client.company_id == company.id:
                return entry.client.id
    return opened[0].client.id if len(opened) == 1 else None
