"""A connection that a test lets drop is closed without a byte, and the server goes on."""

import json
from contextlib import closing

import pytest

from tests.wire.client import NO_ANSWER, exchange
from tests.wire.conftest import Serve, Served


def order(served: Served, **fault: str) -> int:
    """Order a fault and return the status."""
    body = json.dumps(fault).encode()
    lines = [f"Host: localhost:{served.port}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    head = "\r\n".join(["POST /_sim/sandboxes/default/faults HTTP/1.1", *lines, "", ""])
    with closing(served.connect()) as connection:
        return exchange(connection, head.encode() + body).status


@pytest.mark.parametrize("outcome", ["dropped_before", "dropped_after"])
def test_a_dropped_connection_has_no_answer_and_the_next_one_has(serve: Serve, outcome: str) -> None:
    served = serve()
    assert order(served, operation="http.connect", outcome=outcome) == 201
    assert served.get("/s/default/connect/") == NO_ANSWER
    assert served.get("/s/default/connect/").status == 200
