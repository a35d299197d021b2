"""What only a browser shows of the bar: goals that tick by themselves, the spot of a step, the keyboard, and axe."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from simulator.app import Platform
from simulator.classroom.exercises import exercise
from simulator.classroom.roster import Entry
from simulator.classroom.solving import solve
from simulator.classroom.teaching import classroom
from simulator.core.store import Store
from simulator.settings import Settings
from simulator.web.sessions import cookie_name, cookie_path
from tests.crawl.looking import looking
from tests.visits import make_platform, session_cookie, store_of
from tests.wire.conftest import serving

pytestmark = pytest.mark.browser

EXERCISE = "mail-never-arrived"
ADMINISTRATOR = "administrator@fjellbekk.example"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Platform:
    platform = make_platform(tmp_path_factory.mktemp("bar"), templates)
    with platform.app_context():
        for mode in ("guided", "practice"):
            classroom().open(mode, exercise_ids=[EXERCISE], mode=mode, entries=[Entry("Lisa"), Entry("Omar")])
    return platform


@pytest.fixture(scope="module")
def home(platform: Platform) -> Iterator[str]:
    settings: Settings = platform.extensions["settings"]
    with serving(platform, settings) as served:
        yield f"http://localhost:{served.port}"


def cookie(store: Store, name: str, email: str) -> tuple[str, str, str]:
    """Return the cookie of somebody who is signed in."""
    with store.open(name) as sandbox:
        return cookie_name(name), session_cookie(sandbox, email, "en"), cookie_path(name)


def test_a_goal_ticks_by_itself_and_the_bar_is_put_away_by_the_keyboard(
    platform: Platform, home: str, browser: Browser
) -> None:
    name = "practice-lisa-1"
    with looking(browser, home, "practice", cookie(store_of(platform), name, ADMINISTRATOR)) as looker:
        for path in ("mail/", "home/", "admin/users"):
            looker.open(f"/s/{name}/{path}")
            looker.look(path)
        bar = looker.page.locator(".exercise-bar")
        expect(bar.locator(".reached")).to_have_count(0)
        solve(platform, name, exercise(EXERCISE), "en")
        expect(bar.locator(".reached")).to_have_count(len(exercise(EXERCISE).goals))
        expect(bar.locator("[data-say]")).to_contain_text("Goal reached")
        with platform.app_context():
            classroom().act("practice", "message", text="Before")
        expect(bar.get_by_text("Before")).to_be_visible()
        bar.locator("summary").first.press("Enter")
        expect(bar.locator(".exercise-goals")).to_be_hidden()
        expect(bar.get_by_text("Before")).to_be_hidden()
        with platform.app_context():
            classroom().act("practice", "message", text="After")
        expect(bar.get_by_text("After")).to_be_visible()
        looker.open(f"/s/{name}/mail/")
        expect(bar.locator(".exercise-goals")).to_be_hidden()
        expect(bar.get_by_text("Before")).to_be_hidden()
        expect(bar.get_by_text("After")).to_be_visible()
        assert looker.page.locator(".exercise-bar").bounding_box()["y"] < looker.page.locator("main").bounding_box()["y"]  # type: ignore[index]


def test_the_spot_of_a_step_is_marked_and_the_step_is_passed_when_its_page_is_there(
    platform: Platform, home: str, browser: Browser
) -> None:
    name = "guided-lisa-1"
    with looking(browser, home, "guided", cookie(store_of(platform), name, ADMINISTRATOR)) as looker:
        page = looker.page
        looker.open(f"/s/{name}/home/")
        step, spot = page.locator("[data-step]"), page.locator(".exercise-spot")
        expect(step).to_contain_text("Step 1 of")
        expect(spot).to_have_text("Admin")
        expect(page.locator(".driver-hint")).to_be_visible()
        looker.look("a step")
        # Nothing that is marked is covered: it can be pressed, and the keyboard still goes everywhere.
        spot.click()
        expect(spot).to_have_text("Users and roles")
        spot.click()
        expect(step).to_contain_text("Step 2 of")
        expect(spot).to_have_text("Add user")


def test_on_a_page_that_the_trainer_looks_at_nothing_acts(platform: Platform, home: str, browser: Browser) -> None:
    name = "practice-omar-1"
    with looking(browser, home, "look", cookie(store_of(platform), name, ADMINISTRATOR)) as looker:
        page = looker.page
        looker.open(f"/s/{name}/admin/users")
        looker.open("/class/practice/trainee/omar")
        looker.look("a trainee")
        requested: list[str] = []
        page.on("request", lambda request: requested.append(request.url))
        page.get_by_role("link", name="Look at the page").click()
        frame = page.frame_locator("iframe.class-look")
        expect(frame.get_by_role("link", name="Add user")).to_be_visible()
        looker.look("a look")
        frame.get_by_role("link", name="Add user").click()
        frame.get_by_role("button", name="I am stuck").click()
        expect(frame.get_by_role("heading", name="Users and roles")).to_be_visible()
        assert not [address for address in requested if "/s/" in address]
        assert len(page.context.pages) == 1
    with platform.app_context():
        assert classroom().classes.get("practice").trainees["omar"].attempts[EXERCISE].stuck_at is None


def test_board_and_bar_say_since_when_they_are_cut_off_and_recover(platform: Platform, home: str, browser: Browser) -> None:
    name = "practice-omar-1"
    with looking(browser, home, "cut off", cookie(store_of(platform), name, ADMINISTRATOR)) as looker:
        page = looker.page
        page.clock.install()
        for path in ("/class/practice", "/class/practice/beamer", f"/s/{name}/mail/"):
            looker.open(path)
            sentence = page.locator("[data-cut-off]")
            page.clock.run_for(2000)
            expect(sentence).to_be_hidden()
            page.context.set_offline(True)
            page.clock.run_for(8000)
            expect(sentence).to_contain_text(re.compile(r"No connection to the server since \d"))
            page.context.set_offline(False)
            page.clock.run_for(2000)
            expect(sentence).to_be_hidden()


def test_the_boards_buttons_follow_another_trainer_and_what_is_being_written_stays(
    platform: Platform, home: str, browser: Browser
) -> None:
    with platform.app_context():
        classroom().open("Two trainers", name="two", exercise_ids=[EXERCISE], entries=[Entry("Lisa")])
    with looking(browser, home, "two trainers") as looker:
        page = looker.page
        looker.open("/class/two")
        page.get_by_label("Message to everybody").fill("Well d")
        for action, button in (("pause", "Go on"), ("resume", "Pause")):
            with platform.app_context():
                classroom().act("two", action)
            expect(page.get_by_role("button", name=button)).to_be_visible()
        expect(page.get_by_label("Message to everybody")).to_have_value("Well d")
        with platform.app_context():
            classroom().act("two", "end")
        expect(page.locator("[data-rows] button")).to_have_count(0)
