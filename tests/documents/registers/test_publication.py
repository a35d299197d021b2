"""Requests to the SML and the Peppol Directory: their order, their delays, and what happens when nobody answers."""

from collections.abc import Sequence
from typing import Any

import pytest

from simulator.core import events, faults, jobs
from simulator.core.errors import Forbidden, RuleViolation
from simulator.core.sandbox import Sandbox
from simulator.documents.model.models import State
from simulator.documents.registers import access_points, participants, publication
from simulator.documents.registers.document_types import CREDIT_NOTE, INVOICE
from simulator.documents.registers.look_up import look_up
from simulator.documents.registers.participants import deregister, register
from simulator.documents.registers.publication import DirectoryEntry, RegisterRequest, RequestState, Target
from tests.documents import norway as no

SWEDISH = "5560000001"
GLN = "7300010000001"


@pytest.fixture
def slow(norway: Sandbox) -> Sandbox:
    """Return the sandbox with an outside world that takes its time."""
    with norway.transaction() as db:
        db.record.delays = "real"
    return norway


def requests(sandbox: Sandbox, target: Target = Target.SML) -> list[tuple[str, str, int, str | None]]:
    """Return what a queue shows: operation, state, attempts and message."""
    with sandbox.reading() as db:
        return [
            (request.operation, request.state, request.attempts, request.message)
            for request in publication.visible_requests(db, target)
        ]


def listed(sandbox: Sandbox) -> list[str]:
    """Return the numbers that the Directory shows."""
    with sandbox.reading() as db:
        return [entry.identifier for entry in db.query(DirectoryEntry).order_by(DirectoryEntry.identifier)]


def break_(sandbox: Sandbox, operation: str, **more: Any) -> None:
    """Let a register be down."""
    with sandbox.transaction() as db:
        faults.add(db, operation, **more)


def register_events(sandbox: Sandbox) -> Sequence[str]:
    """Return the types of what the journal tells of registers."""
    with sandbox.reading() as db:
        return [line.type for line in events.after(db) if line.type.partition(".")[0] in ("elma", "sml", "directory")]


def test_an_addition_is_one_request_to_the_sml_and_one_to_the_directory(norway: Sandbox) -> None:
    no.ask(norway, register, no.UNREGISTERED)
    assert requests(norway) == [("ADD", "QUEUED", 0, None)]
    assert requests(norway, Target.DIRECTORY) == [("ADD", "QUEUED", 0, None)]
    jobs.run_due(norway)
    assert requests(norway) == requests(norway, Target.DIRECTORY) == [("ADD", "COMPLETED", 1, None)]
    assert no.UNREGISTERED in listed(norway)


def test_a_removal_is_one_request_of_each_too(norway: Sandbox) -> None:
    no.ask_and_wait(norway, deregister, no.REGISTERED)
    assert requests(norway) == requests(norway, Target.DIRECTORY) == [("DELETE", "COMPLETED", 1, None)]
    assert no.REGISTERED not in listed(norway)


def test_the_sml_takes_a_minute_and_the_directory_another(slow: Sandbox) -> None:
    no.ask_and_wait(slow, register, no.UNREGISTERED)
    no.pass_time(slow, 59)
    assert no.registration(slow, no.UNREGISTERED).state is State.PENDING_ADD
    no.pass_time(slow, 1)
    assert no.registration(slow, no.UNREGISTERED).state is State.ACTIVE
    assert no.UNREGISTERED not in listed(slow)
    no.pass_time(slow, 60)
    assert no.UNREGISTERED in listed(slow)


def test_completed_requests_disappear_after_a_while(norway: Sandbox) -> None:
    no.ask_and_wait(norway, register, no.UNREGISTERED)
    no.pass_time(norway, 3599)
    assert requests(norway) == [("ADD", "COMPLETED", 1, None)]
    no.pass_time(norway, 1)
    assert requests(norway) == []


def test_what_the_sml_does_not_take_stays_pending_and_is_tried_again_after_growing_pauses(norway: Sandbox) -> None:
    break_(norway, "sml.publish", times=3)
    no.ask_and_wait(norway, register, no.UNREGISTERED)
    assert requests(norway) == [("ADD", "FAILED", 1, "down")]
    assert no.registration(norway, no.UNREGISTERED).state is State.PENDING_ADD
    for attempts, pause in ((2, 60), (3, 120)):
        no.pass_time(norway, pause - 1)
        assert requests(norway) == [("ADD", "FAILED", attempts - 1, "down")]
        no.pass_time(norway, 1)
        assert requests(norway) == [("ADD", "FAILED", attempts, "down")]
    no.pass_time(norway, 240)
    assert requests(norway) == [("ADD", "COMPLETED", 4, None)]
    assert no.registration(norway, no.UNREGISTERED).state is State.ACTIVE
    assert no.UNREGISTERED in listed(norway)


