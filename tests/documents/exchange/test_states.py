"""Where documents stand, and how they get from one state to the next."""

from dataclasses import replace

import pytest

from simulator.core import jobs
from simulator.core.errors import Forbidden, RuleViolation
from simulator.core.sandbox import Sandbox
from simulator.documents import ubl
from simulator.documents.exchange import receiving, resending, sending
from simulator.documents.exchange.preferences import RoutingPreferences
from simulator.documents.model.models import Document, Mark, Status
from simulator.documents.model.parties import Named
from tests.documents import norway as no
from tests.documents import travel
from tests.documents.invoices import invoice
from tests.documents.travel import HOUSE, INSIDE, OUTSIDE, UNKNOWN, accept, seen

MAILED = replace(UNKNOWN, email="post@ukjent.example")


@pytest.fixture
def sandbox(norway: Sandbox) -> Sandbox:
    """Return a sandbox whose companies are verified and whose outside world takes its time."""
    travel.prepare(norway, delays="real")
    return norway


def resend(sandbox: Sandbox, id_: int, route: str, address: str | None = None) -> None:
    """Send a document again."""
    with sandbox.transaction() as db:
        resending.resend(db, travel.PERSON, db.get_one(Document, id_), route, address)


def test_an_einvoice_is_pending_then_sent_then_delivered(sandbox: Sandbox) -> None:
    id_ = accept(sandbox, OUTSIDE)
    no.pass_time(sandbox, 1)
    assert seen(sandbox, id_).status == "created"
    no.pass_time(sandbox, 1)
    assert seen(sandbox, id_).status == "sent"
    assert seen(sandbox, id_).charged == 0
    no.pass_time(sandbox, 9)
    assert seen(sandbox, id_).status == "sent"
    no.pass_time(sandbox, 1)
    sent_document = seen(sandbox, id_)
    assert (sent_document.status, sent_document.charged) == ("delivered", 1)
    assert sent_document.history == (("CREATED", "created"), ("SENT", "sent_peppol"), ("DELIVERED", "delivered"))


def test_an_email_counts_as_delivered_when_it_has_not_bounced_within_a_minute(sandbox: Sandbox) -> None:
    id_ = accept(sandbox, MAILED)
    no.pass_time(sandbox, 2)
    assert seen(sandbox, id_).status == "sent"
    assert len(travel.mails(sandbox, "document_embedded")) == 1
    no.pass_time(sandbox, 59)
    assert seen(sandbox, id_).status == "sent"
    no.pass_time(sandbox, 1)
    assert seen(sandbox, id_).status == "delivered"


def test_an_email_to_a_slow_mailbox_is_delivered_an_hour_later(sandbox: Sandbox) -> None:
    id_ = accept(sandbox, replace(UNKNOWN, email="slow@ukjent.example"))
    no.pass_time(sandbox, 2)
    no.pass_time(sandbox, 3599)
    assert seen(sandbox, id_).status == "sent"
    no.pass_time(sandbox, 1)
    assert seen(sandbox, id_).status == "delivered"


def test_a_letter_is_printed_at_two_and_delivered_at_noon_of_the_next_working_day(sandbox: Sandbox) -> None:
    travel.change(sandbox, print_enabled=True)
    id_ = accept(sandbox, replace(UNKNOWN, **HOUSE))
    no.pass_time(sandbox, 2)
    assert (seen(sandbox, id_).status, seen(sandbox, id_).channel) == ("created", "print")
    # It is nine in the morning of a Tuesday; the night is seventeen hours away.
    no.pass_time(sandbox, 17 * 3600 - 3)
    assert seen(sandbox, id_).status == "created"
    no.pass_time(sandbox, 1)
    assert seen(sandbox, id_).status == "sent"
    no.pass_time(sandbox, 34 * 3600 - 1)
    assert seen(sandbox, id_).status == "sent"
    no.pass_time(sandbox, 1)
    assert seen(sandbox, id_).status == "delivered"


def test_what_arrives_inside_arrives_when_it_is_sent(sandbox: Sandbox) -> None:
    id_ = accept(sandbox, INSIDE)
    no.pass_time(sandbox, 2)
    (received,) = travel.inbox(sandbox)
    assert (received.status, received.twin_id, received.charged) == ("new", id_, 1)
    assert seen(sandbox, id_).status == "sent"
    with sandbox.reading() as db:
        assert db.get_one(Document, id_).twin_id == received.id


