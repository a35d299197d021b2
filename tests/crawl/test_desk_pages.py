"""Pages behind the forms of My details, Mail and the support desk, in a real browser: refused, and done."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from simulator.app import Platform
from simulator.core import outbox
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.web.sessions import cookie_name, cookie_path
from tests.conftest import NOW
from tests.crawl import page_rules
from tests.crawl.looking import Looker, looking
from tests.crawl.site import Site
from tests.visits import cast, password_of, phone_code, session_cookie, store_of

pytestmark = pytest.mark.browser

LANGUAGE = "en-XA"
NUMBER = "+31699999977"
SEND = "main form[method=post] .btn-primary"


@pytest.fixture
def office(platform: Platform) -> Iterator[Sandbox]:
    """Return a sandbox that this test may change."""
    store_of(platform).create("desk", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="desk"))
    with store_of(platform).open("desk") as sandbox:
        yield sandbox
    store_of(platform).delete("desk")


def details(looker: Looker, office: Sandbox, home: str) -> Iterator[str]:
    """Go through My details, and stop at each page that a form leads to."""
    email, page = cast(office, "user").email, looker.page
    for path in ("edit", "password", "two-step/disable?lost=1", "sms"):
        looker.open(f"{home}details/{path}")
        page.locator("main form[method=post] input:not([type=hidden])").first.fill("")
        looker.press(SEND)
        yield f"{path} refused"
    page.fill("#number", NUMBER)
    page.fill("#own_password", password_of(office, email))
    looker.press(SEND)
    yield "code was sent"
    page.fill("#code", "0")
    looker.press(SEND)
    yield "code refused"
    with office.reading() as db:
        page.fill("#code", outbox.newest_first(db, to=NUMBER, kind="sms")[0].codes[0])
    looker.press(SEND)
    yield "number verified"
    looker.open(f"{home}details/emergency-code")
    page.fill("#own_password", password_of(office, email))
    page.fill("#code", phone_code(office, email))
    looker.press(SEND)
    yield "new emergency code"


def desk(looker: Looker, office: Sandbox, home: str) -> Iterator[str]:
    """Go through the desk and a mail, and stop at each page that a form leads to."""
    person, page = f"{home}support/people/{cast(office, 'user').id}", looker.page
    looker.open(f"{person}/right")
    page.fill("#domains", "nodomain")
    looker.press(SEND)
    yield "domain refused"
    looker.open(f"{person}/emergency-code")
    page.fill("#own_password", "Wrong!pass1")
    looker.press(SEND)
    yield "own password refused"
    page.fill("#own_password", password_of(office, cast(office, "support").email))
    looker.press(SEND)
    yield "code for somebody else"
    looker.open(person)
    yield "history"
    looker.open(f"{home}mail/new")
    page.set_input_files("#attachments", {"name": "form.txt", "mimeType": "text/plain", "buffer": b"1"})
    looker.press(SEND)
    yield "mail refused"


@pytest.mark.parametrize(("who", "open_pages"), [("user", details), ("support", desk)], ids=["details", "desk"])
def test_every_page_behind_a_form_can_be_used_by_everybody(
    site: Site, browser: Browser, address: str, office: Sandbox, who: str, open_pages: object
) -> None:
    cookie = (cookie_name(office.name), session_cookie(office, cast(office, who).email, LANGUAGE), cookie_path(office.name))
    with looking(browser, address, LANGUAGE, cookie) as looker:
        for what in open_pages(looker, office, f"/s/{office.name}/"):  # type: ignore[operator]
            code = looker.page.locator("#emergency-code")
            words = [*site.data["office"], office.name, NUMBER, "nodomain", *code.all_inner_texts(), *subjects(office)]
            untranslated = tuple(sorted(words, key=len, reverse=True))
            looker.faults += [(fault, what) for fault in page_rules.faults(looker.page.content(), LANGUAGE, untranslated)]
            looker.look(what)


def subjects(office: Sandbox) -> list[str]:
    """Return the subjects of the mails that were sent meanwhile."""
    with office.reading() as db:
        return [mail.subject for mail in outbox.newest_first(db, kind="mail")]
