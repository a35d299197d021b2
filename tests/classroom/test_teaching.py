"""Teaching a class, as pages, the control API and the trainee's bar do it together."""

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.app import Platform, create_app
from simulator.classroom.attempts import current_attempt, seconds_left, time_left, whole_minutes
from simulator.classroom.board import Observer, observer
from simulator.classroom.classes import Attempt, Class, Trainee
from simulator.classroom.exercises import exercise
from simulator.classroom.roster import BadRoster, Entry
from simulator.classroom.solving import solve
from simulator.classroom.teaching import Classroom, classroom
from simulator.core.clock import machine_now
from simulator.core.errors import AlreadyExists, BadInput, NotFound, RuleViolation
from simulator.core.events import record
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from simulator.settings import Settings
from tests.visits import Visitor

MAIL, LOCKED = "mail-never-arrived", "locked-out"
ENTRIES = [Entry("Zoë"), Entry("Jan", "jan@x.example", "nl"), Entry("Jan", "jan@y.example")]


@pytest.fixture
def room(app: Platform) -> Classroom:
    """Return its classes."""
    return classroom()


@pytest.fixture
def looker(room: Classroom) -> Observer:
    """Return what looks into their sandboxes."""
    return observer()


@pytest.fixture
def monday(room: Classroom) -> Class:
    """Return a class of three with two exercises."""
    return room.open("Monday, 9 o'clock", exercise_ids=[MAIL, LOCKED], entries=ENTRIES)


def trainee_of(room: Classroom, id_: str) -> tuple[Class, Trainee]:
    """Return the class of ``monday`` as it is now, and one of its trainees."""
    class_ = room.classes.get("monday9oclock")
    return class_, class_.trainees[id_]


def test_everybody_begins_the_first_exercise_in_a_sandbox_of_their_own(room: Classroom, monday: Class) -> None:
    assert monday.name == "monday9oclock"
    assert list(monday.trainees) == ["zoe", "jan", "jan-2"]
    assert [row.language for row in monday.trainees.values()] == ["en", "nl", "en"]
    assert len({row.key for row in monday.trainees.values()}) == 3
    assert room.store.names() == [f"{monday.name}-{id_}-1" for id_ in ("jan", "jan-2", "zoe")]
    with room.store.open(f"{monday.name}-jan-1") as sandbox:
        member = room.of_sandbox(sandbox)
        assert sandbox.read_record().language == "nl"
    assert member is not None
    assert (member.trainee.id, member.exercise, member.attempt.hints) == ("jan", MAIL, 0)


def test_nothing_is_made_when_something_is_not_right(room: Classroom) -> None:
    with pytest.raises(BadInput, match=r"title: .*; exercises: there is no exercise 'none'"):
        room.open(" ", exercise_ids=["none"])
    with pytest.raises(BadRoster, match="doubled ann"):
        room.open("Monday", exercise_ids=[MAIL], entries=[Entry("Ann"), Entry("ann")])
    room.open("Monday", exercise_ids=[MAIL], name="monday")
    with pytest.raises(AlreadyExists):
        room.open("Monday", exercise_ids=[MAIL], name="monday", entries=[Entry("Ann")])
    assert room.store.names() == []
    assert room.open("Monday", exercise_ids=[MAIL]).name == "monday2"


def test_a_sandbox_of_somebody_else_is_never_replaced(room: Classroom, sandbox: Sandbox) -> None:
    room.store.create("monday-bo-1", Creation(scenario="accountant-nl"))
    before = room.store.file_of("monday-bo-1")
    with pytest.raises(AlreadyExists, match="monday-bo-1"):
        room.open("Monday", exercise_ids=[MAIL], entries=[Entry("Ann"), Entry("Bo")])
    assert (room.store.names(), room.store.file_of("monday-bo-1")) == (["default", "monday-bo-1"], before)


def test_newcomers_join_with_the_code_and_the_same_name_is_the_same_place(room: Classroom, monday: Class) -> None:
    room.act(monday.name, "next")
    code = f" {monday.join_code[:3].lower()}-{monday.join_code[3:]} "
    assert room.by_code(code) == room.classes.get(monday.name)
    assert room.join(monday.name, code, " zoë ").id == "zoe"
    fresh = room.join(monday.name, code, "王小明", "nb")
    assert (fresh.id, fresh.language, fresh.at) == ("trainee-4", "nb", 1)
    assert room.join(monday.name, code, "王小明").key == fresh.key
    for wrong in ("", "ABCDEF", "é"):
        assert room.by_code(wrong) is None
        with pytest.raises(NotFound):
            room.join(monday.name, wrong, "Mallory")
    with pytest.raises(BadRoster):
        room.join(monday.name, code, "x" * 300)


