"""Each exercise can be done: not solved at birth, solved by its own solution, and its wrong turns are wrong turns."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from e2e.engine.exercise import (
    FOLDER,
    Exercise,
    check,
    load,
    load_good,
    manual_exercises,
    procedure_of,
    read_exercise,
    solution_of,
)
from e2e.engine.words import LANGUAGES, Words, variables_in
from seed.catalogue import list_scenarios
from simulator.app import Platform
from simulator.classroom import exercises, solving
from simulator.classroom.findings import in_words
from simulator.classroom.guiding import Surroundings
from simulator.classroom.progress import Progress, progress, ticks
from simulator.classroom.sign_ins import sign_ins
from simulator.classroom.steps import step_at
from simulator.commands.exercises import exercise as exercise_commands
from simulator.commands.manuals import names_for_manuals
from simulator.core import facts as vocabulary
from simulator.core.errors import NotFound
from simulator.core.events import Event
from tests.conftest import NOW
from tests.visits import make_platform, store_of

EXERCISES = load()
NUMBERS = (1, 2)

SOLVED = [
    pytest.param(
        exercises.exercise(exercise.id, number),
        number,
        id=f"{exercise.id}-{number}",
        marks=pytest.mark.sampled(6, of="solved exercises"),
    )
    for exercise in EXERCISES.values()
    for number in NUMBERS[: min(2, exercise.choices)]
]
WRONG = [
    pytest.param(exercise, turn, id=f"{exercise.id}-{turn.id}", marks=pytest.mark.sampled(12, of="wrong turns"))
    for exercise in EXERCISES.values()
    for turn in exercise.wrong_turns
]


OWN_TASKS = [
    pytest.param(id_, id=id_, marks=pytest.mark.sampled(6, of="exercises with a task of each trainee's own"))
    for id_ in EXERCISES
    if exercises.exercise(id_, 1).solution != exercises.exercise(id_, 2).solution
]

MANUALS = [
    pytest.param(id_, id=id_, marks=pytest.mark.sampled(2, of="manuals that are exercises")) for id_ in manual_exercises()
]


@pytest.fixture(scope="module")
def platform(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Put a platform together, without any sandbox."""
    return make_platform(tmp_path_factory.mktemp("exercises"), templates)


@pytest.fixture(scope="module")
def names() -> Any:
    """Return what the platform has that an exercise may name."""
    return names_for_manuals()


