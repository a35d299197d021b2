"""The public look-up in ELMA."""

from datetime import date

import pytest

from simulator.core.errors import AlreadyExists, RuleViolation
from simulator.core.sandbox import Sandbox
from simulator.documents.registers import access_points, participants
from simulator.documents.registers.document_types import CREDIT_NOTE, INVOICE
from simulator.documents.registers.look_up import MOST, LookUpResult, look_up
from tests.documents import norway as no


def search(sandbox: Sandbox, text: str) -> LookUpResult:
    """Look something up."""
    with sandbox.reading() as db:
        return look_up(db, text)


def numbers(sandbox: Sandbox, text: str) -> list[str]:
    """Return the numbers that a look-up gives."""
    return [entry.number for entry in search(sandbox, text).entries]


@pytest.mark.parametrize(
    "text",
    [
        "310000019",
        " 310 000 019 ",
        "310.000.019",
        "310\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}019",
        "NO310000019MVA",
        "no 310 000 019 mva",
        "0192:310000019",
        "iso6523-actorid-upis::0192:310000019",
    ],
)
def test_a_number_is_found_however_it_is_typed(norway: Sandbox, text: str) -> None:
    assert numbers(norway, text) == [no.REGISTERED]
    assert search(norway, text).text == no.REGISTERED


@pytest.mark.parametrize("text", ["fjordlys drift", "FJORDLYS  DRIFT AS", "Drift", "  lys d "])
def test_a_name_is_found_by_any_part_in_any_case(norway: Sandbox, text: str) -> None:
    assert numbers(norway, text) == [no.REGISTERED]


def test_names_are_found_by_norwegian_letters_in_any_case(norway: Sandbox) -> None:
    with norway.transaction() as db:
        participants.enter(db, "310000043", "Ærlig Øl og Ånd AS", access_points.ours(db))
    assert numbers(norway, "æRLIG øL OG åND") == ["310000043"]


@pytest.mark.parametrize("text", ["%", "_", "Fjordlys_Drift", "\\", "' OR 1=1 --"])
def test_signs_of_a_query_language_are_letters_like_others(norway: Sandbox, text: str) -> None:
    assert numbers(norway, text) == []


@pytest.mark.parametrize("text", ["310000018", "31000001", "3100000190", "000000000", "1"])
def test_a_number_that_cannot_be_one_is_told_apart(norway: Sandbox, text: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        search(norway, text)
    assert refusal.value.code == "documents.bad_number"
    assert refusal.value.facts == {"number": text}


def test_who_is_not_registered_is_not_found(norway: Sandbox) -> None:
    answer = search(norway, "310 000 035")
    assert (answer.entries, answer.text, answer.by_number) == ((), no.UNREGISTERED, True)
    assert search(norway, "Nobody").entries == ()


def test_an_answer_names_access_point_day_and_document_types(norway: Sandbox) -> None:
    (entry,) = search(norway, "315005507").entries
    assert entry.access_point == no.OTHER_ACCESS_POINT
    assert entry.registered_on == date(2021, 3, 1)
    assert entry.document_types == (CREDIT_NOTE,)


def test_a_request_that_is_under_way_makes_no_difference(norway: Sandbox) -> None:
    before = search(norway, no.REGISTERED)
    no.ask(norway, participants.deregister, no.REGISTERED)
    assert search(norway, no.REGISTERED) == before
    no.ask(norway, participants.register, no.UNREGISTERED)
    assert numbers(norway, no.UNREGISTERED) == [no.UNREGISTERED]


def test_participants_stand_by_name_and_the_same_name_by_number(norway: Sandbox) -> None:
    with norway.transaction() as db:
        for number in ("310000086", "310000043", "310000078"):
            participants.enter(db, number, "Fjordlys Drift AS", access_points.ours(db))
    assert numbers(norway, "fjordlys") == [no.REGISTERED, "310000043", "310000078", "310000086", no.ELSEWHERE]


def test_a_participant_of_two_access_points_has_a_line_for_each(norway: Sandbox) -> None:
    with norway.transaction() as db:
        participants.enter(db, "315005507", "Viken", access_points.ours(db), document_types=[INVOICE])
    lines = [(entry.access_point, entry.document_types) for entry in search(norway, "315005507").entries]
    assert lines == [(no.OTHER_ACCESS_POINT, (CREDIT_NOTE,)), ("Visma.net AutoInvoice", (INVOICE,))]


def test_a_type_of_document_has_one_access_point(norway: Sandbox) -> None:
    with norway.transaction() as db, pytest.raises(AlreadyExists):
        participants.enter(db, "315005507", "Viken", access_points.ours(db), document_types=[CREDIT_NOTE])


def test_a_long_list_is_cut_and_says_so(norway: Sandbox) -> None:
    with norway.transaction() as db:
        number = 310_000_100
        for _ in range(MOST + 1):
            number = next_right_number(number)
            participants.enter(db, str(number), "Tallrik AS", access_points.ours(db))
    answer = search(norway, "tallrik")
    assert (len(answer.entries), answer.more) == (MOST, True)
    assert not search(norway, "fjordlys").more


def next_right_number(number: int) -> int:
    """Return the next organisation number with a right check digit."""
    from simulator.documents.registers.organisation_numbers import is_right

    return next(candidate for candidate in range(number + 1, number + 100) if is_right(str(candidate)))
