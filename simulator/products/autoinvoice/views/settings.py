"""Routes of AutoInvoice's own settings: the list of their parts, and the company's own."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from simulator.documents.accounts import accounts, api_keys
from simulator.documents.model.models import REPORTS
from simulator.products.autoinvoice.forms.settings import Reports, VendorKey
from simulator.products.autoinvoice.views.areas import areas, settings_page
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.company import chosen_company
from simulator.products.autoinvoice.views.editing import edit, is_good
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit


@blueprint.get("/settings")
@requires("autoinvoice.open")
def settings() -> Response:
    """List the parts of AutoInvoice's own settings, and show the visitor's own key.

    Source: "Brukertips i Kundeservice", *Hvordan melde deg ut av ELMA?*, step 2; frequent questions on AutoInvoice in
    AccountView: users find their *API-sleutel* here, and administrators alone see the company's settings.
    """
    with visit().sandbox.reading() as db:
        company = chosen_company(db)
        key = api_keys.text_of_person(db, actor().id)
    title = i18n.t("autoinvoice.settings")
    return page("autoinvoice/settings.html", title, menu="autoinvoice.settings", company=company, key=key, areas=areas())


@blueprint.route("/settings/company", methods=["GET", "POST"])
@requires("autoinvoice.settings")
def company_settings() -> Response:
    """Show the company's particulars and its identifiers for programs, and save how often it gets a report by mail."""
    form = _reports(Reports())
    return edit(form, ".company_settings", lambda status: _company_page(form, VendorKey(formdata=None), status))


@blueprint.post("/settings/company/vendor-key")
@requires("autoinvoice.settings")
def make_vendor_key() -> Response:
    """Create a key of a software vendor."""
    form = VendorKey()
    if not is_good(form):
        return _company_page(_reports(Reports(formdata=None)), form, 422)
    with visit().sandbox.transaction() as db:
        api_keys.make_vendor(db, (form.name.data or "").strip(), actor().email)
    flash_text("autoinvoice.keys.made")
    return redirect(url_for(".company_settings"))


def _reports(form: Reports) -> Reports:
    form.report.choices = [(interval, i18n.t(f"autoinvoice.report.{interval}")) for interval in REPORTS]
    return form


def _company_page(reports: Reports, vendor_key: VendorKey, status: int) -> Response:
    with visit().sandbox.reading() as db:
        company = chosen_company(db)
        account = accounts.of(db, company)
        key = api_keys.text_of_person(db, actor().id)
        vendors = [(vendor.name, api_keys.text_of(db, vendor)) for vendor in api_keys.vendor(db)]
    if not (reports.errors or reports.form_errors):
        reports.fill_from(account)
    return settings_page(
        "autoinvoice/company_settings.html",
        i18n.t("autoinvoice.company"),
        area="autoinvoice.company",
        status=status,
        company=company,
        country=i18n.t(f"country.{company.country.lower()}"),
        account=account,
        key=key,
        vendors=vendors,
        reports=reports,
        vendor_key=vendor_key,
    )
