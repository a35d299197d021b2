"""A program that calls AutoInvoice in a sandbox of its own, with keys as the control API gives them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import stream_encode_multipart

from simulator.app import Platform
from simulator.core import jobs
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.documents import ubl
from simulator.documents.model.content import INVOICE, Content, Line, Tax
from simulator.documents.model.parties import Named
from tests.conftest import NOW
from tests.visits import make_platform, store_of

EVERYTHING = "eui billing:reports partner:lookups partner:invoice_delivery_actions"


@dataclass
class Program:
    """A program with the keys of one user for one company."""

    platform: Platform
    keys: dict[str, str]
    scope: str | None = EVERYTHING
    sandbox: str = "default"
    token: str | None = None

    def call(self, method: str, path: str, **more: Any) -> Any:
        """Make a call with a token, which is asked for when there is none yet."""
        if self.token is None:
            self.token = self.ask_token().get_json()["access_token"]
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.platform.test_client().open(self.path(path), method=method, headers=headers, **more)

    def ask_token(self, **preferences: str) -> Any:
        """Ask for a token, as a form."""
        fields = {
            "grant_type": "client_credentials",
            **self.keys,
            **({"scope": self.scope} if self.scope else {}),
            **preferences,
        }
        return self.platform.test_client().post(self.path("/oauth2/token"), data=fields)

    def path(self, path: str) -> str:
        """Return the path of a call."""
        return f"/s/{self.sandbox}/autoinvoice/api{path}"

    def get(self, path: str, **query: Any) -> Any:
        """Make a call that succeeds, and return what it answers."""
        answer = self.call("GET", path, query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def upload(self, content: Content | bytes, *, name: str = "invoice.xml", **preferences: Any) -> Any:
        """Send an invoice."""
        source = content if isinstance(content, bytes) else ubl.write(content)
        # In memory, whatever its size: the client would leave a file open.
        form_fields = MultiDict(
            [(key, item) for key, value in preferences.items() for item in (value if isinstance(value, list) else [value])]
        )
        form_fields.add("file", FileStorage(BytesIO(source), name))
        body, length, boundary = stream_encode_multipart(form_fields, use_tempfile=False)
        kind = f'multipart/form-data; boundary="{boundary}"'
        return self.call("POST", "/v1/invoices", input_stream=body, content_length=length, content_type=kind)

    def sent(self, content: Content | bytes, **preferences: Any) -> Any:
        """Send an invoice that is taken, and return what is answered."""
        answer = self.upload(content, **preferences)
        assert answer.status_code == 201, answer.text
        return answer.get_json()

    def run(self) -> None:
        """Let the queue do what is due."""
        with store_of(self.platform).open(self.sandbox) as sandbox:
            jobs.run_due(sandbox)


@pytest.fixture
def platform(tmp_path: Path, templates: Path) -> Platform:
    """Return the platform with the sandbox ``default`` of Norwegian companies, frozen."""
    made = make_platform(tmp_path / "data", templates)
    store_of(made).create("default", Creation(scenario="company-no", clock=Clock.frozen(NOW)))
    return made


@pytest.fixture
def sandbox(platform: Platform) -> Iterator[Sandbox]:
    """Return the sandbox."""
    with store_of(platform).open("default") as opened:
        yield opened


def programs_of(platform: Platform, name: str = "default") -> dict[str, Any]:
    """Return what the control API tells programs."""
    answer = platform.test_client().get(f"/_sim/sandboxes/{name}/autoinvoice")
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.get_json()
    return result


def program_of(platform: Platform, company: str, role: str = "ADMIN", name: str = "default", **more: Any) -> Program:
    """Return a program of a company by its key in the scenario."""
    content = programs_of(platform, name)
    described = next(item for item in content["companies"] if item["key"] == company)
    user = next(item for item in described["users"] if item["role"] == role)
    keys = {
        "client_id": described["client_id"],
        "client_secret": user["client_secret"],
        "vendor_api_key": content["vendor_api_keys"][0]["vendor_api_key"],
    }
    return Program(platform, keys, sandbox=name, **more)


@pytest.fixture
def program(platform: Platform) -> Program:
    """Return a program of the company that is registered in ELMA, with its administrator's key."""
    return program_of(platform, "registered")


SELLER = Named(
    name="Fjordlys Handel AS", country="NO", organisation_number="310000019", vat_number="NO310000019MVA",
    scheme="0192", identifier="310000019", street="Prøveveien 1", postal_code="0001", city="Oslo",
)  # fmt: skip
BUYER = Named(
    name="Skogvang Elektro AS", country="NO", organisation_number="312002205", vat_number="NO312002205MVA",
    scheme="0192", identifier="312002205", email="faktura@skogvang.example", street="Prøveveien 2", postal_code="0002",
    city="Bergen",
)  # fmt: skip


def invoice(number: str = "1001", buyer: Named = BUYER, seller: Named = SELLER, **more: Any) -> Content:
    """Return an invoice of one line: 100 and 25 % of tax."""
    amount, tax = Decimal("100.00"), Decimal("25.00")
    line = Line("1", "Ladestasjon", Decimal(1), "C62", amount, amount, "S", Decimal(25))
    content = Content(
        type=INVOICE, number=number, issue_date=date(2022, 3, 1), due_date=date(2022, 3, 15), currency="NOK", seller=seller,
        buyer=buyer, lines=(line,), taxes=(Tax("S", Decimal(25), amount, tax),), net=amount, tax=tax, total=amount + tax,
        buyer_reference="Ola", account="86011117947", payment_id="1001",
    )  # fmt: skip
    return replace(content, **more)
