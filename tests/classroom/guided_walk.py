"""Walks a solution in a real browser in guided mode, and compares what the bar marks with what the walker of manuals acts on."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page
from playwright.sync_api import Error as PlaywrightError

from e2e.engine.actions import Action, FollowLink
from e2e.engine.assertions import Assertions
from e2e.engine.browser_context import BrowserWalkContext
from e2e.engine.exercise import Procedure, manual_of, solution_of
from e2e.engine.model import Step
from e2e.engine.roles import NotFound
from e2e.engine.runner import ActionRunner
from e2e.engine.targets import FormField
from e2e.engine.walker import LOCALES, TIME_ZONES
from simulator.app import Platform
from simulator.classroom.exercises import exercise, labels_of
from simulator.classroom.roster import Entry
from simulator.classroom.steps import OUTSIDE
from simulator.classroom.teaching import classroom
from simulator.testing import Sandbox
from simulator.testing.api import Api

DESK = (1280, 800)
SIZES = (DESK, (1024, 768), (390, 800))
LOOKED_AT = 4
"""Of how many marks one is looked at in another size of window."""
TRIES, PAUSE = 60, 50
"""How often it is looked whether the bar has noticed something, and the milliseconds in between."""

STEP = "() => document.querySelector('[data-step]')?.dataset.step ?? null"
LOOK = "() => document.querySelector('[data-exercise-bar]')?.dispatchEvent(new Event('look'))"
OPEN = "(is_open) => { document.querySelector('.exercise-bar > details').open = is_open }"
MARKED = """(element) => {
  const spot = document.querySelector('.exercise-spot');
  if (!spot) return 'nothing';
  return spot === element || spot.contains(element) ? '' : spot.outerHTML.replace(/\\s+/g, ' ').slice(0, 200);
}"""
IS_SO = """(element, value) => (['checkbox', 'radio'].includes(element.type) ? String(element.checked)
  : element.localName === 'select' ? [...element.selectedOptions].map((option) => option.label.trim()).join(', ')
  : element.value) === value"""
COVERED = """() => {
  const spot = document.querySelector('.exercise-spot');
  if (!spot) return 'nothing is marked';
  const box = spot.getBoundingClientRect();
  const between = (low, high, most) => Math.min(Math.max((Math.max(low, 0) + Math.min(high, most)) / 2, 1), most - 1);
  if (box.bottom < 1 || box.top > innerHeight - 1 || box.right < 1 || box.left > innerWidth - 1) {
    return `it is out of sight: ${JSON.stringify(box)}`;
  }
  const there = document.elementFromPoint(between(box.left, box.right, innerWidth), between(box.top, box.bottom, innerHeight));
  return spot.contains(there) || there?.contains(spot) ? '' : `this lies over it: ${there?.outerHTML.slice(0, 160)}`;
}"""


@dataclass
class Walked:
    """What a walk saw.

    Attributes:
        marks: how often what is marked was what the walker acted on.
        steps: how many steps were taken.
        by_button: numbers of the steps that were passed with the button of the bar.
        faults: what was not as it should be.
    """

    marks: int = 0
    steps: int = 0
    by_button: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class GuidedRunner(ActionRunner):
    """The hand of a walk, which looks at the mark before it acts.

    Attributes:
        step: the number of the step.
        value: what is typed or chosen; a field that has it already need not be marked.
    """

    def __init__(self, context: BrowserWalkContext, folder: Path, walked: Walked) -> None:
        super().__init__(context, folder)
        self.walked = walked
        self.step = 0
        self.value: str | None = None

    def _locate(self, target: FormField) -> Locator:
        locator = super()._locate(target)
        if target.kind != "option":
            self._compare(locator, self._context.finder.describe(target))
        return locator

    def _field_with_the_cursor(self) -> Locator:
        locator = super()._field_with_the_cursor()
        self._compare(locator, "the field with the cursor")
        return locator

    def _follow_link(self, target: FollowLink) -> None:
        # Into a mail no script sees: what is marked is the mail.
        frame = self._context.page.locator("iframe.mail-body")
        if frame.count():
            self._compare(frame, "the mail")
        super()._follow_link(target)

    def _compare(self, locator: Locator, what: str) -> None:
        page, answer = self._context.page, ""
        page.evaluate(LOOK)
        for _ in range(TRIES):
            at, answer = page.evaluate(STEP), locator.evaluate(MARKED)
            if at == str(self.step) and not answer:
                self.walked.marks += 1
                if self.walked.marks % LOOKED_AT == 0:
                    self._look_for_covers(what)
                return
            if self.value is not None and locator.evaluate(IS_SO, self.value):
                self.walked.marks += 1
                return
            page.wait_for_timeout(PAUSE)
        self.walked.faults.append(f"step {self.step}, {what}: the bar is at step {at}, and marked is {answer or 'that'}")

    def _look_for_covers(self, what: str) -> None:
        """Look in one of the sizes, with the bar open, whether something lies over what is marked."""
        page = self._context.page
        width, height = SIZES[self.walked.marks // LOOKED_AT % len(SIZES)]
        page.evaluate(OPEN, True)
        page.set_viewport_size({"width": width, "height": height})
        covered = ""
        for _ in range(TRIES):
            covered = page.evaluate(COVERED)
            if not covered or page.evaluate(STEP) != str(self.step):
                break
            page.wait_for_timeout(PAUSE)
        else:
            self.walked.faults.append(f"step {self.step}, {what}, {width} wide: {covered}")
        page.evaluate(OPEN, False)
        page.set_viewport_size({"width": DESK[0], "height": DESK[1]})


class GuidedWalk:
    """One walk in progress.

    Args:
        context: the walk; its bar is put away, so that its words are none of the page's.
        procedure: what is walked.
        entry: the exercise that it solves.
    """

    def __init__(self, context: BrowserWalkContext, procedure: Procedure, entry: Any) -> None:
        self._context, self._procedure, self._entry = context, procedure, entry
        self.walked = Walked()
        self._runner = GuidedRunner(context, procedure.folder, self.walked)

    @property
    def _page(self) -> Page:
        return self._context.page

    def go(self) -> None:
        """Take every step, and note what is not as it should be."""
        context, procedure = self._context, self._procedure
        begin(context, is_signed_in=procedure.signed_in)
        self._page.goto(context.address(procedure.page or ""))
        if self._entry.solution.before:
            self._press_outside()
        try:
            for number, step in enumerate(procedure.steps, 1):
                self._come_to(number)
                self._take(number, step)
            self._come_to(len(procedure.steps) + 1)
        except NotFound as error:
            self.walked.faults.append(f"step {self._runner.step} stopped: {error}")

    def _take(self, number: int, step: Step) -> None:
        runner, variant = self._runner, self._procedure.variant
        runner.step = number
        for action in (actions := step.actions(variant)):
            runner.value = self._value(action)
            if action.word in OUTSIDE:
                self._press_outside()
            elif action.sign_in is not None and "/connect/" in self._page.url:
                # Days have passed, and the sign-in would lead back to the page that was open.
                self._page.goto(self._context.address("connect"))
                runner.do(action, [])
            elif step.download and action is actions[-1]:
                with self._page.expect_download():
                    runner.do(action, [])
            else:
                runner.do(action, [], error=step.error if action is actions[-1] else None)
            if action.word == "scan":
                # Whoever comes back from the page of the phone.
                self._page.evaluate("() => dispatchEvent(new Event('focus'))")
        for sight in step.sights(variant):
            Assertions(self._context).see(sight)
        self._context.await_facts(step.facts(variant))
        self.walked.steps += 1

    def _value(self, action: Action) -> str | None:
        if action.fill is not None:
            return self._context.typed(action.fill.value)
        if action.select is not None:
            return ", ".join(self._context.finder.label(option) for option in action.select.options)
        return {"check": "true", "uncheck": "false"}.get(action.word)

    def _press_outside(self) -> None:
        self._page.evaluate(OPEN, True)
        with self._page.expect_navigation():
            self._page.locator("button[data-action]").click()
        self._context.settle()
        with suppress(PlaywrightError):  # a page that follows the sandbox may be on its way again
            self._page.evaluate(OPEN, False)
        self._context.sandbox.jobs.hold()

    def _come_to(self, number: int) -> None:
        """Wait until the bar is at a step; what is only read is passed with its button."""
        steps, variant = self._procedure.steps, self._procedure.variant
        expected = str(number) if number <= len(steps) else None
        before = steps[number - 2].actions(variant) if number > 1 else ()
        is_by_button = number > 1 and all(action.word == "wait_for" for action in before) and self._at() == str(number - 1)
        if is_by_button:
            self.walked.by_button.append(number - 1)
        for _ in range(TRIES):
            if is_by_button and self._at() == str(number - 1):
                # Presses that follow too fast on the step before pass nothing.
                self._page.locator("form[data-pass] button").evaluate("(button) => button.click()")
            if self._at() == expected:
                return
            with suppress(PlaywrightError):
                self._page.evaluate(LOOK)
                self._page.wait_for_timeout(PAUSE)
        self.walked.faults.append(f"the bar is at step {self._at()}, the walk at {expected}: {self._page.url}")

    def _at(self) -> str | None:
        with suppress(PlaywrightError):  # in between two pages
            at: str | None = self._page.evaluate(STEP)
            return at
        return "between two pages"


def begin(context: BrowserWalkContext, *, is_signed_in: bool, is_open: bool = False) -> None:
    """Sign the reader in, where the solution begins like that, and put the bar away."""
    path = urlsplit(context.sandbox.url).path.rstrip("/") + "/"
    cookies = [] if is_open else [{"name": "vnsim_bar", "value": "closed", "path": path}]
    if is_signed_in:
        session = context.person(None).session()
        cookies.append({key: session[key] for key in ("name", "value", "path")})
    for cookie in cookies:
        context.browser_context.add_cookies([{**cookie, "domain": "localhost"}])  # type: ignore[typeddict-item]


def still_sandbox(api: Api, name: str) -> Sandbox:
    """Return a trainee's sandbox whose clock stands, and in which everything outside happens at once and when it is let."""
    sandbox = Sandbox(api, api.get(f"/sandboxes/{name}"))
    sandbox.clock.set(mode="frozen")
    sandbox.call("PUT", "/jobs", {"delays": "none"})
    sandbox.jobs.hold()
    return sandbox