def test_next_put_back_and_skip_leave_the_other_exercises_as_they_are(room: Classroom, monday: Class) -> None:
    room.act(monday.name, "next", "zoe")
    class_, zoe = trainee_of(room, "zoe")
    assert class_.exercises[zoe.at] == LOCKED and "zoe-2" in room.current_address(class_, zoe)
    first, second = (room.store.file_of(f"{monday.name}-zoe-{number}") for number in (1, 2))
    room.act(monday.name, "put-back", "zoe")
    assert room.store.file_of(f"{monday.name}-zoe-1") == first
    assert room.store.file_of(f"{monday.name}-zoe-2") != second
    room.act(monday.name, "go-to", "zoe", exercise=MAIL)
    room.act(monday.name, "skip", "zoe")
    class_, zoe = trainee_of(room, "zoe")
    assert (zoe.attempts[MAIL].skipped, zoe.attempts[LOCKED].skipped, zoe.at) == (True, False, 1)
    assert trainee_of(room, "jan")[1].at == 0


def test_a_solution_shows_on_the_board_with_its_time_and_undo_returns_to_the_goal(
    room: Classroom, looker: Observer, monday: Class
) -> None:
    assert [row.trainee.id for row in looker.rows(monday, "en")] == ["zoe", "jan", "jan-2"]
    room.act(monday.name, "solve", "zoe")
    rows = looker.rows(room.classes.get(monday.name), "en")
    assert [row.trainee.id for row in rows] == ["jan", "jan-2", "zoe"]
    assert rows[-1].seen.is_solved and rows[-1].solved == 1 and all(reached for _, reached in rows[-1].goals)
    class_, zoe = trainee_of(room, "zoe")
    attempt = current_attempt(class_, zoe)
    assert attempt.solved_by_trainer and attempt.solved_at is not None and attempt.worked is not None
    before = room.store.file_of(attempt.sandbox)
    with pytest.raises(RuleViolation, match="nothing_to_undo"):
        room.act(monday.name, "undo", "zoe")
    with room.store.open(attempt.sandbox) as sandbox, sandbox.transaction() as db:
        record(db, "user.signed_out")
    room.act(monday.name, "undo", "zoe")
    assert room.store.file_of(attempt.sandbox) != before
    assert looker.observe(class_, zoe, MAIL).is_solved, "the newest snapshot is of the last goal"
    room.act(monday.name, "put-back", "zoe")
    class_, zoe = trainee_of(room, "zoe")
    assert not looker.observe(class_, zoe, MAIL).is_solved
    assert current_attempt(class_, zoe).worked is None


def test_who_is_stuck_comes_first_and_hints_are_counted_to_the_last(
    room: Classroom, looker: Observer, monday: Class
) -> None:
    for _ in exercise(MAIL).hints:
        room.take_hint(monday.name, "jan-2")
    with pytest.raises(RuleViolation, match="no_more_hints"):
        room.take_hint(monday.name, "jan-2")
    room.say_stuck(monday.name, "jan-2", stuck=True)
    row = looker.rows(room.classes.get(monday.name), "nb")[0]
    assert (row.trainee.id, row.needs_help) == ("jan-2", True)
    assert row.attempt.hints == len(exercise(MAIL).hints)
    assert room.say_stuck(monday.name, "jan-2", stuck=False).stuck_at is None


def test_everybody_goes_to_the_exercise_after_that_of_most_and_nobody_goes_back(room: Classroom, monday: Class) -> None:
    def places() -> list[int]:
        return [trainee.at for trainee in room.classes.get(monday.name).trainees.values()]

    room.act(monday.name, "next", "zoe")
    assert places() == [1, 0, 0]
    room.act(monday.name, "next")
    assert places() == [1, 1, 1]
    for trainee in (None, "zoe"):
        with pytest.raises(RuleViolation, match="last_exercise"):
            room.act(monday.name, "next", trainee)
    room.open("Empty", exercise_ids=[MAIL])
    with pytest.raises(RuleViolation, match="nobody"):
        room.act("empty", "hint")


