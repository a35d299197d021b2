"""Calls for snapshots of a sandbox, and for its export and import as one file."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from flask import Response, request

from simulator.control import answers, sandboxes, schemas
from simulator.control.table import call, store
from simulator.core import copies, progress
from simulator.core.companions import companion
from simulator.core.store import NAME, NAME_RULE, RESERVED
from simulator.settings import LARGEST_IMPORT, TOO_LARGE_FOR_A_FILE
from simulator.web.calls.fields import pattern
from simulator.web.problem_documents import Problem

FILE = "application/octet-stream"
PIECE = 1 << 16
NAMING = {"name": pattern(NAME, copies.SNAPSHOT_NAME_RULE, required=True)}


@call(
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


@call("GET", "/sandboxes/{name}/snapshots", refusals=(404,))
def list_snapshots(name: str) -> list[schemas.Snapshot]:
    """List the snapshots of a sandbox, by name."""
    return [answers.snapshot(snapshot) for snapshot in copies.snapshots(store(), name)]


@call("DELETE", "/sandboxes/{name}/snapshots/{snapshot}", status=204, refusals=(404,))
def delete_snapshot(name: str, snapshot: str) -> None:
    """Delete a snapshot."""
    copies.remove_snapshot(store(), name, snapshot)


@call("GET", "/sandboxes/{name}/export", refusals=(404, 409, 507), gives=FILE)
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


@call(
    "POST",
    "/sandboxes/import",
    status=201,
    query={"name": pattern(NAME, NAME_RULE, refused=RESERVED)},
    refusals=(409, 413, 422, 507),
    takes=FILE,
)
def import_sandbox(name: str | None) -> schemas.Sandbox:
    """Create a sandbox from an exported file, under another name or its own; it gets a new join key."""
    request.max_content_length = LARGEST_IMPORT
    companion("seed.build").import_tables()
    if name is not None:
        store().check_free(name)
    with progress.task("import", name or ""), store().passing(store().directory) as path:
        _receive(path)
        created = copies.import_file(store(), name, path, answers.sandbox)
    return sandboxes.describe(store(), created)


def _receive(path: Path) -> None:
    """Write the body of the request into a file, in pieces.

    Raises:
        Problem: 413 when it is too large.
    """
    size = 0
    too_large = Problem(413, TOO_LARGE_FOR_A_FILE)
    if (request.content_length or 0) > LARGEST_IMPORT:
        raise too_large
    with path.open("wb") as file:
        for piece in _pieces():
            size += len(piece)
            if size > LARGEST_IMPORT:
                raise too_large
            file.write(piece)


def _pieces() -> Iterator[bytes]:
    while piece := request.stream.read(PIECE):
        yield piece