@contextmanager
def guided(
    platform: Platform, home: str, browser: Browser, exercise_id: str, language: str, **window: Any
) -> Iterator[BrowserWalkContext]:
    """Open a class in guided mode for one trainee, and a window for what the solution of its exercise needs.

    Args:
        platform: where.
        home: its address.
        browser: the window is in it.
        exercise_id: of the exercise.
        language: of the trainee.
        window: more about the window.
    """
    procedure: Procedure = solution_of(exercise(exercise_id))
    with platform.app_context():
        class_ = classroom().open(
            "Guided", exercise_ids=[exercise_id], mode="guided", language=language, entries=[Entry("Lisa")]
        )
    browser_context = browser.new_context(
        viewport={"width": DESK[0], "height": DESK[1]},
        locale=LOCALES[language],
        timezone_id=TIME_ZONES[language],
        reduced_motion="reduce",
        **window,
    )
    browser_context.new_page()
    try:
        with closing(Api(home, None)) as api:
            yield BrowserWalkContext(
                base_url=home,
                labels=labels_of(procedure.language, language),
                sandbox=still_sandbox(api, class_.trainees["lisa"].attempts[exercise_id].sandbox),
                reader=procedure.person,
                manual=manual_of("leave-elma"),  # any: what is walked is the procedure
                browser_context=browser_context,
                patience=12,  # more than the slowest answer that an exercise orders
            )
    finally:
        browser_context.close()
        with platform.app_context():
            classroom().remove(class_.name)


def walk_guided(platform: Platform, home: str, browser: Browser, exercise_id: str, language: str) -> Walked:
    """Walk the solution of an exercise in guided mode; the arguments are those of ``guided``."""
    entry = exercise(exercise_id)
    with guided(platform, home, browser, exercise_id, language) as context:
        walk = GuidedWalk(context, solution_of(entry), entry)
        walk.go()
        return walk.walked
