"""Routes of Visma Business: company information. Source: "WebFaktura og Visma.net", Bedriftsinformasjon."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.products.business.views.blueprint import CLIENT, PROCESSING, blueprint, opened, show
from simulator.sales import client_details
from simulator.web import i18n
from simulator.web.access import signed_in
from simulator.web.client_form import ClientForm
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit


@blueprint.route(f"{CLIENT}/company", methods=["GET", "POST"])
@signed_in
def company(client: int) -> Response:
    """Show and change what the program knows of its company; the ribbon leads to the activation of Visma.net.

    Own choice: what is saved reaches Visma.net with the next export.
    """
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
    form = ClientForm(obj=installed.client)
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with visit().sandbox.transaction() as db:
                    changed = client_details.change(db, opened(db, client).client, form.details, actor=actor().email)
            except RuleViolation as refusal:
                form.refuse(refusal)
            else:
                flash_text("business.company.saved" if changed else "business.company.unchanged")
                return redirect(url_for(".company", client=client))
    return show("business/company.html", i18n.t("business.company"), installed, ribbon=PROCESSING, status=status, form=form)
