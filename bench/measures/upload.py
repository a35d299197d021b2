"""One invoice over AutoInvoice's interface for programs: sent, checked by all rules, kept and routed."""

import json
import time
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench import vnsim
from bench.client import FORM, PATIENCE, Client
from bench.figures import Effort, Figure, median
from bench.processes import ROOT
from bench.visit import make_sandbox

AIM = 80
NUMBER = b"<cbc:ID>1001</cbc:ID>"
BOUNDARY = "vnsim-bench"
WARM = 5
"""Invoices sent before any is measured: the rules are read with the first."""


def measure(effort: Effort) -> list[Figure]:
    """Send invoices one after the other, and look until each has left."""
    source = (ROOT / "docs" / "examples" / "invoice.xml").read_bytes()
    assert source.count(NUMBER) == 1
    answered, routed = [], []
    with vnsim.fresh() as data_dir, vnsim.served(data_dir) as server:
        program = _Program(server)
        for position in range(WARM + effort.operations):
            begun = time.perf_counter()
            id_ = program.send(source.replace(NUMBER, f"<cbc:ID>B{position}</cbc:ID>".encode()))
            sent = time.perf_counter()
            program.wait_until_it_left(id_)
            if position >= WARM:
                answered.append((sent - begun) * 1000)
                routed.append((time.perf_counter() - begun) * 1000)
        program.close()
    note = f"{len(source) / 1024:.1f} kB, answered after {median(answered):.0f} ms"
    met = median(routed) <= AIM
    return [Figure("invoice by API, routed", median(routed), "ms", routed, "", None, f"<= {AIM} ms", met, note)]


class _Program:
    """A program with a token for one company, on one connection that is kept."""

    def __init__(self, server: vnsim.Served) -> None:
        client = Client(server.port)
        name = make_sandbox(server, scenario="company-no")["name"]
        server.api.call("PUT", f"/sandboxes/{name}/jobs", {"delays": "none"})
        api = server.api.call("GET", f"/sandboxes/{name}/autoinvoice")
        client.close()
        company = next(company for company in api["companies"] if company["key"] == "registered")
        credentials = {
            "grant_type": "client_credentials",
            "scope": "eui",
            "client_id": company["client_id"],
            "client_secret": company["users"][0]["client_secret"],
        }
        self._path = urlsplit(api["base_url"]).path
        self._headers = {"Host": f"localhost:{server.port}"}
        self._connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        token = self._call("POST", "/oauth2/token", urlencode(credentials).encode(), FORM)["access_token"]
        self._headers["Authorization"] = f"Bearer {token}"

    def send(self, source: bytes) -> str:
        """Send an invoice, and return its id."""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="invoice.xml"\r\n\r\n'
        body = head.encode() + source + f"\r\n--{BOUNDARY}--\r\n".encode()
        id_: str = self._call("POST", "/v1/invoices", body, f"multipart/form-data; boundary={BOUNDARY}")["id"]
        return id_

    def wait_until_it_left(self, id_: str) -> None:
        """Look at an invoice until it has left, or failed."""
        while not self._call("GET", f"/v1/invoices/{id_}/actions?type=SENT&type=ERROR"):
            time.sleep(0.002)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _call(self, method: str, path: str, body: bytes | None = None, kind: str | None = None) -> Any:
        headers = self._headers | ({"Content-Type": kind} if kind else {})
        self._connection.request(method, self._path + path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        assert answer.status in (200, 201), f"{path}: {answer.status} {text[:300]!r}"
        return json.loads(text)
