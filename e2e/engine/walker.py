"""Walk one manual in a real browser: one variant, one language, one fresh sandbox."""

import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from simulator.testing import CallFailed, Refused, Sandbox, Server

from .actions import Action
from .assertions import Assertions
from .bounded_yaml import read_text
from .browser_context import BrowserWalkContext, StepSnapshot, Watcher, plainly
from .context import in_a_line
from .downloads import DownloadWrong, check_download
from .finding import Match, describe_page
from .library import scenario_file
from .model import Download, Manual, Step
from .position import HEIGHT, WIDTH
from .roles import NotFound
from .runner import ARRIVING, FILLING, LEAVING, ActionRunner
from .texts import LabelError, Labels

LOCALES = {"nl": "nl-NL", "nb": "nb-NO", "sv": "sv-SE", "en": "en-GB"}
TIME_ZONES = {"nl": "Europe/Amsterdam", "nb": "Europe/Oslo", "sv": "Europe/Stockholm", "en": "Europe/London"}
"""Where the reader of a language sits. Own choice for `en`."""

JOIN_HEADER = "X-Vnsim-Join"
"""The header that opens a sandbox on a network."""

LIFETIME = 900
"""Seconds after which a sandbox that a broken-off walk left behind goes by itself."""

_TROUBLE = (NotFound, LabelError, CallFailed, DownloadWrong)


class ScenarioUnreadable(Exception):
    """The file of a manual's scenario cannot be read; the text says why."""


MOST_CHANGES = 5
"""How many changes of the sandbox the failure of a walk names."""


class WalkFailed(Exception):
    """A walk stopped. The text names manual, language, variant, step, what it tells, and why.

    Attributes:
        step: The number of the step as the reader counts it; 0 before the first.
        tell: What the step tells the reader.
        reason: What was looked for, and what is there instead.
    """

    def __init__(self, manual: Manual, language: str, variant: str | None, step: int, tell: str, reason: str) -> None:
        self.manual, self.language, self.variant = manual, language, variant
        self.step, self.tell, self.reason = step, tell, reason
        where = f"step {step} ({tell})" if step else "before the first step"
        super().__init__(f"{named(manual, language, variant)}, {where}: {reason}")


def named(manual: Manual, language: str, variant: str | None) -> str:
    """Name one walk: `licences-specification [nl, home]`."""
    return f"{manual.id} [{language}{', ' + variant if variant else ''}]"


class Walker:
    """Walks manuals on one server, in one browser.

    Args:
        browser: Each walk has a context of its own in it.
        server: The server.
        patience: Seconds to wait for something to be seen or to hold.
        watchers: Who looks on, such as the camera.
        scenarios: A folder with scenarios that the server need not have.
    """

    def __init__(
        self,
        browser: Browser,
        server: Server,
        patience: float = 5,
        watchers: Sequence[Watcher] = (),
        scenarios: Path | None = None,
    ) -> None:
        self._browser = browser
        self._server = server
        self._patience = patience
        self._watchers = watchers
        self._scenarios = scenarios
        self._texts: dict[str, dict[str, str]] = {}

    def walk(
        self,
        manual: Manual,
        variant: str | None = None,
        language: str | None = None,
        folder: Path = Path(),
        watchers: Sequence[Watcher] | None = None,
    ) -> None:
        """Walk one variant of a manual in a fresh sandbox.

        Args:
            manual: The manual.
            variant: One of its variants; None when it has none.
            language: The language of the pages; without it the manual's own.
            folder: Where files to upload are relative to.
            watchers: Who looks on at this walk, instead of the walker's own.

        Raises:
            WalkFailed: A step did not go as the manual says.
        """
        language = language or manual.language
        try:
            labels = self.labels(manual, language)
            scenario = scenario_of(manual, folder, self._scenarios)
            sandbox = create_sandbox(self._server, manual, variant, language, scenario)
        except (CallFailed, ScenarioUnreadable) as error:
            raise WalkFailed(manual, language, variant, 0, "", in_a_line(error)) from None
        try:
            watchers = self._watchers if watchers is None else watchers
            scale = max((watcher.scale for watcher in watchers), default=1)
            browser_context = self._open_window(manual, language, sandbox, scale)
            try:
                context = BrowserWalkContext(
                    base_url=self._server.url, manual=manual, labels=labels, sandbox=sandbox, reader=manual.person_in(variant),
                    browser_context=browser_context, patience=self._patience,
                )  # fmt: skip
                walk = _Walk(context, variant, folder, watchers)
                walk.begin()
                steps = manual.steps_in(variant)
                followings = [step for _, step in steps[1:]]
                for (number, step), following in zip(steps, [*followings, None], strict=True):
                    walk.take(number, step, following)
            finally:
                browser_context.close()
        finally:
            sandbox.delete()

    def labels(self, manual: Manual, language: str) -> Labels:
        """Give the labels of a manual in a language, from the platform's texts."""
        for needed in (manual.language, language):
            if needed not in self._texts:
                self._texts[needed] = self._server.texts(needed)
        return Labels(manual.language, language, self._texts)

    def _open_window(self, manual: Manual, language: str, sandbox: Sandbox, scale: int) -> BrowserContext:
        context = self._browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT},
            device_scale_factor=scale,
            locale=LOCALES[language],
            timezone_id=TIME_ZONES[language],
            color_scheme="light",
            reduced_motion="reduce",
            extra_http_headers={JOIN_HEADER: sandbox.base_url.rpartition("~")[2]},
        )
        context.new_page().clock.set_fixed_time(manual.now)
        return context