def begin(platform: Platform, exercise: Exercise, number: int = 1, language: str = "en", *, plain: bool = False) -> str:
    """Make the sandbox of a trainee, or a plain one of the scenario, and return its name."""
    name = f"exercise-{number}"
    body: dict[str, Any] = {
        "name": name,
        "scenario": exercise.scenario,
        "language": language,
        "mode": "frozen",
        "now": (exercise.now or NOW).isoformat(),
        "with": {} if plain else exercises.overlay(exercise, number),
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
    # A case is also opened without its exercise, and then has the texts and goals of the first trainee.
    name = begin(platform, exercise, number, language, plain=number == 1 and exercise.scenario == f"case-{exercise.id}")
    before = progress_of(platform, name, exercise)
    assert [goal.id for goal in before.goals if goal.reached] == []
    assert list(before.wrong_turns) == []
    with platform.app_context(), store_of(platform).open(name) as sandbox, sandbox.reading() as db:
        listed = {row.email for row in sign_ins(db, exercise)}
    solving.solve(platform, name, exercise, language)
    with store_of(platform).open(name) as sandbox, sandbox.reading() as db:
        assert (
            set(db.scalars(select(Event.actor).where(Event.type == "user.signed_in", Event.at >= db.record.born_at)))
            <= listed
        )
    after = progress_of(platform, name, exercise)
    assert {goal.id: list(goal.findings) for goal in after.goals if not goal.reached} == {}
    assert (after.is_solved, after.points, list(after.wrong_turns)) == (True, after.most, [])


@pytest.mark.parametrize("id_", OWN_TASKS)
def test_what_the_neighbour_did_solves_nothing(platform: Platform, id_: str) -> None:
    neighbour, own = exercises.exercise(id_, 1), exercises.exercise(id_, 2)
    name = begin(platform, own, 2)
    with suppress(solving.CannotSolve):
        solving.solve(platform, name, neighbour, "en")
    assert not progress_of(platform, name, own).is_solved


@pytest.mark.parametrize(("exercise", "turn"), WRONG)
def test_a_wrong_turn_is_seen_and_solves_nothing(platform: Platform, exercise: Exercise, turn: Any) -> None:
    name = begin(platform, exercise)
    solving.carry_out(platform, name, procedure_of(exercise, turn.steps), "en", before=turn.before)
    state = progress_of(platform, name, exercise)
    assert (list(state.wrong_turns), state.is_solved) == ([turn.id], False)


@pytest.mark.parametrize(
    ("fails", "expects", "reason"),
    [
        (True, None, "the server answered .*/autoinvoice/sent with error 503"),
        (False, 503, "the server did not answer with error 503, but with 200"),
    ],
)
def test_a_page_fails_exactly_where_a_step_says_so(
    platform: Platform, fails: bool, expects: int | None, reason: str
) -> None:
    exercise = EXERCISES["not-for-me"]
    name = begin(platform, exercise, plain=not fails)
    step = exercise.solution.steps[0].model_copy(update={"error": expects})
    with pytest.raises(solving.CannotSolve, match=reason):
        solving.carry_out(platform, name, procedure_of(exercise, [step]), "en")


@pytest.mark.parametrize("id_", MANUALS)
def test_a_manual_is_an_exercise_as_it_stands(platform: Platform, id_: str) -> None:
    exercise = exercises.exercise(id_)
    name = begin(platform, exercise, language=exercise.language)
    assert not progress_of(platform, name, exercise).is_solved
    solving.solve(platform, name, exercise, exercise.language)
    after = progress_of(platform, name, exercise)
    assert {goal.id: list(goal.findings) for goal in after.goals if not goal.reached} == {}


@pytest.mark.parametrize("id_", manual_exercises())
def test_a_manual_is_not_done_before_its_last_third(id_: str) -> None:
    exercise = exercises.exercise(id_)
    last = int(exercise.goals[-1].id.removeprefix("step-"))
    assert last > len(solution_of(exercise).steps) * 2 / 3


def test_each_variant_of_a_manual_is_an_exercise_of_its_own_and_reading_alone_is_none() -> None:
    ids = manual_exercises()
    assert {"manual.join-elma", "manual.join-elma.with-help"} <= set(ids)
    assert not any(id_.startswith("manual.own-consumption") for id_ in ids)
    first, second = exercises.exercise("manual.join-elma"), exercises.exercise("manual.join-elma.with-help")
    assert [goal.facts for goal in second.goals] == [[{"event": "autoinvoice.help_requested"}]]
    assert (first.solution.variant, second.solution.variant) == ("alone", "with-help")
    assert first.title.in_language("en", "nb") == "Join ELMA (You set AutoInvoice up yourself)"
    with pytest.raises(NotFound):
        exercises.exercise("manual.join-elma.alone")


def texts_of(exercise: Exercise) -> dict[str, Words]:
    """Return every text of an exercise, by its place."""
    texts = {"title": exercise.title, "task": exercise.task} | ({"says": exercise.says} if exercise.says else {})
    texts |= {f"hint {at}": hint for at, hint in enumerate(exercise.hints, start=1)}
    texts |= {goal.id: goal.title for goal in exercise.goals} | {turn.id: turn.title for turn in exercise.wrong_turns}
    steps = [*exercise.solution.steps, *(step for turn in exercise.wrong_turns for step in turn.steps)]
    return texts | {f"step {at}": step.tell for at, step in enumerate(steps, start=1)}


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_an_exercise_stands_among_those_of_its_subject(exercise: Exercise) -> None:
    assert [subject for subject, ids in exercises.by_subject().items() if exercise.id in ids] == [exercise.subject]


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_an_exercise_has_hints_and_a_wrong_turn_and_says_everything_in_each_language(exercise: Exercise) -> None:
    assert {where for where, words in texts_of(exercise).items() if set(words.by_language) != set(LANGUAGES)} == set()
    assert len(exercise.hints) >= 2
    assert all(turn.steps for turn in exercise.wrong_turns)
    assert exercise.wrong_turns
    assert exercise.minutes


@pytest.mark.parametrize("id_", list(EXERCISES))
def test_titles_are_the_same_for_everybody(id_: str) -> None:
    """Boards and results put trainees side by side."""
    both = exercises.exercise(id_, 1), exercises.exercise(id_, 2)
    titles = [part.title for exercise in both for part in (exercise, *exercise.goals, *exercise.wrong_turns)]
    assert titles[: len(titles) // 2] == titles[len(titles) // 2 :]
    assert not any(variables_in(text) for title in titles for text in title.by_language.values())


@pytest.mark.parametrize("id_", exercises.manual_exercises())
def test_goals_of_manuals_have_no_signs_around_labels(id_: str) -> None:
    assert not any("**" in text for goal in exercises.exercise(id_).goals for text in goal.title.by_language.values())


def test_there_is_an_exercise_for_each_state_of_a_case() -> None:
    cases = {entry["name"] for entry in list_scenarios() if entry["name"].startswith("case-")}
    assert {exercise.scenario for exercise in EXERCISES.values() if exercise.scenario == f"case-{exercise.id}"} == cases
    assert len(EXERCISES) >= 20


@pytest.mark.parametrize("id_", list(EXERCISES))
def test_neighbours_differ_and_the_same_number_has_the_same(id_: str) -> None:
    first, second, again = (exercises.exercise(id_, number) for number in (1, 2, 1))
    own, of_neighbour = exercises.overlay(first, 1), exercises.overlay(second, 2)
    assert first == again
    assert (own, first.solution) != (of_neighbour, second.solution)


VARIED = """
id: varied
title: One of two
scenario: company-no
task: Send {invoice} to {recipient.first_name}, and {{leave}} the rest to {person.email}.
goals: [{id: sent, title: Sent, facts: [{mailed: {to: "{recipient}", subject: "{invoice}"}}]}]
varied:
  - {variable: invoice, values: ["5001", "5002", "5003"]}
  - {variable: net, values: [10, 20]}
  - {variable: recipient, values: [user, no_two_step]}
with: {companies: [{key: registered, name: "{invoice}", street: "{net}"}]}
person: administrator
solution: {manual: leave-elma}
"""


def test_variables_have_the_trainee_s_values_wherever_they_stand(tmp_path: Path) -> None:
    file = tmp_path / "varied.yaml"
    file.write_text(VARIED, encoding="utf-8")
    second, fourth = read_exercise(file, 2), read_exercise(file, 4)
    assert second.task.source("en") == "Send 5002 to {no_two_step.first_name}, and {{leave}} the rest to {person.email}."
    assert second.goals[0].facts == [{"mailed": {"to": "no_two_step", "subject": "5002"}}]
    assert exercises.overlay(second, 2) == {"companies": [{"key": "registered", "name": "5002", "street": 20}]}
    assert exercises.overlay(fourth, 4) == {"companies": [{"key": "registered", "name": "5001", "street": 20}]}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("variable: net, ", "variable: code, ", "varied[2].variable: expected lower-case letters"),
        ("variable: net, ", "variable: user, ", "varied[2].variable: expected a name that no person of the cast has"),
        (
            "variable: net, values: [10, 20]",
            "variable: net",
            "varied[2].values: expected values beside a variable, and only there",
        ),
        (
            "variable: net, values: [10, 20]",
            "first_name: [Ann]",
            "varied[2].variable: expected either a person or a variable",
        ),
        ("[user, no_two_step]", "[nobody, user]", "task: expected an address, or a person of the scenario's cast"),
        ("{invoice} to", "{bill} to", "task: expected {person.email}"),
    ],
)
def test_a_variable_that_cannot_be_is_refused_with_its_line(
    tmp_path: Path, names: Any, old: str, new: str, problem: str
) -> None:
    file = tmp_path / "varied.yaml"
    file.write_text(VARIED.replace(old, new), encoding="utf-8")
    assert f" {problem}" in check([str(file)], platform=names)[0]


