"""Files of documents: stored as they came, or composed of a row, the same each time and right by all rules."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from simulator.core.clock import Clock
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.documents import pictures, ubl
from simulator.documents.accounts import accounts
from simulator.documents.model import files, parties
from simulator.documents.model.content import Attached
from simulator.documents.model.models import Channel, Direction, Document, FileKind, Status
from simulator.documents.model.parties import Named
from simulator.documents.synthetic import consumption
from tests.conftest import NOW
from tests.documents.invoices import NORWEGIAN_BUYER, invoice
from tests.documents.norway import REGISTERED, company

PDF = Attached("invoice.pdf", "application/pdf", b"%PDF-1.4 our own")


def document(db: Db, buyer: Named = NORWEGIAN_BUYER, **changes: Any) -> Document:
    """Add a document of which only the row is known."""
    fields: dict[str, Any] = {
        "uuid": accounts.new_uuid(db),
        "company": company(db, REGISTERED),
        "direction": Direction.SENT,
        "kind": "invoice",
        "number": "1001",
        "issue_date": date(2022, 3, 1),
        "due_date": date(2022, 3, 15),
        "currency": "NOK",
        "net": Decimal("100.00"),
        "tax": Decimal("25.00"),
        "total": Decimal("125.00"),
        "party": parties.keep(db, buyer),
        "created_at": datetime(2022, 3, 1, 9, tzinfo=UTC),
        "created_on": date(2022, 3, 1),
        "status": Status.DELIVERED,
        "channel": Channel.PEPPOL,
        "origin": "api",
        "product": "autoinvoice",
        "preferences": {},
        "unpacked": True,
    }
    added = Document(**fields | changes)
    db.add(added)
    db.flush()
    return added


def test_files_are_kept_as_they_came(norway: Sandbox) -> None:
    content = invoice(attachments=(Attached("a.pdf", "application/pdf", b"inside"),))
    source = ubl.write(content) + b"\n<!-- as it came -->"
    with norway.transaction() as db:
        stored = document(db, unpacked=False)
        files.keep_all(
            db, stored, content, source, attachments=(Attached("a.pdf", "application/pdf", b"beside"),), picture=PDF
        )
        assert files.source(db, stored) == source
        assert files.content_of(db, stored) == content
        assert files.picture(db, stored, "nb") == PDF.content
        attached = [(file.name, file.kind, file.size, file.content) for file in files.attachments(db, stored)]
    assert attached == [("a.pdf", "attachment", 6, b"inside"), ("a_2.pdf", "attachment", 6, b"beside")]


def test_a_document_without_a_picture_of_its_own_is_drawn(norway: Sandbox) -> None:
    with norway.transaction() as db:
        stored = document(db, unpacked=False)
        files.keep_all(db, stored, invoice(), ubl.write(invoice()))
        assert files.picture(db, stored, "sv") == pictures.pdf(invoice(), "sv")
        assert files.html(db, stored, "sv") == pictures.html(invoice(), "sv")
        assert list(files.attachments(db, stored)) == []


def test_the_picture_kept_last_is_shown(norway: Sandbox) -> None:
    with norway.transaction() as db:
        stored = document(db)
        for content in (b"%PDF-1", b"%PDF-2"):
            files.keep(db, stored, FileKind.PICTURE, "invoice.pdf", "application/pdf", content)
        assert files.picture(db, stored, "en") == b"%PDF-2"


@pytest.mark.parametrize("direction", Direction)
def test_a_composed_document_says_what_its_row_says(norway: Sandbox, direction: Direction) -> None:
    with norway.transaction() as db:
        stored = document(db, direction=direction, reference="Purchasing")
        content, source = files.content_of(db, stored), files.source(db, stored)
        here, there = parties.of_company(stored.company), parties.of_party(stored.party)
    assert ubl.read(source) == content
    assert (content.seller, content.buyer) == ((here, there) if direction is Direction.SENT else (there, here))
    assert (content.number, content.buyer_reference, content.currency) == ("1001", "Purchasing", "NOK")
    assert (content.issue_date, content.due_date) == (date(2022, 3, 1), date(2022, 3, 15))
    assert (content.net, content.tax, content.total) == (Decimal(100), Decimal(25), Decimal(125))
    assert [(line.name, line.amount, line.tax_percent) for line in content.lines] == [
        ("Varer og tjenester", Decimal(100), Decimal(25))
    ]


def test_a_composed_document_is_the_same_each_time(norway: Sandbox) -> None:
    with norway.transaction() as db:
        stored = document(db)
        assert files.source(db, stored) == files.source(db, stored)
        assert files.picture(db, stored, "nb") == files.picture(db, stored, "nb")


ODD: list[dict[str, Any]] = [
    {"tax": Decimal(0), "total": Decimal(100)},
    {"tax": Decimal("17.31"), "total": Decimal("117.31")},
    {"net": Decimal("98765432.10"), "tax": Decimal("1234567.89"), "total": Decimal("99999999.99")},
    {"net": Decimal(0), "tax": Decimal(0), "total": Decimal(0)},
    {"total": Decimal("125.40")},
    {"total": Decimal("25.00")},
    {"due_date": None},
    {"kind": "credit_note"},
    {"kind": "credit_note", "due_date": None},
]


@pytest.mark.parametrize("changes", ODD)
def test_odd_rows_make_right_documents_too(norway: Sandbox, changes: dict[str, Any]) -> None:
    with norway.transaction() as db:
        stored = document(db, **changes)
        content = ubl.read(files.source(db, stored))
        assert content == files.content_of(db, stored)
        assert (content.net, content.tax, content.total) == (stored.net, stored.tax, stored.total)


@pytest.mark.parametrize(
    ("buyer", "address"),
    [
        (replace(NORWEGIAN_BUYER, scheme=None, identifier=None), "0192:312002205"),
        (Named(name="Somebody", country="NO", email="somebody@home.example"), "EM:somebody@home.example"),
        (Named(name="Somebody", country="NO", street="Prøveveien 9", postal_code="0009", city="Oslo"), None),
        (Named(name="Company", country="SE", organisation_number="999999-0014"), "0007:9999990014"),
        (Named(name="Company", country="FI", organisation_number="99999028"), "0216:003799999028"),
        (replace(NORWEGIAN_BUYER, operator="OPERATOR"), "0192:312002205"),
    ],
)
def test_a_side_has_the_address_that_follows_from_what_is_known(norway: Sandbox, buyer: Named, address: str | None) -> None:
    with norway.transaction() as db:
        stored = document(db, buyer)
        read = ubl.read(files.source(db, stored))
        assert read.buyer.address == address
        assert read == files.content_of(db, stored)


@pytest.fixture(params=["accountant-nl", "company-no", "company-se"])
def scenario(request: pytest.FixtureRequest, store: Store) -> Iterator[Sandbox]:
    """Return a sandbox of a scenario with all its consumption as single documents."""
    store.create("composed", Creation(scenario=request.param, clock=Clock.frozen(NOW)))
    with store.open("composed") as sandbox:
        consumption.unpack_all(sandbox)
        yield sandbox


def test_documents_of_scenarios_are_right_by_all_rules(scenario: Sandbox) -> None:
    with scenario.reading() as db:
        by_kind: dict[tuple[Any, ...], Document] = {}
        for document in db.scalars(select(Document).order_by(Document.id)):
            by_kind.setdefault(
                (document.company_id, document.party_id, document.channel, document.kind, document.direction), document
            )
        wrong = {document.number: ubl.check(files.source(db, document)) for document in by_kind.values()}
    assert len(wrong) > 10
    assert {number: problems for number, problems in wrong.items() if problems} == {}
