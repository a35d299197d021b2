"""Getting into ELMA through AutoInvoice."""

import pytest
from sqlalchemy import select

from simulator.core import events, jobs, notices
from simulator.core.errors import RuleViolation
from simulator.core.jobs import Job
from simulator.core.sandbox import Sandbox
from simulator.documents.model.models import State
from simulator.documents.registers import access_points, participants
from simulator.documents.registers.look_up import look_up
from simulator.documents.registers.participants import deregister, register
from tests.documents import norway as no

UNVERIFIED = "310000086"


def test_a_company_that_asks_is_registered_once_the_request_is_through(norway: Sandbox) -> None:
    assert no.ask(norway, register, no.UNREGISTERED).changed
    assert no.registration(norway, no.UNREGISTERED).state is State.PENDING_ADD
    jobs.run_due(norway)
    registration = no.registration(norway, no.UNREGISTERED)
    assert (registration.state, registration.ours, registration.access_point) == (
        State.ACTIVE,
        True,
        "Visma.net AutoInvoice",
    )


def test_a_company_is_registered_for_invoices_and_credit_notes_under_its_own_name(norway: Sandbox) -> None:
    no.ask_and_wait(norway, register, no.UNREGISTERED)
    with norway.reading() as db:
        (entry,) = look_up(db, no.UNREGISTERED).entries
    assert [type_.code for type_ in entry.document_types] == ["invoice", "credit_note"]
    assert (entry.name, entry.icd) == ("Fjordlys Verksted AS", "0192")


def test_the_journal_tells_who_asked_and_that_it_is_through(norway: Sandbox) -> None:
    no.ask_and_wait(norway, register, no.UNREGISTERED)
    assert no.journal(norway) == [
        ("elma.registration_requested", "administrator@fjordlys.example"),
        ("elma.registered", None),
    ]


def test_who_asked_is_told_by_the_bell(norway: Sandbox) -> None:
    no.ask_and_wait(norway, register, no.UNREGISTERED)
    with norway.reading() as db:
        (notice,) = notices.latest(db, no.acting(db).id)
    assert notice.text == "notice.elma.registered"
    assert notice.data == {"company": "Fjordlys Verksted AS", "number": no.UNREGISTERED}
    assert notice.link == f"/elma/?q={no.UNREGISTERED}"


def test_asking_again_changes_nothing_and_leaves_no_trace(norway: Sandbox) -> None:
    no.ask(norway, register, no.UNREGISTERED)
    assert not no.ask(norway, register, no.UNREGISTERED).changed
    jobs.run_due(norway)
    assert not no.ask_and_wait(norway, register, no.UNREGISTERED).changed
    assert [type_ for type_, _ in no.journal(norway)] == ["elma.registration_requested", "elma.registered"]
    with norway.reading() as db:
        assert len(db.scalars(select(Job.id).where(Job.kind == "elma.propagate")).all()) == 1


def test_a_company_of_another_access_point_is_refused_and_told_which_one(norway: Sandbox) -> None:
    before = no.registration(norway, no.ELSEWHERE)
    answer = no.ask_and_wait(norway, register, no.ELSEWHERE)
    assert not answer.changed
    assert answer.refusal is not None
    assert answer.refusal.code == "documents.owned_by_other"
    assert answer.refusal.facts == {"company": "Fjordlys Eiendom AS", "access_point": no.OTHER_ACCESS_POINT}
    assert no.registration(norway, no.ELSEWHERE) == before


def test_the_journal_keeps_a_refusal_with_its_reason(norway: Sandbox) -> None:
    no.ask(norway, register, no.ELSEWHERE)
    with norway.reading() as db:
        refused = events.after(db, type_="elma.refused")[-1]
    assert [type_ for type_, _ in no.journal(norway)] == ["elma.registration_requested", "elma.refused"]
    assert refused.subject == no.ELSEWHERE
    assert refused.data["reason"] == "documents.owned_by_other"
    assert refused.data["access_point"] == no.OTHER_ACCESS_POINT