FAULTY = """
id: faulty
title: Something fails
scenario: company-no
now: 2022-03-01T09:00+01:00
person: administrator
task: Send it.
goals: [{id: sent, title: Sent, facts: [{mailed: user}]}]
with:
  documents:
    - {company: registered, direction: sent, number: "1", party: {name: A}, created: -1 day, channel: email, net: 10}
faults:
  - {operation: email.deliver, outcome: bounce, person: user, company: registered}
solution: {manual: leave-elma}
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("outcome: bounce", "outcome: melted", "12: faults[1].outcome: expected one of bounce, silent, found 'melted'"),
        ("email.deliver", "email.delivr", "12: faults[1].operation: expected one of api.request, "),
        ("operation: email.deliver", "route: POST /nowhere", "12: faults[1].route: expected "),
        ("outcome: bounce, ", "", ""),
        ("outcome: bounce", "nth: 0", "12: faults[1].nth: expected 1 or more, found '0'"),
        ("outcome: bounce", "times: twice", "12: faults[1].times: expected a whole number, found 'twice'"),
        ("outcome: bounce", "outcom: bounce", "12: faults[1].outcom: expected one of operation, route, outcome, "),
        (
            "outcome: bounce",
            "route: POST /admin/users/add",
            "12: faults[1].operation: expected either an operation or a route",
        ),
        ("outcome: bounce", "until: 2022-02-01T09:00+01:00", "12: faults[1].until: is past"),
        (
            "person: user",
            "person: nobody",
            "12: faults[1].person: expected an address or a person of the scenario, found 'nobody'",
        ),
        ("channel: email", "channel: pigeon", "10: with.documents[1].channel: expected "),
        ("{company: registered, d", "{company: nowhere, d", "10: with.documents[1].company: expected "),
    ],
)
def test_what_fails_and_what_is_laid_over_is_compared_with_the_platform(
    tmp_path: Path, names: Any, old: str, new: str, problem: str
) -> None:
    file = tmp_path / "faulty.yaml"
    file.write_text(FAULTY.replace(old, new).lstrip(), encoding="utf-8")
    problems = check([str(file)], platform=names)
    assert [line[: len(f"{file}:{problem}")] for line in problems] == ([f"{file}:{problem}"] if problem else [])


def test_all_keys_that_are_wrong_or_missing_are_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "hasty.yaml"
    text = FAULTY.replace("task:", "tasks:").replace("goals:", "goal:").replace("{operation:", "{probabilty: 2, operation:")
    file.write_text(text.lstrip(), encoding="utf-8")
    lines = [line.partition(", found")[0].removeprefix(f"{file}:") for line in check([str(file)])]
    assert [line.partition(", subject")[0] for line in lines] == [
        "6: tasks: expected one of id, title",
        "7: goal: expected one of id, title",
        "1: task: expected the key task",
        "1: goals: expected the key goals",
    ]
    file.write_text(text.replace("tasks:", "task:").replace("goal:", "goals:").lstrip(), encoding="utf-8")
    assert "12: faults[1].probabilty: expected one of operation, route, " in check([str(file)])[0]
    file.write_text(FAULTY.replace("outcome: bounce", "probability: 2, nth: 0").lstrip(), encoding="utf-8")
    assert [line.partition(" faults[1].")[2] for line in check([str(file)])] == [
        "nth: expected 1 or more, found '0'",
        "probability: expected 1.0 or less, found '2'",
    ]


def test_what_is_broken_in_a_folder_is_left_out_and_harms_no_other_exercise(tmp_path: Path) -> None:
    (tmp_path / "faulty.yaml").write_text(FAULTY, encoding="utf-8")
    (tmp_path / "again.yaml").write_text(FAULTY, encoding="utf-8")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "gone.yaml").symlink_to("nowhere")
    (tmp_path / "latin.yaml").write_bytes(FAULTY.replace("Something", "Noe på").encode("latin-1"))
    (tmp_path / "large.yaml").write_text(FAULTY + "#" * 1_000_000, encoding="utf-8")
    (tmp_path / "bomb.yaml").write_text("id: &a [*a]\n", encoding="utf-8")
    (tmp_path / "tab.yaml").write_text(FAULTY.replace("task:", "\ttask:"), encoding="utf-8")
    (tmp_path / "windows.yaml").write_bytes(
        b"\xef\xbb\xbf" + FAULTY.replace("faulty", "windows").replace("\n", "\r\n").encode()
    )
    exercises_, problems = load_good(tmp_path)
    assert list(exercises_) == ["faulty", "windows"]
    assert [Path(line.partition(": ")[0]).name.partition(":")[0] for line in problems] == [
        "again.yaml",
        "bomb.yaml",
        "folder.yaml",
        "gone.yaml",
        "large.yaml",
        "latin.yaml",
        "tab.yaml",
    ]


def test_a_hidden_fault_is_in_the_trainee_s_sandbox(platform: Platform) -> None:
    name = begin(platform, EXERCISES["came-back-once"])
    (fault,) = platform.test_client().get(f"/_sim/sandboxes/{name}/faults").get_json()
    assert (fault["operation"], fault["outcome"], fault["hidden"]) == ("email.deliver", "bounce", True)


def test_steps_are_in_the_trainee_s_language_and_tick_when_their_facts_hold(platform: Platform) -> None:
    exercise = exercises.exercise("lost-phone")
    name = begin(platform, exercise, 2)
    with platform.app_context(), store_of(platform).open(name) as sandbox, sandbox.reading() as db:
        first, second = (step_at(exercise, at, "en", Surroundings.of(db, exercise, "en")) for at in (0, 1))
        assert {tick for tick in ticks(db, exercise)} == {None, False}
    assert first.tell == "Open **Admin** and choose **Users and roles**."
    assert [(action.word, action.spot and (action.spot.label, action.spot.within)) for action in first.actions] == [
        ("click", ("Admin", None)),
        ("click", ("Users and roles", "Main menu")),
    ]
    assert [action.spot and action.spot.label for action in second.actions] == ["Ingrid Solheim"]
    assert [(spot.kind, spot.label) for spot in second.seen] == [("heading", "Ingrid Solheim")]
    solving.solve(platform, name, exercise, "en")
    with platform.app_context(), store_of(platform).open(name) as sandbox, sandbox.reading() as db:
        assert {tick for tick in ticks(db, exercise)} == {None, True}


def test_what_cannot_be_carried_out_says_at_which_step(platform: Platform) -> None:
    exercise = exercises.exercise("licence-missing")
    name = begin(platform, exercise)
    solving.solve(platform, name, exercise, "en")
    with pytest.raises(solving.CannotSolve, match="Step 1 cannot be carried out"):
        solving.solve(platform, name, exercise, "en")


def test_an_exercise_that_names_what_is_not_there_is_refused_with_its_line(tmp_path: Path) -> None:
    source = (FOLDER / "lost-phone.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "broken.yaml"
    text = source.replace("person: support\n", "person: nobody\n").replace("emergency_code.used", "emergency_code.eaten")
    broken.write_text(text.replace("{signed_in: user}", "{sings: user}"), encoding="utf-8")
    result = CliRunner().invoke(exercise_commands, ["check", str(broken)])
    assert result.exit_code == 1
    lines = [line.removeprefix(f"{broken}:") for line in result.output.splitlines()]
    assert [line.partition(" expected")[0].partition(" ")[2] for line in lines] == [
        "person:",
        "goals[2].facts[1]:",
        "goals[3].facts[2]:",
    ]
    assert all(line.partition(":")[0].isdigit() for line in lines)
    broken.write_text(source.replace("title:", "titel:", 1), encoding="utf-8")
    misspelled = CliRunner().invoke(exercise_commands, ["check", str(broken)]).output
    assert "broken.yaml:3: titel: expected one of id, title, subject" in misspelled


def test_exercises_and_manuals_are_listed_apart() -> None:
    own = CliRunner().invoke(exercise_commands, ["list"]).output.splitlines()
    assert [line.split("\t")[0] for line in own] == list(EXERCISES)
    manuals = CliRunner().invoke(exercise_commands, ["list", "--manuals"]).output.splitlines()
    assert [line.split("\t")[0] for line in manuals] == manual_exercises()


def test_the_trainers_page_has_every_exercise() -> None:
    page = (Path(__file__).parents[2] / "docs" / "for-trainers.md").read_text(encoding="utf-8")
    rows = [
        f"| `{row.id}` | {row.title.in_language('en', row.language)} | {row.minutes} | `{row.scenario}` |"
        for row in EXERCISES.values()
    ]
    assert "\n".join(rows) in page


def test_the_trainer_reads_in_words_what_is_there_instead_of_a_goal(platform: Platform) -> None:
    exercise = exercises.exercise("mail-never-arrived")
    name = begin(platform, exercise)
    state = progress_of(platform, name, exercise)
    mailed, role = state.goals
    facts: list[Any] = [
        {"has_role": {"person": "user", "role": "Customer administrator"}},
        {"mailed": {"to": "henrik.aasne@fjellbekk.example", "name": "reset"}},
        {"event": "user.activated"},
        {"signed_in": "user"},
        {"person_status": {"person": "user", "status": "active"}},
        {"participant": {"number": "310000035", "registered": True}},
    ]
    with platform.app_context(), store_of(platform).open(name) as sandbox, sandbox.reading() as db:
        assert mailed.missing(db, "en") == ["No e-mail to henrik.aasen@fjellbekk.example."]
        assert role.missing(db, "nb") == ["Finnes ikke."]
        findings = vocabulary.check(db, facts)
        sentences, in_swedish = ([in_words(db, finding, language) for finding in findings] for language in ("en", "sv"))
    assert sentences[0] == "Roles: Autoinvoice user (Fjellbekk Sport AS)"
    assert sentences[1].startswith("Newest e-mail to henrik.aasne@fjellbekk.example: ")
    assert sentences[2:] == ["Has not happened yet.", "Is not signed in.", "Not activated", "Is not registered."]
    assert in_swedish[4] == "Inte aktiverad"
