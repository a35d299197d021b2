"""Routes of the visitor's personal settings: the API key, and the mails to leave out."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from simulator.directory.models import Person
from simulator.documents.accounts import api_keys, users
from simulator.documents.model.models import Quiet
from simulator.products.autoinvoice.forms.fields import CompanyForm
from simulator.products.autoinvoice.forms.settings import MailOptOut
from simulator.products.autoinvoice.views.areas import settings_page
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.company import chosen_company
from simulator.products.autoinvoice.views.editing import is_good
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit


@blueprint.route("/settings/details", methods=["GET", "POST"])
@requires("autoinvoice.open")
def personal_details() -> Response:
    """Show the visitor's key, and save which mails to leave out.

    Source: AutoInvoice, personal settings, details: two tick boxes and *Update*; mails about errors are sent all the same.
    """
    form = MailOptOut()
    if form.is_submitted() and is_good(form):
        with visit().sandbox.transaction() as db:
            users.be_quiet(db, actor(), internal=form.internal.data, everything=form.everything.data)
        flash_text("autoinvoice.saved")
        return redirect(url_for(".personal_details"))
    return _page(form, 422 if form.is_submitted() else 200)


@blueprint.post("/settings/details/key")
@requires("autoinvoice.open")
def make_own_key() -> Response:
    """Create a key for the visitor, which replaces the previous one. Own choice."""
    form = CompanyForm()
    if not is_good(form):
        return _page(MailOptOut(formdata=None), 422, form)
    with visit().sandbox.transaction() as db:
        api_keys.make_for(db, db.get_one(Person, actor().id), actor().email)
    flash_text("autoinvoice.keys.made")
    return redirect(url_for(".personal_details"))


def _page(form: MailOptOut, status: int, key_form: CompanyForm | None = None) -> Response:
    with visit().sandbox.reading() as db:
        company = chosen_company(db)
        key = api_keys.text_of_person(db, actor().id)
        quiet = db.get(Quiet, actor().id)
    if not (form.errors or form.form_errors):
        form.internal.data = bool(quiet and quiet.internal)
        form.everything.data = bool(quiet and quiet.everything)
    return settings_page(
        "autoinvoice/personal_details.html",
        i18n.t("autoinvoice.personal"),
        area="autoinvoice.personal",
        status=status,
        form=form,
        key_form=key_form or CompanyForm(formdata=None),
        company=company,
        key=key,
    )
