"""How far a trainee is in guided mode: what the facts of the sandbox and the hand in the browser say together."""

from typing import Any

import pytest

from simulator.classroom.classes import StepState
from simulator.classroom.guiding import following, step_of_open_goal

HOLDS, OPEN, PAGE = True, False, None
"""What is known of the facts of a step; None for one that only the page shows."""


def begun(*answers: bool | None) -> StepState:
    return following(None, "a", answers, 0, 1)


def test_a_step_is_over_when_its_facts_hold_and_its_last_action_is_done() -> None:
    state = begun(OPEN, OPEN)
    assert following(state, "a", (OPEN, OPEN), 2, 2).passed == 0
    assert following(state, "a", (HOLDS, OPEN), 1, 2).passed == 0
    assert following(state, "a", (HOLDS, OPEN), 2, 2).passed == 1


@pytest.mark.parametrize(
    ("answers", "passed"), [((HOLDS, PAGE, OPEN), 1), ((OPEN, PAGE, HOLDS), 3), ((HOLDS, PAGE, HOLDS), 3)]
)
def test_who_does_it_otherwise_or_without_a_script_is_where_the_facts_are(answers: Any, passed: int) -> None:
    assert following(begun(OPEN, PAGE, OPEN), "a", answers, 0, 3).passed == passed


def test_facts_that_held_before_say_nothing() -> None:
    state = begun(HOLDS, OPEN, HOLDS)
    assert state.passed == 0
    assert following(state, "a", (HOLDS, OPEN, HOLDS), 1, 1) == state
    later = following(state, "a", (HOLDS, HOLDS, HOLDS), 0, 1)
    assert later.passed == 2
    assert following(later, "a", (HOLDS, HOLDS, HOLDS), 1, 1) == later


def test_facts_that_no_longer_hold_lead_nobody_back() -> None:
    state = following(begun(OPEN, OPEN), "a", (HOLDS, OPEN), 0, 1)
    assert following(state, "a", (OPEN, OPEN), 0, 1).passed == 1


def test_one_action_that_makes_the_next_step_true_does_not_pass_that_one() -> None:
    state = following(begun(OPEN, OPEN, PAGE), "a", (HOLDS, HOLDS, PAGE), 3, 3)
    assert (state.passed, state.before) == (1, (0, 1))


def test_a_sandbox_that_was_put_back_is_where_its_facts_are() -> None:
    state = StepState("a", passed=4, at_first=(1,), before=(0, 1, 2))
    assert following(state, "b", (HOLDS, HOLDS, OPEN, PAGE), 0, 1) == StepState("b", 1, (1,), (0, 1))
    assert following(state, "c", (OPEN, HOLDS, OPEN, PAGE), 0, 1).passed == 0


@pytest.mark.parametrize(
    ("answers", "belongs", "at"),
    [
        ((OPEN, HOLDS, PAGE, OPEN, OPEN), (False, False, False, False, True), 3),
        ((OPEN, HOLDS, PAGE), (False, False, True), 0),
        ((HOLDS, PAGE, HOLDS), (False, True, False), 1),
        ((PAGE, HOLDS), (False, False), 0),
    ],
)
def test_the_step_to_go_back_to_is_the_first_that_is_missing(answers: Any, belongs: Any, at: int) -> None:
    assert step_of_open_goal(answers, belongs) == at


def test_a_step_that_is_displayed_again_is_so_until_it_is_over() -> None:
    state = StepState("a", passed=0, at_first=(), before=(), again="trainee")
    assert following(state, "a", (OPEN, PAGE), 0, 1) == state
    assert following(state, "a", (HOLDS, PAGE), 0, 1).again is None
    assert following(state, "a", (HOLDS, PAGE), 1, 1).again is None
