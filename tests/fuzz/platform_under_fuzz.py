"""A platform to send anything to: its addresses, its callers, and what must be true whatever was sent."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.core import copies
from simulator.core.clock import Clock
from simulator.core.jobs import Job, JobState
from simulator.core.store import Creation
from simulator.documents.model.models import Document
from simulator.documents.synthetic import consumption
from tests.conftest import NOW
from tests.products.autoinvoice_api.conftest import Program, program_of
from tests.visits import Visitor, cast, make_platform, session_cookie, store_of

NAME = "fuzz"
VISITORS = (None, "administrator", "user", "support")
PAGES = (
    "home/", "admin/users", "admin/companies", "admin/reports/invoices", "settings/", "autoinvoice/sent",
    "autoinvoice/received", "autoinvoice/settings/company", "elma/", "mail/", "phone/", "details/",
)  # fmt: skip
"""Pages that open for the administrator, whatever was sent before."""


LEFT_OUT = 501
"""What Mailpit's interface answers to calls that the simulator leaves out."""


@dataclass
class Target:
    """A platform with one sandbox, and the faults that were found.

    Attributes:
        platform: the platform.
        program: a program of AutoInvoice's interface.
        visitors: a browser for each kind of visitor.
        faults: one line for each fault, with the request.
        sent: the number of requests.
    """

    platform: Platform
    program: Program
    visitors: dict[str | None, Visitor]
    faults: list[str] = field(default_factory=list)
    sent: int = 0

    @property
    def client(self) -> FlaskClient:
        """A browser without cookies."""
        return self.platform.test_client()

    def check(self, request: str, answer: TestResponse) -> None:
        """Note what is wrong with an answer: an error of the server, a traceback, a body that is not what its type says."""
        self.sent += 1
        body = answer.get_data()
        faults = []
        if answer.status_code >= 500 and answer.status_code != LEFT_OUT:
            faults.append(f"status {answer.status_code}: {body[:200]!r}")
        if b"Traceback (most recent call last)" in body:
            faults.append("a traceback")
        if "json" in (answer.mimetype or "") and body:
            try:
                json.loads(body.decode(), parse_constant=_refuse)
            except ValueError as error:
                faults.append(f"no JSON: {error}")
        if answer.mimetype == "text/html":
            try:
                body.decode()
            except ValueError:
                faults.append("no UTF-8")
        self.faults += [f"{request} -> {fault}" for fault in faults]

    def send(self, client: FlaskClient, method: str, path: str, **more: Any) -> TestResponse | None:
        """Send a request, and note what is wrong with its answer."""
        request = f"{method} {path[:300]} {str(more.get('data', ''))[:600]}"
        try:
            answer = client.open(path, method=method, **more)
            self.check(request, answer)
            answer.close()
        except Exception as error:
            self.faults.append(f"{request} -> {type(error).__name__}: {error}")
            return None
        return answer

    def check_state(self, directory: Path) -> None:
        """Note what is wrong with the sandbox: a page that no longer opens, a job that failed, a file that cannot be imported."""
        for page in PAGES:
            answer = self.visitors["administrator"].get(f"/{page}", follow_redirects=True)
            if answer.status_code not in (200, 403):
                self.faults.append(f"afterwards /{page} answers {answer.status_code}")
        store = store_of(self.platform)
        with store.open(NAME) as sandbox, sandbox.reading() as db:
            failed = db.scalars(select(Job).where(Job.state == JobState.FAILED)).all()
            self.faults += [f"afterwards the job {job.kind} has failed: {job.error}" for job in failed]
        file = directory / "exported.sqlite"
        copies.export(store, NAME, file)
        try:
            copies.import_file(store, "imported", file, lambda db: None)
            store.delete("imported")
        except Exception as error:
            self.faults.append(f"afterwards the sandbox cannot be imported: {error}")
        file.unlink(missing_ok=True)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def target_of(directory: Path, templates: Path) -> Target:
    """Make a platform with a sandbox and its visitors."""
    platform = make_platform(directory, templates)
    platform.load_all()
    store_of(platform).create(NAME, Creation(scenario="company-no", clock=Clock.frozen(NOW), seed="fuzz"))
    with store_of(platform).open(NAME) as sandbox:
        with consumption.changing_documents(sandbox) as db:
            assert db.scalars(select(Document.id).limit(1)).all() is not None
        visitors = {key: Visitor.of(platform, sandbox, cast(sandbox, key).email if key else None, "en") for key in VISITORS}
    program = program_of(platform, "registered", name=NAME)
    program.get("/oauth2/current")
    return Target(platform, program, visitors)


def encoded(values: Iterable[tuple[str, str]]) -> bytes:
    """Write a query string or a form, half characters and all."""
    pairs = [(name.encode(errors="surrogatepass"), value.encode(errors="surrogatepass")) for name, value in values]
    return urlencode(pairs).encode()


def segment(text: str) -> str:
    """Write a part of a path, half characters and all."""
    return quote(text.encode(errors="surrogatepass"), safe="") or "%20"


def signed_in(target: Target, key: str | None) -> Visitor:
    """Return a visitor, signed in again if that has ended."""
    visitor = target.visitors[key]
    if key is not None and not visitor.is_signed_in:
        with store_of(target.platform).open(NAME) as sandbox:
            value = session_cookie(sandbox, cast(sandbox, key).email, "en")
        visitor.client.set_cookie(f"vnsim_{NAME}", value, path=f"/s/{NAME}/")
    return visitor
