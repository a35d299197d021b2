"""The bar of an exercise: what a trainee sees of it in each mode, and that nobody else pays for it or sees it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from simulator.app import Platform
from simulator.classroom.attempts import NEWS_FOR, done_by_trainer, with_note
from simulator.classroom.board import observer
from simulator.classroom.classes import Attempt, Class, Mode
from simulator.classroom.exercises import exercise
from simulator.classroom.roster import Entry
from simulator.classroom.solving import solve
from simulator.classroom.teaching import classroom
from simulator.core import request_log
from simulator.core.clock import machine_now
from simulator.core.texts import LANGUAGES
from simulator.web.sessions import seal, trainer_cookie
from tests.crawl import page_rules
from tests.visits import Visitor, forms_on, make_platform, store_of

EXERCISE, NEXT = "mail-never-arrived", "lost-phone"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, templates: Any) -> Platform:
    return make_platform(tmp_path_factory.mktemp("bar"), templates)


class Room:
    """A class with two trainees.

    Args:
        platform: where.
        mode: of the class.
        exercise_ids: of the class; two when left out.
    """

    def __init__(self, platform: Platform, mode: Mode, *exercise_ids: str) -> None:
        self.platform = platform
        ids = exercise_ids or (EXERCISE, NEXT)
        self.name = self.call("open", "Monday", exercise_ids=ids, mode=mode, entries=[Entry("Lisa"), Entry("Omar")]).name

    def call(self, method: str, *arguments: Any, **values: Any) -> Any:
        with self.platform.app_context():
            return getattr(classroom(), method)(*arguments, **values)

    @property
    def now(self) -> Class:
        with self.platform.app_context():
            return classroom().classes.get(self.name)

    def sandbox(self, trainee: str = "lisa", exercise_id: str = EXERCISE) -> str:
        return self.now.trainees[trainee].attempts[exercise_id].sandbox

    def visit(self, trainee: str = "lisa", exercise_id: str = EXERCISE) -> Visitor:
        return Visitor(self.platform.test_client(), f"/s/{self.sandbox(trainee, exercise_id)}")


@pytest.fixture
def rooms(platform: Platform) -> Iterator[Any]:
    made: list[Room] = []

    def make(mode: Mode = "practice", *exercise_ids: str) -> Room:
        made.append(Room(platform, mode, *exercise_ids))
        return made[-1]

    yield make
    for room in made:
        room.call("remove", room.name)


def bar_of(html: str) -> str:
    """Return the bar of a page; empty when there is none."""
    match = re.search(r'<section class="exercise-bar".*?</section>', html, re.DOTALL)
    return match[0] if match else ""


def press(visitor: Visitor, holding: str, **values: str) -> Any:
    """Press a button of the bar, on a page that is open to everybody."""
    form = next(form for form in forms_on(visitor.get("/mail/").text, visitor.path("/mail/")) if holding in form.action)
    sent = form.values.to_dict() | {button[0]: button[1] for button in form.buttons if button[0]} | values
    return visitor.client.post(form.action, data=sent)


def hints_of_lisa() -> list[str]:
    """Return the hints of the exercise, with the name of the person in it."""
    return [str(hint.in_language("en", "en")).replace("{user.first_name}", "Henrik") for hint in exercise(EXERCISE).hints]


def test_the_bar_shows_goals_and_task_and_no_hint_that_was_not_taken(rooms: Any) -> None:
    room = rooms()
    bar = bar_of(room.visit().get("/mail/").text)
    assert "The new user has an activation e-mail" in bar
    assert "Goals: 0 of 2" in bar
    assert "You are the administrator of Fjellbekk" in bar
    for hint in hints_of_lisa():
        assert hint not in bar
    assert "Omar" not in bar


def test_hints_come_one_by_one_and_end(rooms: Any) -> None:
    room = rooms()
    visitor = room.visit()
    hints = hints_of_lisa()
    for number in range(1, len(hints) + 1):
        assert press(visitor, "/hint").status_code == 302
        bar = bar_of(visitor.get("/mail/").text)
        assert [hint in bar for hint in hints] == [True] * number + [False] * (len(hints) - number)
    assert "/exercise/hint" not in bar
    assert hints[0] not in bar_of(room.visit("omar").get("/mail/").text)


def test_a_test_shows_what_the_customer_says_and_goals_and_no_help(rooms: Any) -> None:
    room = rooms("test")
    visitor = room.visit()
    bar = bar_of(visitor.get("/mail/").text)
    assert "The new user has an activation e-mail" in bar
    assert "The customer says" in bar
    assert "/exercise/hint" not in bar
    assert "You are the administrator" not in bar
    token = forms_on(visitor.get("/mail/").text, visitor.path("/mail/"))[0].values["csrf_token"]
    visitor.client.post(visitor.path("/exercise/hint"), data={"csrf_token": token})
    assert room.now.trainees["lisa"].attempts[EXERCISE].hints == 0


def test_who_is_stuck_says_so_and_no_longer(rooms: Any) -> None:
    room = rooms()
    visitor = room.visit()
    for is_stuck in (True, False):
        press(visitor, "/stuck")
        assert (room.now.trainees["lisa"].attempts[EXERCISE].stuck_at is not None) == is_stuck
        assert ("Your trainer sees it now" in bar_of(visitor.get("/mail/").text)) == is_stuck
    assert room.now.trainees["omar"].attempts[EXERCISE].stuck_at is None


def test_goals_tick_without_a_new_page_and_an_unchanged_bar_is_not_sent_again(rooms: Any) -> None:
    room = rooms()
    visitor = room.visit()
    first = visitor.get("/exercise/bar")
    same = visitor.client.get(visitor.path("/exercise/bar"), headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    solve(room.platform, room.sandbox(), exercise(EXERCISE), "en")
    fresh = visitor.client.get(visitor.path("/exercise/bar"), headers={"If-None-Match": first.headers["ETag"]})
    assert fresh.status_code == 200
    assert "Solved" in fresh.text
    assert "Solved" not in room.visit("omar").get("/exercise/bar").text
    with store_of(room.platform).open(room.sandbox()) as sandbox:
        assert not any("exercise/bar" in request["path"] for request in request_log.requests(sandbox.path))


def test_messages_pauses_and_the_end_are_shown_to_whom_they_are_for(rooms: Any) -> None:
    room = rooms()
    room.call("act", room.name, "message", "lisa", text="Look at <b>Mail</b>")
    room.call("act", room.name, "message", text="Ten minutes more")
    room.call("act", room.name, "pause")
    lisa, omar = (bar_of(room.visit(name).get("/mail/").text) for name in ("lisa", "omar"))
    assert "Look at &lt;b&gt;Mail&lt;/b&gt;" in lisa
    assert "Look at" not in omar
    assert all("Ten minutes more" in bar and "Paused" in bar for bar in (lisa, omar))
    room.call("act", room.name, "end")
    ended = bar_of(room.visit().get("/mail/").text)
    assert "The class has ended" in ended
    assert "Ten minutes more" not in ended
    assert "<form" not in ended


def test_in_a_pause_nothing_that_a_trainee_sends_is_carried_out(rooms: Any) -> None:
    room = rooms()
    visitor = room.visit()
    room.call("act", room.name, "pause")
    page = visitor.get("/mail/").text
    assert "nothing that you send is carried out" in bar_of(page) and "/exercise/hint" not in bar_of(page)
    before = visitor.get("/mail/")
    form = next(form for form in forms_on(before.text, visitor.path("/mail/")) if form.action.endswith("/exercise/stuck"))
    token = form.values["csrf_token"]
    held = visitor.client.post(visitor.path("/connect/signin"), data={"csrf_token": token, "Username": "x"})
    assert held.status_code == 409 and "The class is paused" in held.text
    assert visitor.client.post(visitor.path("/exercise/hint"), data={"csrf_token": token}).status_code == 409
    assert room.now.trainees["lisa"].attempts[EXERCISE].hints == 0
    press(visitor, "/exercise/stuck")
    assert room.now.trainees["lisa"].attempts[EXERCISE].stuck_at is not None, "the trainer is called all the same"
    room.call("act", room.name, "resume")
    press(visitor, "/exercise/hint")
    assert room.now.trainees["lisa"].attempts[EXERCISE].hints == 1


def test_what_the_trainer_visits_does_not_count_as_the_trainees(rooms: Any, platform: Platform) -> None:
    room = rooms()
    trainer, lisa = room.visit(), room.now.trainees["lisa"]
    assert trainer.client.get(f"/class/{room.name}/trainee/lisa").status_code == 200
    page = trainer.get("/mail/").text
    assert "You are here as the trainer" in bar_of(page) and "/exercise/hint" not in bar_of(page)
    assert room.now.trainees["lisa"].attempts[EXERCISE].is_waiting
    token = next(form for form in forms_on(page, trainer.path("/mail/")) if "csrf_token" in form.values).values["csrf_token"]
    room.call("act", room.name, "pause")
    for address in ("/exercise/hint", "/exercise/stuck"):
        sent = {"csrf_token": token, "stuck": "1"}
        assert trainer.client.post(trainer.path(address), data=sent).status_code == 302, "a pause is the trainees'"
    room.call("act", room.name, "resume")
    attempt = room.now.trainees["lisa"].attempts[EXERCISE]
    assert (attempt.hints, attempt.stuck_at) == (0, None)
    with platform.app_context():
        assert observer().row(room.now, lisa, "en", machine_now()).page == ""
    forged = Visitor(platform.test_client(), trainer.home)
    forged.client.set_cookie(
        trainer_cookie(attempt.sandbox), seal("guess", {"trainer_of": attempt.sandbox}), path=f"{trainer.home}/"
    )
    assert "You are here" not in forged.get("/mail/").text
    assert not room.now.trainees["lisa"].attempts[EXERCISE].is_waiting
    trainer.client.get(f"/join/{room.name}/{lisa.key}")
    assert "You are here" not in trainer.get("/mail/").text, "by the trainee's link it is the trainee's browser"
    with platform.app_context():
        assert observer().row(room.now, room.now.trainees["lisa"], "en", machine_now()).page == "/mail/"


def test_only_messages_since_the_exercise_at_hand_began_are_displayed(rooms: Any) -> None:
    room = rooms()
    visitor = room.visit()
    for number in range(1, 5):
        room.call("act", room.name, "message", text=f"About the first {number}")
    assert re.findall(r"About the first \d", bar_of(visitor.get("/mail/").text)) == [
        f"About the first {n}" for n in (2, 3, 4)
    ]
    room.call("act", room.name, "next", "lisa")
    room.call("act", room.name, "message", text="About the next")
    for exercise_id in (EXERCISE, NEXT):
        bar = bar_of(room.visit("lisa", exercise_id).get("/mail/").text)
        assert "About the next" in bar
        assert "About the first" not in bar
    assert "About the first" in bar_of(room.visit("omar").get("/mail/").text)


def test_beside_a_bar_that_is_put_away_stands_what_the_trainer_sent_since(rooms: Any) -> None:
    room = rooms()
    visitor = room.visit()
    room.call("act", room.name, "message", text="Before")
    room.call("act", room.name, "message", text="After")
    visitor.client.set_cookie("vnsim_bar", "closed.1", path=f"/s/{room.sandbox()}/")
    bar = bar_of(visitor.get("/mail/").text)
    beside = bar.partition("<details")[0]
    assert [("exercise-read" in line) for line in beside.splitlines() if "data-message" in line] == [True, False]
    assert bar.count("data-message") == 2
    assert "<details>" in bar
    room.call("act", room.name, "next", "lisa")
    assert "Go on to the exercise" in bar_of(visitor.get("/mail/").text).partition("<details")[0]
    for value in ("closed", "closed.x", "closed.-1", f"closed.{'9' * 400}"):
        visitor.client.set_cookie("vnsim_bar", value, path=f"/s/{room.sandbox()}/")
        assert "exercise-read" not in visitor.get("/mail/").text


def test_help_is_where_the_trainee_is_until_that_is_solved(rooms: Any) -> None:
    room = rooms()
    visitor = room.visit()
    visitor.get("/mail/")
    room.call("act", room.name, "next", "lisa")
    for help_ in ("/hint", "/stuck"):
        press(visitor, help_)
    first, second = (room.now.trainees["lisa"].attempts[id_] for id_ in (EXERCISE, NEXT))
    assert (first.hints, first.stuck_at is not None) == (1, True)
    assert (second.hints, second.stuck_at) == (0, None)
    room.visit("lisa", NEXT).get("/mail/")
    assert "<form" not in bar_of(visitor.get("/mail/").text), "in the next one by now"
    token = forms_on(room.visit("lisa", NEXT).get("/mail/").text, "")[0].values["csrf_token"]
    visitor.client.post(visitor.path("/exercise/hint"), data={"csrf_token": token})
    assert [room.now.trainees["lisa"].attempts[id_].hints for id_ in (EXERCISE, NEXT)] == [1, 0]
    room.visit("omar").get("/mail/")
    solve(room.platform, room.sandbox("omar"), exercise(EXERCISE, 2), "en")
    solved = bar_of(room.visit("omar").get("/mail/").text)
    assert "Wait for your trainer" in solved
    assert "<form" not in solved


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        ("hint", "Your trainer gave you a hint"),
        ("skip", "Your trainer lets you skip"),
        ("put-back", "Your trainer began this exercise again"),
    ],
)
def test_what_the_trainer_did_is_said_beside_a_bar_that_is_put_away_too(rooms: Any, action: str, sentence: str) -> None:
    room = rooms()
    visitor = room.visit()
    visitor.client.set_cookie("vnsim_bar", "closed.9", path=f"/s/{room.sandbox()}/")
    press(visitor, "/hint")
    assert "data-done" not in visitor.get("/mail/").text
    room.call("act", room.name, action, "lisa")
    assert sentence in bar_of(visitor.get("/mail/").text).partition("<details")[0]
    assert "data-done" not in room.visit("omar").get("/mail/").text


def test_what_the_trainer_did_is_news_for_some_minutes_and_a_solution_for_good() -> None:
    now = machine_now()
    attempt = with_note(with_note(Attempt("s", now.isoformat()), "solve"), "stuck")
    later = now + NEWS_FOR * 2
    assert [done_by_trainer(attempt, at) for at in (now, later)] == ["solve", "solve"]
    again = with_note(attempt, "put_back")
    assert [done_by_trainer(again, at) for at in (now, later)] == ["put_back", None]


def test_the_trainer_is_the_dealer_only_where_an_exercise_needs_one(rooms: Any) -> None:
    pages = [
        room.platform.test_client().get(f"/class/{room.name}/trainee/lisa").text
        for room in (rooms("practice", "acs-off"), rooms())
    ]
    assert ["/lobby/programs?name=" in page for page in pages] == [True, False]


def test_who_is_signed_out_is_led_to_the_sign_in_before_a_step(rooms: Any) -> None:
    room = rooms("guided")
    visitor = room.visit()
    for page in ("/", "/connect/"):
        bar = bar_of(visitor.get(page).text)
        assert "Sign in as administrator@fjellbekk.example with the password" in bar
        assert 'data-fact="open"' in bar
    with store_of(room.platform).open(room.sandbox()) as sandbox:
        signed_in = Visitor.of(room.platform, sandbox, "administrator@fjellbekk.example")
    assert "Sign in as" not in bar_of(signed_in.get("/mail/").text)
    later = rooms("guided", "lost-phone").visit(exercise_id="lost-phone")
    assert "Sign in as administrator@havblikk.example" in bar_of(later.get("/mail/").text)


def test_when_the_trainer_moved_on_the_bar_leads_to_the_next_exercise(rooms: Any) -> None:
    room = rooms()
    assert "exercise/next" not in room.visit().get("/mail/").text
    visitor = room.visit()
    room.call("act", room.name, "next", "lisa")
    assert "exercise/next" in bar_of(visitor.get("/mail/").text)
    assert f"/s/{room.sandbox('lisa', NEXT)}/?join=" in visitor.get("/exercise/next").location
    assert "exercise/next" not in bar_of(room.visit("omar").get("/mail/").text)


def test_a_sandbox_of_no_class_has_no_bar_and_no_addresses_of_one(platform: Platform, rooms: Any) -> None:
    room = rooms()
    answer = platform.test_client().post(
        "/_sim/sandboxes", json={"name": "alone", "scenario": "case-lost-phone", "tags": ["x"]}
    )
    assert answer.status_code == 201
    alone = Visitor(platform.test_client(), "/s/alone")
    assert bar_of(alone.get("/mail/").text) == ""
    assert "exercise-bar" not in alone.get("/mail/").text
    assert [alone.get(f"/exercise/{page}").status_code for page in ("bar", "next")] == [404, 404]
    tagged = {"name": "pretender", "scenario": "case-lost-phone", "tags": [f"class:{room.name}", "trainee:lisa"]}
    assert platform.test_client().post("/_sim/sandboxes", json=tagged).status_code == 201
    assert bar_of(platform.test_client().get("/s/pretender/mail/").text) == ""
    for name in ("alone", "pretender"):
        platform.test_client().delete(f"/_sim/sandboxes/{name}")


def test_a_step_of_guided_mode_is_passed_by_its_facts_or_by_what_is_seen(rooms: Any) -> None:
    room = rooms("guided")
    visitor = room.visit()
    first = bar_of(visitor.get("/mail/").text)
    assert "Step 1 of" in first
    assert 'data-actions="[' in first
    press(visitor, "/step")
    assert "Step 2 of" in bar_of(visitor.get("/mail/").text)
    assert "Step 2 of" in bar_of(room.visit().get("/mail/").text), "on another device too"
    press(visitor, "/step", step="1")
    assert "Step 2 of" in bar_of(visitor.get("/mail/").text), "a page that is behind leads nobody back"
    assert "Step 1 of" in bar_of(room.visit("omar").get("/mail/").text)
    store_of(room.platform).reset(room.sandbox())
    assert "Step 1 of" in bar_of(visitor.get("/mail/").text)
    for value in ("x", "1.2.3", "a.1.999999999", "%00", "..", f"{'9' * 900}.1.1"):
        visitor.client.set_cookie("vnsim_step", value, path=f"/s/{room.sandbox()}/")
        assert visitor.get("/mail/").status_code == 200
    for number in ("-1", "x", "999999999999"):
        assert press(visitor, "/step", step=number).status_code in (302, 400)
    assert visitor.get("/mail/").status_code == 200


def test_a_step_with_facts_has_no_button_until_they_hold(rooms: Any) -> None:
    room = rooms("guided", "mail-bounced")
    visitor = room.visit(exercise_id="mail-bounced")
    buttons = []
    for _ in range(2):
        bar = bar_of(visitor.get("/mail/").text)
        buttons.append("Done, next step" in bar)
        if buttons[-1]:
            press(visitor, "/step")
    assert buttons == [True, False]
    solve(room.platform, room.sandbox("lisa", "mail-bounced"), exercise("mail-bounced"), "en")
    assert "data-step" not in bar_of(visitor.get("/mail/").text)


def step_of(visitor: Visitor) -> str | None:
    match = re.search(r'data-step="(\d+)"', bar_of(visitor.get("/mail/").text))
    return match[1] if match else None


def test_a_form_passes_the_step_that_it_names_and_no_other(rooms: Any) -> None:
    visitor = rooms("guided").visit()
    form = next(form for form in forms_on(visitor.get("/mail/").text, visitor.path("/mail/")) if "/step" in form.action)
    for _ in range(3):
        visitor.client.post(form.action, data=form.values)
    assert step_of(visitor) == "2"
    visitor.client.post(form.action, data=form.values.to_dict() | {"step": "3"})
    assert step_of(visitor) == "2"


def test_done_can_be_undone(rooms: Any) -> None:
    visitor = rooms("guided").visit()
    press(visitor, "/step")
    page = visitor.get("/mail/").text
    assert "Previous step" in page
    token = forms_on(page, visitor.path("/mail/"))[0].values["csrf_token"]
    for _ in range(2):
        visitor.client.post(visitor.path("/exercise/step"), data={"csrf_token": token, "previous": "2"})
        page = bar_of(visitor.get("/mail/").text)
        assert 'data-step="1"' in page
    assert "Previous step" not in page
    assert "data-again" in page, "what is on the page passes it no more"
    assert visitor.client.post(visitor.path("/exercise/step"), data={"csrf_token": token}).status_code == 400
    press(visitor, "/step")
    page = bar_of(visitor.get("/mail/").text)
    assert 'data-step="2"' in page
    assert "data-again" not in page


def test_with_all_steps_over_and_a_goal_open_the_bar_goes_back_until_it_is_solved(rooms: Any) -> None:
    room = rooms("guided")
    visitor = room.visit()
    assert step_of(visitor) == "1"
    token = forms_on(visitor.get("/mail/").text, visitor.path("/mail/"))[0].values["csrf_token"]
    for number in (1, 2, 3):
        assert step_of(visitor) == str(number)
        visitor.client.post(visitor.path("/exercise/step"), data={"csrf_token": token, "step": str(number)})
    bar = bar_of(visitor.get("/mail/").text)
    assert "data-again" in bar
    assert "Done, next step" in bar
    solve(room.platform, room.sandbox(), exercise(EXERCISE), "en")
    assert step_of(visitor) is None


def test_what_happens_outside_happens_at_the_press_of_a_button(rooms: Any) -> None:
    room = rooms("guided", "locked-out")
    visitor = room.visit(exercise_id="locked-out")
    press(visitor, "/step")
    press(visitor, "/step")
    press(visitor, "/outside")
    with store_of(room.platform).open(room.sandbox("lisa", "locked-out")) as sandbox, sandbox.reading() as db:
        assert db.clock.now() - machine_now() > timedelta(minutes=9)
    bar = bar_of(visitor.get("/mail/").text)
    assert "Sign in as" in bar
    practice = rooms().visit()
    token = forms_on(practice.get("/mail/").text, practice.path("/mail/"))[0].values["csrf_token"]
    assert practice.client.post(practice.path("/exercise/outside"), data={"csrf_token": token}).status_code == 404


@pytest.mark.parametrize("mode", ["practice", "test"])
def test_only_guided_mode_tells_how(rooms: Any, mode: Mode) -> None:
    bar = bar_of(rooms(mode).visit().get("/mail/").text)
    assert "Step 1" not in bar
    assert "data-actions" not in bar
    assert "Sign in as" not in bar


@pytest.mark.parametrize(
    ("language", "word"), [("nl", "Doelen: 0 van 2"), ("nb", "Mål: 0 av 2"), ("sv", "Övning"), ("en", "Goals: 0 of 2")]
)
def test_the_bar_speaks_the_language_of_its_page(rooms: Any, language: str, word: str) -> None:
    room = rooms()
    visitor = room.visit()
    token = forms_on(visitor.get("/mail/").text, visitor.path("/mail/"))[0].values["csrf_token"]
    visitor.client.post(visitor.path("/connect/language"), data={"language": language, "csrf_token": token})
    assert word in bar_of(visitor.get("/mail/").text)


@pytest.mark.parametrize("mode", ["guided", "practice", "test"])
def test_a_page_with_a_bar_keeps_the_rules_of_the_house_in_every_language(rooms: Any, mode: Mode) -> None:
    room = rooms(mode)
    visitor = room.visit()
    room.call("act", room.name, "pause")
    data = ("Lisa", room.sandbox())
    for language in LANGUAGES:
        token = forms_on(visitor.get("/mail/").text, visitor.path("/mail/"))[0].values["csrf_token"]
        visitor.client.post(visitor.path("/connect/language"), data={"language": language, "csrf_token": token})
        assert page_rules.faults(visitor.get("/connect/").text, language, data) == []


def test_time_begins_when_the_trainee_comes(rooms: Any) -> None:
    room = rooms()
    assert room.now.trainees["lisa"].attempts[EXERCISE].is_waiting
    room.visit().get("/mail/")
    attempts = {name: trainee.attempts[EXERCISE] for name, trainee in room.now.trainees.items()}
    assert {name: attempt.is_waiting for name, attempt in attempts.items()} == {"lisa": False, "omar": True}
    assert attempts["lisa"].began_at > attempts["omar"].began_at
    room.call("act", room.name, "next")
    nexts = {name: trainee.attempts[NEXT].is_waiting for name, trainee in room.now.trainees.items()}
    assert nexts == {"lisa": True, "omar": True}, "also that of the next exercise"


def test_the_first_page_has_what_the_customer_says_and_as_whom_to_act_and_in_a_test_no_task(rooms: Any) -> None:
    task = exercise(EXERCISE).task.by_language["en"].split(".")[0]
    pages = {mode: rooms(mode).visit().get("/").text for mode in ("practice", "test")}
    assert all("administrator@fjellbekk.example" in page for page in pages.values())
    assert all("no e-mail has come" in page for page in pages.values())
    assert {mode: task in page for mode, page in pages.items()} == {"practice": True, "test": False}


def test_a_page_that_refuses_has_the_bar_and_one_that_is_not_there_has_none(rooms: Any) -> None:
    room = rooms("guided")
    with store_of(room.platform).open(room.sandbox()) as sandbox:
        visitor = Visitor.of(room.platform, sandbox, "support.person@visma-sim.example")
    answers = {path: visitor.get(path) for path in ("/settings/licenses", "/nowhere")}
    assert [answer.status_code for answer in answers.values()] == [403, 404]
    assert ["data-step" in bar_of(answer.text) for answer in answers.values()] == [True, False]


def test_the_task_of_a_manual_that_is_its_title_is_displayed_once(rooms: Any) -> None:
    title = exercise("manual.leave-elma").title.by_language["en"]
    bar = bar_of(rooms("practice", "manual.leave-elma").visit(exercise_id="manual.leave-elma").get("/mail/").text)
    assert bar.count(title) == 1
    assert "The case" not in bar
