"""A signed-in browser without a window: opens pages, follows links, exports, and reads what a person would see."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from simulator.core.sandbox import Sandbox
from simulator.directory import people, sign_in_sessions
from simulator.web.sessions import cookie_name, cookie_path, seal

Link = tuple[str, str]


@dataclass
class PageReader(HTMLParser):
    """Reads a page's headings, tables and links."""

    heading: str = ""
    tables: list[list[list[str]]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    menu_items: list[Link] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a thing of which the text is wanted."""
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("h1", "td", "th", "a", "button"):
            attributes = dict(attrs)
            self._open.append((tag, attributes.get("href") or attributes.get("formaction") or ""))
            if tag in ("td", "th"):
                self.tables[-1][-1].append("")
            elif tag == "a":
                self.links.append(("", self._open[-1][1]))
            elif attributes.get("role") == "menuitem":
                self.menu_items.append(("", self._open[-1][1]))

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if self._open and self._open[-1][0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Read on."""
        words = " ".join(data.split())
        if not words:
            return
        self.text = f"{self.text} {words}"
        for tag, target in self._open:
            if tag == "h1":
                self.heading += words
            elif tag in ("td", "th"):
                self.tables[-1][-1][-1] += words
            elif tag == "a":
                self.links[-1] = (self.links[-1][0] + words, target)
            elif tag == "button" and self.menu_items and self.menu_items[-1][1] == target:
                self.menu_items[-1] = (words, target)


@dataclass
class Visitor:
    """A signed-in person's browser, in one sandbox."""

    client: FlaskClient
    home: str

    @classmethod
    def of(cls, app: Flask, sandbox: Sandbox, email: str, language: str) -> Self:
        """Sign a person in."""
        with sandbox.transaction() as db:
            person = people.by_email(db, email)
            assert person is not None
            session: dict[str, object] = {"sid": sign_in_sessions.begin(db, person, ["pwd"]).id, "language": language}
            value = seal(db.cookie_key, session)
        client = app.test_client()
        client.set_cookie(cookie_name(sandbox.name), value, path=cookie_path(sandbox.name))
        return cls(client, f"/s/{sandbox.name}")

    def get(self, path: str) -> TestResponse:
        """Ask for a page below the sandbox, or for an address a link gave."""
        return self.client.get(path if path.startswith("/s/") else self.home + path)

    def page(self, path: str, status: int = 200) -> PageReader:
        """Open a page and read it."""
        response = self.get(path)
        assert response.status_code == status
        return read(response.text)

    def follow(self, page: PageReader, link: str) -> PageReader:
        """Click the first link of that text."""
        return self.page(next(target for text, target in page.links if text == link))

    def export(self, path: str, entry: str) -> TestResponse:
        """Open an invoice's specification and choose an entry under *Export as*."""
        text = self.get(path).text
        token = re.search(r'class="drop-down.*?name="csrf_token" value="([^"]+)"', text, re.DOTALL)
        assert token is not None
        target = next(target for name, target in read(text).menu_items if name == entry)
        return self.client.post(target, data={"csrf_token": token.group(1)})


def read(html: str) -> PageReader:
    """Read a page."""
    reader = PageReader()
    reader.feed(html)
    return reader
