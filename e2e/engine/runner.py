"""The hand of a walk: one method for each word of the vocabulary."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator

from .actions import Action, EnterCode, Fill, FollowLink, Press, ReadMail, Select, SignIn, SupplierSends, Upload, WaitFor
from .assertions import Assertions
from .authenticator import code_at, key_of
from .client import PlatformError
from .context import WalkContext, plainly
from .finding import Found, NotFound
from .targets import FormField, Target
from .words import Label, Words

FILLING = frozenset({"fill", "select", "check", "uncheck", "upload", "scan", "enter_code"})
"""Deeds that only fill something in: a step that ends with one is shown after it."""

ARRIVING = frozenset({"open", "read_mail", "wait_for", "supplier_sends"})
"""Deeds that bring another page, or nothing on this one: a step that ends with one is shown when its page is seen."""

SIGN_IN_KEYS = {
    "email": "connect.sign_in.email",
    "next": "connect.sign_in.next",
    "password": "connect.sign_in.password",
    "submit": "connect.sign_in.submit",
    "code": "connect.two_step.code",
    "confirm": "connect.two_step.confirm",
    "later": "connect.enroll.later",
}
"""The text keys of the sign-in pages: two fields and two buttons, a field and a button for the code, and the button that puts
two-step verification off where it is offered."""

REFUSAL = 403
"""A page that refuses says why and whom to ask: a manual can show it, and what its step sees decides."""


class ActionRunner:
    """Does what a manual says.

    Args:
        scene: The walk.
        folder: Where files to upload are relative to.
    """

    def __init__(self, context: WalkContext, folder: Path) -> None:
        self._scene = context
        self._folder = folder
        self._eyes = Assertions(context)
        self._spots: list[Found] = []
        self._ready: Callable[[], None] = lambda: None

    def do(self, action: Action, spots: list[Found], ready: Callable[[], None] | None = None) -> None:
        """Do one deed.

        Args:
            action: The deed.
            spots: What the hand went to is appended here.
            ready: Called once everything is in place and only the deed itself is left to do.

        Raises:
            NotFound: It cannot be done; the text says why.
        """
        self._spots, self._ready = spots, ready or (lambda: None)
        self._scene.trouble = None
        try:
            getattr(self, f"_{action.word}")(getattr(action, action.word))
            self._scene.settle()
        except PlaywrightError as error:
            what = f"{action.word} {spots[-1].label!r}: " if spots else f"{action.word}: "
            raise NotFound(what + plainly(error)) from None

    @property
    def _timeout(self) -> float:
        return self._scene.patience * 1000

    def _reach(self, target: FormField) -> Locator:
        """Find the one thing a deed is done with, waiting until it is there and can be used."""

        def attempt() -> Found:
            found = self._scene.finder.one(target)
            if found.locator.is_disabled():
                raise NotFound(f"{self._scene.finder.describe(target)} is greyed out")
            return found

        found = self._scene.until(attempt)
        self._spots.append(found)
        return found.locator

    def _open(self, path: str) -> None:
        address = self._scene.address(self._scene.fill(path))
        response = self._scene.page.goto(address)
        if response is not None and response.status >= 400 and response.status != REFUSAL:
            raise NotFound(f"{path} does not open: the server answered with error {response.status}")

    def _click(self, target: Target) -> None:
        locator = self._reach(target)
        self._ready()
        locator.click(timeout=self._timeout)

    def _fill(self, field: Fill) -> None:
        self._reach(field).fill(self._scene.fill(field.value), timeout=self._timeout)

    def _select(self, field: Select) -> None:
        locator = self._reach(field)
        labels = [self._scene.finder.label(option) for option in field.options]
        if locator.evaluate("e => e.tagName") == "SELECT":
            self._scene.until(lambda: _offers(locator, labels))
            locator.select_option(label=labels, timeout=self._timeout)
            return
        locator.click(timeout=self._timeout)
        for option in field.options:
            self._reach(Target(option=option))
            self._spots.pop().locator.click(timeout=self._timeout)

    def _check(self, field: FormField) -> None:
        self._reach(field).check(timeout=self._timeout)

    def _uncheck(self, field: FormField) -> None:
        self._reach(field).uncheck(timeout=self._timeout)

    def _press(self, press: Press) -> None:
        if press.where is not None:
            self._reach(press.where).focus()
        self._ready()
        self._scene.page.keyboard.press(press.keys)

    def _upload(self, upload: Upload) -> None:
        locator = self._reach(upload)
        content: Any
        if upload.content is not None:
            content = {"name": upload.file, "mimeType": _type(upload.file), "buffer": upload.content.encode()}
        else:
            path = self._folder / upload.file
            if not path.is_file():
                raise NotFound(f"the file to upload, {upload.file}, is not beside the manual")
            content = {"name": path.name, "mimeType": _type(path.name), "buffer": path.read_bytes()}
        with self._scene.page.expect_file_chooser(timeout=self._timeout) as chooser:
            locator.click(timeout=self._timeout)
        chooser.value.set_files(files=[content])

    def _sign_in(self, sign_in: SignIn) -> None:
        person = self._scene.person(sign_in.person)
        email = self._named("textbox", "email")
        if not self._is_there(email):
            self._open("connect")
        self._reach(email).fill(person["email"])
        following = self._reach(self._named("button", "next"))
        self._ready()
        self._spots = []  # what follows is on other pages than the one that was shown
        following.click()
        last = self._named("textbox", "password")
        self._reach(last).fill(str(person["password"]))
        self._reach(self._named("button", "submit")).click()
        if sign_in.two_step and person.get("totp_secret"):
            last = self._named("textbox", "code")
            self._reach(last).fill(self._scene.client.totp(self._scene.name, person["email"]))
            self._reach(self._named("button", "confirm")).click()

        later = self._named("button", "later")

        def signed_in() -> None:
            self._scene.page.wait_for_load_state("load")
            if self._is_there(later):
                self._scene.finder.one(later).locator.click()
                self._scene.page.wait_for_load_state("load")
            if self._is_there(last):
                raise NotFound(f"{person['email']} is not signed in: the page still asks for {_text(last)!r}")

        self._scene.until(signed_in)

    def _named(self, kind: str, name: str) -> Target:
        """Name a field or button of the sign-in pages, in the language of the walk."""
        text = self._scene.labels.of_key(SIGN_IN_KEYS[name])
        label = Label(text=Words.model_validate({self._scene.labels.language: text.replace("{", "{{")}))
        return Target.model_validate({kind: label})

    def _is_there(self, target: Target) -> bool:
        try:
            self._scene.finder.all(target)
        except NotFound:
            return False
        return True

    def _read_mail(self, mail: ReadMail) -> None:
        context = self._scene
        to = context.fill(mail.to) if mail.to else None
        address = to if to and "@" in to else context.person(to)["email"]
        subject = context.finder.label(mail.subject) if mail.subject else ""

        def newest() -> dict[str, Any]:
            mails = context.client.messages(context.name, to=address, kind="mail")
            fitting = [item for item in mails if subject in item["subject"]]
            if not fitting:
                others = ", ".join(f"'{item['subject']}'" for item in mails) or "none"
                about = f" about '{subject}'" if subject else ""
                raise NotFound(f"no mail{about} was sent to {address}; what was sent there: {others}")
            return fitting[-1]

        context.mail = context.until(newest)
        self._open(f"mail/{context.mail['id']}")

    def _follow_link(self, target: FollowLink) -> None:
        context = self._scene
        if context.mail is None:
            raise NotFound("no mail is being read: read_mail comes before follow_link")

        def attempt() -> Found:
            return context.finder.one(target, context.page.frames[1:] or context.page.frames)

        found = context.until(attempt)
        self._spots.append(found)
        self._ready()
        found.locator.click(timeout=self._timeout)

    def _scan(self, field: FormField) -> None:
        locator = self._reach(field)
        self._scene.key = key_of(locator.input_value(timeout=self._timeout))

    def _enter_code(self, enter: EnterCode) -> None:
        person = self._scene.person(enter.person)
        if enter.textbox is not None:
            field = self._reach(Target(textbox=enter.textbox))
        else:
            field = self._scene.until(self._field_with_the_cursor)
            name = field.evaluate("e => (e.labels?.[0]?.innerText || e.ariaLabel || e.placeholder || '').trim()")
            self._spots.append(Found("textbox", name, None, field))
        field.fill(self._code(person, enter.by), timeout=self._timeout)

    def _field_with_the_cursor(self) -> Locator:
        page = self._scene.page
        focused = page.locator("input:focus, textarea:focus")
        if focused.count() == 1:
            return focused
        fields = page.get_by_role("textbox").filter(visible=True)
        if fields.count() != 1:
            raise NotFound(f"no field has the cursor, and the page has {fields.count()} fields: name the textbox")
        return fields

    def _code(self, person: dict[str, Any], by: str) -> str:
        context = self._scene
        if by == "authenticator":
            return context.client.totp(context.name, person["email"])
        if by == "scanned":
            if context.key is None:
                raise NotFound("no key is in the app: scan comes before a code by: scanned")
            return code_at(context.key, context.client.now(context.name))
        if by == "emergency":
            if not person.get("emergency_code"):
                raise NotFound(f"{person['email']} has no emergency code")
            return str(person["emergency_code"])

        def newest() -> str:
            to = person["email"] if by == "mail" else None
            codes = [code for item in context.client.messages(context.name, to=to, kind=by) for code in item["codes"]]
            if not codes:
                raise NotFound(f"no {by} with a code was sent to {person['email']}")
            return str(codes[-1])

        return context.until(newest)

    def _wait_for(self, wait: WaitFor) -> None:
        context = self._scene
        if wait.event is None:
            self._eyes.see(wait)
            return

        def happened() -> None:
            if not context.client.events(context.name, type=wait.event):
                raise NotFound(f"the event {wait.event} did not happen")

        context.until(happened)

    def _supplier_sends(self, invoice: SupplierSends) -> None:
        context = self._scene
        told = {"from": invoice.sender.model_dump(), "to": invoice.to, "number": invoice.number}
        try:
            context.client.supplier_sends(context.name, told)
        except PlatformError as error:
            raise NotFound(f"the supplier's invoice {invoice.number} was refused: {error}") from None


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
