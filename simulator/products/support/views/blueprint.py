"""The blueprint of the support desk."""

from flask import Blueprint
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from simulator.directory import support
from simulator.web.errors import problem_page

blueprint = Blueprint("support", "simulator.products.support", template_folder="templates")


@blueprint.errorhandler(Forbidden)
def _not_at_the_desk(_: Forbidden) -> Response:
    return problem_page(403, "desk", support=support.ADDRESS)
