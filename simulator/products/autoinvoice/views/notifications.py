"""Routes of the settings of notifications: about received invoices, and about sent ones that fail."""

from werkzeug.wrappers import Response

from simulator.documents.accounts import accounts
from simulator.products.autoinvoice.forms.settings import Incoming, InError
from simulator.products.autoinvoice.views.areas import settings_page
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.company import chosen_company
from simulator.products.autoinvoice.views.editing import edit
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.visit import visit


@blueprint.get("/settings/notifications")
@requires("autoinvoice.settings")
def notification_settings() -> Response:
    """Show the recipients of AutoInvoice's notifications."""
    return _page(Incoming(formdata=None), InError(formdata=None), 200)


@blueprint.post("/settings/notifications/incoming")
@requires("autoinvoice.settings")
def notify_incoming() -> Response:
    """Save who is notified of received invoices: the company, or one other address."""
    form = Incoming()
    return edit(form, ".notification_settings", lambda status: _page(form, InError(formdata=None), status))


@blueprint.post("/settings/notifications/error")
@requires("autoinvoice.settings")
def notify_in_error() -> Response:
    """Save who is notified of sent invoices that fail.

    Own choice: one field with one address per line, instead of *(+) Add* and *(-)*.
    """
    form = InError()
    return edit(form, ".notification_settings", lambda status: _page(Incoming(formdata=None), form, status))


def _page(incoming: Incoming, in_error: InError, status: int) -> Response:
    with visit().sandbox.reading() as db:
        company = chosen_company(db)
        account = accounts.of(db, company)
    for form in (incoming, in_error):
        if not (form.errors or form.form_errors):
            form.fill_from(account)
    return settings_page(
        "autoinvoice/notification_settings.html",
        i18n.t("autoinvoice.notify"),
        area="autoinvoice.notify",
        status=status,
        company=company,
        incoming=incoming,
        in_error=in_error,
    )