def test_a_received_document_is_downloaded_then_processed_and_never_goes_back(sandbox: Sandbox) -> None:
    id_ = accept(sandbox, INSIDE)
    no.pass_time(sandbox, 2)
    (received,) = travel.inbox(sandbox)
    with sandbox.transaction() as db:
        document = db.get_one(Document, received.id)
        assert receiving.mark(db, "a@b.example", document, Status.DOWNLOADED)
        assert not receiving.mark(db, "a@b.example", document, Status.DOWNLOADED)
        assert receiving.mark(db, "a@b.example", document, Status.PROCESSED)
        assert not receiving.mark(db, "a@b.example", document, Status.DOWNLOADED)
        assert db.get_one(Document, id_).mark == Mark.VIEWED
    assert (
        len(travel.journal_data(sandbox, "document.processed")) == len(travel.journal_data(sandbox, "document.viewed")) == 1
    )
    assert seen(sandbox, received.id).history[-2:] == (("INFO", "downloaded"), ("INFO", "processed"))


def test_a_scam_is_reported_once(sandbox: Sandbox) -> None:
    accept(sandbox, INSIDE)
    no.pass_time(sandbox, 2)
    (received,) = travel.inbox(sandbox)
    with sandbox.transaction() as db:
        assert receiving.report_scam(db, "a@b.example", db.get_one(Document, received.id), "never ordered")
        assert not receiving.report_scam(db, "a@b.example", db.get_one(Document, received.id))
    assert [line["comment"] for line in travel.journal_data(sandbox, "document.scam_reported")] == ["never ordered"]


def test_a_failed_document_is_sent_again_to_another_address_and_charged_once(sandbox: Sandbox) -> None:
    id_ = accept(sandbox, replace(UNKNOWN, email="bounce@ukjent.example"))
    no.pass_time(sandbox, 2)
    no.pass_time(sandbox, 60)
    assert (seen(sandbox, id_).status, seen(sandbox, id_).charged) == ("failed", 0)
    resend(sandbox, id_, "email", "right@ukjent.example")
    assert seen(sandbox, id_).status == "created"
    no.pass_time(sandbox, 2)
    no.pass_time(sandbox, 60)
    sent_document = seen(sandbox, id_)
    assert (sent_document.status, sent_document.error, sent_document.charged) == ("delivered", None, 1)
    assert [mail.recipient for mail in travel.mails(sandbox, "document_embedded")] == ["right@ukjent.example"]


def test_an_address_given_for_one_resend_is_not_used_for_the_next(sandbox: Sandbox) -> None:
    id_ = accept(sandbox, replace(UNKNOWN, email="own@ukjent.example"))
    for _ in range(2):
        no.pass_time(sandbox, 60)
    for address in ("once@ukjent.example", None):
        resend(sandbox, id_, "email", address)
        for _ in range(2):
            no.pass_time(sandbox, 60)
    recipients = [mail.recipient for mail in travel.mails(sandbox, "document_embedded")]
    assert recipients == ["own@ukjent.example", "once@ukjent.example", "own@ukjent.example"]
    resend(sandbox, id_, "einvoice", f"{OUTSIDE.scheme}:{OUTSIDE.identifier}")
    for _ in range(2):
        no.pass_time(sandbox, 60)
    assert (seen(sandbox, id_).status, seen(sandbox, id_).channel) == ("delivered", "peppol")
    resend(sandbox, id_, "einvoice")
    no.pass_time(sandbox, 60)
    assert seen(sandbox, id_).error == "no_route"


def test_a_blocked_duplicate_that_a_person_sends_again_goes(sandbox: Sandbox) -> None:
    id_ = accept(sandbox, OUTSIDE, number="7-DUP")
    no.pass_time(sandbox, 60)
    assert seen(sandbox, id_).error == "duplicate"
    resend(sandbox, id_, "einvoice")
    for _ in range(2):
        no.pass_time(sandbox, 60)
    assert (seen(sandbox, id_).status, seen(sandbox, id_).charged) == ("delivered", 1)


def test_a_delivered_document_that_is_sent_again_another_way_is_charged_again(sandbox: Sandbox) -> None:
    travel.change(sandbox, print_enabled=True)
    id_ = accept(sandbox, replace(OUTSIDE, email="faktura@skogvang.example"))
    no.pass_time(sandbox, 2)
    no.pass_time(sandbox, 10)
    resend(sandbox, id_, "email")
    no.pass_time(sandbox, 2)
    no.pass_time(sandbox, 60)
    sent_document = seen(sandbox, id_)
    assert (sent_document.status, sent_document.channel, sent_document.unit, sent_document.charged) == (
        "delivered",
        "email",
        "EMAIL",
        2,
    )
    assert travel.charges(sandbox)["EINVOICE"] == travel.charges(sandbox)["EMAIL"] == 1


def test_a_receipt_of_the_first_time_says_nothing_about_the_second(sandbox: Sandbox) -> None:
    id_ = accept(sandbox, replace(OUTSIDE, email="faktura@skogvang.example"))
    no.pass_time(sandbox, 2)
    resend(sandbox, id_, "email")
    no.pass_time(sandbox, 2)
    no.pass_time(sandbox, 10)
    assert (seen(sandbox, id_).status, seen(sandbox, id_).charged) == ("sent", 0)
    no.pass_time(sandbox, 60)
    assert (seen(sandbox, id_).status, seen(sandbox, id_).charged) == ("delivered", 1)


