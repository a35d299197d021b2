"""Routes of Admin: companies."""

from werkzeug.wrappers import Response

from simulator.products.admin.views.blueprint import blueprint
from simulator.products.admin.views.left_out import left_out
from simulator.web.access import requires


@blueprint.get("/companies")
@requires("admin.open")
def companies() -> Response:
    """Say that the companies are not simulated yet."""
    return left_out("companies")