def test_once_the_other_access_point_has_removed_it_the_company_is_registered(norway: Sandbox) -> None:
    with norway.transaction() as db:
        participants.remove_elsewhere(db, no.ELSEWHERE)
    assert no.ask_and_wait(norway, register, no.ELSEWHERE).changed
    assert no.registration(norway, no.ELSEWHERE).ours


def test_a_company_that_receives_only_credit_notes_elsewhere_is_refused_too(norway: Sandbox) -> None:
    with norway.transaction() as db:
        no.add_company(db, "stationer", "NO", "315005507")
    answer = no.ask(norway, register, "315005507")
    assert answer.refusal is not None
    assert answer.refusal.code == "documents.owned_by_other"


def test_a_company_outside_norway_is_refused(norway: Sandbox) -> None:
    with norway.transaction() as db:
        no.add_company(db, "dutch", "NL", "99999901")
    answer = no.ask_and_wait(norway, register, "99999901")
    assert answer.refusal is not None
    assert answer.refusal.code == "documents.not_norwegian"
    assert not no.registration(norway, "99999901").norwegian


def test_a_foreign_company_with_the_same_digits_does_not_stand_in_elma(norway: Sandbox) -> None:
    with norway.transaction() as db:
        foreign = no.add_company(db, "digits", "NL", "312002205")
        assert participants.registration_state(db, foreign).state is None


def test_a_company_with_a_wrong_number_is_refused(norway: Sandbox) -> None:
    with norway.transaction() as db:
        no.add_company(db, "wrong", "NO", "310000018")
    answer = no.ask_and_wait(norway, register, "310000018")
    assert answer.refusal is not None
    assert answer.refusal.code == "documents.bad_number"
    assert no.registration(norway, "310000018").state is None


def test_a_removal_that_is_not_through_is_taken_back_by_registering(norway: Sandbox) -> None:
    since = no.registration(norway, no.REGISTERED).registered_at
    no.ask(norway, deregister, no.REGISTERED)
    assert no.ask_and_wait(norway, register, no.REGISTERED).changed
    registration = no.registration(norway, no.REGISTERED)
    assert (registration.state, registration.registered_at) == (State.ACTIVE, since)
    assert "elma.removed" not in [type_ for type_, _ in no.journal(norway)]


def test_a_sandbox_with_a_slow_queue_keeps_a_request_pending_until_its_time_has_come(norway: Sandbox) -> None:
    with norway.transaction() as db:
        db.record.jobs_delay = 60
    no.ask_and_wait(norway, register, no.UNREGISTERED)
    no.pass_time(norway, 59)
    assert no.registration(norway, no.UNREGISTERED).state is State.PENDING_ADD
    no.pass_time(norway, 1)
    assert no.registration(norway, no.UNREGISTERED).state is State.ACTIVE


def test_a_company_that_is_not_verified_is_registered_by_nobody_through_autoinvoice(norway: Sandbox) -> None:
    answer = no.ask_and_wait(norway, register, UNVERIFIED)
    assert answer.refusal is not None
    assert answer.refusal.code == "documents.not_verified"
    assert [type_ for type_, _ in no.journal(norway)] == ["elma.registration_requested", "elma.refused"]
    with norway.transaction() as db, pytest.raises(RuleViolation, match="not_verified"):
        participants.add(db, access_points.ours(db), UNVERIFIED, "Fjordlys Nybygg AS")
    assert no.registration(norway, UNVERIFIED).state is None


def test_a_company_that_is_not_verified_can_be_registered_elsewhere(norway: Sandbox) -> None:
    with norway.transaction() as db:
        participants.add(db, access_points.by_key(db, "nordavind"), UNVERIFIED, "Fjordlys Nybygg AS")
    jobs.run_due(norway)
    assert no.registration(norway, UNVERIFIED).access_point == no.OTHER_ACCESS_POINT
