"""Routes of Admin: pages that are not simulated and say so."""

from flask import url_for
from werkzeug.wrappers import Response

from simulator.products.admin.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import may, products, requires
from simulator.web.fidelity import read_statements
from simulator.web.pages import page

LEFT_OUT = {
    "companies": (
        "Hva må gjøres ved bytte av organisasjonsnummer",
        "Firmagrupper, Brukergrupper og Rollegrupper i Visma.net Admin",
    ),
    "reports": ("Specificatie verbruik Visma.net AutoInvoice",),
    "support": ("Hvordan opprette supportbruker",),
}
"""Pages that are not simulated → the manuals that describe them, as ``fidelity.toml`` names them."""


@blueprint.get("/support")
@requires("admin.open")
def support() -> Response:
    """Say that support access is not simulated yet."""
    return left_out("support")


def left_out(name: str) -> Response:
    """Say what the real page holds, what serves meanwhile, and which manual sections are left out with it."""
    sections = [section for section in read_statements("admin") if section.manual in LEFT_OUT[name]]
    settings = products()["settings"].tile
    link = settings if name == "reports" and settings is not None and may(settings.permission) else None
    return page(
        "admin/left_out.html",
        i18n.t(f"admin.{name}"),
        menu=f"admin.{name}",
        holds=i18n.t(f"admin.{name}.holds"),
        meanwhile=i18n.t(f"admin.{name}.meanwhile"),
        link=None if link is None else (url_for(link.endpoint), i18n.t(link.text)),
        sections=sections,
    )