@pytest.mark.parametrize(
    ("route", "address", "code"),
    [
        ("fax", None, "documents.bad_route"),
        ("einvoice", "nonsense", "documents.bad_address"),
        ("email", "not an address", "documents.bad_email"),
        ("email", "a@b.example\r\nBcc: c@d.example", "documents.bad_email"),
        ("email", "a@b..example", "documents.bad_email"),
        ("email", "a@-b.example", "documents.bad_email"),
        ("email", "a@b.example.", "documents.bad_email"),
    ],
)
def test_a_resend_to_nowhere_is_refused(sandbox: Sandbox, route: str, address: str | None, code: str) -> None:
    id_ = accept(sandbox, Named(name="Noen", country="NO"))
    no.pass_time(sandbox, 2)
    with pytest.raises(RuleViolation) as refused:
        resend(sandbox, id_, route, address)
    assert refused.value.code == code
    assert seen(sandbox, id_).status == "failed"


def test_an_address_that_may_have_an_account_may_also_get_a_resent_document(sandbox: Sandbox) -> None:
    id_ = accept(sandbox, Named(name="Noen", country="NO"))
    no.pass_time(sandbox, 2)
    resend(sandbox, id_, "email", "o'hara@firma.example")
    assert seen(sandbox, id_).status == "created"


def test_a_document_on_its_way_is_not_sent_again(sandbox: Sandbox) -> None:
    id_ = accept(sandbox, OUTSIDE)
    with pytest.raises(RuleViolation) as refused:
        resend(sandbox, id_, "einvoice")
    assert refused.value.code == "documents.not_resendable"


def test_only_what_waits_has_a_choice(sandbox: Sandbox) -> None:
    id_ = accept(sandbox, OUTSIDE)
    with sandbox.transaction() as db:
        document = db.get_one(Document, id_)
        assert resending.choices(db, document) == []
        with pytest.raises(RuleViolation) as refused:
            resending.choose(db, travel.PERSON, document, "0192:312002205")
    assert refused.value.code == "documents.not_on_hold"


def test_the_same_upload_twice_is_one_document(sandbox: Sandbox) -> None:
    assert accept(sandbox, OUTSIDE, upload_key="a") == accept(sandbox, OUTSIDE, upload_key="a")
    assert accept(sandbox, OUTSIDE, upload_key="b") != accept(sandbox, OUTSIDE, upload_key="c")


def test_a_company_sends_only_its_own_invoices(sandbox: Sandbox) -> None:
    content = travel.content(sandbox, OUTSIDE, seller=no.ELSEWHERE)
    with sandbox.transaction() as db, pytest.raises(RuleViolation) as refused:
        sending.accept(db, no.company(db, travel.SENDER), content, source=b"")
    assert refused.value.code == "documents.not_the_seller"


def test_a_self_billed_invoice_goes_from_the_buyer_to_the_seller(sandbox: Sandbox) -> None:
    ours = travel.content(sandbox, INSIDE).seller
    billed = invoice(replace(INSIDE, **HOUSE), ours, self_billed=True, number="SB-1")
    with sandbox.transaction() as db:
        document = sending.accept(db, no.company(db, travel.SENDER), billed, source=ubl.write(billed))
        assert document.party.organisation_number == INSIDE.organisation_number
    jobs.run_due(sandbox)
    no.pass_time(sandbox, 60)
    received = [document for document in travel.inbox(sandbox) if document.number == "SB-1"]
    assert [document.party.organisation_number for document in received] == [travel.SENDER]


def test_a_company_that_is_not_verified_sends_nothing(sandbox: Sandbox) -> None:
    travel.change(sandbox, verified=False)
    with pytest.raises(Forbidden) as refused:
        accept(sandbox, OUTSIDE)
    assert refused.value.code == "documents.not_verified"
    assert travel.queue(sandbox) == []


def test_wishes_survive_being_kept() -> None:
    preferences = RoutingPreferences(
        address="0192:1", order=("print",), disabled=("email",), comment="soon", sender="a@b.example"
    )
    assert RoutingPreferences.of(preferences.stored()) == preferences
    assert RoutingPreferences.of(RoutingPreferences().stored()) == RoutingPreferences()


def test_without_delays_everything_happens_at_once(sandbox: Sandbox) -> None:
    travel.prepare(sandbox)
    travel.change(sandbox, print_enabled=True)
    ids = [
        accept(sandbox, OUTSIDE),
        accept(sandbox, MAILED, number="2"),
        accept(sandbox, replace(UNKNOWN, **HOUSE), number="3"),
    ]
    jobs.run_due(sandbox)
    assert [seen(sandbox, id_).status for id_ in ids] == ["delivered"] * 3
