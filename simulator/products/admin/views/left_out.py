"""Routes of Admin: pages that are not simulated and say so, at the address of their menu entry or tab."""

from werkzeug.wrappers import Response

from simulator.directory.models import Company
from simulator.products.admin.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.fidelity import read_statements
from simulator.web.pages import not_simulated

LEFT_OUT = {
    "change_log": (("Visma Admin help", "Change log"),),
}
"""Pages that are not simulated → manual and section that describe them, as ``fidelity.toml`` names them."""


@blueprint.get("/change-log")
@requires("admin.view_configuration")
def change_log() -> Response:
    """Say that the customer's change log is not simulated."""
    return left_out("change_log")


def left_out(name: str, *, menu: str | None = None, company: Company | None = None) -> Response:
    """Render a page that says what the vendor's page holds, what to use instead, and which manual sections are left out with it.

    Args:
        name: code of the page.
        menu: text key of the open menu entry; None for the page's own.
        company: the company, when the page is one of a company's tabs.
    """
    sections = [section for section in read_statements("admin") if (section.manual, section.section) in LEFT_OUT[name]]
    title = i18n.t(f"admin.{name}")
    return not_simulated(
        f"admin.{name}",
        f"{company.name}: {title}" if company is not None else title,
        sections,
        template="admin/left_out.html",
        menu=menu or f"admin.{name}",
        company=company,
    )
