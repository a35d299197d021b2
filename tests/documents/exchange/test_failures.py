"""Each way a document can fail, with what lets it happen: by what it says, or because a test asked for it."""

from dataclasses import replace
from typing import Any

import pytest

from simulator.core import jobs
from simulator.core.errors import Forbidden, RuleViolation
from simulator.core.sandbox import Sandbox
from simulator.core.texts import text
from simulator.documents.exchange import receiving
from simulator.documents.exchange.preferences import RoutingPreferences
from simulator.documents.model import files
from simulator.documents.model.content import CREDIT_NOTE, Attached
from simulator.documents.model.models import Document
from simulator.documents.model.parties import Named
from tests.documents import norway as no
from tests.documents import travel
from tests.documents.travel import HOUSE, INSIDE, OUTSIDE, UNKNOWN, accept, send

BOUNCING = replace(UNKNOWN, email="bounce@ukjent.example")
MAILED = replace(UNKNOWN, email="post@ukjent.example")
OPERATOR = Named(name="Järvi Oy", country="FI", scheme="0216", identifier="003799999028", operator="SIMPOSTI")
FORCED = RoutingPreferences(address="0192:316006604", operator="PEPPOL")
LARGE = Attached("plan.pdf", "application/pdf", b"%PDF" + b"x" * (5 * 1024 * 1024))


@pytest.fixture
def sandbox(norway: Sandbox) -> Sandbox:
    """Return a sandbox whose companies are verified and whose outside world takes no time."""
    travel.prepare(norway)
    return norway


@pytest.mark.parametrize(
    ("buyer", "changes", "code"),
    [
        (UNKNOWN, {"preferences": FORCED}, "no_route"),
        (Named(name="Noen", country="NO"), {}, "not_enough_information"),
        (replace(UNKNOWN, **HOUSE), {}, "print_not_enabled"),
        (BOUNCING, {}, "bounced"),
        (replace(UNKNOWN, email="no address"), {}, "bounced"),
        (replace(UNKNOWN, email="a@ukjent.example;b@ukjent.example"), {}, "bounced"),
        (replace(UNKNOWN, email="Ola <a@ukjent.example>"), {}, "bounced"),
        (replace(UNKNOWN, email="mailto:a@ukjent.example"), {}, "bounced"),
        (replace(UNKNOWN, email="a.@ukjent.example"), {}, "bounced"),
        (replace(UNKNOWN, email="a@ukjent.example."), {}, "bounced"),
        (UNKNOWN, {}, "no_route"),
        (replace(OPERATOR, operator=None), {}, "operator_missing"),
        (OUTSIDE, {"number": "7-DUP"}, "duplicate"),
        (OUTSIDE, {"attachments": [LARGE]}, "too_large"),
        (travel.CREDIT_NOTES_ONLY, {}, "wrong_type"),
    ],
    ids=[
        "F1",
        "F4",
        "F5",
        "F6",
        "F6 form",
        "F6 two",
        "F6 name",
        "F6 scheme",
        "F6 dot",
        "F6 end",
        "F7",
        "F8",
        "F9",
        "F11",
        "wrong type",
    ],
)
def test_what_a_document_says_lets_it_fail(sandbox: Sandbox, buyer: Named, changes: dict[str, Any], code: str) -> None:
    sent_document = send(sandbox, buyer, **changes)
    assert (sent_document.status, sent_document.error, sent_document.charged) == ("failed", code, 0)
    assert sent_document.history[-1] == ("ERROR", code)
    (mail,) = travel.mails(sandbox, "document_failed")
    data = {"address": "{}", "number": changes.get("number", "1001")}
    assert mail.recipient == travel.PERSON
    assert text("nb", f"documents.failure.{code}", **data).split("{}")[0] in mail.text
    assert travel.charges(sandbox) == {}


@pytest.mark.parametrize(
    ("operation", "outcome", "buyer", "error"),
    [
        ("email.deliver", "bounce", MAILED, "bounced"),
        ("peppol.deliver", "rejected", OUTSIDE, "rejected"),
        ("peppol.deliver", "too_large", OUTSIDE, "too_large"),
        ("operator.deliver", "rejected", OPERATOR, "rejected"),
    ],
)
def test_a_test_can_let_a_delivery_fail_once(
    sandbox: Sandbox, operation: str, outcome: str, buyer: Named, error: str
) -> None:
    travel.fail_at(sandbox, operation, outcome, company=travel.SENDER)
    sent_document = send(sandbox, buyer)
    assert (sent_document.status, sent_document.error, sent_document.charged) == ("failed", error, 0)
    assert send(sandbox, buyer, number="1002").status == "delivered"


@pytest.mark.parametrize(
    ("operation", "buyer"), [("email.deliver", MAILED), ("peppol.deliver", OUTSIDE), ("operator.deliver", OPERATOR)]
)
def test_what_is_lost_without_a_word_stays_sent(sandbox: Sandbox, operation: str, buyer: Named) -> None:
    travel.fail_at(sandbox, operation, "silent")
    sent_document = send(sandbox, buyer)
    assert (sent_document.status, sent_document.error, sent_document.charged) == ("sent", None, 0)
    assert travel.mails(sandbox, "document_embedded") == [] and travel.queue(sandbox) == []


