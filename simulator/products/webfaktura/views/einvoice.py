"""Routes of WebFaktura: electronic invoices.

Source: WebFaktura, electronic invoices: *Aktiver elektronisk faktura*, *Registrer firma*.
"""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.documents.accounts import accounts
from simulator.products.webfaktura import einvoice as services
from simulator.products.webfaktura.access import administered
from simulator.products.webfaktura.forms import RegisterCompany
from simulator.products.webfaktura.views.blueprint import CLIENT, blueprint, client_page, of_client, read_client
from simulator.web import i18n
from simulator.web.access import signed_in
from simulator.web.addresses import product_address
from simulator.web.pages import flash_text, not_simulated
from simulator.web.visit import actor, visit


@blueprint.route(f"{CLIENT}/einvoice", methods=["GET", "POST"])
@signed_in
def einvoice(client: int) -> Response:
    """Show whether a client uses AutoInvoice; register its company there."""
    with visit().sandbox.reading() as db:
        opened = read_client(db, client)
        refusal = services.refusal_of(opened.client)
        is_active = services.is_active(db, opened.client)
        company = opened.client.company
        is_verified = is_active and company is not None and accounts.of(db, company).verified
    form = RegisterCompany()
    if form.is_submitted():
        with visit().sandbox.reading() as db:
            administered(db, client)
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                owner = administered(db, client)
                services.register(db, actor(), owner, user_name=form.existing_name, api_key=form.api_key.data)
        except RuleViolation as violation:
            form.refuse(violation)
        else:
            flash_text("webfaktura.einvoice.registered", name=owner.name)
            return redirect(url_for(".einvoice", client=client))
    return client_page(
        "webfaktura/einvoice.html",
        i18n.t("webfaktura.einvoice"),
        opened,
        menu="webfaktura.einvoice",
        status=422 if form.is_submitted() else 200,
        form=form,
        refusal=i18n.refusal_text(refusal) if refusal else None,
        is_active=is_active,
        is_verified=is_verified,
        portal=product_address("autoinvoice"),
    )


@blueprint.get(f"{CLIENT}/einvoice/settings")
@signed_in
def einvoice_settings(client: int) -> Response:
    """Say what the settings of electronic invoices hold, and what to use instead."""
    with visit().sandbox.reading() as db:
        opened = read_client(db, client)
    return not_simulated(
        "webfaktura.einvoice_settings",
        i18n.t("webfaktura.einvoice_settings"),
        template="webfaktura/not_simulated.html",
        menu="webfaktura.einvoice",
        **of_client(opened),
    )
