"""Each exercise can be done: not solved at birth, solved by its own solution, and its wrong turns are wrong turns."""

from pathlib import Path
from typing import Any

import pytest

from e2e.engine.exercise import Exercise, load, procedure_of
from e2e.engine.words import LANGUAGES
from simulator.app import Platform
from simulator.classroom import exercises, solving
from simulator.classroom.progress import Progress, progress
from tests.conftest import NOW
from tests.visits import make_platform, store_of

EXERCISES = load()
NUMBERS = (1, 2)

SOLVED = [
    pytest.param(exercise, number, id=f"{exercise.id}-{number}", marks=pytest.mark.sampled(6, of="solved exercises"))
    for exercise in EXERCISES.values()
    for number in NUMBERS[: 2 if exercise.varied else 1]
]
WRONG = [
    pytest.param(exercise, turn, id=f"{exercise.id}-{turn.id}")
    for exercise in EXERCISES.values()
    for turn in exercise.wrong_turns
    if turn.steps
]


@pytest.fixture(scope="module")
def platform(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Put a platform together, without any sandbox."""
    return make_platform(tmp_path_factory.mktemp("exercises"), templates)


def begin(platform: Platform, exercise: Exercise, number: int = 1, language: str = "en") -> str:
    """Make the sandbox of a trainee, and return its name."""
    name = f"exercise-{number}"
    body: dict[str, Any] = {
        "name": name,
        "scenario": exercise.scenario,
        "language": language,
        "mode": "frozen",
        "now": (exercise.now or NOW).isoformat(),
        "with": exercises.overlay(exercise, number, language),
    }
    store = store_of(platform)
    if name in [row["name"] for row in platform.test_client().get("/_sim/sandboxes").get_json()]:
        store.delete(name)
    answer = platform.test_client().post("/_sim/sandboxes", json=body)
    assert answer.status_code == 201, answer.text
    return name


def progress_of(platform: Platform, name: str, exercise: Exercise) -> Progress:
    """Return how far a sandbox is."""
    with platform.app_context(), store_of(platform).open(name) as sandbox, sandbox.reading() as db:
        return progress(db, exercise)


@pytest.mark.parametrize(("exercise", "number"), SOLVED)
def test_an_exercise_is_solved_by_its_solution_and_not_before(platform: Platform, exercise: Exercise, number: int) -> None:
    language = LANGUAGES[(list(EXERCISES).index(exercise.id) + number) % len(LANGUAGES)]
    name = begin(platform, exercise, number, language)
    before = progress_of(platform, name, exercise)
    assert [goal.id for goal in before.goals if goal.reached] == []
    assert list(before.wrong_turns) == []
    solving.solve(platform, name, exercise, language)
    after = progress_of(platform, name, exercise)
    assert {goal.id: list(goal.findings) for goal in after.goals if not goal.reached} == {}
    assert (after.is_solved, after.points, list(after.wrong_turns)) == (True, after.most, [])


@pytest.mark.parametrize(("exercise", "turn"), WRONG)
def test_a_wrong_turn_is_seen_and_solves_nothing(platform: Platform, exercise: Exercise, turn: Any) -> None:
    name = begin(platform, exercise)
    solving.carry_out(platform, name, procedure_of(exercise, turn.steps), "en")
    state = progress_of(platform, name, exercise)
    assert (list(state.wrong_turns), state.is_solved) == ([turn.id], False)
