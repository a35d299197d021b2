"""An identifier that a program writes in another form than the platform stores is still that identifier."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.products.autoinvoice_api.conftest import BUYER, Program, invoice

UUID = "4f1c0f5e-2a6b-4d53-9d0e-6f6f7e2b1c11"
FORMS: tuple[Callable[[str], str], ...] = (
    str.upper, lambda uuid: f"{{{uuid}}}", lambda uuid: f"urn:uuid:{uuid}", lambda uuid: uuid.replace("-", ""),
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS, ids=["capitals", "braces", "urn", "no dashes"])
def test_a_uuid_in_another_form_names_the_same_invoice(program: Program, form: Callable[[str], str]) -> None:
    written = form(UUID)
    assert program.sent(invoice(), uuid=written)["id"] == UUID
    assert program.get(f"/v1/invoices/{quote(written)}")["id"] == UUID
    assert [row["id"] for row in program.get("/v1/invoices", direction="SENT", ids=written)] == [UUID]
    assert program.call("GET", f"/v1/invoices/{quote(written)}/actions").status_code == 200


@pytest.mark.parametrize("form", FORMS[:3], ids=["capitals", "braces", "urn"])
def test_keys_and_company_ids_are_uuids_too(program: Program, form: Callable[[str], str]) -> None:
    assert program.ask_token(client_id=form(program.keys["client_id"])).status_code == 200


@pytest.mark.parametrize("form", FORMS, ids=["capitals", "braces", "urn", "no dashes"])
def test_a_webhook_is_named_by_its_uuid(program: Program, form: Callable[[str], str]) -> None:
    new = {"destination_type": "WEBHOOK", "destination": "http://localhost:9/hook", "events": ["DOCUMENTS.INVOICE.SENT"]}
    id_ = program.call("POST", "/v1/company/notifications", json=new).get_json()["id"]
    assert program.get(f"/v1/company/notifications/{quote(form(id_))}")["id"] == id_


@pytest.mark.parametrize(
    "eia",
    ["0192:312002205", " 0192:312002205", "iso6523-actorid-upis::0192:312002205", "ISO6523-ACTORID-UPIS::0192:312 002 205"],
)
def test_an_electronic_address_is_found_in_all_its_forms(program: Program, eia: str) -> None:
    eia = eia.strip()
    (receiver, *_) = program.get("/v1/lookup/receivers", network="PEPPOL", eia=eia)
    assert receiver["participant"]["name"] == BUYER.name


@pytest.mark.parametrize(("bid", "country"), [("312 002 205", "NO"), ("312.002.205", "no"), ("312002205", "No")])
def test_a_number_is_found_in_all_its_forms(program: Program, bid: str, country: str) -> None:
    (receiver, *_) = program.get("/v1/lookup/receivers", network="PEPPOL", bid=bid, country=country)
    assert receiver["participant"]["name"] == BUYER.name
