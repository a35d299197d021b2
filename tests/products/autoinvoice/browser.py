"""A browser without a window: opens pages and sends the forms it sees, hidden fields and all."""

import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from simulator.core.sandbox import Sandbox
from simulator.directory import people, sign_in_sessions
from simulator.web.sessions import cookie_name, cookie_path, seal


class Form(HTMLParser):
    """Reads what a browser would send of the last form of a page, which is the one in its content."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.boxes: dict[str, bool] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form, or take a field."""
        attributes = dict(attrs)
        name = attributes.get("name")
        if tag == "form":
            self.fields, self.boxes = {}, {}
        elif tag == "input" and name:
            if attributes.get("type") == "checkbox":
                self.boxes[name] = "checked" in attributes
            elif attributes.get("type") == "hidden":
                self.fields[name] = attributes.get("value") or ""


@dataclass
class Page:
    """What came back."""

    response: TestResponse

    @property
    def status(self) -> int:
        """HTTP status."""
        return self.response.status_code

    @property
    def path(self) -> str:
        """Where the browser is, below the sandbox."""
        return "/" + urlsplit(self.response.request.path).path.split("/", 3)[3]

    @property
    def heading(self) -> str:
        """The one ``h1``."""
        (heading,) = re.findall(r"<h1[^>]*>(.*?)</h1>", self.response.text, re.DOTALL)
        return unescape(heading)

    @property
    def text(self) -> str:
        """The words of the content, as a person reads them."""
        content = self.response.text.partition('id="content"')[2].partition(">")[2]
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", content)).split())

    @property
    def links(self) -> dict[str, str]:
        """Text → address of the links."""
        matches = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', self.response.text, re.DOTALL)
        return {" ".join(re.sub(r"<[^>]*>", " ", text).split()): unescape(href) for href, text in matches}

    @property
    def buttons(self) -> dict[str, str]:
        """Text → value of the buttons in the content."""
        content = self.response.text.partition('id="content"')[2]
        matches = re.findall(r"<button([^>]*)>(.*?)</button>", content, re.DOTALL)
        return {text.strip(): "".join(re.findall(r'value="([^"]*)"', rest)) for rest, text in matches}

    @property
    def form(self) -> Form:
        """The form in the content."""
        return Form(self.response.text)


class Browser:
    """One browser in one sandbox; signed in when it is given an address."""

    def __init__(self, app: Flask, sandbox: Sandbox, email: str | None = None, language: str = "nb") -> None:
        self.client: FlaskClient = app.test_client()
        self.home = f"/s/{sandbox.name}"
        with sandbox.transaction() as db:
            session: dict[str, object] = {"language": language}
            if email:
                person = people.by_email(db, email)
                assert person is not None
                session["sid"] = sign_in_sessions.begin(db, person, ["pwd"]).id
            value = seal(db.cookie_key, session)
        self.client.set_cookie(cookie_name(sandbox.name), value, path=cookie_path(sandbox.name))

    def open(self, path: str) -> Page:
        """Open a page below the sandbox, or an address from a link."""
        address = path if path.startswith("/s/") else self.home + path
        return Page(self.client.get(address, follow_redirects=True))

    def send(self, page: Page, **changed: str | None) -> Page:
        """Send a page's form to that page; a field that is changed to None is left out."""
        form = page.form
        fields = form.fields | {name: "y" for name, ticked in form.boxes.items() if ticked}
        sent = {name: value for name, value in (fields | changed).items() if value is not None}
        return Page(self.client.post(self.home + page.path, data=sent, follow_redirects=True))
