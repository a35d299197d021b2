"""A platform and its visitors: a browser without a window, which fills in forms and sends them as a browser would."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

import seed
from simulator.app import Platform, create_app
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from simulator.directory import credentials, people, sign_in_sessions
from simulator.directory.models import ClearTextSecrets, Person
from simulator.settings import Settings
from simulator.web.sessions import cookie_name, cookie_path, seal
from tests.conftest import BASE_ADDRESS
from tests.reading import CONTROLS, Element, read


def make_platform(directory: Path, templates: Path, **settings: Any) -> Platform:
    """Put a platform together, without any sandbox."""
    options = Settings(data_dir=directory, **settings)
    base = options.base_address if settings else BASE_ADDRESS
    return create_app(options, Store(directory, seed.template_for(templates), seed.finish, base))


def store_of(platform: Platform) -> Store:
    """Return a platform's store."""
    store: Store = platform.extensions["store"]
    return store


@contextmanager
def fresh_sandbox(platform: Platform, name: str, creation: Creation) -> Iterator[Sandbox]:
    """Make a sandbox and hold it open; it goes afterwards."""
    store = store_of(platform)
    store.create(name, creation)
    with store.open(name) as opened:
        yield opened
    store.delete(name)


def cast(sandbox: Sandbox, key: str) -> Person:
    """Return a person of the scenario's cast."""
    with sandbox.reading() as db:
        return db.scalars(select(Person).where(Person.key == key)).one()


def password_of(sandbox: Sandbox, email: str) -> str:
    """Return a person's password from the clear-text secrets."""
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        return db.get_one(ClearTextSecrets, person.id).password or ""


def phone_code(sandbox: Sandbox, email: str) -> str:
    """Return the present code of a person's phone."""
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        next_code = credentials.next_code(db, person)
        assert next_code is not None
        return next_code.code


def session_cookie(sandbox: Sandbox, email: str | None, language: str | None = None) -> str:
    """Begin a session as Connect would, and return the cookie's value."""
    content: dict[str, object] = {"language": language} if language else {}
    with sandbox.transaction() as db:
        if email is not None:
            person = people.by_email(db, email)
            assert person is not None
            content["sid"] = sign_in_sessions.begin(db, person, ["pwd", "otp"]).id
        return seal(db.cookie_key, content)


@dataclass
class Form:
    """A form of a page.

    Attributes:
        path: path of its page.
        action: the address that it is sent to.
        method: ``get`` or ``post``.
        values: its values, as a browser would send the untouched form, without its buttons.
        buttons: what each of its buttons adds: (name, value, action).
        element: the element itself.
    """

    path: str
    action: str
    method: str
    values: MultiDict[str, str]
    buttons: list[tuple[str, str, str]]
    element: Element

    @property
    def fields(self) -> list[str]:
        """Names of the fields that a visitor, or a program, can change; not the token."""
        names = [*self.values, *(name for name, _, _ in self.buttons if name)]
        ticks = [control["name"] for control in self.element.all(*CONTROLS) if control["name"]]
        return [name for name in dict.fromkeys([*names, *ticks]) if name != "csrf_token"]


def forms_on(html: str, path: str) -> list[Form]:
    """Return the forms of a page."""
    root = read(html)
    return [form_of(root, element, path) for element in root.all("form")]


def form_of(root: Element, element: Element, path: str) -> Form:
    """Read a form element of a page."""
    action = urljoin(path, element["action"] or path)
    below = set(element)
    controls = [item for item in root if item in below or (element["id"] and item["form"] == element["id"])]
    buttons = [
        (control["name"], control["value"], urljoin(path, control["formaction"]) if control["formaction"] else action)
        for control in controls
        if control.tag == "button" and control["type"] == "submit"
    ]
    return Form(path, action, element["method"].lower() or "get", MultiDict(_untouched_values(controls)), buttons, element)


def _untouched_values(controls: Iterable[Element]) -> Iterable[tuple[str, str]]:
    for control in controls:
        if not control["name"] or control.tag not in CONTROLS:
            continue
        if control.tag == "select":
            options = control.all("option")
            chosen = [option for option in options if "selected" in option.attributes] or options[:1]
            yield from ((control["name"], option["value"]) for option in chosen)
        elif control.tag == "textarea":
            yield control["name"], control.text
        elif control["type"] not in ("checkbox", "radio") or "checked" in control.attributes:
            yield control["name"], control["value"] or ("on" if control["type"] in ("checkbox", "radio") else "")


