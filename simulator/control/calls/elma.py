"""Calls about ELMA's interface for programs: its address and credentials."""

from simulator.control import document_schemas as schemas
from simulator.control.table import Calls, store
from simulator.documents.registers import access_points

blueprint = Calls("elma", __name__)


@blueprint.call("GET", "/sandboxes/{name}/elma", refusals=(404,))
def show_access_points(name: str) -> schemas.AccessPoints:
    """Return the address of ELMA's interface for programs, and the user names and passwords of the access points."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        return {
            "base_url": db.program_address("elma", "api"),
            "access_points": [
                {"name": point.name, "user": point.key, "password": access_points.password_of(db, point)}
                for point in access_points.all_of(db)
            ],
        }