def test_after_the_tenth_attempt_nothing_is_tried_unasked(norway: Sandbox) -> None:
    break_(norway, "sml.publish", times=None)
    no.ask_and_wait(norway, register, no.UNREGISTERED)
    for _ in range(12):
        no.pass_time(norway, 3600)
    assert requests(norway) == [("ADD", "FAILED", publication.MOST_ATTEMPTS, "down")]


def test_a_failed_request_can_be_tried_again_at_once_and_only_once(norway: Sandbox) -> None:
    break_(norway, "sml.publish")
    no.ask_and_wait(norway, register, no.UNREGISTERED)
    with norway.transaction() as db:
        (request,) = publication.visible_requests(db, Target.SML)
        assert publication.retry(db, request)
        assert not publication.retry(db, request)
    jobs.run_due(norway)
    assert requests(norway) == [("ADD", "COMPLETED", 2, None)]
    no.pass_time(norway, 60)
    assert requests(norway) == [("ADD", "COMPLETED", 2, None)]
    assert register_events(norway).count("elma.registered") == 1


def test_the_directory_needs_the_entry_in_the_sml_first(norway: Sandbox) -> None:
    break_(norway, "sml.publish", times=None, company=no.UNREGISTERED)
    no.ask_and_wait(norway, register, no.UNREGISTERED)
    assert requests(norway, Target.DIRECTORY) == [("ADD", "QUEUED", 0, None)]
    with norway.transaction() as db:
        publication._enqueue(db, publication.visible_requests(db, Target.DIRECTORY)[0], publication.VISIBLE_FOR * 0)
    jobs.run_due(norway)
    assert requests(norway, Target.DIRECTORY) == [("ADD", "FAILED", 1, "not_in_sml")]
    assert no.UNREGISTERED not in listed(norway)


def test_a_directory_that_is_down_keeps_nobody_from_receiving(norway: Sandbox) -> None:
    break_(norway, "directory.publish", times=1)
    no.ask_and_wait(norway, deregister, no.REGISTERED)
    assert no.registration(norway, no.REGISTERED).state is None
    assert requests(norway, Target.DIRECTORY) == [("DELETE", "FAILED", 1, "down")]
    assert no.REGISTERED in listed(norway)
    no.pass_time(norway, 60)
    assert no.REGISTERED not in listed(norway)


def test_a_fault_of_one_company_leaves_others_alone(norway: Sandbox) -> None:
    break_(norway, "sml.publish", times=None, company=no.REGISTERED)
    no.ask_and_wait(norway, register, no.UNREGISTERED)
    assert no.registration(norway, no.UNREGISTERED).state is State.ACTIVE


@pytest.mark.parametrize(
    ("command", "number", "before"), [(register, "310000035", None), (deregister, "310000019", State.ACTIVE)]
)
def test_a_request_that_is_deleted_takes_the_company_back_to_where_it_was(
    norway: Sandbox, command: no.Command, number: str, before: State | None
) -> None:
    break_(norway, "sml.publish", times=None)
    no.ask_and_wait(norway, command, number)
    with norway.transaction() as db:
        publication.drop(db, publication.visible_requests(db, Target.SML)[0])
    no.pass_time(norway, 3600)
    assert no.registration(norway, number).state is before
    assert requests(norway) == requests(norway, Target.DIRECTORY) == []
    assert register_events(norway)[-1] == "elma.request_dropped"


def test_a_request_of_another_that_is_taken_back_is_told_so(norway: Sandbox) -> None:
    no.ask(norway, register, no.UNREGISTERED)
    no.ask(norway, deregister, no.UNREGISTERED)
    assert requests(norway) == requests(norway, Target.DIRECTORY) == [("ADD", "COMPLETED", 0, "taken_back")]
    jobs.run_due(norway)
    assert no.registration(norway, no.UNREGISTERED).state is None
    assert register_events(norway).count("elma.registered") == 0


def test_what_was_taken_back_and_asked_for_again_is_carried_out_in_its_own_time(slow: Sandbox) -> None:
    no.ask(slow, register, no.UNREGISTERED)
    no.pass_time(slow, 30)
    no.ask(slow, deregister, no.UNREGISTERED)
    no.ask(slow, register, no.UNREGISTERED)
    no.pass_time(slow, 59)
    assert no.registration(slow, no.UNREGISTERED).state is State.PENDING_ADD
    no.pass_time(slow, 1)
    assert no.registration(slow, no.UNREGISTERED).state is State.ACTIVE


def test_an_address_of_another_scheme_is_in_the_sml_and_not_in_elma(norway: Sandbox) -> None:
    with norway.transaction() as db:
        participants.add(db, access_points.ours(db), SWEDISH, "Lindhamra Bygg AB", scheme="0007", country="SE")
    jobs.run_due(norway)
    with norway.reading() as db:
        participant = participants.find(db, SWEDISH, "0007")
        assert participant is not None
        assert {row.state for row in participant.registrations} == {State.ACTIVE}
        assert (participant.country, participant.organisation_number) == ("SE", SWEDISH)
        assert look_up(db, "Lindhamra").entries == ()
    assert register_events(norway) == ["sml.registered", "directory.listed"]


