"""Security keys and passkeys in a real browser, with the virtual authenticator of its developer tools."""

import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page
from waitress.server import create_server

from simulator.app import Platform
from simulator.core import events
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.web.sessions import cookie_name, cookie_path
from tests.conftest import NOW
from tests.visits import make_platform, password_of, session_cookie, store_of

pytestmark = pytest.mark.browser

USER = "user@rietkraag.example"


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """Return a socket on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


@pytest.fixture
def platform(listening: socket.socket, templates: Path, tmp_path: Path) -> Platform:
    """Return a platform whose address is that of the socket."""
    made = make_platform(tmp_path / "data", templates, port=listening.getsockname()[1])
    store_of(made).create("default", Creation(scenario="accountant-nl", language="en", clock=Clock.frozen(NOW)))
    return made


@pytest.fixture
def address(platform: Platform, listening: socket.socket) -> Iterator[str]:
    """Serve the platform, and return the address of its sandbox."""
    server: Any = create_server(platform, sockets=[listening])
    Thread(target=server.run, daemon=True).start()
    yield f"http://localhost:{listening.getsockname()[1]}/s/default"
    server.close()


def authenticator(page: Page, *, passkeys: bool) -> CDPSession:
    """Plug a virtual authenticator in, which is touched whenever it is asked for."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal" if passkeys else "usb",
        "hasResidentKey": passkeys,
        "hasUserVerification": passkeys,
        "isUserVerified": passkeys,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def add_key(page: Page, address: str, sandbox: Sandbox, kind: str) -> None:
    """Sign in, add a key in My details, and leave."""
    value = session_cookie(sandbox, USER)
    url = address.removesuffix("/s/default")
    page.context.add_cookies(
        [{"name": cookie_name("default"), "value": value, "domain": "localhost", "path": cookie_path("default")}]
    )
    page.goto(f"{url}/s/default/details/keys/add/{kind}")
    page.get_by_label("Name").fill("Blue key")
    page.get_by_label("Your password").fill(password_of(sandbox, USER))
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Register my security key" if kind == "key" else "Create my passkey").click()
    page.wait_for_url("**/details/")
    page.context.clear_cookies()


def methods(sandbox: Sandbox) -> list[str]:
    with sandbox.reading() as db:
        values: list[str] = events.after(db, type_="user.signed_in")[-1].data["methods"]
        return values


@pytest.fixture
def sandbox(platform: Platform) -> Iterator[Sandbox]:
    """Return the open sandbox."""
    with store_of(platform).open("default") as opened:
        yield opened


def test_a_security_key_is_the_second_step(browser: Browser, address: str, sandbox: Sandbox) -> None:
    page = browser.new_page()
    authenticator(page, passkeys=False)
    add_key(page, address, sandbox, "key")
    page.goto(f"{address}/connect/")
    page.get_by_role("textbox", name="Email address").fill(USER)
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Password").fill(password_of(sandbox, USER))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use my security key").click()
    page.wait_for_url("**/home/")
    assert methods(sandbox) == ["pwd", "hwk", "pop"]
    page.close()


def test_the_address_field_signs_in_with_a_passkey(browser: Browser, address: str, sandbox: Sandbox) -> None:
    page = browser.new_page()
    authenticator(page, passkeys=True)
    add_key(page, address, sandbox, "passkey")
    page.goto(f"{address}/connect/")
    page.wait_for_url("**/home/")
    assert methods(sandbox) == ["pwdless", "hwk"]
    page.close()


def test_a_page_without_a_key_says_what_to_do(browser: Browser, address: str, sandbox: Sandbox) -> None:
    page = browser.new_page()
    page.goto(f"{address.replace('localhost', '127.0.0.1')}/connect/login/passkey")
    page.get_by_role("button", name="Use my passkey").click()
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert address.removesuffix("/s/default") in alert.inner_text()
    page.close()
