"""Bad uploads are refused with what is wrong and where, and leave nothing."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from sqlalchemy import func, select

from simulator.core.sandbox import Sandbox
from simulator.documents import ubl
from simulator.documents.model.models import Document
from simulator.settings import LARGEST_UPLOAD
from tests.products.autoinvoice_api.conftest import SELLER, Program, invoice

GOOD = ubl.write(invoice())

BOMB = b"""<?xml version="1.0"?><!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><Invoice>&c;</Invoice>"""


def without(element: str) -> bytes:
    """Return a good invoice without an element and what is in it."""
    begin, end = GOOD.index(f"<cac:{element}>".encode()), GOOD.index(f"</cac:{element}>".encode())
    return GOOD[:begin] + GOOD[end + len(f"</cac:{element}>") :]


def gigabyte() -> bytes:
    """Return a ZIP file that unpacks to a gigabyte, made without having one."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive, archive.open("invoice.xml", "w", force_zip64=True) as file:
        piece = b" " * (8 * 1024 * 1024)
        for _ in range(128):
            file.write(piece)
    return target.getvalue()


BAD: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no XML": lambda: b"%PDF-1.4 this is none",
    "half an XML": lambda: GOOD[: len(GOOD) // 2],
    "no UBL": lambda: b"<?xml version='1.0'?><letter><greeting>Hello</greeting></letter>",
    "an entity bomb": lambda: BOMB,
    "wrong sums": lambda: GOOD.replace(b">125.00<", b">126.00<"),
    "no buyer": lambda: without("AccountingCustomerParty"),
    "a wrong number": lambda: GOOD.replace(b"312002205", b"312002206"),
    "an unknown customization": lambda: GOOD.replace(b"poacc:billing:3.0", b"poacc:billing:9.0"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_with_what_is_wrong_and_where(program: Program, sandbox: Sandbox, what: str) -> None:
    before = count(sandbox)
    answer = program.upload(BAD[what]())
    assert answer.status_code == 422, answer.text
    content = answer.get_json()
    assert content["code"] == "invalid_document"
    assert content["details"]
    assert all(len(detail) > 10 for detail in content["details"])
    assert count(sandbox) == before


def test_a_zip_file_that_unpacks_to_a_gigabyte_is_refused_at_once(program: Program) -> None:
    answer = program.upload(gigabyte(), name="invoice.zip")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_document")


def test_an_invoice_of_another_company_is_refused(program: Program) -> None:
    other = replace(
        SELLER, name="Skogvang Elektro AS", organisation_number="312002205", identifier="312002205", vat_number=None
    )
    answer = program.upload(invoice(seller=other, buyer=SELLER))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "not_the_seller")
    assert "310000019" in answer.get_json()["message"]


def test_a_file_must_be_sent_as_one(program: Program) -> None:
    for more in (
        {"data": {"file": "not a file"}, "content_type": "multipart/form-data"},
        {"json": {"format": "PEPPOLBIS30"}},
    ):
        answer = program.call("POST", "/v1/invoices", **more)
        assert (answer.status_code, answer.get_json()["code"]) == (400, "invalid_parameters")
        assert "file" in answer.get_json()["details"][0]


def test_an_address_that_is_none_is_refused(program: Program) -> None:
    answer = program.upload(invoice(), recipient_eia="0192:312002206")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_recipient_eia")


def test_an_upload_may_have_twenty_megabytes_and_other_calls_two(program: Program) -> None:
    answer = program.upload(GOOD + b" " * (5 * 1024 * 1024))
    assert answer.status_code in (201, 422)
    too_much = program.upload(b" " * (LARGEST_UPLOAD + 1))
    assert (too_much.status_code, too_much.get_json()["code"]) == (413, "request_too_large")
    settings = program.call("PATCH", "/v1/company/settings", data=b" " * (3 * 1024 * 1024), content_type="application/json")
    assert settings.status_code == 413


NUMBERS = {
    "NO": ("310000018", "31000001", "310 000 018", "000000000"),
    "SE": ("9999990007", "9912990000", "99999-0006"),
    "NL": ("9999990", "999999011", "9999990A"),
    "FI": ("99999027", "9999902", "99999011"),
    "DK": ("99999013", "0999901", "9901"),
}


@pytest.mark.parametrize(("country", "number"), [(country, item) for country, wrong in NUMBERS.items() for item in wrong])
def test_a_wrong_business_id_registers_no_company(program: Program, country: str, number: str) -> None:
    answer = program.platform.test_client().post(program.path("/v1/companies"), data=new_company(program, country, number))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_bid"), answer.text


def new_company(program: Program, country: str, number: str, **more: str) -> dict[str, str]:
    """Return what registers a company."""
    return {
        "vendor_api_key": program.keys["vendor_api_key"], "user_api_key": program.keys["client_secret"], "name": "Nytt Firma",
        "bid": number, "no_vat": "true", "address1": "Gata 1", "post_code": "0001", "post_office": "Oslo", "city": "Oslo",
        "country": country, "email": "post@nytt.example", **more,
    }  # fmt: skip


def count(sandbox: Sandbox) -> int:
    """Return how many documents there are."""
    with sandbox.reading() as db:
        return db.scalar(select(func.count()).select_from(Document)) or 0
