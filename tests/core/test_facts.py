"""What can be asked about a sandbox, and how questions that are not understood are answered."""

from typing import Any

import pytest

from simulator.core import events, facts, outbox
from simulator.core.errors import BadInput
from simulator.core.facts import Finding
from simulator.core.sandbox import Sandbox


def ask(sandbox: Sandbox, fact: Any) -> Finding:
    """Ask one fact."""
    with sandbox.reading() as db:
        return facts.check(db, [fact])[0]


def faults(sandbox: Sandbox, *facts_: Any) -> list[str]:
    """Return the paths of what is not understood."""
    with sandbox.reading() as db, pytest.raises(BadInput) as error:
        facts.check(db, facts_)
    return [path for path, _ in error.value.problems]


@pytest.fixture
def lines(sandbox: Sandbox) -> list[int]:
    """Write two lines into the journal and return their ids."""
    with sandbox.transaction() as db:
        written = [
            events.record(db, "job.failed", actor="ada@office.example", subject="first", number=1, colour="red"),
            events.record(db, "job.failed", actor="bob@office.example", subject="second", number=2, colour="red"),
        ]
        db.flush()
        return [line.id for line in written]


@pytest.fixture
def mail(sandbox: Sandbox) -> str:
    """Send a mail and return its subject."""
    with sandbox.transaction() as db:
        message = outbox.mail(
            db, "activation", to="ada@office.example", language="en", link="http://localhost/", first_name="Ada", email="a"
        )
        return message.subject


@pytest.mark.parametrize(
    "assertion",
    [
        "job.failed",
        {"type": "job.failed"},
        {"type": "job.failed", "subject": "first"},
        {"type": "job.failed", "actor": "bob@office.example", "subject": "second"},
        {"type": "job.failed", "data": {"number": 1}},
        {"type": "job.failed", "data": {"number": 2, "colour": "red"}},
    ],
)
def test_an_event_is_known_by_its_type_and_what_is_told_of_it(sandbox: Sandbox, lines: list[int], assertion: Any) -> None:
    assert ask(sandbox, {"event": assertion}).holds


@pytest.mark.parametrize(
    "assertion",
    [
        {"type": "job.failed", "subject": "third"},
        {"type": "job.failed", "actor": "ada@office.example", "subject": "second"},
        {"type": "job.failed", "data": {"number": 3}},
        {"type": "job.failed", "data": {"size": None}},
        "sms.sent",
    ],
)
def test_what_was_not_recorded_does_not_hold(sandbox: Sandbox, lines: list[int], assertion: Any) -> None:
    assert not ask(sandbox, {"event": assertion}).holds


def test_found_is_the_newest_event_that_fits_or_else_the_newest_of_its_type(sandbox: Sandbox, lines: list[int]) -> None:
    first, second = lines
    assert ask(sandbox, {"event": "job.failed"}).actual["id"] == second
    fits = ask(sandbox, {"event": {"type": "job.failed", "data": {"number": 1}}})
    assert fits.actual == {
        "id": first,
        "at": "2022-03-01T08:00:00+00:00",
        "type": "job.failed",
        "actor": "ada@office.example",
        "subject": "first",
        "data": {"number": 1, "colour": "red"},
    }
    assert ask(sandbox, {"event": {"type": "job.failed", "subject": "third"}}).actual["id"] == second
    assert ask(sandbox, {"event": "sms.sent"}).actual is None


def test_an_event_can_be_asked_for_after_another_one(sandbox: Sandbox, lines: list[int]) -> None:
    first, second = lines
    assert ask(sandbox, {"event": {"type": "job.failed", "after": first}}).holds
    assert not ask(sandbox, {"event": {"type": "job.failed", "after": second}}).holds


def test_a_mail_is_known_by_recipient_kind_and_a_part_of_its_subject(sandbox: Sandbox, mail: str) -> None:
    assert ask(sandbox, {"mailed": "ada@office.example"}).holds
    assert ask(sandbox, {"mailed": {"to": "Ada@Office.example", "name": "activation"}}).holds
    assert ask(sandbox, {"mailed": {"to": "ada@office.example", "subject": mail[2:9].upper()}}).holds
    assert not ask(sandbox, {"mailed": "bob@office.example"}).holds
    assert not ask(sandbox, {"mailed": {"to": "ada@office.example", "name": "reset"}}).holds
    assert not ask(sandbox, {"mailed": {"to": "ada@office.example", "subject": "invoice"}}).holds


def test_found_is_the_newest_mail_to_the_recipient(sandbox: Sandbox, mail: str) -> None:
    observed = ask(sandbox, {"mailed": {"to": "ada@office.example", "name": "reset"}}).actual
    assert (observed["to"], observed["name"], observed["subject"]) == ("ada@office.example", "activation", mail)
    assert ask(sandbox, {"mailed": "bob@office.example"}).actual is None


def test_every_fact_is_answered_in_the_order_of_the_question(sandbox: Sandbox, lines: list[int]) -> None:
    assertions = [{"event": "sms.sent"}, {"event": "job.failed"}]
    with sandbox.reading() as db:
        findings = facts.check(db, assertions)
    assert [(finding.fact, finding.holds) for finding in findings] == [(assertions[0], False), (assertions[1], True)]


@pytest.mark.parametrize("malformed", [None, "event", [], {}, {"event": "job.failed", "mailed": "ada@office.example"}])
def test_a_fact_is_a_mapping_of_one_name(sandbox: Sandbox, malformed: Any) -> None:
    assert faults(sandbox, {"event": "job.failed"}, malformed) == ["facts.1"]


@pytest.mark.parametrize(
    ("malformed", "where"),
    [
        ({"weather": "fine"}, "facts.0.weather"),
        ({1: "fine"}, "facts.0.1"),
        ({"event": None}, "facts.0.event"),
        ({"event": {}}, "facts.0.event.type"),
        ({"event": "job.unheard_of"}, "facts.0.event.type"),
        ({"event": {"type": "job.failed", "data": "red"}}, "facts.0.event.data"),
        ({"event": {"type": "job.failed", "after": True}}, "facts.0.event.after"),
        ({"event": {"type": "job.failed", "after": 2**63}}, "facts.0.event.after"),
        ({"event": {"type": "job.failed", "after": -1}}, "facts.0.event.after"),
        ({"event": {"type": "job.failed", "who": "ada"}}, "facts.0.event.who"),
        ({"mailed": {"name": "activation"}}, "facts.0.mailed.to"),
        ({"mailed": {"to": 5}}, "facts.0.mailed.to"),
    ],
)
def test_what_is_not_understood_is_told_with_its_path(sandbox: Sandbox, malformed: Any, where: str) -> None:
    assert faults(sandbox, malformed) == [where]


def test_all_faults_are_told_at_once(sandbox: Sandbox) -> None:
    assertions = [{"weather": "fine"}, {"event": "job.failed"}, {"event": {"colour": "red"}}]
    assert faults(sandbox, *assertions) == ["facts.0.weather", "facts.2.event.type", "facts.2.event.colour"]
