"""Guided mode in a real browser, on each exercise and each manual that is one: what is marked is what the hand goes to."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from e2e.engine.exercise import solution_of
from e2e.engine.runner import ActionRunner
from simulator.app import Platform
from simulator.classroom.exercises import exercise, exercises, manual_exercises
from simulator.classroom.solving import solve
from simulator.core.texts import LANGUAGES
from simulator.settings import Settings
from tests.classroom.guided_walk import LOOK, STEP, begin, guided, walk_guided
from tests.visits import make_platform, store_of
from tests.wire.conftest import serving

pytestmark = pytest.mark.browser

IDS = [*exercises(), *manual_exercises()]
WALKS = [(id_, LANGUAGES[number % len(LANGUAGES)]) for number, id_ in enumerate(IDS)]
"""Languages by turns."""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Platform:
    return make_platform(tmp_path_factory.mktemp("guided"), templates)


@pytest.fixture(scope="module")
def home(platform: Platform) -> Iterator[str]:
    settings: Settings = platform.extensions["settings"]
    with serving(platform, settings) as served:
        store_of(platform).base_address = f"http://localhost:{served.port}"
        yield store_of(platform).base_address


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("id_", "language"), WALKS, ids=[f"{id_}-{language}" for id_, language in WALKS])
def test_what_is_marked_is_what_the_hand_goes_to(
    platform: Platform, home: str, browser: Browser, id_: str, language: str
) -> None:
    walked = walk_guided(platform, home, browser, id_, language)
    assert walked.faults == []
    assert walked.marks


PART_WITH_FOCUS = """() => ['.simulator-mark', '.exercise-bar', 'main', '.driver-hint']
  .find((part) => document.activeElement.closest(part))"""

IS_BESIDE = """() => {
  const [hint, spot] = ['.driver-popover', '.exercise-spot'].map((one) => document.querySelector(one).getBoundingClientRect());
  return hint.top >= spot.bottom || hint.bottom <= spot.top;
}"""
"""Whether the sentence of a mark covers nothing of what is marked."""

MAIL_BOUNCED = "mail-bounced"
"""Three steps: one that the page shows, two with facts."""


def test_without_a_script_the_bar_leads_from_the_first_step_to_the_last(
    platform: Platform, home: str, browser: Browser
) -> None:
    procedure = solution_of(exercise(MAIL_BOUNCED))
    passed_by = []
    with guided(platform, home, browser, MAIL_BOUNCED, "sv", java_script_enabled=False) as context:
        begin(context, is_signed_in=procedure.signed_in)
        page = context.page
        page.goto(context.address(procedure.page or ""))
        runner = ActionRunner(context, procedure.folder)
        for number, step in enumerate(procedure.steps, 1):
            bar = page.locator(".exercise-bar")
            assert f"Steg {number} av {len(procedure.steps)}" in (bar.text_content() or "")
            for action in step.actions(procedure.variant):
                runner.do(action, [])
            context.await_facts(step.facts(procedure.variant))
            here = page.url
            page.goto(context.address("mail"))
            passed_by.append("button" if page.evaluate(STEP) == str(number) else "facts")
            if passed_by[-1] == "button":
                bar.locator("summary").first.click()
                bar.get_by_role("button", name="Klart, nästa steg").click()
            page.goto(here)
        assert page.evaluate(STEP) is None
    assert passed_by == ["button", "facts", "facts"]


def test_who_goes_back_elsewhere_or_ahead_in_whichever_tab_is_where_the_facts_are(
    platform: Platform, home: str, browser: Browser
) -> None:
    procedure = solution_of(exercise(MAIL_BOUNCED))
    with guided(platform, home, browser, MAIL_BOUNCED, "nl") as context:
        begin(context, is_signed_in=procedure.signed_in, is_open=True)
        page = context.page
        page.goto(context.address(procedure.page or ""))
        runner = ActionRunner(context, procedure.folder)
        step, away = page.locator("[data-step]"), page.locator("[data-away]")
        other = context.browser_context.new_page()
        other.goto(context.address("home"))
        page.bring_to_front()
        context.browser_context.pages[-1].close()
        for action in procedure.steps[0].actions(procedure.variant):
            runner.do(action, [])
        expect(step).to_contain_text("Stap 2 van 3")
        page.go_back()
        expect(step).to_contain_text("Stap 2 van 3")
        expect(page.locator("main .exercise-spot")).to_have_count(1)
        began = page.url
        page.goto(context.address("details"))
        expect(away).to_be_visible()
        away.get_by_role("link").click()
        assert page.url == began
        expect(away).to_be_hidden()
        tabs = [context.browser_context.new_page() for _ in range(3)]
        for tab in tabs:
            tab.goto(began)
            expect(tab.locator("[data-step]")).to_contain_text("Stap 2 van 3")
        context.browser_context.clear_cookies(name="vnsim_step")
        solve(platform, context.sandbox.name, exercise(MAIL_BOUNCED), "nl")
        for tab in [page, *tabs]:
            tab.evaluate(LOOK)
            expect(tab.locator("[data-step]")).to_have_count(0)
            expect(tab.locator(".exercise-spot")).to_have_count(0)
            expect(tab.locator(".exercise-count")).to_contain_text("Opgelost")


def test_the_bar_takes_no_focus_and_its_hint_opens_and_closes_by_the_keyboard(
    platform: Platform, home: str, browser: Browser
) -> None:
    with guided(platform, home, browser, "manual.forgotten-password", "en") as context:
        begin(context, is_signed_in=False, is_open=True)
        page = context.page
        page.goto(context.address("connect"))
        spot = page.locator(".exercise-spot")
        expect(spot).to_have_count(1)
        field = page.get_by_role("textbox").first
        field.focus()
        for letter in "someone":
            page.keyboard.type(letter)
            page.evaluate(LOOK)
        expect(field).to_be_focused()
        expect(field).to_have_value("someone")
        hint, popover = page.locator(".driver-hint"), page.locator(".driver-popover")
        # Leaving the field moves the mark to the button; who is at the point stays there, with the sentence open or not.
        hint.focus()
        page.keyboard.press("Enter")
        expect(page.locator("button.exercise-spot")).to_have_count(1)
        expect(popover).to_be_visible()
        page.wait_for_function(IS_BESIDE)
        page.keyboard.press("Escape")
        expect(popover).to_have_count(0)
        expect(hint).to_be_focused()
        # Tab goes through the page as it would without marks: skip link, yellow bar, the bar, the page.
        page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")
        parts = []
        page.locator(".skip-link").focus()
        for _ in range(40):
            page.keyboard.press("Tab")
            parts.append(page.evaluate(PART_WITH_FOCUS))
        order = [part for part, _ in groupby(filter(None, parts))]
        assert order[:3] == [".simulator-mark", ".exercise-bar", "main"]
