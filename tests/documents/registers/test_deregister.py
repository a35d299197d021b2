"""Getting out of ELMA through AutoInvoice."""

import pytest

from simulator.core import jobs, notices
from simulator.core.errors import NotFound
from simulator.core.sandbox import Sandbox
from simulator.documents.model.models import State
from simulator.documents.registers import participants
from simulator.documents.registers.look_up import look_up
from simulator.documents.registers.participants import deregister, register
from tests.documents import norway as no


def test_a_company_that_leaves_stays_registered_until_the_removal_is_through(norway: Sandbox) -> None:
    assert no.ask(norway, deregister, no.REGISTERED).changed
    registration = no.registration(norway, no.REGISTERED)
    assert (registration.state, registration.stays_registered) == (State.PENDING_REMOVE, False)
    with norway.reading() as db:
        assert look_up(db, no.REGISTERED).entries
    jobs.run_due(norway)
    assert no.registration(norway, no.REGISTERED).state is None
    with norway.reading() as db:
        assert not look_up(db, no.REGISTERED).entries


def test_the_journal_and_the_bell_tell_of_a_removal(norway: Sandbox) -> None:
    no.ask_and_wait(norway, deregister, no.REGISTERED)
    assert no.journal(norway) == [
        ("elma.removal_requested", "administrator@fjordlys.example"),
        ("elma.removed", None),
    ]
    with norway.reading() as db:
        assert [notice.text for notice in notices.latest(db, no.acting(db).id)] == ["notice.elma.removed"]


def test_leaving_twice_changes_nothing_and_leaves_no_trace(norway: Sandbox) -> None:
    no.ask(norway, deregister, no.REGISTERED)
    assert not no.ask_and_wait(norway, deregister, no.REGISTERED).changed
    assert not no.ask_and_wait(norway, deregister, no.REGISTERED).changed
    assert [type_ for type_, _ in no.journal(norway)] == ["elma.removal_requested", "elma.removed"]


def test_a_company_that_is_not_registered_has_nothing_to_leave(norway: Sandbox) -> None:
    answer = no.ask(norway, deregister, no.UNREGISTERED)
    assert (answer.changed, answer.refusal) == (False, None)
    assert no.journal(norway) == []


def test_only_the_access_point_that_registered_a_company_can_remove_it(norway: Sandbox) -> None:
    answer = no.ask_and_wait(norway, deregister, no.ELSEWHERE)
    assert answer.refusal is not None
    assert answer.refusal.facts["access_point"] == no.OTHER_ACCESS_POINT
    assert no.registration(norway, no.ELSEWHERE).state is State.ACTIVE
    assert [type_ for type_, _ in no.journal(norway)] == ["elma.removal_requested", "elma.refused"]


def test_a_registration_that_is_not_through_is_taken_back_by_leaving(norway: Sandbox) -> None:
    no.ask(norway, register, no.UNREGISTERED)
    assert no.ask_and_wait(norway, deregister, no.UNREGISTERED).changed
    assert no.registration(norway, no.UNREGISTERED).state is None
    assert "elma.registered" not in [type_ for type_, _ in no.journal(norway)]


def test_a_company_that_left_can_come_back(norway: Sandbox) -> None:
    no.ask_and_wait(norway, deregister, no.REGISTERED)
    assert no.ask_and_wait(norway, register, no.REGISTERED).changed
    assert no.registration(norway, no.REGISTERED).state is State.ACTIVE


def test_another_access_point_removes_only_its_own(norway: Sandbox) -> None:
    with norway.transaction() as db, pytest.raises(NotFound):
        participants.remove_elsewhere(db, no.REGISTERED)
    with norway.transaction() as db, pytest.raises(NotFound):
        participants.remove_elsewhere(db, no.UNREGISTERED)
    assert no.registration(norway, no.REGISTERED).state is State.ACTIVE
