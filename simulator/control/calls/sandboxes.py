"""Calls that create, show, reset and delete sandboxes."""

from typing import Any

from flask import Response, after_this_request, request

from simulator.control import sandboxes, schemas
from simulator.control.table import call, scenarios, store
from simulator.core.sandbox import Sandbox
from simulator.settings import AFTER_THE_ANSWER
from simulator.web.calls.fields import text
from simulator.web.calls.reading import JSON
from simulator.web.calls.table import JsonResponse


@call("POST", "/sandboxes", status=201, body=sandboxes.CREATION, refusals=(409, 422, 507))
def create_sandbox(**options: Any) -> schemas.Sandbox:
    """Create a sandbox from a scenario."""
    return sandboxes.create(store(), options, scenarios())


@call("GET", "/sandboxes", query={"tag": text(longest=60)}, refusals=(422,))
def list_sandboxes(tag: str | None) -> JsonResponse[list[schemas.Sandbox]]:
    """List the sandboxes by name, all or those with a tag."""
    return JsonResponse(sandboxes.describe_all(store(), tag) + "\n", mimetype=JSON)


@call("GET", "/sandboxes/{name}", refusals=(404, 409))
def show_sandbox(name: str) -> schemas.Sandbox:
    """Show a sandbox with its named cast."""
    return sandboxes.describe(store(), name)


@call("DELETE", "/sandboxes/{name}", status=204, refusals=(404,))
def delete_sandbox(name: str) -> None:
    """Delete a sandbox."""
    _hold_until_answered(store().open(name))
    sandboxes.delete(store(), name)


@call("POST", "/sandboxes/{name}/reset", body={"snapshot": text()}, refusals=(404, 409, 422, 507))
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
