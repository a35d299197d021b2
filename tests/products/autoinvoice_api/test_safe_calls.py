"""Calls that read change nothing, but that a received invoice which was fetched is marked as downloaded."""

from uuid import uuid4

from simulator.core.sandbox import Sandbox
from simulator.documents.synthetic import consumption
from simulator.products.autoinvoice_api.calls import TABLE
from tests.products.autoinvoice_api.conftest import Program
from tests.waiting import Writes


def test_calls_that_read_change_nothing(program: Program, sandbox: Sandbox) -> None:
    consumption.unpack_all(sandbox)  # is otherwise done by the first call that lists documents
    invoice = program.get("/v1/invoices")[0]["id"]
    user = program.get("/oauth2/current")["user"]["id"]
    writes, changed = Writes(sandbox), []
    for entry in TABLE:
        if entry.method != "GET":
            continue
        for id_ in (invoice, str(uuid4())):
            path = entry.path.format_map({"id": id_, "user_id": user, "file_id": "source"})
            for method in ("HEAD", "GET"):
                writes.begin()
                answer = program.call(method, path)
                assert answer.status_code < 500
                if writes.any:
                    changed.append((method, path))
    writes.close()
    # Source: AutoXChange API, an invoice that a program fetched is *downloaded*; to look whether it is there does not count.
    assert changed == [("GET", f"/v1/invoices/{invoice}/files/source")]