@dataclass
class Visitor:
    """A browser in one sandbox."""

    client: FlaskClient
    home: str
    seen: dict[str, TestResponse] = field(default_factory=dict)

    @classmethod
    def of(cls, platform: Platform, sandbox: Sandbox, email: str | None = None, language: str | None = None) -> Self:
        """Make a browser, signed in when an address is given."""
        visitor = cls(platform.test_client(), f"/s/{sandbox.name}")
        if email is not None or language is not None:
            value = session_cookie(sandbox, email, language)
            visitor.client.set_cookie(cookie_name(sandbox.name), value, path=cookie_path(sandbox.name))
        return visitor

    def path(self, path: str) -> str:
        """Return an address below the sandbox; one that begins with ``/s/`` or another root stays."""
        return path if path.startswith("/s/") or not path.startswith("/") or self.home == "" else self.home + path

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(self.path(path), **more)

    def forms(self, path: str) -> list[Form]:
        """Open a page and return its forms."""
        response = self.get(path)
        assert response.status_code == 200, f"{path}: {response.status_code}"
        return forms_on(response.text, self.path(path))

    def form(self, path: str, holding: str) -> Form:
        """Open a page and return its first form that has a field, or a button, of that name."""
        matches = [form for form in self.forms(path) if holding in form.fields]
        assert matches, f"no form on {path} has a field {holding}"
        return matches[0]

    def token(self) -> str:
        """Return a CSRF token of this browser."""
        page = self.get("/elma/").text
        return forms_on(page, "/")[0].values["csrf_token"]

    def send(self, form: Form, button: int = 0, follow: bool = False, **values: Any) -> TestResponse:
        """Fill a form in and send it by one of its buttons."""
        data: MultiDict[str, Any] = MultiDict(form.values)
        name, value, target = form.buttons[button] if form.buttons else ("", "", form.action)
        if name:
            data.setlist(name, [value])
        for field_, content in values.items():
            data.setlist(field_, content if isinstance(content, list) else [content])
        if form.method == "get":
            return self.client.get(target.partition("?")[0], query_string=data, follow_redirects=follow)
        return self.client.post(target, data=data, follow_redirects=follow)

    def begin_sign_in(self, email: str, query: str = "") -> TestResponse:
        """Type an e-mail address and go on."""
        return self.send(self.form(f"/connect/{query}", "Username"), Username=email)

    def type_password(self, password: str) -> TestResponse:
        """Type the password and go on."""
        return self.send(self.form("/connect/login/password", "Password"), Password=password)

    def type_code(self, code: str, **values: Any) -> TestResponse:
        """Type the code of the phone and go on."""
        return self.send(self.form("/connect/totp/auth", "AuthCode"), AuthCode=code, **values)

    def choose(self, path: str, choice: str) -> TestResponse:
        """Open a page and press its button of a choice."""
        form = self.form(path, "choice")
        return self.send(form, [value for _, value, _ in form.buttons].index(choice))

    def confirm(self, path: str, follow: bool = False) -> TestResponse:
        """Open a page, such as that of a mailed link, and press its button."""
        form = next(form for form in self.forms(path) if form.action == self.path(path))
        return self.send(form, follow=follow)

    def go_in(self, response: TestResponse) -> TestResponse:
        """Complete the remaining steps of a sign-in: be reminded later, accept the terms of use."""
        for page, choice in (("/connect/enroll", "later"), ("/connect/terms", "accept")):
            if (response.location or "").endswith(page):
                response = self.choose(page, choice)
        return response

    @property
    def is_signed_in(self) -> bool:
        """Whether Home opens."""
        return self.get("/home/").status_code == 200


def without_token(html: str) -> str:
    """Return a page without its CSRF token, which changes with the machine's clock."""
    token = html.partition('name="csrf_token" value="')[2].partition('"')[0]
    return html.replace(token, "") if token else html


def links_on(html: str, path: str) -> Sequence[str]:
    """Return the targets of a page's links on this platform, without fragments; not what leads to a part of the page itself."""
    links = [link["href"] for link in read(html).all("a")]
    targets = [urljoin(path, link) for link in links if link and not link.startswith("#")]
    return list(dict.fromkeys(target.partition("#")[0] for target in targets if not urlsplit(target).netloc))
