"""To open a page, or to look whether it is there, changes nothing: mail scanners and link previews open every link."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update
from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.directory import links
from simulator.directory.models import LinkKind, Person
from simulator.directory.signing_in.models import SignIn
from simulator.documents.exchange import links as exchange_links
from simulator.documents.model.models import Document
from simulator.documents.registers import access_points
from simulator.documents.synthetic import consumption
from simulator.web.access import BY_TOKEN
from tests.conftest import NOW
from tests.crawl.site import LIMITED_TO, SCENARIOS, VISITORS, Site
from tests.security.test_csrf import BY_PROTOCOL
from tests.visits import Visitor, cast, links_on, password_of, phone_code, store_of
from tests.waiting import Writes

SAFE = ("HEAD", "GET")

ELSEWHERE = {
    "admin.exported_list": "a file that the tests of exports fetch",
    "admin.exported": "a file that the tests of exports fetch",
    "autoinvoice.invoice_attachment": "a file that the tests of invoices fetch",
    "autoinvoice.invoice_view": "a file that the tests of invoices fetch",
}
"""Pages that no visitor of this module can open."""


class Reader:
    """Opens pages of a sandbox by the safe methods, and remembers which of them changed something."""

    def __init__(self, platform: Platform, sandbox: Sandbox) -> None:
        self._routes = platform.url_map.bind("localhost")
        self._sandbox, self._writes = sandbox, Writes(sandbox)
        self.read: set[str] = set()
        self.changed: list[str] = []

    def open(self, visitor: Visitor, path: str) -> TestResponse:
        """Open a page; return the answer to GET."""
        path = visitor.path(path)
        for method in SAFE:
            before = self._files()
            self._writes.begin()
            answer = visitor.client.open(path, method=method)
            assert answer.status_code < 500, f"{method} {path}"
            if self._writes.any or self._files() != before:
                self.changed.append(f"{method} {path}")
        self.read.add(self.endpoint(path))
        return answer

    def endpoint(self, path: str) -> str:
        """Return the route that answers an address."""
        try:
            return str(self._routes.match(path.partition("?")[0], method="GET")[0])
        except NotFound:
            return "nothing"

    def close(self) -> None:
        """Close the file."""
        self._writes.close()

    def _files(self) -> list[Path]:
        folder = self._sandbox.path.parent
        return sorted(
            path for path in folder.rglob("*") if not path.name.endswith(("-wal", "-shm", "-summary", "-requests"))
        )


def routes(site: Site) -> set[str]:
    """Return all routes below a sandbox that pages are opened by; those of programs with tokens have tests of their own."""
    platform = site.platform
    return {
        rule.endpoint
        for rule in platform.all_routes()
        if "GET" in (rule.methods or ())
        and rule.rule.startswith("/s/")
        and not rule.endpoint.startswith(("autoinvoice_api.", "public_api.", "mailpit."))
        if rule.endpoint not in BY_PROTOCOL
        if not getattr(platform.view_functions[rule.endpoint], "access", "").startswith(BY_TOKEN)
    }


def crawled(site: Site, name: str, who: str | None) -> Iterator[str]:
    """Yield an address of each route that a visitor can reach by links; of the routes that the crawl keeps to."""
    met = set()
    for page in site.crawled_pages(name, who):
        for path in (page.path, *(links_on(page.html, page.path) if name not in LIMITED_TO else ())):
            endpoint = site.endpoint(path)
            if path.startswith(f"/s/{name}/") and endpoint not in met:
                met.add(endpoint)
                yield path


def mailed(sandbox: Sandbox) -> Iterator[str]:
    """Make a link of every kind that is mailed, and yield their paths."""
    pages = {
        LinkKind.WELCOME: "/connect/welcome",
        LinkKind.ACTIVATION: "/connect/activate",
        LinkKind.RESET: "/connect/reset",
        LinkKind.SIGN_IN: "/connect/link",
        LinkKind.REGISTRATION: "/autoinvoice/activate",
        LinkKind.EMAIL: "/connect/email",
    }
    assert set(pages) == set(LinkKind)
    for kind, path in pages.items():
        with sandbox.transaction() as db:
            person = db.get_one(Person, cast(sandbox, "not_activated" if kind != LinkKind.RESET else "user").id)
            token = links.make(db, person, kind)
        yield f"{path}/{token}"


@pytest.fixture
def sandbox(site: Site) -> Iterator[Sandbox]:
    """Return a sandbox of this test."""
    store = store_of(site.platform)
    store.create("safe", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="safe"))
    with store.open("safe") as sandbox:
        yield sandbox
    store.delete("safe")


def test_no_page_that_links_lead_to_changes_anything(site: Site, sandbox: Sandbox) -> None:
    site.platform.load_all()
    read, changed = set(), []
    for name in SCENARIOS.values():
        with site.sandbox(name) as crawled_sandbox:
            consumption.unpack_all(crawled_sandbox)
            reader = Reader(site.platform, crawled_sandbox)
            for who in VISITORS[name]:
                visitor = site.visitor(name, who, "en")
                for path in crawled(site, name, who):
                    reader.open(visitor, path)
            reader.close()
        read |= reader.read
        changed += reader.changed
    reader = Reader(site.platform, sandbox)
    for path in mailed(sandbox):
        assert "<form" in reader.open(Visitor.of(site.platform, sandbox), path).text, "the link can still be used"
    for visitor in waiting(site, sandbox):
        for route in sorted(site.platform.url_map.iter_rules(), key=lambda rule: rule.rule):
            if (
                route.endpoint.startswith("connect.")
                and not route.arguments - {"sandbox"}
                and "GET" in (route.methods or ())
            ):
                reader.open(visitor, route.rule.replace("<sandbox>", sandbox.name))
    reader.close()
    read, changed = read | reader.read, changed + reader.changed
    with site.sandbox("norway") as norway:
        reader = Reader(site.platform, norway)
        visitor = site.visitor("norway", "administrator", "en")
        visitor.client.environ_base["HTTP_AUTHORIZATION"] = _authorization(norway)
        for rule in site.platform.all_routes():
            if rule.endpoint in routes(site) - read - set(ELSEWHERE):
                reader.open(visitor, site.platform.url_map.bind("localhost").build(rule.endpoint, _arguments(norway, rule)))
        reader.close()
    assert changed + reader.changed == []
    assert routes(site) - read - reader.read == set(ELSEWHERE), "nobody opened these pages"


def _authorization(norway: Sandbox) -> str:
    """Return the header with which an access point calls ELMA."""
    with norway.reading() as db:
        access_point = access_points.all_of(db)[0]
        credentials = f"{access_point.key}:{access_points.password_of(db, access_point)}"
    return f"Basic {b64encode(credentials.encode()).decode()}"


def _arguments(norway: Sandbox, rule: Rule) -> dict[str, object]:
    """Return what addresses of a route name that no link leads to."""
    with norway.reading() as db:
        document = db.scalars(select(Document)).first()
        assert document is not None
        values = {
            "sandbox": norway.name,
            "token": exchange_links.token_of(db, document),
            "endpoint_id": access_points.all_of(db)[0].id,
            "address": "0192::310000019",
            "participant": "iso6523-actorid-upis::0192:310000019",
            "document_type": "none",
            "key_kind": "passkey",
            "form": "json",
            "name": "no-such-name",
        }
    return {name: values.get(name, 1) for name in rule.arguments}


def waiting(site: Site, sandbox: Sandbox) -> Iterator[Visitor]:
    """Yield browsers whose sign-in waits for each of its steps, and one that remembers the address."""
    email, plain = cast(sandbox, "administrator").email, cast(sandbox, "no_two_step").email
    visitor = Visitor.of(site.platform, sandbox)
    visitor.client.set_cookie(f"rememberUsername_{sandbox.name}", email, path=f"/s/{sandbox.name}/")
    yield visitor
    visitor = Visitor.of(site.platform, sandbox)
    visitor.begin_sign_in(email)
    yield visitor
    visitor.type_password(password_of(sandbox, email))
    yield visitor
    visitor.type_code(phone_code(sandbox, email))
    yield visitor
    visitor = Visitor.of(site.platform, sandbox)
    visitor.begin_sign_in(plain)
    visitor.type_password(password_of(sandbox, plain))
    yield visitor
    visitor.choose("/connect/enroll", "enable")
    yield visitor
    other = Visitor.of(site.platform, sandbox)
    other.begin_sign_in(plain)
    other.type_password(password_of(sandbox, plain))
    with sandbox.transaction() as db:
        db.execute(update(SignIn).values(put_off=True))
    yield other