class _Walk:
    """One walk in progress."""

    def __init__(self, context: BrowserWalkContext, variant: str | None, folder: Path, watchers: Sequence[Watcher]) -> None:
        self._context = context
        self._variant = variant
        self._runner = ActionRunner(context, folder)
        self._assertions = Assertions(context)
        self._watchers = watchers
        self._is_pictured = False
        self._pending: list[Match] = []  # what the step before saw on this page, and no picture has yet

    @property
    def _language(self) -> str:
        return self._context.labels.language

    def begin(self) -> None:
        """Sign the reader in, where the manual begins like that, and open the first page."""
        signed_in, page = self._context.manual.start_in(self._variant)
        try:
            if signed_in:
                self._sign_in()
            if page is not None:
                self._runner.do(Action(open=page), [])
        except (*_TROUBLE, PlaywrightError) as error:
            raise self._failed(0, "", error) from None

    def take(self, number: int, step: Step, following: Step | None) -> None:
        """Take one step: do, see, then.

        Args:
            number: As the reader counts it.
            step: The step.
            following: The one after it, or None after the last: whether it shows what this one has led to.
        """
        tell = step.tell.source(self._context.manual.language)
        try:
            snapshot = self._snapshot(number, step)
        except _TROUBLE as error:
            raise self._failed(number, tell, error) from None
        try:
            self._is_pictured = False
            spots = self._do(snapshot)
            sights = step.sights(self._variant)
            results = [match for sight in sights if (match := self._assertions.see(sight)) is not None]
            self._show_afterwards(snapshot, spots, results, bool(sights), following)
            self._context.await_facts(step.facts(self._variant))
        except (*_TROUBLE, PlaywrightError) as error:
            raise self._failed(number, snapshot.tell, error) from None
        finally:
            for watcher in self._watchers:
                watcher.done(snapshot)

    def _snapshot(self, number: int, step: Step) -> StepSnapshot:
        context = self._context
        keys = _named_keys(step, self._variant, context.manual.language)
        tell = context.fill(context.labels.words(step.tell, keys))
        hint = context.fill(context.labels.words(step.hint, keys)) if step.hint else None
        return StepSnapshot(context.manual, self._variant, self._language, number, step, tell, hint, context.page)

    def _do(self, snapshot: StepSnapshot) -> list[Match]:
        """Do the actions of a step, and show what the hand goes to just before it uses it; return the things that it went to."""
        actions = snapshot.step.actions(self._variant)
        spots: list[Match] = []

        def ready() -> None:
            self._show(snapshot, spots)

        for action in actions:
            if action.word in LEAVING:
                if spots:
                    ready()
                spots.clear()
            error = snapshot.step.error if action is actions[-1] else None
            do = partial(self._runner.do, action, spots, None if action.word in FILLING | ARRIVING else ready, error)
            if snapshot.step.download and action is actions[-1]:
                self._receive(snapshot.step.download, do)
            else:
                do()
        return spots

    def _show_afterwards(
        self, snapshot: StepSnapshot, spots: list[Match], results: list[Match], sees: bool, following: Step | None
    ) -> None:
        """Show the page after a step, unless it is the page that the next one shows anyhow."""
        actions = snapshot.step.actions(self._variant)
        last = actions[-1].word if actions else None
        readable = [match for match in results if match.kind != "heading"]
        next_begins_here = following is not None and _begins_with_a_picture(following, self._variant)
        pending: list[Match] = []
        if last in FILLING:
            self._show(snapshot, spots, results)
        elif not self._is_pictured:
            self._show(snapshot, [*spots, *readable], results)
        elif next_begins_here:
            pending = results
        elif sees or last in ARRIVING:
            self._show(snapshot, readable, results, result=True)
        self._pending = pending

    def _show(self, snapshot: StepSnapshot, spots: list[Match], results: Sequence[Match] = (), result: bool = False) -> None:
        snapshot.page = self._context.page
        for watcher in self._watchers:
            watcher.show(snapshot, list(spots), [*self._pending, *results], result)
        self._is_pictured = True

    def _receive(self, download: Download, do: Callable[[], None]) -> None:
        """Do the action that brings a file, and look into the file."""
        try:
            with self._context.page.expect_download(timeout=self._context.patience * 2000) as coming:
                do()
            file = coming.value
        except PlaywrightTimeout:
            raise NotFound(f"no file came ({download.name})") from None
        failure = file.failure()
        if failure:
            raise NotFound(f"the file ({download.name}) did not come through: {failure}")
        check_download(download, file.path(), file.suggested_filename, self._context.finder.label)

    def _sign_in(self) -> None:
        context = self._context
        cookie = context.person(None).session()
        context.browser_context.add_cookies(
            [
                {
                    "name": cookie["name"],
                    "value": cookie["value"],
                    "domain": urlsplit(context.base_url).hostname or "localhost",
                    "path": cookie["path"],
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )

    def _failed(self, number: int, tell: str, error: Exception) -> WalkFailed:
        reason = plainly(error) if isinstance(error, PlaywrightError) else in_a_line(error)
        if not isinstance(error, CallFailed | DownloadWrong | LabelError):
            hints = [hint for label in self._context.labels.untranslated if label in reason and (hint := self._hint(label))]
            with suppress(PlaywrightError):  # a page that has gone cannot be described
                reason = f"{reason.rstrip('.')}. {describe_page(self._context.page, self._language)}"
            reason = " ".join([reason, *(f"In another language: {hint}." for hint in hints)])
        with suppress(CallFailed):
            changes = [change["text"] for change in self._context.sandbox.diff(language=self._language)["changes"]]
            said = "; ".join(changes[:MOST_CHANGES]) + (
                f"; and {len(changes) - MOST_CHANGES} more" if changes[MOST_CHANGES:] else ""
            )
            reason = f"{reason.rstrip('.')}. Until then had changed: {said or 'nothing'}"
        return WalkFailed(self._context.manual, self._language, self._variant, number, tell, reason)

    def _hint(self, label: str) -> str | None:
        return self._context.labels.hint(label)


def scenario_of(manual: Manual, folder: Path, scenarios: Path | None = None) -> dict[str, str]:
    """Give the scenario of a manual as the control API takes it: a file is sent along.

    Args:
        manual: The manual.
        folder: The folder that its scenario is relative to, when it is a file.
        scenarios: A folder with scenarios by name, or None.

    Raises:
        ScenarioUnreadable: The file cannot be read.
    """
    file = scenario_file(manual.scenario, folder, scenarios)
    if file is None:
        return {"scenario": manual.scenario}
    try:
        return {"scenario": file.stem, "scenario_text": read_text(file)}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ScenarioUnreadable(f"the scenario {file} cannot be read: {error}") from None


def create_sandbox(
    server: Server, manual: Manual, variant: str | None, language: str, scenario: dict[str, str] | None = None
) -> Sandbox:
    """Create the sandbox of a walk: frozen at the manual's instant, its queue run by the walk.

    Args:
        server: The server.
        manual: The manual.
        variant: One of its variants; None when it has none.
        language: The language of the walk.
        scenario: The scenario as `scenario_of` gives it; without it the server's of the manual's name.

    Raises:
        CallFailed: The server does not create it.
    """
    options: dict[str, Any] = {
        **(scenario or {"scenario": manual.scenario}),
        "language": language,
        "now": manual.now.isoformat(),
        "mode": "frozen",
        "seed": manual.id,
        "ttl": LIFETIME,
        "tags": ["walk"],
    }
    try:
        sandbox = server.create(name=sandbox_name(manual, variant, language), **options)
    except Refused as refusal:
        if refusal.status != 409:
            raise
        # Somebody walks the same manual at this moment. Its pictures may then show another name.
        sandbox = server.create(**options)
    try:
        sandbox.jobs.hold()
    except CallFailed:
        sandbox.delete()
        raise
    return sandbox


def sandbox_name(manual: Manual, variant: str | None, language: str) -> str:
    """Name the sandbox of a walk: always the same for the same walk, since pages show it."""
    name = "-".join(filter(None, [manual.id, variant, language]))
    if len(name) <= 40:
        return name
    return f"{name[:31].rstrip('-')}-{zlib.crc32(name.encode()):08x}"


def _begins_with_a_picture(step: Step, variant: str | None) -> bool:
    """Return whether the first picture of a step is taken on the page on which it begins."""
    words = [action.word for action in step.actions(variant) if action.word not in FILLING]
    return not words or words[0] not in LEAVING


def _named_keys(step: Step, variant: str | None, language: str) -> dict[str, str]:
    """Collect the labels that a step names with their text key."""
    targets: list[Any] = list(step.sights(variant))
    targets += [getattr(action, action.word) for action in step.actions(variant)]
    keys: dict[str, str] = {}
    for target in targets:
        if getattr(target, "key", None):
            keys[target.label.text.source(language)] = target.key
    return keys
