"""Pages behind forms, and forms that were refused: signing in, recovering, activating, adding a user, a stale form, the lobby."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.outbox import Message
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.core.texts import LANGUAGES, PSEUDO
from simulator.web.sessions import cookie_name, cookie_path
from tests.conftest import NOW
from tests.crawl import page_rules
from tests.crawl.looking import NARROW, WIDE, Looker, looking
from tests.crawl.site import IN_EVERY_LANGUAGE, Site
from tests.visits import cast, password_of, phone_code, session_cookie, store_of

pytestmark = pytest.mark.browser

FULL = PSEUDO
GOOD = "Sterk!wachtwoord7"
SUBMIT = "main form:not(.languages) button[type=submit]"

Look = Callable[[str], None]


@pytest.fixture
def office(platform: Platform, language: str) -> Iterator[Sandbox]:
    """Return a sandbox that this test may change."""
    name = f"forms-{language.lower()}"
    store_of(platform).create(name, Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="forms"))
    with store_of(platform).open(name) as sandbox:
        yield sandbox
    store_of(platform).delete(name)


def looker_of(looker: Looker, site: Site, sandbox: Sandbox, language: str) -> Look:
    """Return what looks at the page that is open: its source, its two widths, axe."""
    words = tuple(sorted([*site.data["office"], sandbox.name, "nobody@nowhere.example"], key=len, reverse=True))

    def look(what: str) -> None:
        looker.faults += [
            (fault, f"{what} ({language})") for fault in page_rules.faults(looker.page.content(), language, words)
        ]
        looker.look(what, axe=(WIDE, NARROW) if language == FULL else (NARROW,))

    return look


def newest_link(sandbox: Sandbox, email: str) -> str:
    """Return the path of the link in the newest mail to an address."""
    with sandbox.reading() as db:
        query = select(Message).where(Message.recipient == email).order_by(Message.id.desc())
        return urlsplit(next(message.links[0] for message in db.scalars(query) if message.links)).path


@pytest.mark.parametrize("language", IN_EVERY_LANGUAGE)
def test_every_page_of_signing_in_can_be_used_by_everybody(
    site: Site, browser: Browser, address: str, office: Sandbox, language: str
) -> None:
    cookie = (cookie_name(office.name), session_cookie(office, None, language), cookie_path(office.name))
    email = cast(office, "administrator").email
    with looking(browser, address, language, cookie) as looker:
        page, look = looker.page, looker_of(looker, site, office, language)
        looker.open(f"/s/{office.name}/connect/")
        looker.press(SUBMIT)
        look("e-mail address refused")
        page.fill("#Username", email)
        looker.press(SUBMIT)
        look("password")
        page.fill("#Password", "Wrong!pass1")
        looker.press(SUBMIT)
        look("password refused")
        looker.press("main a[href$='/recover']")
        look("recover")
        # The button waits for the tick; the server asks for it too.
        with page.expect_navigation(wait_until="load"):
            page.evaluate("() => document.querySelector('form[data-needs]').submit()")
        look("recover refused")
        page.check("#Human")
        looker.press(f"{SUBMIT} >> nth=0")
        look("mail is on its way")
        path = newest_link(office, email)
        looker.open(path)
        look("choose a new password")
        page.fill("#password", "short")
        page.fill("#repeated", "other")
        looker.press(SUBMIT)
        look("new password refused")
        page.fill("#password", GOOD)
        page.fill("#repeated", GOOD)
        looker.press(SUBMIT)
        look("password changed")
        looker.open(path)
        look("link no longer good")
        looker.open(newest_link(office, cast(office, "not_activated").email))
        look("activate")
        looker.open(f"/s/{office.name}/connect/?other=1")
        page.fill("#Username", email)
        looker.press(SUBMIT)
        page.fill("#Password", password_of(office, email))
        looker.press(SUBMIT)
        look("code")
        page.fill("#AuthCode", "000000")
        looker.press(SUBMIT)
        look("code refused")
        page.fill("#AuthCode", phone_code(office, email))
        looker.press(SUBMIT)
        assert page.url.endswith(f"/s/{office.name}/home/")


@pytest.mark.parametrize("language", IN_EVERY_LANGUAGE)
def test_every_refused_form_can_be_used_by_everybody(
    site: Site, browser: Browser, address: str, office: Sandbox, language: str
) -> None:
    administrator = cast(office, "administrator").email
    cookie = (cookie_name(office.name), session_cookie(office, administrator, language), cookie_path(office.name))
    with looking(browser, address, language, cookie) as looker:
        page, look = looker.page, looker_of(looker, site, office, language)
        looker.open(f"/s/{office.name}/admin/users/add")
        looker.press("main .btn-primary")
        look("user refused")
        page.fill("#email", cast(office, "user").email)
        page.fill("#first_name", "Bram")
        page.fill("#last_name", "Teunisse")
        page.select_option("#access_to", index=1)
        page.check("#role-customer_administrator")
        looker.press("main .btn-primary")
        look("user who is there already")
        page.fill("#email", "nobody@nowhere.example")
        looker.press("main .btn-primary")
        look("user added")
        looker.open(f"/s/{office.name}/admin/users/{cast(office, 'not_activated').id}")
        looker.press("main form .btn-outline-primary")
        look("activation sent again")
        looker.open(f"/s/{office.name}/admin/users/add")
        page.evaluate("() => document.querySelectorAll('[name=csrf_token]').forEach((one) => one.remove())")
        looker.press("main .btn-primary")
        look("stale form")


@pytest.mark.sampled(1)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_form_of_the_lobby_can_be_used_by_everybody(browser: Browser, address: str, language: str) -> None:
    with looking(browser, address, language, ("vnsim_language", language, "/")) as looker:
        looker.open("/")
        looker.page.fill("#name", "Not A Name")
        looker.press("form[action$='/lobby/create'] button[type=submit]")
        looker.look("sandbox refused")
