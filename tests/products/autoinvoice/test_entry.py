"""AutoInvoice's entry page, for visitors who are not signed in or forgot their password."""

import pytest

from simulator.app import Platform
from simulator.core import outbox
from simulator.core.sandbox import Sandbox
from simulator.directory import people
from simulator.web.access import PUBLIC
from tests.products.autoinvoice.browser import Browser
from tests.products.autoinvoice.conftest import SignIn

PLAIN = "plain@fjordlys.example"


@pytest.fixture
def stranger(platform: Platform, norway: Sandbox) -> Browser:
    """Return a browser in which nobody is signed in."""
    return Browser(platform, norway, language="en")


def mails(sandbox: Sandbox, to: str) -> list[str]:
    """Return the names of the mails to an address."""
    with sandbox.reading() as db:
        return [message.name for message in outbox.newest_first(db, to=to, kind="mail")]


def test_a_visitor_who_is_not_signed_in_comes_to_the_entry_page(stranger: Browser) -> None:
    page = stranger.open("/autoinvoice/")
    assert (page.path, page.heading, page.status) == ("/autoinvoice/login", "Login", 200)
    assert "Username (email):" in page.text
    assert list(page.buttons) == ["Next &gt;"]
    assert 'name="user[name]"' in page.response.text


def test_the_address_is_taken_along_to_connect_which_asks_for_the_password(stranger: Browser) -> None:
    page = stranger.send(stranger.open("/autoinvoice/"), **{"user[name]": PLAIN})
    assert page.path == "/connect/login/password"
    assert f'value="{PLAIN}"' in page.response.text


def test_a_visitor_who_signs_in_comes_back_to_autoinvoice(stranger: Browser, norway: Sandbox) -> None:
    with norway.transaction() as db:
        person = people.by_email(db, PLAIN)
        assert person is not None
        person.reminders_left = 3
    step = stranger.send(stranger.open("/autoinvoice/"), **{"user[name]": f" {PLAIN} "})
    done = stranger.client.post(
        f"{stranger.home}/connect/login/password",
        data={"Password": "Fjordlys!44", "csrf_token": step.form.fields["csrf_token"]},
        follow_redirects=True,
    )
    assert done.status_code == 200
    assert done.request.path == f"{stranger.home}/autoinvoice/start"


@pytest.mark.parametrize("typed", ["", "nobody", "a@b@c", "x" * 300 + "@y.example", "a@b.example\r\nBcc: c@d.example"])
def test_a_text_that_is_no_address_is_refused_here(stranger: Browser, typed: str) -> None:
    page = stranger.send(stranger.open("/autoinvoice/login"), **{"user[name]": typed})
    assert (page.path, page.status) == ("/autoinvoice/login", 422)
    assert 'aria-invalid="true"' in page.response.text


def test_a_page_of_autoinvoice_that_was_linked_to_leads_to_connect_and_back(stranger: Browser) -> None:
    page = stranger.open("/autoinvoice/settings/receive")
    assert page.path == "/connect/"
    assert page.response.request.args["returnUrl"] == f"{stranger.home}/autoinvoice/settings/receive"


def test_an_address_in_a_link_to_connect_leads_nowhere_else(stranger: Browser) -> None:
    page = stranger.open("/connect/?login_hint=not+an+address&returnUrl=https://evil.example/")
    assert page.path == "/connect/"
    page = stranger.open(f"/connect/?login_hint={PLAIN}&returnUrl=//evil.example/")
    assert page.path == "/connect/login/password"


def test_the_link_for_a_forgotten_password_has_the_words_of_the_norwegian_manual(sign_in: SignIn) -> None:
    assert "Forgot your password!" in sign_in(None, "nb").open("/autoinvoice/").links


def test_a_forgotten_password_is_ordered_by_mail(stranger: Browser, norway: Sandbox) -> None:
    page = stranger.open("/autoinvoice/")
    page = stranger.open(page.links["Forgot your password?"])
    assert page.heading == "Order new password"
    assert list(page.buttons) == ["Send"]
    done = stranger.send(page, **{"user[email]": PLAIN})
    assert done.path == "/autoinvoice/login"
    assert mails(norway, PLAIN) == ["reset"]


def test_an_unknown_address_gets_the_same_answer_and_no_mail(stranger: Browser, norway: Sandbox) -> None:
    registered = stranger.send(stranger.open("/autoinvoice/forgot_password"), **{"user[email]": PLAIN})
    unknown = stranger.send(stranger.open("/autoinvoice/forgot_password"), **{"user[email]": "nobody@fjordlys.example"})
    assert unknown.text == registered.text
    assert "If an account has this address" in unknown.text
    assert mails(norway, "nobody@fjordlys.example") == []


@pytest.mark.parametrize("typed", ["", "nobody"])
def test_no_mail_is_ordered_for_a_text_that_is_no_address(stranger: Browser, typed: str) -> None:
    page = stranger.send(stranger.open("/autoinvoice/forgot_password"), **{"user[email]": typed})
    assert (page.path, page.status) == ("/autoinvoice/forgot_password", 422)


@pytest.mark.parametrize(
    ("short", "heading"), [("se", "Logga in"), ("no", "Logg inn"), ("nl", "Inloggen"), ("en", "Login"), ("xx", "Login")]
)
def test_the_addresses_of_the_languages_choose_one(stranger: Browser, short: str, heading: str) -> None:
    page = stranger.open(f"/autoinvoice/login?lang={short}")
    assert page.heading == heading
    assert stranger.open("/autoinvoice/login").heading == heading


def test_a_signed_in_visitor_skips_the_entry_page(administrator: Browser) -> None:
    assert administrator.open("/autoinvoice/login").heading == "Velg firma"


def test_the_entry_page_says_that_it_is_encrypted_only_when_it_is(stranger: Browser) -> None:
    line = "Your connection is encrypted with SSL"
    assert line not in stranger.open("/autoinvoice/login").text
    secure = stranger.client.get(f"{stranger.home}/autoinvoice/login", base_url="https://localhost")
    assert line in secure.text


def test_only_the_entry_is_open_to_everybody(platform: Platform) -> None:
    platform.load("autoinvoice")
    views = {name: view for name, view in platform.view_functions.items() if name.startswith("autoinvoice.")}
    public = {name for name, view in views.items() if getattr(view, "access", None) == PUBLIC}
    assert {"autoinvoice.login", "autoinvoice.forgot_password", "autoinvoice.choose_company"} <= public
    assert "autoinvoice.start" not in public