def test_an_order_for_what_another_trainer_has_moved_on_from_is_refused(room: Classroom, monday: Class) -> None:
    room.act(monday.name, "next", exercise=LOCKED)
    with pytest.raises(RuleViolation, match="moved_on"):
        room.act(monday.name, "next", "zoe", exercise=MAIL)
    for action in ("solve", "skip", "put-back", "undo"):
        with pytest.raises(RuleViolation, match="moved_on"):
            room.act(monday.name, action, "zoe", exercise=MAIL)
    room.act(monday.name, "go-to", exercise=MAIL)
    room.act(monday.name, "hint", "zoe", exercise=MAIL)
    assert [row.at for row in room.classes.get(monday.name).trainees.values()] == [0, 0, 0]


def test_a_pause_stops_the_time_and_minutes_can_be_added(room: Classroom, monday: Class) -> None:
    room.act(monday.name, "pause")
    room.act(monday.name, "add-minutes")
    class_, zoe = trainee_of(room, "zoe")
    attempt = current_attempt(class_, zoe)
    first = seconds_left(class_, attempt, 10, machine_now())
    assert first == seconds_left(class_, attempt, 10, machine_now()) and first is not None
    assert 14 * 60 < first <= 15 * 60
    room.act(monday.name, "resume")
    assert room.classes.get(monday.name).paused_at is None


def test_a_solution_needs_no_waiting_and_the_world_outside_takes_its_time_again_after_it(
    room: Classroom, looker: Observer
) -> None:
    class_ = room.open("Elma", exercise_ids=["join-elma"], entries=[Entry("Ann")])
    room.act("elma", "solve", "ann")
    (row,) = looker.rows(room.classes.get(class_.name), "en")
    assert row.seen.is_solved and not row.attempt.is_being_solved
    with room.store.open("elma-ann-1") as sandbox:
        assert (sandbox.read_record().jobs_mode, sandbox.read_record().delays) == ("auto", "real")


def left(room: Classroom, id_: str) -> float | None:
    """Return how many minutes are left to a trainee, as seconds of work pass."""
    class_, trainee = trainee_of(room, id_)
    seconds = time_left(class_, trainee)
    return None if seconds is None else round(seconds / 60, 1)


def test_the_time_left_is_set_for_all_or_one_and_added_to_one(room: Classroom, monday: Class, looker: Observer) -> None:
    begun = left(room, "zoe")
    room.act(monday.name, "add-minutes", "zoe", minutes=7)
    assert begun is not None
    assert (left(room, "zoe"), left(room, "jan")) == (begun + 7, begun)
    room.act(monday.name, "set-minutes", minutes=10)
    room.act(monday.name, "set-minutes", "jan", minutes=0)
    room.act(monday.name, "add-minutes", minutes=1)
    assert [left(room, id_) for id_ in monday.trainees] == [11, 1, 11]
    room.act(monday.name, "next", "zoe")
    assert left(room, "zoe") == (exercise(LOCKED).minutes or 0) + 1, "of the next exercise nothing was set"
    room.act(monday.name, "put-back", "jan")
    assert left(room, "jan") == begun + 1
    with pytest.raises(BadInput):
        room.act(monday.name, "set-minutes", "jan")
    rows = {row.trainee.id: row.minutes_left for row in looker.rows(room.classes.get(monday.name), "nb")}
    assert rows["jan-2"] == 11


def test_an_exercise_without_a_time_limit_gets_one_and_minutes_that_began_count(room: Classroom) -> None:
    attempt = Attempt("x", machine_now().isoformat(), is_waiting=True)
    class_ = room.open("Open", exercise_ids=[MAIL], entries=[Entry("Ann")])
    assert seconds_left(class_, attempt, None, machine_now()) is None
    assert seconds_left(class_, replace(attempt, more_seconds=300.0), None, machine_now()) == 300
    assert [whole_minutes(seconds) for seconds in (None, 61.0, 60.0, 1.0, 0.0, -1.0)] == [None, 2, 1, 1, 0, -1]


def test_a_test_has_no_hints_and_an_ended_class_no_deeds(room: Classroom) -> None:
    room.open("Exam", exercise_ids=[MAIL], mode="test", entries=[Entry("Ann")])
    with pytest.raises(RuleViolation, match="no_hints"):
        room.take_hint("exam", "ann")
    room.act("exam", "end")
    with pytest.raises(RuleViolation, match="ended"):
        room.act("exam", "next")
    with pytest.raises(RuleViolation, match="ended"):
        room.add("exam", [Entry("Bo")])
    room.remove("exam")
    assert (room.classes.names(), room.store.names()) == ([], [])


