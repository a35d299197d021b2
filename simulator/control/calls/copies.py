"""Calls for snapshots of a sandbox, and for its export as one file."""

from contextlib import ExitStack
from typing import Any

from flask import Response

from simulator.control import answers, schemas
from simulator.control.table import FILE, Calls, store
from simulator.core import copies
from simulator.core.store import NAME
from simulator.settings import LARGEST_IMPORT, TOO_LARGE_FOR_A_FILE
from simulator.web.calls.fields import pattern
from simulator.web.problem_documents import Problem

blueprint = Calls("copies", __name__)

PIECE = 1 << 16
NAMING = {"name": pattern(NAME, copies.SNAPSHOT_NAME_RULE, required=True)}


@blueprint.call(
    "POST",
    "/sandboxes/{name}/snapshots",
    status=201,
    body=NAMING,
    body_as="naming",
    refusals=(404, 409, 422, 507),
)
def make_snapshot(name: str, naming: dict[str, Any]) -> schemas.Snapshot:
    """Keep the present state of a sandbox under a name, to reset it to."""
    return answers.snapshot(copies.make_snapshot(store(), name, naming["name"]))


@blueprint.call("GET", "/sandboxes/{name}/snapshots", refusals=(404,))
def list_snapshots(name: str) -> list[schemas.Snapshot]:
    """List the snapshots of a sandbox, by name."""
    return [answers.snapshot(snapshot) for snapshot in copies.snapshots(store(), name)]


@blueprint.call("DELETE", "/sandboxes/{name}/snapshots/{snapshot}", status=204, refusals=(404,))
def delete_snapshot(name: str, snapshot: str) -> None:
    """Delete a snapshot."""
    copies.remove_snapshot(store(), name, snapshot)


@blueprint.call("GET", "/sandboxes/{name}/export", refusals=(404, 409, 507), gives=FILE)
def export_sandbox(name: str) -> Response:
    """Export a whole sandbox as one file: all its data, mails and files included, but no keys and no sessions."""
    with ExitStack() as stack:
        path = stack.enter_context(store().passing(store().directory))
        copies.export(store(), name, path)
        size = path.stat().st_size
        if size > LARGEST_IMPORT:
            raise Problem(409, f"The sandbox has {size} bytes. {TOO_LARGE_FOR_A_FILE}")
        file = stack.enter_context(path.open("rb"))
        response = Response(iter(lambda: file.read(PIECE), b""), mimetype=FILE)
        response.content_length = size
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.sqlite"'
        response.call_on_close(stack.pop_all().close)
        return response
