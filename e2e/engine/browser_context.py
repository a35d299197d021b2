"""What a walk in a browser has in its hands besides: windows, the page that its reader looks at, and who looks on."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from playwright.sync_api import BrowserContext, Page, Response
from playwright.sync_api import Error as PlaywrightError

from .context import WalkContext
from .finding import Finder, Match
from .model import Manual, Step
from .roles import NotFound

T = TypeVar("T")


@dataclass
class StepSnapshot:
    """One step of a walk, as a watcher sees it.

    Attributes:
        number: As the reader counts it, from 1.
        tell: The instruction in the language of the walk, variables replaced, labels between `**`.
        hint: The hint likewise, or None.
        page: The page that the reader looks at.
    """

    manual: Manual
    variant: str | None
    language: str
    number: int
    step: Step
    tell: str
    hint: str | None
    page: Page


class Watcher(Protocol):
    """Somebody who looks on while a manual is walked, such as the camera."""

    @property
    def scale(self) -> int:
        """How many pixels one pixel of the page is in the browser."""

    def show(self, snapshot: StepSnapshot, spots: list[Match], others: list[Match], result: bool = False) -> None:
        """See a page of a step at its best, at least once in each step.

        That is just before each click, when what was typed is visible and the thing to click is on screen; after the
        last action and `see` when it only fills something in, and when the step has no action, or one that opens a page. What
        the step has led to is shown as well where the next step does not begin on the same page.

        Args:
            snapshot: The step.
            spots: What the hand or the eye goes to, in order. Some of it may be gone from the page.
            others: What else has to be seen: what this step and the one before it led to. Some of it may be gone.
            result: Whether this is what the step has led to, after what was done is shown.
        """

    def done(self, snapshot: StepSnapshot) -> None:
        """Hear that the step is over, whether it went as the manual says or not."""


@dataclass(kw_only=True)
class BrowserWalkContext(WalkContext):
    """One walk in a browser.

    Attributes:
        manual: What is walked.
        browser_context: Its windows and cookies.
        patience: Seconds to wait for something to be seen or to hold.
        trouble: The last document that the server failed to give: its status and address.
        error: The status with which the server is to fail now; any other one stops the walk.
    """

    manual: Manual
    browser_context: BrowserContext
    patience: float
    trouble: tuple[int, str] | None = None
    error: int | None = None
    finder: Finder = field(init=False)

    def __post_init__(self) -> None:
        self.finder = Finder(lambda: self.page, self.label)
        self.browser_context.on("response", self._note)

    @property
    def page(self) -> Page:
        """The page that the reader looks at: the newest window."""
        return self.browser_context.pages[-1]

    def until(self, attempt: Callable[[], T]) -> T:
        """Try until it succeeds or patience ends; the queue of the sandbox runs meanwhile.

        Raises:
            NotFound: What the last attempt said.
        """
        deadline = time.monotonic() + self.patience
        tries = 0
        while True:
            try:
                return attempt()
            except NotFound:
                if time.monotonic() > deadline:
                    raise
            except PlaywrightError as error:  # the page changed under our eyes
                if time.monotonic() > deadline:
                    raise NotFound(plainly(error)) from None
            tries += 1
            if tries % 4 == 0:
                self.sandbox.jobs.run()
            self.page.wait_for_timeout(50)

    def settle(self) -> None:
        """Let an action take effect: the page has loaded, what was due in the queue has run.

        Raises:
            NotFound: The server failed, or did not where it was to.
        """
        self.page.wait_for_load_state("load")
        self.sandbox.jobs.run()
        if self.error:
            self.until(self._expect_error)
        elif self.trouble:
            status, address = self.trouble
            raise NotFound(f"the server answered {address.removeprefix(self.base_url)} with error {status}")

    def _expect_error(self) -> None:
        if self.trouble is None or self.trouble[0] != self.error:
            raise NotFound(f"the server did not answer with error {self.error}")

    def _note(self, response: Response) -> None:
        if response.status >= 500 and response.request.is_navigation_request():
            self.trouble = (response.status, response.url)


def plainly(error: PlaywrightError) -> str:
    """Say what went wrong in the browser in words of the page, without a stack trace."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", error.message)
    if "intercepts pointer events" in text:
        return "something else lies over it, so that it cannot be clicked"
    if "element is not enabled" in text:
        return "it is greyed out"
    if "net::ERR" in text:
        return f"the page could not be opened ({text[text.index('net::ERR') :].split()[0]})"
    if "Timeout" in text:
        return "nothing happened within the time that a walk waits"
    return text.splitlines()[0].removeprefix("Error: ").strip()
