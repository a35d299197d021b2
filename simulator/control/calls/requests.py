"""Calls that read the requests of browsers and programs to a sandbox, and verify that those came that should."""

from typing import Any

from simulator.control import har, request_search
from simulator.control.request_schemas import Request, RequestCount, RequestWithBody, Verification
from simulator.control.table import Calls, store
from simulator.core import request_log
from simulator.core.errors import NotFound
from simulator.core.numbers import whole_number
from simulator.web.calls.fields import choice, email, instant, mapping, text, whole

blueprint = Calls("requests", __name__)

PAGE = 1000

FILTER = {
    "method": text(longest=20),
    "path": text(longest=1000),
    "status": request_search.status_field(),
    "person": email(),
    "product": text(longest=60),
    "since": instant(),
    "until": instant(),
}
"""Which requests; ``*`` in a path stands for anything, a path without ``?`` is compared without the query."""

NUMBER = {"times": whole(), "at_least": whole(), "at_most": whole()}


@blueprint.call(
    "GET",
    "/sandboxes/{name}/requests",
    query={"after": whole(), "limit": whole(least=1, most=PAGE), **FILTER},
    refusals=(404, 422),
)
def list_requests(name: str, after: int | None, limit: int | None, **filters: Any) -> list[Request]:
    """List the requests below a sandbox, oldest first, 1000 per page; ``after`` takes the last id of the previous page."""
    rows = [row for row in request_search.selected(_log(name), filters) if row["id"] > (after or 0)]
    return [request_search.described(row) for row in rows[: limit or PAGE]]


@blueprint.call("GET", "/sandboxes/{name}/requests/{id}", refusals=(404,))
def show_request(name: str, id: str) -> RequestWithBody:
    """Return a request with its body and the answer, in both of which what opens something is replaced by its length."""
    number = whole_number(id)
    for row in _log(name):
        if row["id"] == number:
            return request_search.described_with_body(row)
    raise NotFound("request", id)


@blueprint.call(
    "GET",
    "/sandboxes/{name}/request-counts",
    query={"by": choice(*request_search.COUNTED, required=True), **FILTER},
    refusals=(404, 422),
)
def count_requests(name: str, by: str, **filters: Any) -> list[RequestCount]:
    """Count the requests by one of their fields, the most frequent value first."""
    return request_search.counts(request_search.selected(_log(name), filters), by)


@blueprint.call("GET", "/sandboxes/{name}/requests.har", query=FILTER, refusals=(404, 422))
def archive_requests(name: str, **filters: Any) -> dict[str, Any]:
    """Return the requests as an HTTP Archive (HAR 1.2), which the network panels of browsers open."""
    with store().open(name) as sandbox:
        log = request_log.requests(sandbox.path)
        return har.archive(request_search.selected(log, filters), sandbox.base_address)


@blueprint.call(
    "POST",
    "/sandboxes/{name}/requests/verify",
    body=FILTER | NUMBER | {"body": mapping()},
    body_as="expected",
    refusals=(404, 422),
)
def verify_requests(name: str, expected: dict[str, Any]) -> Verification:
    """Say whether so many requests came as expected, at least one without a number; if too few, which came closest."""
    return request_search.verify(_log(name), expected)


@blueprint.call("DELETE", "/sandboxes/{name}/requests", status=204, refusals=(404,))
def forget_requests(name: str) -> None:
    """Forget the requests of a sandbox; ids go on."""
    with store().open(name) as sandbox:
        request_log.forget(sandbox.path)


def _log(name: str) -> list[dict[str, Any]]:
    with store().open(name) as sandbox:
        return request_log.requests(sandbox.path)
