"""Calls that read the journal."""

from simulator.control import answers, schemas
from simulator.control.table import Calls, store
from simulator.core import events
from simulator.web.calls.fields import Field, whole
from simulator.web.platform import platform

blueprint = Calls("events", __name__)


def _type(sent: object) -> str:
    platform().load_all()
    if not isinstance(sent, str) or sent not in events.TYPES:
        raise ValueError("is no event type; /_sim/openapi.json lists them")
    return sent


FILTER = {
    # Looked up at each call: modules declare event types while they are imported.
    "type": Field(_type, {"$ref": "#/components/schemas/EventType"}),
    "after": whole(),
}


@blueprint.call("GET", "/sandboxes/{name}/events", query=FILTER, refusals=(404, 422))
def list_events(name: str, type: str | None, after: int | None) -> list[schemas.Event]:
    """List the journal, oldest first, 1000 lines per page; ``after`` takes the id of the last line of the previous page."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        return [answers.event(line) for line in events.after(db, after or 0, type)]
