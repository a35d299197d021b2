"""A single-page application with oidc-client-ts works in a browser, at an address of its own."""

import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect

from tests.foreign import RemotePerson, control, install

HERE = Path(__file__).parent / "foreign"
pytestmark = [pytest.mark.browser, pytest.mark.exhaustive]


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the application; return its origin, which for a browser is another site than the platform's."""
    packages = install(HERE, tmp_path_factory.mktemp("connect-clients"))
    folder = tmp_path_factory.mktemp("single-page")
    shutil.copy(HERE / "page.html", folder)
    shutil.copy(packages / "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js", folder / "oidc-client-ts.js")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_user_signs_in_goes_on_and_signs_out(server: str, application: str, browser: Browser) -> None:
    registered = {
        "client_id": "page",
        "kind": "single_page",
        "redirect_uris": [f"{application}/page.html"],
        "post_logout_redirect_uris": [f"{application}/page.html?out"],
    }
    options = {"scenario": "accountant-nl", "language": "en", "with": {"applications": [registered]}}
    person = RemotePerson.of(server, options, "administrator")
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    settings = urlencode({"issuer": person.issuer, "client_id": "page"})
    context.add_init_script(f"localStorage.settings = '{settings}'")
    page.goto(f"{application}/page.html")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("textbox", name="Email address").fill(person.cast["email"])
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Password", exact=True).fill(person.cast["password"])
    page.get_by_role("button", name="Sign in").click()
    path = f"/sandboxes/{person.sandbox}/people/{person.cast['email']}/totp"
    page.locator("[name=AuthCode]").fill(control(server, "GET", path)["code"])
    page.locator("[name=AuthCode]").press("Enter")
    state, user = page.locator("#state"), page.locator("#user")
    expect(state).to_have_text("signed in")
    for word in (person.name, person.cast["email"], '"amr":["pwd","otp"]'):
        expect(user).to_contain_text(word)
    before = user.text_content()
    page.get_by_role("button", name="Refresh").click()
    expect(state).to_have_text("refreshed")
    expect(user).to_contain_text(person.name)
    assert user.text_content() != before
    page.get_by_role("button", name="Sign out").click()
    expect(state).to_have_text("signed out")
    page.goto(f"{server}/s/{person.sandbox}/home/")
    expect(page.get_by_role("textbox", name="Email address")).to_be_visible()
    assert problems == []
    context.close()
