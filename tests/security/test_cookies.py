"""Cookies belong to one sandbox and one generation of it, and scripts never see them."""

import os
from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from simulator.app import Platform, create_app
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from simulator.settings import Settings
from simulator.web.sessions import unseal
from tests.conftest import NOW
from tests.visits import Visitor, cast, make_platform, password_of, phone_code, session_cookie, store_of


def cookies(*responses: TestResponse) -> dict[str, "Morsel[str]"]:
    """Return the cookies that responses set."""
    result: dict[str, Morsel[str]] = {}
    for response in responses:
        for line in response.headers.getlist("Set-Cookie"):
            result |= SimpleCookie(line)
    return result


def sign_in(platform: Platform, sandbox: Sandbox, **remember: str) -> dict[str, "Morsel[str]"]:
    """Sign the administrator in with all ticks to remember, and return every cookie that was set."""
    visitor, email = Visitor.of(platform, sandbox), cast(sandbox, "administrator").email
    first = visitor.send(visitor.form("/connect/", "Username"), Username=email, RememberUsername="y")
    second = visitor.type_password(password_of(sandbox, email))
    third = visitor.type_code(phone_code(sandbox, email), RememberCode="true")
    assert visitor.is_signed_in
    return cookies(first, second, third)


def test_every_cookie_is_of_its_sandbox_alone_and_hidden_from_scripts(platform: Platform, sandbox: Sandbox) -> None:
    by_name = sign_in(platform, sandbox)
    assert set(by_name) == {"vnsim_default", "rememberUsername_default", "remember2sv_default"}
    for cookie in by_name.values():
        assert cookie["path"] == "/s/default/"
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "Lax"
        assert not cookie["domain"]


def test_signing_in_begins_a_session_of_which_nothing_was_there_before(platform: Platform, sandbox: Sandbox) -> None:
    visitor, email = Visitor.of(platform, sandbox), cast(sandbox, "administrator").email
    visitor.begin_sign_in(email)
    visitor.type_password(password_of(sandbox, email))
    with sandbox.reading() as db:
        key = db.cookie_key
    before = unseal(key, visitor.client.get_cookie("vnsim_default", path="/s/default/").value)  # type: ignore[union-attr]
    assert "csrf_token" in before
    after = unseal(key, cookies(visitor.type_code(phone_code(sandbox, email)))["vnsim_default"].value)
    assert set(after) <= {"sid", "language"}


def test_a_session_ends_with_the_browser_and_lasting_cookies_have_a_max_age(platform: Platform, sandbox: Sandbox) -> None:
    by_name = sign_in(platform, sandbox)
    assert {name: cookie["max-age"] for name, cookie in by_name.items()} == {
        "vnsim_default": "",
        "rememberUsername_default": str(365 * 24 * 3600),
        "remember2sv_default": str(30 * 24 * 3600),
    }
    assert not [name for name, cookie in by_name.items() if cookie["expires"]]


def test_the_language_of_the_lobby_lasts_by_max_age_alone(platform: Platform, store: Store) -> None:
    visitor = Visitor(platform.test_client(), "")
    form = visitor.form("/", "language")
    (cookie,) = cookies(visitor.send(form, language="nb")).values()
    assert (cookie.key, cookie["path"], cookie["httponly"], cookie["samesite"]) == ("vnsim_language", "/", True, "Lax")
    assert cookie["max-age"] == str(365 * 24 * 3600)
    assert not cookie["expires"]


@pytest.mark.parametrize(("public_url", "secure"), [("https://simulator.example", True), (None, False)])
def test_cookies_travel_over_tls_only_where_the_public_address_is_https(
    tmp_path: Path, templates: Path, public_url: str | None, secure: bool
) -> None:
    platform = make_platform(tmp_path, templates, public_url=public_url)
    store_of(platform).create("default", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW)))
    with store_of(platform).open("default") as sandbox:
        by_name = sign_in(platform, sandbox)
    assert {bool(cookie["secure"]) for cookie in by_name.values()} == {secure}


def test_a_cookie_of_one_sandbox_opens_nothing_in_another(
    platform: Platform, store: Store, sandbox: Sandbox, email: str
) -> None:
    value = session_cookie(sandbox, email)
    with store.open("other") as other:
        intruder = Visitor.of(platform, other)
        for name in ("vnsim_default", "vnsim_other"):
            intruder.client.set_cookie(name, value, path="/s/other/")
        assert intruder.get("/home/").status_code == 302
        assert not intruder.is_signed_in


def test_a_cookie_from_before_a_reset_opens_nothing(platform: Platform, store: Store, sandbox: Sandbox, email: str) -> None:
    visitor = Visitor.of(platform, sandbox, email)
    assert visitor.is_signed_in
    store.reset("default")
    assert not visitor.is_signed_in


def test_a_remembered_device_is_forgotten_by_a_reset_and_unknown_in_another_sandbox(
    platform: Platform, store: Store, sandbox: Sandbox
) -> None:
    key = sign_in(platform, sandbox)["remember2sv_default"].value
    store.reset("default")
    for name in ("default", "other"):
        with store.open(name) as opened:
            visitor, email = Visitor.of(platform, opened), cast(opened, "administrator").email
            visitor.client.set_cookie(f"remember2sv_{name}", key, path=f"/s/{name}/")
            visitor.begin_sign_in(email)
            answer = visitor.type_password(password_of(opened, email))
        assert answer.location.endswith("/connect/totp/auth")


def test_an_altered_cookie_is_no_cookie(platform: Platform, sandbox: Sandbox, email: str) -> None:
    value = session_cookie(sandbox, email)
    middle = "A" if value[-9] != "A" else "B"
    for altered in (value[:-9] + middle + value[-8:], "x" + value, value.partition(".")[0], "", "." * 50, "é"):
        visitor = Visitor.of(platform, sandbox)
        visitor.client.set_cookie("vnsim_default", altered, path="/s/default/")
        assert not visitor.is_signed_in, altered


def test_a_sign_in_under_way_is_no_session(platform: Platform, sandbox: Sandbox, email: str) -> None:
    visitor = Visitor.of(platform, sandbox)
    visitor.begin_sign_in(email)
    assert not visitor.is_signed_in
    visitor.type_password(password_of(sandbox, email))
    assert not visitor.is_signed_in


@pytest.mark.parametrize("left_behind", ["", "\n", None])
def test_an_empty_key_is_created_again_and_then_stays(store: Store, left_behind: str | None) -> None:
    file = store.directory / "secret"
    if left_behind is not None:
        file.write_text(left_behind)
    settings = Settings(data_dir=store.directory)
    key = create_app(settings, store).secret_key
    assert isinstance(key, str)
    assert len(key) >= 32
    assert create_app(settings, store).secret_key == key
    assert [path.name for path in store.directory.iterdir() if path.is_file()] == ["secret"]
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0