def test_the_labels_of_three_failures_are_those_of_the_portal() -> None:
    assert [
        text("en", f"documents.failure.{code}") for code in ("not_enough_information", "print_not_enabled", "no_route")
    ] == [
        "Not enough information about the recipient",
        "The invoice could not be sent to the print service. Print service is not enabled",
        "No routing found for recipient or incorrect electronic invoice address",
    ]


def test_a_number_sent_within_a_week_is_blocked(sandbox: Sandbox) -> None:
    assert send(sandbox, OUTSIDE).status == "delivered"
    sent_document = send(sandbox, OUTSIDE)
    assert (sent_document.status, sent_document.error, sent_document.channel) == ("failed", "duplicate", None)
    assert len(travel.journal_data(sandbox, "document.duplicate")) == 1
    no.pass_time(sandbox, 7 * 86400)
    assert send(sandbox, OUTSIDE).status == "delivered"


def test_of_two_of_a_number_on_their_way_the_second_is_blocked(sandbox: Sandbox) -> None:
    first, second = accept(sandbox, OUTSIDE), accept(sandbox, OUTSIDE)
    jobs.run_due(sandbox)
    assert [travel.seen(sandbox, id_).error for id_ in (first, second)] == [None, "duplicate"]


def test_a_number_that_failed_or_is_of_another_type_blocks_nothing(sandbox: Sandbox) -> None:
    assert send(sandbox, UNKNOWN).status == "failed"
    assert send(sandbox, MAILED).status == "delivered"

    assert send(sandbox, MAILED, type=CREDIT_NOTE).status == "delivered"


def test_duplicates_go_when_the_company_does_not_stop_them(sandbox: Sandbox) -> None:
    travel.change(sandbox, stop_duplicates=False)
    assert [send(sandbox, OUTSIDE).status for _ in range(2)] == ["delivered"] * 2


def test_registers_that_are_down_for_a_moment_are_asked_again(sandbox: Sandbox) -> None:
    travel.fail_at(sandbox, "receivers.find", times=2)
    sent_document = send(sandbox, OUTSIDE)
    assert sent_document.status == "delivered"
    assert sent_document.history[1:3] == (("INFO", "look_up_down"), ("INFO", "look_up_down"))


def test_registers_that_stay_down_let_the_document_fail(sandbox: Sandbox) -> None:
    travel.fail_at(sandbox, "receivers.find", times=None)
    sent_document = send(sandbox, OUTSIDE)
    assert (sent_document.status, sent_document.error) == ("failed", "look_up_down")


def test_a_print_service_that_is_down_lets_letters_wait_a_night(sandbox: Sandbox) -> None:
    travel.change(sandbox, print_enabled=True)
    travel.fail_at(sandbox, "letters.run", times=2)
    id_ = accept(sandbox, replace(UNKNOWN, **HOUSE))
    jobs.run_due(sandbox)
    assert travel.seen(sandbox, id_).status == "created"
    no.pass_time(sandbox, 86400)
    assert travel.seen(sandbox, id_).status == "created"
    no.pass_time(sandbox, 86400)
    assert travel.seen(sandbox, id_).status == "delivered"
    assert len(travel.journal_data(sandbox, "letters.down")) == 2


def test_attachments_lost_on_the_way_are_an_error_of_the_received_document(sandbox: Sandbox) -> None:
    travel.fail_at(sandbox, "internal.deliver")
    assert send(sandbox, INSIDE, attachments=[Attached("a.pdf", "application/pdf", b"%PDF a")]).status == "delivered"
    (received,) = travel.inbox(sandbox)
    assert (received.status, received.error) == ("new", "attachments_lost")

    with sandbox.transaction() as db:
        document = db.get_one(Document, received.id)
        assert list(files.attachments(db, document)) == []
        receiving.repair_attachments(db, travel.PERSON, document)
        assert [file.content for file in files.attachments(db, document)] == [b"%PDF a"]
        assert document.error is None
        with pytest.raises(RuleViolation):
            receiving.repair_attachments(db, travel.PERSON, document)


def test_a_document_of_a_company_that_is_not_verified_leaves_no_trace(sandbox: Sandbox) -> None:
    travel.change(sandbox, verified=False)
    with pytest.raises(Forbidden):
        accept(sandbox, OUTSIDE)
    assert travel.journal_data(sandbox, "document.created") == []


def test_who_is_told_of_failures_follows_the_settings(sandbox: Sandbox) -> None:
    travel.change(sandbox, notify_failed_sender=False, notify_failed_others=["one@x.example", "two@x.example"])
    send(sandbox, UNKNOWN)
    assert [mail.recipient for mail in travel.mails(sandbox, "document_failed")] == ["one@x.example", "two@x.example"]
    travel.change(sandbox, notify_failed_sender=True, notify_failed_others=[], contact_email="contact@x.example")
    send(sandbox, UNKNOWN, number="2", actor=None)
    assert travel.mails(sandbox, "document_failed")[-1].recipient == "contact@x.example"


def test_a_document_that_cannot_be_worked_on_fails_instead_of_vanishing(sandbox: Sandbox) -> None:
    id_ = accept(sandbox, OUTSIDE)
    with sandbox.transaction() as db:
        document = db.get_one(Document, id_)
        # An order that no release writes: what reads it stumbles each time.
        document.preferences = {"order": ["pigeon"]}
    jobs.run_due(sandbox)
    sent_document = travel.seen(sandbox, id_)
    assert (sent_document.status, sent_document.error) == ("failed", "not_processed")
