"""Routes of the scan account: invoices on paper or as PDF that come by mail."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.documents.accounts import accounts
from simulator.documents.exchange import delays
from simulator.products.autoinvoice.forms.settings import Activate, ScanAccount
from simulator.products.autoinvoice.views.areas import settings_page
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.company import chosen_company
from simulator.products.autoinvoice.views.editing import edit, is_good
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit


@blueprint.route("/settings/scan", methods=["GET", "POST"])
@requires("autoinvoice.settings")
def scan_account() -> Response:
    """Show the scan account, and save its return address and the addresses that may send to it."""
    form = ScanAccount()
    return edit(form, ".scan_account", lambda status: _page(form, Activate(formdata=None), status))


@blueprint.post("/settings/scan/activate")
@requires("autoinvoice.settings")
def activate_scan_account() -> Response:
    """Activate the scan account, usable from the next day on. Source: news on AutoInvoice's scan service (nb)."""
    form = Activate()
    if not is_good(form):
        return _page(ScanAccount(formdata=None), form, 422)
    try:
        with visit().sandbox.transaction() as db:
            company = chosen_company(db)
            account = accounts.of(db, company)
            accounts.check_verified(account)
            changed = account.scan_active_from is None
            if changed:
                start = db.clock.now() + delays.of(db, delays.SCAN_ACTIVATION)
                return_email = account.scan_return_email or company.email or actor().email
                accounts.change(db, actor().email, account, scan_active_from=start, scan_return_email=return_email)
    except RuleViolation as refusal:
        form.refuse(refusal)
        return _page(ScanAccount(formdata=None), form, 422)
    flash_text("autoinvoice.scan.activated" if changed else "autoinvoice.elma.unchanged", "success" if changed else "info")
    return redirect(url_for(".scan_account"))


def _page(form: ScanAccount, activate: Activate, status: int) -> Response:
    with visit().sandbox.reading() as db:
        company = chosen_company(db)
        account = accounts.of(db, company)
        now = db.clock.now()
    if not (form.errors or form.form_errors):
        form.fill_from(account)
    start = account.scan_active_from
    activate.accepted.render_kw = {"disabled": not account.verified}
    return settings_page(
        "autoinvoice/scan_account.html",
        i18n.t("autoinvoice.scan"),
        area="autoinvoice.scan",
        status=status,
        company=company,
        form=form,
        activate=activate,
        address=f"{company.organisation_number}@scan.autoinvoice.example",
        start=i18n.show_time(start) if start else None,
        waiting=start is not None and start > now,
        verified=account.verified,
    )
