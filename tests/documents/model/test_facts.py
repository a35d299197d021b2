"""What can be asked about the ELMA register."""

from typing import Any

import pytest

import simulator.documents.model.facts  # noqa: F401 - makes the fact known
from simulator.core import facts
from simulator.core.errors import BadInput
from simulator.core.sandbox import Sandbox
from simulator.documents.registers.participants import deregister
from tests.documents import norway as no


def ask(sandbox: Sandbox, what: Any) -> facts.Finding:
    """Ask one fact about a participant."""
    with sandbox.reading() as db:
        return facts.check(db, [{"participant": what}])[0]


def test_a_participant_is_registered_or_not(norway: Sandbox) -> None:
    assert ask(norway, {"number": no.REGISTERED, "registered": True}).holds
    assert not ask(norway, {"number": no.REGISTERED, "registered": False}).holds
    assert ask(norway, {"number": no.UNREGISTERED, "registered": False}).holds


def test_a_participant_that_left_is_not_registered_any_more(norway: Sandbox) -> None:
    no.ask(norway, deregister, no.REGISTERED)
    assert not ask(norway, {"number": no.REGISTERED, "registered": False}).holds
    no.pass_time(norway, 0)
    assert ask(norway, {"number": no.REGISTERED, "registered": False}).holds


def test_the_access_point_can_be_asked_for(norway: Sandbox) -> None:
    query = {"number": no.ELSEWHERE, "registered": True, "access_point": no.OTHER_ACCESS_POINT}
    assert ask(norway, query).holds
    assert not ask(norway, {**query, "access_point": "Visma.net AutoInvoice"}).holds


def test_found_are_the_registrations_there_are(norway: Sandbox) -> None:
    finding = ask(norway, {"number": no.ELSEWHERE, "registered": False})
    assert finding.actual == [{"number": no.ELSEWHERE, "name": "Fjordlys Eiendom AS", "access_point": no.OTHER_ACCESS_POINT}]
    assert ask(norway, {"number": no.UNREGISTERED, "registered": True}).actual == []


def test_a_number_may_be_written_as_a_number(norway: Sandbox) -> None:
    assert ask(norway, {"number": int(no.REGISTERED), "registered": True}).holds


@pytest.mark.parametrize(
    ("what", "where"),
    [
        (None, "facts.0.participant"),
        ({"registered": True}, "facts.0.participant.number"),
        ({"number": "310000018", "registered": True}, "facts.0.participant.number"),
        ({"number": "Fjordlys", "registered": True}, "facts.0.participant.number"),
        ({"number": True, "registered": True}, "facts.0.participant.number"),
        ({"number": no.REGISTERED, "registered": "yes"}, "facts.0.participant.registered"),
        ({"number": no.REGISTERED, "registered": True, "colour": "red"}, "facts.0.participant.colour"),
    ],
)
def test_what_is_not_understood_is_told_with_its_path(norway: Sandbox, what: Any, where: str) -> None:
    with pytest.raises(BadInput) as error:
        ask(norway, what)
    assert [path for path, _ in error.value.problems] == [where]
