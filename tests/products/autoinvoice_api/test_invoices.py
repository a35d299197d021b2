"""Calls about invoices: sending, listing, looking, fetching, sending again, reporting."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select

from simulator.app import Platform
from simulator.core import faults
from simulator.core.sandbox import Sandbox
from simulator.documents import pictures, ubl
from simulator.documents.accounts import accounts
from simulator.documents.exchange import receiving
from simulator.documents.model.models import Channel, Document
from tests.conftest import NOW
from tests.products.autoinvoice_api.conftest import BUYER, SELLER, Program, invoice, program_of

EMAIL_ONLY = replace(
    BUYER, name="Nordlia Ukjent AS", organisation_number="316006604", vat_number=None, identifier="316006604",
    email="faktura@nordlia.example",
)  # fmt: skip


def received(sandbox: Sandbox, program: Program, number: str = "77") -> str:
    """Let a company receive an invoice, and return its uuid."""
    content = invoice(number, buyer=SELLER, seller=BUYER)
    with sandbox.transaction() as db:
        account = accounts.by_uuid(db, program.keys["client_id"])
        assert account is not None
        document = receiving.receive(
            db, account.company, content, source=ubl.write(content), channel=Channel.PEPPOL, origin="external"
        )
        return document.uuid


def test_an_invoice_is_sent_delivered_and_known_by_its_id(program: Program) -> None:
    made = program.sent(invoice())
    assert (made["status"], made["number"], made["sum"], made["sum_tax"]) == ("PENDING", "1001", 100.0, 125.0)
    program.run()
    details = program.get(f"/v1/invoices/{made['id']}")
    assert (details["status"], details["destination"]) == ("DELIVERED", "PEPPOL")
    assert [item["type"] for item in details["actions"]] == ["CREATED", "SENT", "DELIVERED"]
    assert details["recipient"] == {"eia": "0192:312002205", "bid": "312002205", "name": BUYER.name, "country": "NO"}


def test_a_uuid_is_the_invoices_id_and_a_second_attempt_finds_the_first(program: Program, sandbox: Sandbox) -> None:
    uuid = "4f1c0f5e-2a6b-4d53-9d0e-6f6f7e2b1c11"
    assert program.sent(invoice(), uuid=uuid)["id"] == uuid
    again = program.upload(invoice(), uuid=uuid.upper())
    assert (again.status_code, again.get_json()["id"]) == (200, uuid)
    with sandbox.reading() as db:
        assert db.scalar(select(func.count()).select_from(Document).where(Document.number == "1001")) == 1


def test_a_uuid_of_another_companys_invoice_is_taken(platform: Platform, program: Program) -> None:
    uuid = "4f1c0f5e-2a6b-4d53-9d0e-6f6f7e2b1c11"
    program.sent(invoice(), uuid=uuid)
    other = program_of(platform, "supplier")
    answer = other.upload(invoice(), uuid=uuid)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "uuid_taken")


def test_metadata_win_over_the_document(program: Program) -> None:
    made = program.sent(invoice(), recipient_email="other@skogvang.example", disabled_routes=["einvoice", "print"])
    program.run()
    details = program.get(f"/v1/invoices/{made['id']}")
    assert details["destination"] == "other@skogvang.example"
    assert {item["channel"] for item in details["actions"] if "channel" in item} == {"EMAIL"}


def test_a_forced_address_that_nobody_has_fails_without_another_way(program: Program) -> None:
    made = program.sent(invoice(buyer=EMAIL_ONLY), recipient_eia="0192:316006604", recipient_operator="PEPPOL")
    program.run()
    details = program.get(f"/v1/invoices/{made['id']}")
    assert details["status"] == "FAILED"
    assert details["actions"][-1]["type"] == "ERROR"


def test_a_zip_file_brings_picture_and_attachments(program: Program) -> None:
    zipped = BytesIO()
    with ZipFile(zipped, "w") as archive:
        archive.writestr("invoice.xml", ubl.write(invoice()))
        archive.writestr("invoice.pdf", pictures.pdf(invoice(), "nb"))
        archive.writestr("1_terms.txt", b"Terms")
    made = program.sent(zipped.getvalue(), name="invoice.zip")
    kinds = {item["type"]: item for item in made["files"]}
    assert list(kinds) == ["PEPPOLBIS30", "ORIGINAL_IMAGE", "ATTACHMENT"]
    content = program.call("GET", f"/v1/invoices/{made['id']}/files/{kinds['ATTACHMENT']['id']}")
    assert content.data == b"Terms"
    original = program.call("GET", f"/v1/invoices/{made['id']}", query_string={"return_format": "ORIGINAL_IMAGE"})
    assert original.data == pictures.pdf(invoice(), "nb")


def test_every_file_of_an_invoice_is_fetched_by_its_address(program: Program) -> None:
    made = program.sent(invoice())
    for file in made["files"]:
        answer = program.call("GET", file["href"].partition("/autoinvoice/api")[2])
        assert (answer.status_code, answer.mimetype) == (200, file["mimetype"])
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert program.call("GET", f"/v1/invoices/{made['id']}/files/999999").status_code == 404


@pytest.mark.parametrize(
    ("return_format", "begins"),
    [("PEPPOLBIS30", b"<?xml"), ("GENERATED_IMAGE", b"%PDF"), ("ORIGINAL_OR_GENERATED_IMAGE", b"%PDF")],
)
def test_an_invoice_is_fetched_in_the_format_asked_for(program: Program, return_format: str, begins: bytes) -> None:
    made = program.sent(invoice())
    answer = program.call("GET", f"/v1/invoices/{made['id']}", query_string={"return_format": return_format})
    assert answer.status_code == 200
    assert answer.data.startswith(begins)


def test_a_format_that_is_not_simulated_says_so(program: Program) -> None:
    made = program.sent(invoice())
    answer = program.call("GET", f"/v1/invoices/{made['id']}", query_string={"return_format": "FINVOICE30"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "format_not_supported")
    answer = program.upload(invoice("2"), format="FINVOICE30")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "format_not_supported")
    none = program.call("GET", f"/v1/invoices/{made['id']}", query_string={"return_format": "ORIGINAL_IMAGE"})
    assert none.status_code == 404


def test_what_is_for_consumers_only_is_refused_by_name(program: Program) -> None:
    for preferences in ({"recipient_type": "consumer"}, {"route_order": ["vipps"]}, {"recipient_efaktura_id": "1"}):
        answer = program.upload(invoice(), **preferences)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "not_simulated")
        assert next(iter(preferences)) in answer.get_json()["details"][0]


def test_invoices_are_listed_page_by_page_newest_first(program: Program) -> None:
    made = [program.sent(invoice(str(number)))["id"] for number in range(5001, 5004)]
    first = program.call("GET", "/v1/invoices", query_string={"direction": "SENT", "per_page": 2})
    assert [item["id"] for item in first.get_json()] == [made[2], made[1]]
    assert (first.headers["X-Page"], first.headers["X-Next-Page"], first.headers["X-Prev-Page"]) == ("1", "2", "")
    total, pages = int(first.headers["X-Total"]), int(first.headers["X-Total-Pages"])
    assert pages == -(-total // 2)
    links = dict(reversed(part.split("; ")) for part in first.headers["Link"].split(", "))
    assert set(links) == {'rel="first"', 'rel="last"', 'rel="next"'}
    seen: list[str] = []
    for page in range(1, pages + 1):
        seen += [item["id"] for item in program.get("/v1/invoices", direction="SENT", per_page=2, page=page)]
    assert len(seen) == len(set(seen)) == total
    newest_last = {"direction": "SENT", "per_page": 2, "sort[]": "received_at"}
    assert [item["id"] for item in program.get("/v1/invoices", page=pages, **newest_last)][-1] == made[-1]


def test_ten_invoices_are_listed_at_once_unless_more_are_asked_for(program: Program) -> None:
    for number in range(11):
        program.sent(invoice(str(6000 + number)))
    assert len(program.get("/v1/invoices", direction="SENT")) == 10
    assert program.call("GET", "/v1/invoices", query_string={"per_page": 101}).status_code == 400


def test_invoices_are_found_by_number_reference_status_ids_and_time(program: Program) -> None:
    made = program.sent(invoice("8001", buyer_reference="Kari"))
    program.run()
    expected: list[dict[str, Any]] = [
        {"number": "8001"}, {"reference": "Kari"}, {"ids[]": made["id"]}, {"created_at_start": "2022-03-01T08:00:00Z"},
        {"received_at_start": "2022-03-01T08:00:00Z", "received_at_end": "2022-03-01T08:00:00Z"},
    ]  # fmt: skip
    for query in expected:
        result = program.get("/v1/invoices", direction="SENT", **query)
        assert [item["id"] for item in result] == [made["id"]], query
    assert program.get("/v1/invoices", direction="SENT", number="8001", **{"status[]": "FAILED"}) == []
    assert program.get("/v1/invoices", direction="SENT", number="8001", status=["DELIVERED", "FAILED"])
    assert program.get("/v1/invoices", number="8001") == []


def test_a_received_invoice_is_new_downloaded_and_dealt_with(program: Program, sandbox: Sandbox) -> None:
    uuid = received(sandbox, program)
    assert program.get("/v1/invoices", number="77")[0]["id"] == uuid
    assert uuid in [item["invoice_id"] for item in program.get("/v1/partner/invoice_delivery_actions/inbound")]
    program.call("GET", f"/v1/invoices/{uuid}/files/source")
    with sandbox.reading() as db:
        assert db.scalar(select(Document.status).where(Document.uuid == uuid)) == "downloaded"
    answer = program.call("PATCH", f"/v1/invoices/{uuid}/invoice_events", json={"state": "HANDLED"})
    assert answer.status_code == 204
    assert uuid not in [item["invoice_id"] for item in program.get("/v1/partner/invoice_events/received")]
    handled: list[str] = []
    page = 1
    while result := program.get("/v1/partner/invoice_delivery_actions/inbound", state="HANDLED", per_page=100, page=page):
        handled, page = handled + [item["invoice_id"] for item in result], page + 1
    assert handled[-1] == uuid


def test_a_token_for_sending_sees_no_received_invoices(program: Program, sandbox: Sandbox) -> None:
    uuid = received(sandbox, program)
    sender = replace(program, scope="invoice:send", token=None)
    assert sender.call("GET", "/v1/invoices").status_code == 401
    assert sender.call("GET", f"/v1/invoices/{uuid}").status_code == 401
    assert sender.get("/v1/invoices", direction="SENT")


def test_an_invoice_is_sent_again_by_email_by_post_and_electronically(program: Program) -> None:
    made = program.sent(invoice())
    program.run()
    path = f"/v1/invoices/{made['id']}/reroute"
    answer = program.call("PUT", f"{path}/email", json={"recipient_email": "ny@skogvang.example"})
    assert (answer.status_code, answer.get_json()["status"]) == (200, "PENDING")
    program.run()
    assert program.get(f"/v1/invoices/{made['id']}")["destination"] == "ny@skogvang.example"
    address = {"recipient_eia": "0192:312002205", "recipient_operator": "PEPPOL"}
    assert program.call("PUT", f"{path}/einvoice", json=address).status_code == 200
    program.run()
    assert program.get(f"/v1/invoices/{made['id']}")["destination"] == "PEPPOL"
    program.call("PATCH", "/v1/company/settings", json={"send_invoice_print": {"enabled": True}})
    letter = {
        "recipient_name": "Skogvang Elektro AS", "recipient_address1": "Prøvegata 9", "recipient_post_code": "0009",
        "recipient_post_office": "Oslo", "recipient_country": "NO",
    }  # fmt: skip
    assert program.call("PUT", f"{path}/print", json=letter).status_code == 200
    program.run()
    details = program.get(f"/v1/invoices/{made['id']}")
    assert details["destination"] == "PRINT"
    assert details["revision"] == {"number": 4}


def test_an_invoice_that_is_on_its_way_is_not_sent_again(program: Program) -> None:
    made = program.sent(invoice())
    answer = program.call("PUT", f"/v1/invoices/{made['id']}/reroute/email", json={"recipient_email": "a@b.example"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "not_resendable")


def test_the_sender_of_a_received_invoice_is_reported_once(program: Program, sandbox: Sandbox) -> None:
    uuid = received(sandbox, program)
    report = {"reason": ["UNKNOWN_COMPANY"], "contact_email": "post@fjordlys.example", "description": "Never ordered"}
    reasons = [item["name"] for item in program.get("/v1/invoices/reports/definitions")["criteria"]]
    assert report["reason"][0] in reasons
    assert program.call("POST", f"/v1/invoices/{uuid}/reports", json=report).status_code == 204
    assert program.call("POST", f"/v1/invoices/{uuid}/reports", json=report).status_code == 409
    (result,) = program.get(f"/v1/invoices/{uuid}/reports")
    assert (result["company_bid"], result["additional_explanation"]) == ("312002205", "Never ordered")
    assert program.call("DELETE", f"/v1/invoices/{uuid}/reports/{result['id']}").status_code == 204
    assert program.get(f"/v1/invoices/{uuid}/reports") == []


def test_vendors_see_the_errors_of_their_companies(program: Program) -> None:
    made = program.sent(invoice(buyer=EMAIL_ONLY), recipient_eia="0192:316006604", recipient_operator="PEPPOL")
    program.run()
    since = "2022-02-28T00:00:00Z"
    for path in ("invoice_delivery_actions/outbound_errors", "invoice_events/sent_errors"):
        result = program.get(f"/v1/partner/{path}", happened_after=since)
        assert {"company_id": program.keys["client_id"], "invoice_id": made["id"]} in result
    assert program.call("GET", "/v1/partner/invoice_delivery_actions/outbound_errors").status_code == 400


def test_a_lost_upload_is_answered_503_and_nothing_is_kept(program: Program, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        faults.add(db, "api.upload")
    answer = program.upload(invoice("9001"))
    assert (answer.status_code, answer.get_json()["code"]) == (503, "service_unavailable")
    assert program.get("/v1/invoices", direction="SENT", number="9001") == []
    assert program.sent(invoice("9001"))["number"] == "9001"


def test_an_unavailable_interface_answers_503_and_then_works_again(program: Program, sandbox: Sandbox) -> None:
    program.get("/v1/companies")
    with sandbox.transaction() as db:
        faults.add(db, "api.request", company="310000019")
    assert program.call("GET", "/v1/companies").status_code == 503
    assert program.call("GET", "/v1/companies").status_code == 200


def test_consumption_of_a_scenario_is_seen_as_documents(program: Program) -> None:
    answer = program.call("GET", "/v1/invoices", query_string={"direction": "SENT"})
    assert int(answer.headers["X-Total"]) > 10
    oldest = program.get("/v1/invoices", direction="SENT", created_at_end=(NOW - timedelta(days=1)).isoformat())
    assert oldest
    assert program.get(f"/v1/invoices/{oldest[0]['id']}")["actions"]
