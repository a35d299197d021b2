"""Routes of the identity check: an administrator starts it, and a signatory of the company answers by a mailed link."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.sandbox import Db
from simulator.documents.accounts import accounts, identity
from simulator.products.autoinvoice.forms.settings import Signatory
from simulator.products.autoinvoice.views.areas import settings_page
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.products.autoinvoice.views.company import chosen_company
from simulator.products.autoinvoice.views.editing import is_good
from simulator.web import i18n
from simulator.web.access import public, requires
from simulator.web.forms import Plain
from simulator.web.pages import flash_text, page
from simulator.web.submissions import completed, works_once
from simulator.web.visit import actor, visit


@blueprint.route("/settings/identity", methods=["GET", "POST"])
@requires("autoinvoice.settings")
def identity_check() -> Response:
    """Show the state of the company's identity check, and ask a signatory to sign. Source: AutoInvoice, identity check."""
    form = Signatory()
    status = 200
    if form.is_submitted():
        if is_good(form):
            return _start(form)
        status = 422
    with visit().sandbox.reading() as db:
        company = chosen_company(db)
        account = accounts.of(db, company)
    if not form.is_submitted():
        form.name.data, form.email.data = account.signatory, account.signatory_email
    return settings_page(
        "autoinvoice/identity_check.html",
        i18n.t("autoinvoice.identity"),
        area="autoinvoice.identity",
        status=status,
        form=form,
        company=company,
        account=account,
        method=i18n.t(f"autoinvoice.identity.method.{identity.method_of(company)}"),
    )


def _start(form: Signatory) -> Response:
    with visit().sandbox.transaction() as db:
        company = chosen_company(db)
        unverified = not accounts.of(db, company).verified
        if unverified:
            identity.start(db, actor().email, company, form.name.data or "", form.email.data or "", i18n.language())
    if unverified:
        flash_text("autoinvoice.identity.started", email=form.email.data)
    else:
        flash_text("autoinvoice.identity.verified_already", "info")
    return redirect(url_for(".identity_check"))


@blueprint.route("/sign/<token>", methods=["GET", "POST"])
@public
@works_once
def sign(token: str) -> Response:
    """Let a signatory confirm the company's identity, or decline. Own choice: the page; a button answers, not the link alone."""
    form = Plain()
    outcome = None
    with visit().sandbox.transaction() if form.is_submitted() else visit().sandbox.reading() as db:
        account = identity.find(db, token)
        if account is None:
            return page("autoinvoice/sign_gone.html", i18n.t("autoinvoice.sign.gone"), status=404)
        company, signatory = account.company, account.signatory
        if form.validate_on_submit():
            outcome = _record_answer(db, token, request.form.get("answer") == "confirm")
    method = i18n.t(f"autoinvoice.identity.method.{identity.method_of(company)}")
    answer = page(
        "autoinvoice/sign.html",
        i18n.t("autoinvoice.sign.title"),
        company=company,
        signatory=signatory,
        method=method,
        form=form,
        outcome=outcome,
    )
    return completed(answer) if outcome is not None else answer


def _record_answer(db: Db, token: str, confirmed: bool) -> str:
    account = identity.find(db, token)
    assert account is not None
    if not confirmed:
        identity.cancel(db, account, account.signatory_email)
        return "declined"
    return "signed" if identity.sign(db, account) else "canceled"
