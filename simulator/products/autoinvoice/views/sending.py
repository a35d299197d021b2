"""Routes of the settings for sending: rules, by e-mail, by letter."""

from flask import url_for
from werkzeug.wrappers import Response

from simulator.documents.accounts import accounts
from simulator.documents.model.models import EMAIL_HOWS, LETTER_CLASSES
from simulator.products.autoinvoice.forms.fields import Settings
from simulator.products.autoinvoice.forms.settings import ByEmail, ByLetter, Rules
from simulator.products.autoinvoice.views.areas import settings_page
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.company import chosen_company
from simulator.products.autoinvoice.views.editing import edit
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.visit import visit

TABS = {"rules": "sending_settings", "email": "email_settings", "print": "print_settings"}
"""Parts of the page, with their endpoints."""


@blueprint.route("/settings/sending", methods=["GET", "POST"])
@requires("autoinvoice.settings")
def sending_settings() -> Response:
    """Show and save the rules for all sent documents: duplicate numbers, and several possible recipients."""
    form = Rules()
    return edit(form, ".sending_settings", lambda status: _sending_page(form, "rules", status))


@blueprint.route("/settings/sending/email", methods=["GET", "POST"])
@requires("autoinvoice.settings")
def email_settings() -> Response:
    """Show and save how documents are sent by e-mail. Own choice: the reminder interval is left out."""
    form = ByEmail()
    form.email_how.choices = [(how, i18n.t(f"autoinvoice.email.how.{how.lower()}")) for how in EMAIL_HOWS]
    return edit(form, ".email_settings", lambda status: _sending_page(form, "email", status))


@blueprint.route("/settings/sending/print", methods=["GET", "POST"])
@requires("autoinvoice.settings")
def print_settings() -> Response:
    """Show and save how documents are sent as letters; the prices have to be accepted before that is turned on."""
    form = ByLetter()
    form.print_letter_class.choices = [(name, i18n.t(f"autoinvoice.print.class.{name.lower()}")) for name in LETTER_CLASSES]
    with visit().sandbox.reading() as db:
        form.remove_fields_not_offered_in(chosen_company(db).country)
    return edit(form, ".print_settings", lambda status: _sending_page(form, "print", status))


def _sending_page(form: Settings, tab: str, status: int) -> Response:
    with visit().sandbox.reading() as db:
        company = chosen_company(db)
        account = accounts.of(db, company)
    if not form.is_submitted():
        form.fill_from(account)
    form.company.data = str(company.id)
    return settings_page(
        "autoinvoice/sending_settings.html",
        i18n.t("autoinvoice.sending"),
        area="autoinvoice.sending",
        status=status,
        form=form,
        tab=tab,
        route_tabs=[
            (i18n.t(f"autoinvoice.sending.{name}"), url_for(f".{endpoint}"), name == tab) for name, endpoint in TABS.items()
        ],
        company=company,
    )
