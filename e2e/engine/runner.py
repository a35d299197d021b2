"""The hand of a walk: one method for each word of the vocabulary."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator

from .actions import (
    Action,
    Advance,
    EnterCode,
    Fill,
    FollowLink,
    Press,
    ReadMail,
    Select,
    SignIn,
    SupplierSends,
    Upload,
    WaitFor,
)
from .assertions import Assertions
from .authenticator import key_of
from .browser_context import BrowserWalkContext, plainly
from .context import REFUSAL, SIGN_IN_KEYS
from .finding import Match
from .roles import NotFound
from .targets import FormField, Target
from .words import Label, Words

FILLING = frozenset({"fill", "select", "check", "uncheck", "upload", "scan", "enter_code"})
"""Deeds that only fill something in: a step that ends with one is shown after it."""

ARRIVING = frozenset({"open", "read_mail", "wait_for", "supplier_sends", "advance"})
"""Deeds that bring another page, or nothing on this one: a step that ends with one is shown when its page is seen."""

LEAVING = frozenset({"open", "read_mail", "sign_in"})
"""Deeds that begin on another page than the one that is seen."""


class ActionRunner:
    """Does what a manual says.

    Args:
        scene: The walk.
        folder: Where files to upload are relative to.
    """

    def __init__(self, context: BrowserWalkContext, folder: Path) -> None:
        self._context = context
        self._folder = folder
        self._assertions = Assertions(context)
        self._spots: list[Match] = []
        self._ready: Callable[[], None] = lambda: None

    def do(
        self,
        action: Action,
        spots: list[Match],
        ready: Callable[[], None] | None = None,
        error: int | None = None,
    ) -> None:
        """Do one action.

        Args:
            action: The action.
            spots: What the hand went to is appended here.
            ready: Called once everything is in place and only the action itself is left to do.
            error: The status of the error that the server is to answer with.

        Raises:
            NotFound: It cannot be done; the text says why.
        """
        self._spots, self._ready = spots, ready or (lambda: None)
        self._context.trouble, self._context.error = None, error
        try:
            getattr(self, f"_{action.word}")(getattr(action, action.word))
            self._context.settle()
        except PlaywrightError as trouble:
            what = f"{action.word} {spots[-1].label!r}: " if spots else f"{action.word}: "
            raise NotFound(what + plainly(trouble)) from None

    @property
    def _timeout(self) -> float:
        return self._context.patience * 1000

    def _locate(self, target: FormField) -> Locator:
        """Find the one thing an action is done with, waiting until it is there and can be used."""

        def attempt() -> Match:
            match = self._context.finder.single(target)
            if match.locator.is_disabled():
                raise NotFound(f"{self._context.finder.describe(target)} is greyed out")
            return match

        match = self._context.until(attempt)
        self._spots.append(match)
        return match.locator

    def _open(self, path: str) -> None:
        address = self._context.address(self._context.fill(path))
        response = self._context.page.goto(address)
        if response is not None and response.status >= 400 and response.status not in (REFUSAL, self._context.error):
            raise NotFound(f"{path} does not open: the server answered with error {response.status}")

    def _click(self, target: Target) -> None:
        locator = self._locate(target)
        self._ready()
        locator.click(timeout=self._timeout)

    def _fill(self, field: Fill) -> None:
        self._locate(field).fill(self._context.typed(field.value), timeout=self._timeout)

    def _select(self, field: Select) -> None:
        locator = self._locate(field)
        labels = [self._context.finder.label(option) for option in field.options]
        if locator.evaluate("e => e.tagName") == "SELECT":
            self._context.until(lambda: _offers(locator, labels))
            locator.select_option(label=labels, timeout=self._timeout)
            return
        locator.click(timeout=self._timeout)
        for option in field.options:
            self._locate(Target(option=option))
            self._spots.pop().locator.click(timeout=self._timeout)

    def _check(self, field: FormField) -> None:
        self._locate(field).check(timeout=self._timeout)

    def _uncheck(self, field: FormField) -> None:
        self._locate(field).uncheck(timeout=self._timeout)

    def _press(self, press: Press) -> None:
        if press.where is not None:
            self._locate(press.where).focus()
        self._ready()
        self._context.page.keyboard.press(press.keys)

    def _upload(self, upload: Upload) -> None:
        locator = self._locate(upload)
        content: Any
        if upload.content is not None:
            content = {"name": upload.file, "mimeType": _type(upload.file), "buffer": upload.content.encode()}
        else:
            path = self._folder / upload.file
            if not path.is_file():
                raise NotFound(f"the file to upload, {upload.file}, is not beside the manual")
            content = {"name": path.name, "mimeType": _type(path.name), "buffer": path.read_bytes()}
        with self._context.page.expect_file_chooser(timeout=self._timeout) as chooser:
            locator.click(timeout=self._timeout)
        chooser.value.set_files(files=[content])

    def _sign_in(self, sign_in: SignIn) -> None:
        person = self._context.person(sign_in.person)
        email = self._named("textbox", "email")
        if not self._is_there(email):
            self._open("connect")
        self._locate(email).fill(person.email)
        following = self._locate(self._named("button", "next"))
        self._ready()
        self._spots = []  # what follows is on other pages than the one that was shown
        following.click()
        last = self._named("textbox", "password")
        self._locate(last).fill(str(person.password))
        self._locate(self._named("button", "submit")).click()
        if sign_in.two_step and person.raw.get("totp_secret"):
            last = self._named("textbox", "code")
            self._locate(last).fill(person.code())
            self._locate(self._named("button", "confirm")).click()

        later = self._named("button", "later")

        def signed_in() -> None:
            self._context.page.wait_for_load_state("load")
            if self._is_there(later):
                self._context.finder.single(later).locator.click()
                self._context.page.wait_for_load_state("load")
            if self._is_there(last):
                raise NotFound(f"{person.email} is not signed in: the page still asks for {_text(last)!r}")

        self._context.until(signed_in)

    def _named(self, kind: str, name: str) -> Target:
        """Name a field or button of the sign-in pages, in the language of the walk."""
        text = self._context.labels.of_key(SIGN_IN_KEYS[name])
        label = Label(text=Words.model_validate({self._context.labels.language: text.replace("{", "{{")}))
        return Target.model_validate({kind: label})

    def _is_there(self, target: Target) -> bool:
        try:
            self._context.finder.all(target)
        except NotFound:
            return False
        return True

    def _read_mail(self, mail: ReadMail) -> None:
        self._open(self._context.pick_mail(mail))

    def _follow_link(self, target: FollowLink) -> None:
        context = self._context
        if context.mail is None:
            raise NotFound("no mail is being read: read_mail comes before follow_link")

        def attempt() -> Match:
            return context.finder.single(target, context.page.frames[1:] or context.page.frames)

        match = context.until(attempt)
        self._spots.append(match)
        self._ready()
        match.locator.click(timeout=self._timeout)

    def _scan(self, field: FormField) -> None:
        locator = self._locate(field)
        self._context.key = key_of(locator.input_value(timeout=self._timeout))

    def _enter_code(self, enter: EnterCode) -> None:
        if enter.textbox is not None:
            field = self._locate(Target(textbox=enter.textbox))
        else:
            field = self._context.until(self._field_with_the_cursor)
            name = field.evaluate("e => (e.labels?.[0]?.innerText || e.ariaLabel || e.placeholder || '').trim()")
            self._spots.append(Match("textbox", name, None, field))
        field.fill(self._context.code_to_enter(enter), timeout=self._timeout)

    def _field_with_the_cursor(self) -> Locator:
        page = self._context.page
        focused = page.locator("input:focus, textarea:focus")
        if focused.count() == 1:
            return focused
        fields = page.get_by_role("textbox").filter(visible=True)
        if fields.count() != 1:
            raise NotFound(f"no field has the cursor, and the page has {fields.count()} fields: name the textbox")
        return fields

    def _wait_for(self, wait: WaitFor) -> None:
        if wait.event is None:
            self._assertions.see(wait)
        else:
            self._context.await_event(wait.event)

    def _supplier_sends(self, invoice: SupplierSends) -> None:
        self._context.send_from_supplier(invoice)

    def _advance(self, advance: Advance) -> None:
        self._context.page.clock.set_fixed_time(self._context.advance(advance))


def _offers(choice: Locator, labels: list[str]) -> None:
    options = choice.evaluate("e => [...e.options].map(o => o.label.trim())")
    for label in labels:
        if label not in options:
            raise NotFound(f"the list does not offer '{label}', but {', '.join(repr(option) for option in options)}")


def _text(target: Target) -> str:
    return next(iter(target.label.text.by_language.values()))


def _type(name: str) -> str:
    kinds = {".xml": "application/xml", ".csv": "text/csv", ".pdf": "application/pdf", ".png": "image/png"}
    return kinds.get(Path(name).suffix.lower(), "application/octet-stream")
