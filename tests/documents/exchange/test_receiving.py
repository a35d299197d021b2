"""Documents that come in: from companies here, from suppliers outside, and scanned."""

from dataclasses import replace

import pytest

from simulator.core.sandbox import Sandbox
from simulator.directory import people
from simulator.directory.actors import actor_of
from simulator.documents.accounts import users
from simulator.documents.exchange import receiving, scanning
from simulator.documents.model import files
from simulator.documents.model.content import Attached
from simulator.documents.model.models import Document
from simulator.documents.registers.participants import deregister
from tests.documents import norway as no
from tests.documents import travel
from tests.documents.invoices import NORWEGIAN_BUYER, invoice
from tests.documents.travel import INSIDE, pdf_of, send

SUPPLIER = replace(
    NORWEGIAN_BUYER, name="Leverandør AS", organisation_number="317000006", identifier="317000006", vat_number=None
)
ADDRESS = f"{no.REGISTERED}@scan.autoinvoice.example"
PDF = "application/pdf"


@pytest.fixture
def sandbox(norway: Sandbox) -> Sandbox:
    """Return a sandbox whose companies are verified and whose outside world takes no time."""
    travel.prepare(norway)
    return norway


def arrive(sandbox: Sandbox, number: str = no.REGISTERED) -> receiving.Arrived:
    """Let the supplier send to a company."""
    with sandbox.transaction() as db:
        content = invoice(
            SUPPLIER,
            replace(
                INSIDE, organisation_number=number, identifier=number, street="Veien 1", city="Oslo", postal_code="0001"
            ),
        )
        return receiving.from_outside(db, seller=SUPPLIER, company_number=number, country="NO", content=content)


def scan(
    sandbox: Sandbox,
    subject: str = "Invoice",
    to: str = ADDRESS,
    sender: str = "a@leverandor.example",
    content: bytes | None = None,
) -> None:
    """Mail a PDF to a scan address and let the queue do its work."""
    with sandbox.transaction() as db:
        files = [("a.pdf", PDF, pdf_of(1))] if content is None else [("a.txt", "text/plain", content)]
        scanning.arrive(db, sender, to, subject, files)
    no.pass_time(sandbox, 0)


def open_scanning(sandbox: Sandbox, **settings: object) -> None:
    """Activate the scan account of the company."""
    with sandbox.reading() as db:
        now = db.clock.now()
    travel.change(sandbox, no.REGISTERED, scan_active_from=now, **settings)


def test_attachments_go_along_inside(sandbox: Sandbox) -> None:
    send(sandbox, INSIDE, attachments=[Attached("plan.pdf", PDF, b"%PDF plan")])
    (received,) = travel.inbox(sandbox)
    with sandbox.reading() as db:
        document = db.get_one(Document, received.id)
        assert [file.content for file in files.attachments(db, document)] == [b"%PDF plan"]
        assert files.content_of(db, document).number == "1001"
    assert (received.party.name, received.unit, received.origin) == ("Fjordlys Verksted AS", "INCOMING_EINVOICE", "internal")


def test_incoming_documents_are_told_to_one_address_when_asked_for(sandbox: Sandbox) -> None:
    send(sandbox, INSIDE)
    assert travel.mails(sandbox, "document_received") == []
    travel.change(sandbox, no.REGISTERED, notify_received=True)
    send(sandbox, INSIDE, number="2")
    travel.change(sandbox, no.REGISTERED, notify_received_to="other@x.example")
    send(sandbox, INSIDE, number="3")
    recipients = [mail.recipient for mail in travel.mails(sandbox, "document_received")]
    assert recipients == ["faktura@fjordlys-drift.example", "other@x.example"]


