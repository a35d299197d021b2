"""Calls that create, import, show, reset and delete sandboxes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Response, after_this_request, request

from simulator.control import answers, sandboxes, schemas
from simulator.control.table import FILE, Calls, scenarios, store
from simulator.core import copies, progress
from simulator.core.companions import companion
from simulator.core.sandbox import Sandbox
from simulator.core.store import NAME, NAME_RULE, RESERVED
from simulator.settings import AFTER_THE_ANSWER, LARGEST_IMPORT, TOO_LARGE_FOR_A_FILE
from simulator.web.calls.fields import pattern, text
from simulator.web.calls.reading import JSON
from simulator.web.calls.table import JsonResponse
from simulator.web.problem_documents import Problem

blueprint = Calls("sandboxes", __name__)

PIECE = 1 << 16


@blueprint.call("POST", "/sandboxes", status=201, body=sandboxes.CREATION, refusals=(409, 422, 507))
def create_sandbox(**options: Any) -> schemas.Sandbox:
    """Create a sandbox from a scenario."""
    return sandboxes.create(store(), options, scenarios())


@blueprint.call(
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


@blueprint.call("GET", "/sandboxes", query={"tag": text(longest=60)}, refusals=(422,))
def list_sandboxes(tag: str | None) -> JsonResponse[list[schemas.Sandbox]]:
    """List the sandboxes by name, all or those with a tag."""
    return JsonResponse(sandboxes.describe_all(store(), tag) + "\n", mimetype=JSON)


@blueprint.call("GET", "/sandboxes/{name}", refusals=(404, 409))
def show_sandbox(name: str) -> schemas.Sandbox:
    """Show a sandbox with its named cast."""
    return sandboxes.describe(store(), name)


@blueprint.call("DELETE", "/sandboxes/{name}", status=204, refusals=(404,))
def delete_sandbox(name: str) -> None:
    """Delete a sandbox."""
    _hold_until_answered(store().open(name))
    sandboxes.delete(store(), name)


@blueprint.call("POST", "/sandboxes/{name}/reset", body={"snapshot": text()}, refusals=(404, 409, 422, 507))
def reset_sandbox(name: str, snapshot: str | None) -> schemas.Sandbox:
    """Put a sandbox back to its creation, or to a snapshot; every browser session in it ends."""
    _hold_until_answered(store().open(name))
    return sandboxes.reset(store(), name, snapshot)


def _hold_until_answered(sandbox: Sandbox) -> None:
    """Hold a generation open until the answer is sent: removing its files takes as long as copying them did.

    A server that is killed before it has removed them does so when it next starts.
    """

    @after_this_request
    def _let_go(response: Response) -> Response:
        request.environ.get(AFTER_THE_ANSWER, response.call_on_close)(sandbox.close)
        return response


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
