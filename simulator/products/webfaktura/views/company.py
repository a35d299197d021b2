"""Routes of WebFaktura: the client's own company. Source: WebFaktura, electronic invoices, *Firmaopplysninger*."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.products.webfaktura.access import administered
from simulator.products.webfaktura.views.blueprint import CLIENT, blueprint, client_page, read_client
from simulator.sales import client_details
from simulator.web import i18n
from simulator.web.access import signed_in
from simulator.web.client_form import ClientForm
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit


@blueprint.route(f"{CLIENT}/company", methods=["GET", "POST"])
@signed_in
def company(client: int) -> Response:
    """Show what WebFaktura knows of the client's company; who administers the client changes it.

    Source: "Hva må gjøres ved bytte av organisasjonsnummer", the number is changed here and in Admin.
    """
    with visit().sandbox.reading() as db:
        opened = read_client(db, client)
    form = ClientForm(obj=opened.client)
    if form.is_submitted():
        with visit().sandbox.reading() as db:
            administered(db, client)
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                owner = administered(db, client)
                changed = client_details.change(db, owner, form.details, actor=actor().email)
                at_visma_net = owner.company.organisation_number if owner.company else owner.organisation_number
                number = owner.organisation_number
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("webfaktura.company.saved" if changed else "webfaktura.company.unchanged")
            if number != at_visma_net:
                flash_text("webfaktura.company.other_number", "warning", number=number, other=at_visma_net)
            return redirect(url_for(".company", client=client))
    return client_page(
        "webfaktura/company.html",
        i18n.t("webfaktura.company"),
        opened,
        menu="webfaktura.company",
        status=422 if form.is_submitted() else 200,
        form=form,
    )
