"""Routes of Admin: reports."""

from werkzeug.wrappers import Response

from simulator.products.admin.views.blueprint import blueprint
from simulator.products.admin.views.left_out import left_out
from simulator.web.access import requires


@blueprint.get("/reports")
@requires("admin.open")
def reports() -> Response:
    """Say that the reports are not simulated yet."""
    return left_out("reports")