@pytest.mark.parametrize(
    ("internal", "everything", "seller_inside", "mails"),
    [
        (False, False, True, 1),
        (True, False, True, 0),
        (True, False, False, 1),
        (False, True, True, 0),
        (False, True, False, 0),
    ],
)
def test_whoever_wants_no_mails_gets_none_of_that_kind(
    sandbox: Sandbox, internal: bool, everything: bool, seller_inside: bool, mails: int
) -> None:
    travel.change(sandbox, no.REGISTERED, notify_received=True, notify_received_to=travel.PERSON)
    with sandbox.transaction() as db:
        person = people.by_email(db, travel.PERSON)
        assert person is not None
        users.be_quiet(db, actor_of(db, person), internal=internal, everything=everything)
    if seller_inside:
        send(sandbox, INSIDE)
    else:
        arrive(sandbox)
    assert len(travel.inbox(sandbox)) == 1
    assert len(travel.mails(sandbox, "document_received")) == mails


def test_a_supplier_outside_follows_the_registers(sandbox: Sandbox) -> None:
    assert arrive(sandbox).by == "peppol"
    (received,) = travel.inbox(sandbox)
    assert (received.channel, received.origin, received.charged, received.party.name) == (
        "peppol",
        "external",
        1,
        "Leverandør AS",
    )
    elsewhere = arrive(sandbox, no.ELSEWHERE)
    assert (elsewhere.by, elsewhere.document, travel.inbox(sandbox, no.ELSEWHERE)) == ("peppol", None, [])


def test_a_supplier_of_a_company_that_left_elma_sends_a_mail(sandbox: Sandbox) -> None:
    no.ask_and_wait(sandbox, deregister, no.REGISTERED)
    arrived = arrive(sandbox)
    assert (arrived.by, arrived.document) == ("email", None)
    assert arrived.message is not None and arrived.message.recipient == "faktura@fjordlys-drift.example"
    assert [file.name for file in travel.mails(sandbox, "supplier_document")[0].attachments] == ["1001.pdf"]


def test_a_supplier_who_knows_no_address_writes_a_letter(sandbox: Sandbox) -> None:
    no.ask_and_wait(sandbox, deregister, no.REGISTERED)
    with sandbox.transaction() as db:
        no.company(db, no.REGISTERED).email = None
    assert arrive(sandbox) == ("print", None, None)


def test_a_mailed_pdf_becomes_a_document(sandbox: Sandbox) -> None:
    open_scanning(sandbox)
    scan(sandbox, "F-17; 1250,50; eur")
    (received,) = travel.inbox(sandbox)
    assert (received.number, str(received.total), received.currency) == ("F-17", "1250.5000", "EUR")
    assert (received.channel, received.origin, received.unit) == ("scan", "scan", "SCAN_PDF")
    with sandbox.reading() as db:
        assert files.picture(db, db.get_one(Document, received.id), "nb") == pdf_of(1)


def test_scanning_takes_four_hours(sandbox: Sandbox) -> None:
    travel.prepare(sandbox, delays="real")
    open_scanning(sandbox)
    scan(sandbox)
    no.pass_time(sandbox, 4 * 3600 - 1)
    assert travel.inbox(sandbox) == []
    no.pass_time(sandbox, 1)
    assert len(travel.inbox(sandbox)) == 1


def test_what_cannot_be_scanned_goes_back_to_its_sender(sandbox: Sandbox) -> None:
    scan(sandbox)
    open_scanning(sandbox, scan_senders=["b@leverandor.example"])
    scan(sandbox)
    scan(sandbox, sender="b@leverandor.example", content=b"no picture")
    scan(sandbox, to="999999999@scan.autoinvoice.example")
    assert [line["reason"] for line in travel.journal_data(sandbox, "scan.bounced")] == [
        "inactive",
        "not_approved",
        "no_pdf",
        "unknown",
    ]
    assert len(travel.mails(sandbox, "scan_bounced")) == 4
    assert travel.inbox(sandbox) == []
    scan(sandbox, sender="B@Leverandor.example")
    assert len(travel.inbox(sandbox)) == 1


def test_what_cannot_be_read_goes_to_the_return_address(sandbox: Sandbox) -> None:
    open_scanning(sandbox, scan_return_email="retur@x.example")
    travel.fail_at(sandbox, "scan.process")
    scan(sandbox)
    assert [mail.recipient for mail in travel.mails(sandbox, "scan_bounced")] == ["retur@x.example"]
    assert travel.inbox(sandbox) == []
