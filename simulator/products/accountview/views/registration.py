"""Routes of AccountView: registering a client at AutoInvoice."""

from werkzeug.wrappers import Response

from simulator.products.accountview import queries
from simulator.products.accountview.views.blueprint import blueprint, opened, show
from simulator.web import i18n
from simulator.web.access import signed_in
from simulator.web.forms import Plain
from simulator.web.visit import visit

TAKEN = "ERROR: REGISTRATION FAILED, BID ALREADY TAKEN"
"""Source: AccountView, questions about AutoInvoice; the same in every language."""


@blueprint.route("/<int:client>/register", methods=["GET", "POST"])
@signed_in
def register(client: int) -> Response:
    """Register a client at AutoInvoice with its KvK number.

    Source: AccountView, questions about AutoInvoice: registering stops where the number is taken. Own choice: it is taken when
    a company has an account at AutoInvoice with it; a new account is opened at AutoInvoice itself, and the page says so.
    """
    form = Plain()
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
        is_taken = queries.is_number_taken(db, installed)
    is_sent = form.is_submitted()
    return show(
        "accountview/register.html",
        i18n.t("accountview.register"),
        installed,
        status=422 if is_sent and is_taken else 200,
        failure=TAKEN if is_sent and is_taken else None,
        is_not_simulated=is_sent and not is_taken,
    )