def test_what_is_done_after_the_end_counts_for_nothing(
    room: Classroom, looker: Observer, monday: Class, app: Platform
) -> None:
    room.act(monday.name, "solve", "zoe")
    class_ = room.act(monday.name, "end")
    before = [row.seen for row in looker.rows(class_, "en", "name")]
    jan = class_.trainees["jan"]
    solve(app, current_attempt(class_, jan).sandbox, exercise(MAIL, jan.number), "nl")
    room.store.reset(f"{monday.name}-zoe-1")
    assert [row.seen for row in looker.rows(room.classes.get(monday.name), "en", "name")] == before
    assert [seen.is_solved for seen in before] == [False, False, True]
    assert len(before[0].goals) == len(before[2].goals) and before[0].most == before[2].points
    assert room.classes.get(monday.name) == class_


def test_a_sandbox_that_was_deleted_is_made_anew_and_stops_nobody(room: Classroom, looker: Observer, monday: Class) -> None:
    room.act(monday.name, "solve", "jan")
    jan = current_attempt(*trainee_of(room, "jan")).sandbox
    looker.rows(room.classes.get(monday.name), "en")
    damaged = Path(room.store.file_of(f"{monday.name}-jan-2-1"))
    room.store.delete(jan)
    class_, trainee = trainee_of(room, "jan")
    lost = looker.observe(class_, trainee, MAIL)
    assert (lost.is_solved, lost.points, bool(lost.refusal)) == (True, lost.most, True), "what was reached is known still"
    for action in ("solve", "undo"):
        with pytest.raises(RuleViolation, match="sandbox_lost"):
            room.act(monday.name, action, "jan")
    assert jan in room.current_address(class_, trainee)
    class_, trainee = trainee_of(room, "jan")
    assert not any(looker.observe(class_, trainee, MAIL).goals)
    room.store.delete(jan)
    damaged.write_bytes(b"no database" * 1000)
    others = room.store.file_of(f"{monday.name}-zoe-1")
    room.act(monday.name, "put-back")
    seen = [row.seen.refusal for row in looker.rows(room.classes.get(monday.name), "en")]
    assert seen == ["", "", ""] and room.store.file_of(f"{monday.name}-zoe-1") != others


def test_after_a_kill_everybody_goes_on(room: Classroom, monday: Class, store: Store) -> None:
    room.act(monday.name, "message", text="Hello")
    room.take_hint(monday.name, "zoe")
    (store.directory / "classes" / "monday9oclock.12345").write_text("half a file of a killed server")
    (store.directory / "classes" / "damaged.json").write_text("{")
    again = create_app(Settings(data_dir=store.directory), store)
    with again.app_context():
        fresh = classroom()
        assert fresh is not room
        assert [class_.name for class_ in fresh.readable()] == [monday.name]
        class_ = fresh.classes.get(monday.name)
        zoe = class_.trainees["zoe"]
        assert (current_attempt(class_, zoe).hints, class_.messages[0].text) == (1, "Hello")
        assert [note for _, note in current_attempt(class_, zoe).notes] == ["hint"]
        assert class_ == room.classes.get(monday.name)
        assert fresh.current_address(class_, zoe) == room.current_address(monday, monday.trainees["zoe"])
        assert len(observer().rows(class_, "sv")) == 3


def test_the_board_looks_again_only_when_a_sandbox_was_written(
    room: Classroom, looker: Observer, monday: Class, tmp_path: Path
) -> None:
    zoe = monday.trainees["zoe"]
    first = looker.observe(monday, zoe, MAIL)
    room.store.delete(current_attempt(monday, zoe).sandbox)
    gone = looker.observe(monday, zoe, MAIL)
    assert first.refusal == "" and "There is no sandbox" in gone.refusal
    assert [row.trainee.id for row in looker.rows(monday, "en", "name")] == ["jan", "jan-2", "zoe"]


def test_each_trainee_has_reads_and_solves_an_exercise_of_their_own(
    app: Platform, room: Classroom, looker: Observer
) -> None:
    class_ = room.open("Own", exercise_ids=["sent-twice"], entries=[Entry("Ann"), Entry("Bo")])
    ann, bo = (Visitor(app.test_client(), f"/s/own-{id_}-1").get("/exercise/bar").text for id_ in ("ann", "bo"))
    assert ("5021" in ann, "5034" in ann) == (True, False)
    assert ("5021" in bo, "5034" in bo) == (False, True)
    room.act(class_.name, "solve", "bo")
    solved = {row.trainee.id: row.seen.is_solved for row in looker.rows(room.classes.get(class_.name), "en")}
    assert solved == {"ann": False, "bo": True}
