"""Routes of the settings about notifications: invoices that come in, and sent ones that fail."""

from werkzeug.wrappers import Response

from simulator.documents.accounts import accounts
from simulator.products.autoinvoice.forms.settings import Incoming, InError
from simulator.products.autoinvoice.views.areas import settings_page
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.editing import edit
from simulator.products.autoinvoice.views.here import company_here
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.visit import visit


@blueprint.get("/settings/notifications")
@requires("autoinvoice.settings")
def notification_settings() -> Response:
    """Show whom AutoInvoice writes to."""
    return _page(Incoming(formdata=None), InError(formdata=None), 200)


@blueprint.post("/settings/notifications/incoming")
@requires("autoinvoice.settings")
def notify_incoming() -> Response:
    """Keep who is told of invoices that come in: the company, or one other address."""
    form = Incoming()
    return edit(form, ".notification_settings", lambda status: _page(form, InError(formdata=None), status))


@blueprint.post("/settings/notifications/error")
@requires("autoinvoice.settings")
def notify_in_error() -> Response:
    """Keep who is told of sent invoices that fail. Own choice: one field with an address on a line, for *(+) Add* and *(-)*."""
    form = InError()
    return edit(form, ".notification_settings", lambda status: _page(Incoming(formdata=None), form, status))


def _page(incoming: Incoming, in_error: InError, status: int) -> Response:
    with visit().sandbox.reading() as db:
        company = company_here(db)
        account = accounts.of(db, company)
    for form, sent in (
        (incoming, bool(incoming.errors or incoming.form_errors)),
        (in_error, bool(in_error.errors or in_error.form_errors)),
    ):
        if not sent:
            form.show(account)
    return settings_page(
        "autoinvoice/notification_settings.html",
        i18n.t("autoinvoice.notify"),
        area="autoinvoice.notify",
        status=status,
        company=company,
        incoming=incoming,
        in_error=in_error,
    )
