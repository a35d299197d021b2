"""One walk without a browser: every label that a step names has to stand on the page it is named for.

The same labels, sandbox, facts and files as in the browser. Left to the browser: where things stand, what scripts do, what can be
clicked because nothing lies over it. Whoever walks says how pages come: over HTTP, or from a platform in the same process.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message as Headers
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode, urljoin, urlsplit

from ..actions import (
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
from ..authenticator import key_of
from ..context import REFUSAL, SIGN_IN_KEYS, WalkContext
from ..downloads import check_download
from ..model import Download, Step
from ..roles import ROLES, SECTIONS, NotFound
from ..targets import FormField, Sight, Target
from .elements import CONTROLS, Element
from .page import Page, chosen_options, matching

MOST_REDIRECTS = 10


@dataclass(frozen=True)
class Answer:
    """What came for a page.

    Attributes:
        status: The HTTP status.
        location: Where a redirect leads; empty for none.
        disposition: The header Content-Disposition; empty for none.
        content: The body.
    """

    status: int
    location: str
    disposition: str
    content: bytes


class Transport(Protocol):
    """How pages come; cookies are kept."""

    def set_cookie(self, name: str, value: str, path: str) -> None:
        """Keep a cookie."""

    def request(
        self,
        method: str,
        address: str,
        values: Sequence[tuple[str, str]] = (),
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> Answer:
        """Ask for an address, a path with its query, and return the answer; redirects are not followed.

        Args:
            method: GET or POST.
            address: The address below the server.
            values: The fields of the form that is sent, in order.
            files: Field → the name and the content of its file.
        """


class HttpWalk:
    """One walk in progress.

    Attributes:
        page: what the reader has in front of him.
    """

    def __init__(self, context: WalkContext, transport: Transport, folder: Path) -> None:
        self._context = context
        self._transport = transport
        self._folder = folder
        self._file: Answer | None = None
        self._status = 0
        self._error: int | None = None
        self._uploads: dict[str, tuple[str, bytes]] = {}
        self._focused: Element | None = None
        self.page = Page("", "")

    def begin(self, signed_in: bool, path: str | None) -> None:
        """Sign the reader in, where the manual begins like that, and open the first page."""
        if signed_in:
            context = self._context
            cookie = context.person(None).session()
            self._transport.set_cookie(cookie["name"], cookie["value"], cookie["path"])
        if path is not None:
            self._open(path)

    def take(self, step: Step, variant: str | None) -> None:
        """Take one step: do, see, then."""
        self._file = None
        for action in (actions := step.actions(variant)):
            self._error = step.error if action is actions[-1] else None
            self.do(action)
        if step.error and self._status != step.error:
            raise NotFound(f"the server did not answer with error {step.error}, but with {self._status}")
        if step.download:
            self._check_file(step.download)
        for sight in step.sights(variant):
            self.see(sight)
        self._context.await_facts(step.facts(variant))

    def do(self, action: Action) -> None:
        """Carry out one action, and what the queue has to do then."""
        getattr(self, f"_{action.word}")(getattr(action, action.word))
        self._context.sandbox.jobs.run()

    def see(self, sight: Sight) -> None:
        """Find what is seen on the page, or do not find what has to be gone.

        Raises:
            NotFound: It is not as the manual says.
        """
        if sight.state == "gone":
            if self._all(sight):
                raise NotFound(f"{self._describe(sight)} is still there")
            return
        reasons = [self._difference(sight, element) for element in self._all(sight)]
        if not reasons:
            raise NotFound(f"{self._describe(sight)} is not on the page")
        if all(reasons):
            raise NotFound(f"{self._describe(sight)} {reasons[0]}")

    def _difference(self, sight: Sight, element: Element) -> str | None:
        if sight.value is not None:
            expected, value = self._context.label(sight.value), self.page.value(element)
            if value != expected:
                return f"shows '{value}', not '{expected}'"
        if sight.state in ("checked", "unchecked") and (sight.state == "checked") != ("checked" in element.attributes):
            return f"is not {sight.state}"
        return None

    # Finding

    def _all(self, target: FormField) -> list[Element]:
        label = self._context.label(target.label)
        scopes: list[Element] = [self.page.root]
        if target.within:
            scopes = self._sections(self._context.label(target.within))
        if target.in_row:
            row = self._context.label(target.in_row)
            scopes = [element for scope in scopes for element in self._rows(row, scope)]
        return list(dict.fromkeys(e for scope in scopes for e in self._in_scope(target.kind, label, target.exact, scope)))

    def _in_scope(self, kind: str, label: str, exact: bool, scope: Element) -> list[Element]:
        page = self.page
        if kind == "text":
            return page.by_text(label, exact, scope)
        if kind == "row":
            return self._rows(label, scope)
        matches = [e for e in page.by_role(ROLES[kind], scope) if matching(page.name(e), label, exact)]
        if matches or kind not in ("menuitem", "tab"):
            return matches
        # What a person calls a menu item or a tab is often a link or a button; without scripts a menu of a program is a summary.
        menus = [e for e in scope.all("summary") if kind == "menuitem" and matching(page.name(e), label, exact)]
        return menus or [e for e in page.by_role(("link", "button"), scope) if matching(page.name(e), label, exact)]

    def _single(self, target: FormField) -> Element:
        """Find the one thing that something is done with; where the manual tells several apart by their place, the first."""
        matches = self._all(target)
        if not matches:
            raise NotFound(f"{self._describe(target)} is not on the page")
        if (
            len(matches) > 1
            and not target.position
            and len({element["href"] or str(id(element)) for element in matches}) > 1
        ):
            raise NotFound(f"{len(matches)} things are {self._describe(target)}, and the manual does not say which")
        return matches[0]

    def _rows(self, text: str, scope: Element) -> list[Element]:
        for role_ in ROLES["row"]:
            rows = self.page.by_role((role_,), scope)
            whole = [row for row in rows if self.page.by_text(text, True, row)]
            if whole or (parts := [row for row in rows if matching(self.page.text(row), text, exact=False)]):
                return whole or parts
        return []

    def _sections(self, name: str) -> list[Element]:
        page = self.page
        if sections := [element for element in page.by_role(SECTIONS) if page.name(element) == name]:
            return sections
        headings = [element for element in page.by_role(("heading",)) if page.name(element) == name]
        around = [next((a for tag in ("section", "article", "div", "main") if (a := h.above(tag))), None) for h in headings]
        return [element for element in around if element is not None]

    def _describe(self, target: FormField) -> str:
        text = f"the {target.kind} '{self._context.label(target.label)}'"
        if target.in_row:
            text += f" in the row '{self._context.label(target.in_row)}'"
        if target.within:
            text += f" within '{self._context.label(target.within)}'"
        return text

    # Going from page to page

    def _go(
        self,
        method: str,
        address: str,
        values: Sequence[tuple[str, str]] = (),
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> None:
        address = _without_host(urljoin(self.page.path, address))
        answer = self._transport.request(method, address, values, files)
        for _ in range(MOST_REDIRECTS):
            if not 300 <= answer.status < 400:
                break
            self.page.path = address.partition("?")[0]
            address = _without_host(urljoin(address, answer.location))
            if answer.status not in (307, 308):
                method, values, files = "GET", (), None
            answer = self._transport.request(method, address, values, files)
        self._status = answer.status
        if answer.status >= 500 and answer.status != self._error:
            raise NotFound(f"the server answered {address.partition('?')[0]} with error {answer.status}")
        if answer.disposition.startswith("attachment"):
            self._file = answer
            return
        self.page = Page(answer.content.decode(), address)
        self._uploads = {}
        for frame in self.page.root.all("iframe"):
            inner = self._transport.request("GET", urljoin(self.page.path, frame["src"]))
            frame.children = list(Page(inner.content.decode(), frame["src"]).root.children)
            for child in frame.children:
                if isinstance(child, Element):
                    child.parent = frame

    def _open(self, path: str) -> None:
        address = self._context.address(self._context.fill(path))
        self._go("GET", address.removeprefix(self._context.base_url))
        if self._status >= 400 and self._status not in (REFUSAL, self._error):
            raise NotFound(f"{path} does not open: the server answered with error {self._status}")

    def _submit(self, form: Element, button: Element | None) -> None:
        page = self.page
        inside = set(form)
        controls = [item for item in page.root if item in inside or (form["id"] and item["form"] == form["id"])]
        values = _values(controls)
        target = urljoin(page.path, (button["formaction"] if button is not None else "") or form["action"] or page.path)
        if button is not None and button["name"]:
            values.append((button["name"], button["value"]))
        if form["method"].lower() == "post":
            files = {name: file for name, file in self._uploads.items() if name in {control["name"] for control in controls}}
            self._go("POST", target, [pair for pair in values if pair[0] not in files], files)
        else:
            self._go("GET", target.partition("?")[0] + "?" + urlencode(values))

    def _form_around(self, element: Element) -> Element | None:
        if element["form"]:
            return next((form for form in self.page.root.all("form") if form["id"] == element["form"]), None)
        return element.above("form")

    # The words of the vocabulary

    def _click(self, target: Target) -> None:
        self._press_on(self._single(target))

    def _press_on(self, element: Element) -> None:
        for around in (element, *element.ancestors):
            if around.tag == "a" and around["href"]:
                self._go("GET", around["href"])
                return
            if around.tag == "summary" and around.parent is not None:
                around.parent.attributes["open"] = ""
                return
            if around.tag == "button" and around["popovertarget"]:
                (menu,) = [e for e in self.page.root if e["id"] == around["popovertarget"]]
                menu.attributes["data-open"] = ""
                return
            if around.tag in ("button", "input") and around["type"] in ("", "submit"):
                form = self._form_around(around)
                if form is not None:
                    self._submit(form, around)
                return
            if around.tag == "input" and around["type"] in ("checkbox", "radio"):
                self._tick(around)
                return

    def _tick(self, element: Element) -> None:
        if element["type"] == "radio":
            for other in self.page.root.all("input"):
                if other["type"] == "radio" and other["name"] == element["name"]:
                    other.attributes.pop("checked", None)
        element.attributes["checked"] = ""

    def _fill(self, field: Fill) -> None:
        self._type(self._single(field), self._context.typed(field.value))

    def _type(self, element: Element, text: str) -> None:
        if element.tag == "textarea":
            element.children = [text]
        else:
            element.attributes["value"] = text
        self._focused = element

    def _select(self, field: Select) -> None:
        element = self._single(field)
        labels = [self._context.label(option) for option in field.options]
        options = {option.text: option for option in element.all("option")}
        for label in labels:
            if label not in options:
                raise NotFound(f"the list does not offer '{label}', but {', '.join(map(repr, options))}")
        for option in chosen_options(element):
            option.attributes.pop("selected", None)
        for label in labels:
            options[label].attributes["selected"] = ""

    def _check(self, field: FormField) -> None:
        self._tick(self._single(field))

    def _uncheck(self, field: FormField) -> None:
        self._single(field).attributes.pop("checked", None)

    def _press(self, press: Press) -> None:
        element = self._single(press.where) if press.where is not None else self._focused
        form = self._form_around(element) if element is not None else None
        if press.keys != "Enter" or form is None:
            raise NotFound(f"without a browser only Enter can be pressed, in a field of a form; found {press.keys}")
        buttons = [e for e in form.all("button") if e["type"] in ("", "submit")]
        self._submit(form, buttons[0] if buttons else None)

    def _upload(self, upload: Upload) -> None:
        element = self._single(upload)
        content = upload.content.encode() if upload.content is not None else (self._folder / upload.file).read_bytes()
        self._uploads[element["name"]] = (Path(upload.file).name, content)

    def _sign_in(self, sign_in: SignIn) -> None:
        person = self._context.person(sign_in.person)
        if not self._named("textbox", "email"):
            self._open("connect")
        self._answer("email", person.email, "next")
        self._answer("password", str(person.password), "submit")
        if sign_in.two_step and person.raw.get("totp_secret"):
            self._answer("code", person.code(), "confirm")
        if later := self._named("button", "later"):
            self._press_on(later[0])

    def _named(self, kind: str, name: str) -> list[Element]:
        text = self._context.labels.of_key(SIGN_IN_KEYS[name])
        return [e for e in self.page.by_role(ROLES[kind]) if self.page.name(e) == text]

    def _answer(self, field: str, value: str, button: str) -> None:
        fields, buttons = self._named("textbox", field), self._named("button", button)
        if not fields or not buttons:
            raise NotFound(f"the page does not ask for the {field} when signing in")
        self._type(fields[0], value)
        self._press_on(buttons[0])

    def _read_mail(self, mail: ReadMail) -> None:
        self._open(self._context.pick_mail(mail))

    def _follow_link(self, target: FollowLink) -> None:
        if self._context.mail is None:
            raise NotFound("no mail is being read: read_mail comes before follow_link")
        self._press_on(self._single(target))

    def _scan(self, field: FormField) -> None:
        self._context.key = key_of(self.page.value(self._single(field)))

    def _enter_code(self, enter: EnterCode) -> None:
        if enter.textbox is not None:
            field = self._single(Target(textbox=enter.textbox))
        else:
            fields = self.page.by_role(ROLES["textbox"])
            focused = [e for e in fields if "autofocus" in e.attributes]
            if len(focused or fields) != 1:
                raise NotFound(f"no field has the cursor, and the page has {len(fields)} fields: name the textbox")
            (field,) = focused or fields
        self._type(field, self._context.code_to_enter(enter))

    def _wait_for(self, wait: WaitFor) -> None:
        if wait.event is None:
            self.see(wait)
        else:
            self._context.await_event(wait.event)

    def _supplier_sends(self, invoice: SupplierSends) -> None:
        self._context.send_from_supplier(invoice)

    def _advance(self, advance: Advance) -> None:
        self._context.advance(advance)

    def _check_file(self, download: Download) -> None:
        if self._file is None:
            raise NotFound(f"no file came ({download.name})")
        headers = Headers()
        headers["Content-Disposition"] = self._file.disposition
        name = headers.get_filename() or ""
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "file"
            path.write_bytes(self._file.content)
            check_download(download, path, name, self._context.label)


def _without_host(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _values(controls: Sequence[Element]) -> list[tuple[str, str]]:
    """Return what a browser sends of the controls of a form, without its buttons."""
    values: list[tuple[str, str]] = []
    for control in controls:
        name, kind = control["name"], control["type"]
        if not name or control.tag not in CONTROLS:
            continue
        if control.tag == "select":
            values += [(name, option["value"]) for option in chosen_options(control)]
        elif control.tag == "textarea":
            values.append((name, control.text))
        elif kind not in ("checkbox", "radio") or "checked" in control.attributes:
            values.append((name, control["value"] or ("on" if kind in ("checkbox", "radio") else "")))
    return values
