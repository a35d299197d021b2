"""Routes of Financials: the start page."""

from werkzeug.wrappers import Response

from simulator.products.financials import queries
from simulator.products.financials.views.blueprint import blueprint
from simulator.products.financials.views.company import chosen_company, client_with_books, screen, screen_page
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.visit import visit


@blueprint.get("/")
@requires("financials.open")
def start() -> Response:
    """Show the screens that are simulated, and how many invoices are to be sent."""
    with visit().sandbox.reading() as db:
        client = client_with_books(db)
        counts = queries.counts(db, client) if client is not None else None
    return screen_page(
        "financials/start.html",
        i18n.t("financials.name"),
        menu="financials.start",
        company=chosen_company().name,
        counts=counts,
        screen=screen,
    )
