"""Invoices of the books on their way through AutoInvoice."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from simulator.core import faults, outbox
from simulator.core.advance import advance
from simulator.core.clock import Clock
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.documents.model.models import Channel, Document, Status
from simulator.sales import books, clients, submission
from simulator.sales.books import LineEntry
from simulator.sales.models import Client, Delivery, ProgramCode, SalesInvoice, Submission
from simulator.sales.submission import Outcome
from tests.conftest import NOW

WHO = "ekonomi@lindqvist.example"


@pytest.fixture
def sandbox(store: Store) -> Iterator[Sandbox]:
    store.create("se", Creation(scenario="administration-se", clock=Clock.frozen(NOW)))
    with store.open("se") as opened:
        yield opened


def client_of(db: Db) -> Client:
    client = clients.by_key(db, "verkstad")
    assert client is not None
    return client


def invoice_of(db: Db, number: str) -> SalesInvoice:
    return db.scalars(select(SalesInvoice).where(SalesInvoice.number == number)).one()


def send(sandbox: Sandbox, number: str, delivery: Delivery | None = None) -> Submission:
    with sandbox.transaction() as db:
        return submission.send(db, invoice_of(db, number), actor=WHO, delivery=delivery)


def settle(sandbox: Sandbox, days: int = 5) -> None:
    advance(sandbox, days * 86400)


def test_each_choice_of_delivery_travels_its_way(sandbox: Sandbox) -> None:
    for number in ("101", "102", "103", "105"):
        assert send(sandbox, number) is Submission.ACCEPTED
    settle(sandbox)
    with sandbox.reading() as db:
        traces = {number: submission.trace(db, invoice_of(db, number)) for number in ("101", "102", "103", "105")}
        assert {number: trace.outcome for number, trace in traces.items()} == dict.fromkeys(traces, Outcome.DELIVERED)
        channels = {number: trace.channel for number, trace in traces.items()}
        assert channels == {"101": Channel.PEPPOL, "102": Channel.EMAIL, "103": Channel.PRINT, "105": Channel.PEPPOL}


def test_an_invoice_is_sent_once_however_often_it_is_printed(sandbox: Sandbox) -> None:
    send(sandbox, "101")
    with pytest.raises(RuleViolation, match=r"^sales\.already_sent$"):
        send(sandbox, "101")
    settle(sandbox)
    with pytest.raises(RuleViolation, match=r"^sales\.already_sent$"):
        send(sandbox, "101", Delivery.LETTER)


def test_what_autoinvoice_does_not_answer_is_kept_and_sent_later_once(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        before = db.scalar(select(func.count(Document.id)))
        faults.add(db, "sales.send", times=2)
    assert send(sandbox, "101") is Submission.WAITING
    with pytest.raises(RuleViolation, match=r"^sales\.already_sent$"):
        send(sandbox, "101")
    settle(sandbox)
    with sandbox.reading() as db:
        invoice = invoice_of(db, "101")
        assert (invoice.attempts, submission.trace(db, invoice).outcome) == (3, Outcome.DELIVERED)
        assert db.scalar(select(func.count(Document.id))) == (before or 0) + 1


def test_a_bounced_mail_is_a_failure_that_can_be_sent_again_or_handled(sandbox: Sandbox) -> None:
    send(sandbox, "104")
    settle(sandbox)
    with sandbox.transaction() as db:
        invoice = invoice_of(db, "104")
        trace = submission.trace(db, invoice)
        assert (trace.outcome, trace.problem) == (Outcome.FAILED, "documents.failure.bounced")
        assert trace.facts is not None
        assert trace.facts["address"] == "bounce.faktura@norrvik.example"
        invoice.buyer.email = "faktura@norrvik.example"
        submission.send_again(db, invoice, actor=WHO)
    settle(sandbox)
    with sandbox.transaction() as db:
        invoice = invoice_of(db, "104")
        assert submission.trace(db, invoice).outcome is Outcome.DELIVERED
        with pytest.raises(RuleViolation, match=r"^sales\.not_failed$"):
            submission.handle_manually(db, invoice, "", actor=WHO)


@pytest.mark.parametrize(
    ("number", "delivery", "code"),
    [
        ("102", Delivery.EINVOICE, "sales.cannot_receive"),
        ("102", Delivery.LETTER, "sales.no_address"),
        ("103", Delivery.EMAIL, "sales.no_email"),
    ],
)
def test_a_delivery_that_the_buyer_cannot_have_is_refused_with_the_reason(
    sandbox: Sandbox, number: str, delivery: Delivery, code: str
) -> None:
    with pytest.raises(RuleViolation, match=code):
        send(sandbox, number, delivery)
    with sandbox.reading() as db:
        assert submission.trace(db, invoice_of(db, number)).outcome is Outcome.NOT_SENT


def test_what_is_printed_here_never_reaches_autoinvoice(sandbox: Sandbox) -> None:
    assert send(sandbox, "101", Delivery.PDF) is Submission.LOCAL
    with sandbox.reading() as db:
        assert invoice_of(db, "101").document_id is None


def test_what_was_saved_or_printed_here_can_be_sent_yet_and_what_was_mailed_from_here_not(sandbox: Sandbox) -> None:
    assert send(sandbox, "101", Delivery.PDF) is Submission.LOCAL
    assert send(sandbox, "101", Delivery.PRINTER) is Submission.LOCAL
    assert send(sandbox, "101", Delivery.EINVOICE) is Submission.ACCEPTED
    assert send(sandbox, "102", Delivery.MAIL_PROGRAM) is Submission.LOCAL
    with pytest.raises(RuleViolation, match=r"^sales\.already_sent$"):
        send(sandbox, "102", Delivery.EMAIL)


def test_what_is_mailed_from_here_is_in_the_mailbox_of_the_buyer(sandbox: Sandbox) -> None:
    assert send(sandbox, "102", Delivery.MAIL_PROGRAM) is Submission.LOCAL
    with sandbox.reading() as db:
        (mail,) = outbox.newest_first(db, to=invoice_of(db, "102").buyer.email)
        assert [(file.name, file.content[:4]) for file in mail.attachments] == [("102.pdf", b"%PDF")]


def test_a_delivery_can_be_chosen_until_the_invoice_is_sent(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        submission.choose_delivery(db, invoice_of(db, "101"), Delivery.PDF)
    assert send(sandbox, "101") is Submission.LOCAL
    with sandbox.transaction() as db, pytest.raises(RuleViolation, match=r"^sales\.already_sent$"):
        submission.choose_delivery(db, invoice_of(db, "101"), Delivery.AUTOINVOICE)


def test_a_buyer_of_whom_nothing_is_written_gets_no_letter_to_nowhere(store: Store) -> None:
    store.create("nl", Creation(scenario="accountview-nl", clock=Clock.frozen(NOW)))
    with store.open("nl") as sandbox:
        assert send(sandbox, "2006") is Submission.ACCEPTED
        settle(sandbox)
        with sandbox.reading() as db:
            trace = submission.trace(db, invoice_of(db, "2006"))
            assert (trace.outcome, trace.problem) == (Outcome.FAILED, "documents.failure.not_enough_information")


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "sales.no_lines"),
        ([LineEntry("a", Decimal(0), Decimal(1))], "sales.bad_line"),
        ([LineEntry("a", Decimal(1), Decimal(-1))], "sales.bad_line"),
        ([LineEntry("a", Decimal(1), Decimal(1)), LineEntry("b", Decimal(-2), Decimal(1))], "sales.negative_total"),
        ([LineEntry("a", Decimal(1), Decimal(1))] * 201, "sales.too_many_lines"),
    ],
)
def test_lines_that_make_no_invoice_are_refused(sandbox: Sandbox, lines: list[LineEntry], code: str) -> None:
    with sandbox.transaction() as db, pytest.raises(RuleViolation, match=code):
        client = client_of(db)
        buyer = books.buyers(db, client)[0]
        books.make_invoice(db, client, buyer, lines, program=ProgramCode.ADMINISTRATION, actor=WHO)


def test_an_invoice_may_have_a_line_that_gives_something_back(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        client = client_of(db)
        buyer = books.buyers(db, client)[0]
        lines = [LineEntry("a", Decimal(2), Decimal(10)), LineEntry("b", Decimal(-1), Decimal(5), Decimal(12))]
        invoice = books.make_invoice(db, client, buyer, lines, program=ProgramCode.ADMINISTRATION, actor=WHO)
        assert (invoice.number, books.totals(invoice)) == (
            "106",
            books.Totals(Decimal(15), Decimal("4.40"), Decimal("19.40")),
        )
        submission.send(db, invoice, actor=WHO)
    settle(sandbox)
    with sandbox.reading() as db:
        document = db.get_one(Document, invoice_of(db, "106").document_id)
        assert (document.status, document.total) == (Status.DELIVERED, Decimal("19.40"))
