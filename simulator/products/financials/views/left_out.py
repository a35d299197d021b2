"""Routes of Financials: screens that are not simulated and say so, at their own number.

Source: help of Visma.net ERP: reprint invoices (AR50801S), AutoInvoice settings (CS10250S), invoice inbox (AP50604S), B2C.
"""

from werkzeug.wrappers import Response

from simulator.products.financials.views.blueprint import blueprint
from simulator.products.financials.views.company import screen
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.fidelity import read_statements
from simulator.web.pages import not_simulated

LEFT_OUT = {
    "financials.reprint": "Reprint invoices (AR50801S)",
    "financials.consumers": "B2C: settings and customers",
    "financials.inbox": "Invoice inbox (AP50604S)",
    "financials.autoinvoice_settings": "AutoInvoice settings (CS10250S)",
}
"""Screens → the section that describes them, as ``fidelity.toml`` names it."""


@blueprint.get("/ar50801s")
@requires("financials.open")
def reprint_invoices() -> Response:
    """Say that reprinting is not simulated."""
    return _left_out("financials.reprint", screen("financials.reprint"))


@blueprint.get("/b2c")
@requires("financials.open")
def consumers() -> Response:
    """Say that invoices to consumers are not simulated."""
    return _left_out("financials.consumers", i18n.t("financials.consumers"))


@blueprint.get("/ap50604s")
@requires("financials.open")
def invoice_inbox() -> Response:
    """Say that the inbox is not simulated."""
    return _left_out("financials.inbox", screen("financials.inbox"))


@blueprint.get("/cs10250s")
@requires("financials.open")
def autoinvoice_settings() -> Response:
    """Say that the settings are not simulated here, but in AutoInvoice."""
    return _left_out("financials.autoinvoice_settings", screen("financials.autoinvoice_settings"))


def _left_out(key: str, title: str) -> Response:
    sections = [section for section in read_statements("financials") if section.section == LEFT_OUT[key]]
    return not_simulated(key, title, sections, menu=key)
