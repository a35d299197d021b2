"""Routes of the settings of a company, and of the invoices that it receives.

Source: Visma Administration 2000, *Arkiv - Inställningar - Företagsinställningar*.
"""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.directory.models import Company
from simulator.documents.synthetic import consumption
from simulator.products.administration import forms, queries, services
from simulator.products.administration.views.blueprint import CLIENT, blueprint, in_window, installed
from simulator.web import desktop, i18n, listing
from simulator.web.access import signed_in
from simulator.web.desktop import Window
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit


@blueprint.route(f"{CLIENT}/settings/autoinvoice", methods=["GET", "POST"])
@signed_in
def settings(client: int) -> Response:
    """Show or change what goes through AutoInvoice."""
    form = forms.AutoInvoiceSettings()
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        window, stored = in_window(program), services.settings_of(db, program.client)
        if not form.is_submitted():
            form.send_all.data, form.receive.data = stored.send_all, stored.receive
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                services.save_settings(
                    db,
                    installed(db, client).client,
                    send_all=form.send_all.data,
                    receive=form.receive.data,
                    actor=actor().email,
                )
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("administration.settings.saved")
            return redirect(url_for(".settings", client=client))
    return desktop.window(
        "administration/settings.html",
        i18n.t("administration.settings"),
        window,
        status=422 if form.is_submitted() else 200,
        form=form,
        client=client,
    )


@blueprint.get(f"{CLIENT}/settings/services", endpoint="services")
@signed_in
def services_page(client: int) -> Response:
    """Say what the vendor's page about services holds."""
    return desktop.not_simulated("administration.services", i18n.t("administration.services"), _window(client))


@blueprint.get(f"{CLIENT}/settings/company")
@signed_in
def company(client: int) -> Response:
    """Say what the vendor's page about the company holds."""
    return desktop.not_simulated("administration.company", i18n.t("administration.company"), _window(client))


def _window(client: int) -> Window:
    with visit().sandbox.reading() as db:
        return in_window(installed(db, client))


@blueprint.get(f"{CLIENT}/received")
@signed_in
def received(client: int) -> Response:
    """List the invoices that AutoInvoice has received, when the company settings say so."""
    with visit().sandbox.reading() as db:
        program = installed(db, client)
        window, company, stored = in_window(program), program.client.company, services.settings_of(db, program.client)
    documents = None
    if company is not None and stored.receive:
        page = listing.page_request(request.args, ["created"])
        with consumption.reading_documents(visit().sandbox, company.id) as db:
            documents = queries.received(db, db.get_one(Company, company.id), page)
    return desktop.window(
        "administration/received.html",
        i18n.t("administration.received"),
        window,
        listing=documents,
        client=client,
        sizes=listing.SIZES,
    )
