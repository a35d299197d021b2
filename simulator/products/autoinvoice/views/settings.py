"""Routes of AutoInvoice's own settings: the list of their parts."""

from werkzeug.wrappers import Response

from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.here import company_here
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.pages import page
from simulator.web.visit import visit


@blueprint.get("/settings")
@requires("autoinvoice.settings")
def settings() -> Response:
    """List the parts of AutoInvoice's own settings.

    Source: "Brukertips i Kundeservice", *Hvordan melde deg ut av ELMA?*, step 2.
    """
    with visit().sandbox.reading() as db:
        company = company_here(db)
    title = i18n.t("autoinvoice.settings")
    return page("autoinvoice/settings.html", title, menu="autoinvoice.settings", company=company)