def test_an_organisation_can_have_several_addresses(norway: Sandbox) -> None:
    with norway.transaction() as db:
        ours = access_points.ours(db)
        participants.enter(db, SWEDISH, "Lindhamra Bygg AB", ours, scheme="0007")
        participants.enter(
            db,
            GLN,
            "Lindhamra Lager",
            ours,
            scheme="0088",
            country="SE",
            organisation_number=SWEDISH,
            document_types=[INVOICE],
        )
        matches = participants.of_organisation(db, "SE", SWEDISH)
        assert [(address.icd, address.identifier) for address in matches] == [("0007", SWEDISH), ("0088", GLN)]


@pytest.mark.parametrize(
    ("scheme", "identifier", "code"),
    [
        ("0192", "310000018", "documents.bad_number"),
        ("0007", "5560000002", "documents.unfit_address"),
        ("0088", "7300010000002", "documents.unfit_address"),
        ("0106", "1234567", "documents.unfit_address"),
        ("9944", "NL1234B01", "documents.unfit_address"),
        ("192", "310000019", "documents.unfit_address"),
        ("0999", "<b>", "documents.unfit_address"),
        ("0999", "1" * 51, "documents.unfit_address"),
    ],
)
def test_an_address_fits_its_scheme(norway: Sandbox, scheme: str, identifier: str, code: str) -> None:
    with norway.transaction() as db, pytest.raises(RuleViolation) as refusal:
        participants.enter(db, identifier, "Somebody", access_points.ours(db), scheme=scheme)
    assert refusal.value.code == code


def test_another_access_point_cannot_register_what_is_taken(norway: Sandbox) -> None:
    with norway.transaction() as db, pytest.raises(RuleViolation) as refusal:
        participants.add(db, access_points.by_key(db, "nordavind"), no.REGISTERED, "Fjordlys Drift AS")
    assert refusal.value.code == "documents.served_elsewhere"
    assert refusal.value.facts["access_point"] == "Visma.net AutoInvoice"


def test_only_the_owner_removes(norway: Sandbox) -> None:
    with norway.transaction() as db:
        other, participant = access_points.by_key(db, "nordavind"), participants.find(db, no.REGISTERED)
        assert participant is not None
        with pytest.raises(Forbidden) as refusal:
            participants.remove(db, other, participant)
    assert refusal.value.code == "documents.not_yours"
    with norway.transaction() as db:
        elsewhere = participants.find(db, no.ELSEWHERE)
        assert elsewhere is not None
        assert participants.remove(db, access_points.by_key(db, "nordavind"), elsewhere)
    jobs.run_due(norway)
    assert no.ask_and_wait(norway, register, no.ELSEWHERE).changed
    assert no.registration(norway, no.ELSEWHERE).ours


def test_each_type_of_document_has_an_owner_of_its_own(norway: Sandbox) -> None:
    with norway.transaction() as db:
        ours = access_points.ours(db)
        participants.add(db, ours, "315005507", "Viken Kontorrekvisita AS", document_types=[INVOICE])
    jobs.run_due(norway)
    with norway.transaction() as db:
        participant = participants.find(db, "315005507")
        assert participant is not None
        participants.remove(db, access_points.by_key(db, "nordavind"), participant)
    jobs.run_due(norway)
    with norway.reading() as db:
        (entry,) = look_up(db, "315005507").entries
        (card,) = db.query(DirectoryEntry).filter_by(identifier="315005507")
    assert [type_.code for type_ in entry.document_types] == card.document_types == ["invoice"]


def test_a_change_is_told_to_the_directory_only(norway: Sandbox) -> None:
    with norway.transaction() as db:
        participant = participants.find(db, no.ELSEWHERE)
        assert participant is not None
        participants.change(db, access_points.by_key(db, "nordavind"), participant, "Fjordlys Bygg AS", [CREDIT_NOTE])
    assert requests(norway) == []
    jobs.run_due(norway)
    with norway.reading() as db:
        card = db.query(DirectoryEntry).filter_by(identifier=no.ELSEWHERE).one()
    assert (card.name, card.document_types) == ("Fjordlys Bygg AS", ["credit_note"])


@pytest.mark.parametrize(
    ("command", "number", "code"),
    [
        (register, "310000027", "profile_eia_conflict"),
        (register, "310000019", "profile_name_conflict"),
        (register, "310000035", None),
        (deregister, "310000027", "profile_eia_conflict"),
    ],
)
def test_a_refusal_has_the_code_that_programs_know(
    norway: Sandbox, command: no.Command, number: str, code: str | None
) -> None:
    assert no.ask(norway, command, number).conflict == code


def test_a_request_knows_its_states() -> None:
    assert RegisterRequest.__table__.c.state.info["holds"](RequestState.QUEUED)
    assert not RegisterRequest.__table__.c.state.info["holds"]("LOST")
