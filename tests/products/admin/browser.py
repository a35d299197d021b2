"""A browser without a window: opens pages, fills in forms by their labels, and reads the text that a person would see."""

from collections.abc import Iterable, Mapping
from typing import Self
from urllib.parse import urlencode, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from simulator.core.sandbox import Sandbox
from simulator.directory import people, sign_in_sessions
from simulator.web.sessions import cookie_name, cookie_path, seal
from tests import reading


class Element(reading.Element):
    """One element of a page, read as a person does: words apart, and without what is hidden from screen readers."""

    @property
    def text(self) -> str:
        """The readable text."""
        parts = [
            child if isinstance(child, str) else "" if child["aria-hidden"] == "true" else child.text
            for child in self.children
        ]
        return " ".join(" ".join(parts).split())

    def get(self, name: str) -> str:
        """Return an attribute, empty when it is not there."""
        return self[name]


class Page:
    """A page of a response."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        self.path = response.request.full_path.rstrip("?")
        self.html = response.text
        self.root = Element.of_page(self.html)

    @property
    def heading(self) -> str:
        """The main heading."""
        (heading,) = self.root.all("h1")
        return heading.text

    @property
    def text(self) -> str:
        """The readable text of the page."""
        return self.root.all("body")[0].text

    @property
    def alerts(self) -> list[str]:
        """Messages of the page."""
        return [element.text for element in self.root.all("div") if element.get("role") in ("alert", "status")]

    @property
    def errors(self) -> dict[str, str]:
        """Messages at fields, by the id of the field they belong to."""
        matches = [element for element in self.root.all("div") if element.get("id").endswith("-error")]
        return {element.get("id").removesuffix("-error"): element.text for element in matches}

    @property
    def table(self) -> list[list[str]]:
        """The rows of the first table, headings included."""
        return [[cell.text for cell in row.all("th", "td")] for row in self.root.all("table")[0].all("tr")]

    def links(self, within: str = "body") -> list[str]:
        """Return the texts of all links inside an element of a kind."""
        return [link.text for element in self.root.all(within) for link in element.all("a")]

    def link(self, text: str, within: str = "body") -> str:
        """Return where the first link of that name leads."""
        links = [link for element in self.root.all(within) for link in element.all("a")]
        return next(link.get("href") for link in links if text in (link.text, link.get("aria-label")))

    def control(self, label: str) -> Element:
        """Return the control that carries a label."""
        (id_,) = [element.get("for") for element in self.root.all("label") if element.text == label]
        (matches,) = [element for element in self.root.all("input", "select") if element.get("id") == id_]
        return matches

    def options(self, label: str) -> list[str]:
        """Return the options of a list."""
        return [option.text for option in self.control(label).all("option")]

    def tick_boxes(self) -> list[str]:
        """Return the labels of all tick boxes."""
        ids = [element.get("id") for element in self.root.all("input") if element.get("type") == "checkbox"]
        return [element.text for element in self.root.all("label") if element.get("for") in ids]

    def ticked(self) -> list[str]:
        """Return the labels of the tick boxes that are ticked."""
        boxes = [element for element in self.root.all("input") if element.get("type") == "checkbox"]
        ids = [element.get("id") for element in boxes if "checked" in element.attributes]
        return [element.text for element in self.root.all("label") if element.get("for") in ids]


class Form:
    """A form as it is being filled in, found by its button."""

    def __init__(self, page: Page, button: str) -> None:
        self._page = page
        buttons = [e for e in page.root.all("button") if e.text == button]
        assert len(buttons) == 1, f"{len(buttons)} buttons say {button}"
        self._button = buttons[0]
        self.element = self._find(page, self._button)
        self.values: MultiDict[str, str] = MultiDict(self._initial_values())
        if self._button.get("name"):
            self.values.setlist(self._button.get("name"), [self._button.get("value")])

    @staticmethod
    def _find(page: Page, button: Element) -> Element:
        if button.get("form"):
            return next(form for form in page.root.all("form") if form.get("id") == button.get("form"))
        return next(form for form in page.root.all("form") if button in form.all("button"))

    def _initial_values(self) -> Iterable[tuple[str, str]]:
        """Yield the values of the rendered form, as a browser sends it unchanged."""
        for control in self.element.all("input", "select"):
            if control.tag == "select":
                options = control.all("option")
                chosen = [option for option in options if "selected" in option.attributes] or options[:1]
                yield from ((control.get("name"), option.get("value")) for option in chosen)
            elif control.get("type") != "checkbox" or "checked" in control.attributes:
                yield control.get("name"), control.get("value")

    def fill(self, label: str, text: str) -> Self:
        """Type into a field."""
        self.values[self._page.control(label).get("name")] = text
        return self

    def select(self, label: str, option: str) -> Self:
        """Choose an option by its text."""
        control = self._page.control(label)
        self.values[control.get("name")] = next(o.get("value") for o in control.all("option") if o.text == option)
        return self

    def check(self, label: str) -> Self:
        """Tick a box."""
        control = self._page.control(label)
        assert control.get("type") == "checkbox"
        self.values.add(control.get("name"), control.get("value"))
        return self

    def uncheck(self, label: str) -> Self:
        """Take the tick out of a box that has one."""
        control = self._page.control(label)
        values = self.values.poplist(control.get("name"))
        assert control.get("value") in values
        self.values.setlist(control.get("name"), [value for value in values if value != control.get("value")])
        return self

    def alter(self, name: str, *values: str) -> Self:
        """Send something else than the page offers."""
        self.values.setlist(name, list(values))
        return self


class Browser:
    """One person's browser in one sandbox."""

    def __init__(self, app: Flask, sandbox: Sandbox, email: str | None = None, language: str = "nl") -> None:
        self.client: FlaskClient = app.test_client()
        self.home = f"/s/{sandbox.name}"
        with sandbox.transaction() as db:
            content: dict[str, object] = {"language": language}
            if email is not None:
                person = people.by_email(db, email)
                assert person is not None
                content["sid"] = sign_in_sessions.begin(db, person, ["pwd"]).id
            value = seal(db.cookie_key, content)
        self.client.set_cookie(cookie_name(sandbox.name), value, path=cookie_path(sandbox.name))

    def open(self, address: str) -> Page:
        """Open an address, or a path below the sandbox."""
        parts = urlsplit(address)
        path = parts.path if parts.path.startswith("/s/") else self.home + parts.path
        return Page(self.client.get(path, query_string=parts.query, follow_redirects=True))

    def click(self, page: Page, link: str, within: str = "body") -> Page:
        """Click a link."""
        return self.open(page.link(link, within))

    def send(self, page: Page, form: Form) -> Page:
        """Click the button of a form."""
        target = form.element.get("action") or page.path
        if form.element.get("method") == "get":
            return self.open(f"{target}?{urlencode(list(form.values.items(multi=True)))}")
        return Page(self.client.post(target, data=form.values, follow_redirects=True))

    def post(self, path: str, values: Mapping[str, str | list[str]]) -> Page:
        """Send values to a path below the sandbox that no form of a page needs to offer."""
        tokens = [field.get("value") for field in self.open("/home").root.all("input") if field.get("name") == "csrf_token"]
        return Page(self.client.post(self.home + path, data={**values, "csrf_token": tokens[0]}, follow_redirects=True))

    def press(self, page: Page, button: str) -> Page:
        """Click a button without filling in anything."""
        return self.send(page, Form(page, button))
