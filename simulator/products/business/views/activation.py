"""Routes of Visma Business: activating Visma.net, and exporting the company.

Source: "WebFaktura og Visma.net", Registrer bedriften i Visma.net, Visma Business.
"""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.products.business.forms import ExportCompany
from simulator.products.business.views.blueprint import CLIENT, PROCESSING, blueprint, opened, show
from simulator.sales import exports
from simulator.sales.exports import Exported
from simulator.web import i18n
from simulator.web.access import signed_in
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit


@blueprint.route(f"{CLIENT}/activate", methods=["GET", "POST"])
@signed_in
def activate(client: int) -> Response:
    """Show the connection with Visma.net, and export the company to it.

    Source: the same section, a green tick at *Forbindelse med Visma.net* under *Status*, and a message in the middle field that the
    company is updated. Own choice: one export for each service, WebFaktura unless another is chosen; what is left to do in Admin is
    said until it is done.
    """
    form = ExportCompany()
    form.offer()
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with visit().sandbox.transaction() as db:
                    exported = exports.export(db, actor(), opened(db, client), form.service.data)
            except RuleViolation as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                _tell(exported, form.service.data)
                return redirect(url_for(".activate", client=client))
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
        readiness = exports.readiness(db, installed)
    return show(
        "business/activate.html",
        i18n.t("business.activate"),
        installed,
        ribbon=PROCESSING,
        status=status,
        form=form,
        readiness=readiness,
        refusal_text=i18n.refusal_text,
    )


def _tell(exported: Exported, service: str) -> None:
    name, firma_id = exported.company.name, exports.firma_id(exported.company)
    service_name = i18n.t(f"service.{service}")
    flash_text("desktop.exported", name=name, firma_id=firma_id)
    if exported.is_new:
        flash_text("desktop.exported.new", "info", name=name, service=service_name)
    elif exported.lacks_service or exported.lacks_users:
        flash_text("desktop.exported.existed", "warning", name=name, service=service_name)
