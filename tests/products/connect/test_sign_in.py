"""Signing in: e-mail address, password, code."""

from datetime import timedelta

import pytest

from simulator.app import Platform
from simulator.core import events
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from tests.conftest import NOW
from tests.visits import Visitor, password_of, phone_code

ADMINISTRATOR = "administrator@rietkraag.example"
PLAIN = "plain@rietkraag.example"


def sign_in(visitor: Visitor, sandbox: Sandbox, email: str = ADMINISTRATOR, **values: str) -> str | None:
    """Sign in with password and, if asked, code; return the address of the redirect."""
    visitor.begin_sign_in(email)
    response = visitor.type_password(password_of(sandbox, email))
    if response.location and response.location.endswith("/totp/auth"):
        response = visitor.type_code(phone_code(sandbox, email), **values)
    return response.location


def set_clock(sandbox: Sandbox, later: timedelta) -> None:
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + later)


def event_types(sandbox: Sandbox) -> list[str]:
    with sandbox.reading() as db:
        return [event.type for event in events.after(db)]


def test_password_and_code_sign_in(visitor: Visitor, sandbox: Sandbox) -> None:
    assert sign_in(visitor, sandbox) == "/s/default/home/"
    assert visitor.is_signed_in
    assert event_types(sandbox) == ["user.signed_in"]


def test_a_person_without_an_authenticator_is_not_asked_for_a_code(visitor: Visitor, sandbox: Sandbox) -> None:
    visitor.begin_sign_in(PLAIN)
    assert visitor.go_in(visitor.type_password(password_of(sandbox, PLAIN))).location == "/s/default/home/"


def test_the_password_alone_does_not_sign_in(visitor: Visitor, sandbox: Sandbox) -> None:
    visitor.begin_sign_in(ADMINISTRATOR)
    visitor.type_password(password_of(sandbox, ADMINISTRATOR))
    assert not visitor.is_signed_in


def test_the_code_page_needs_the_password_first(visitor: Visitor) -> None:
    visitor.begin_sign_in(ADMINISTRATOR)
    assert visitor.get("/connect/totp/auth").location == "/s/default/connect/"


@pytest.mark.parametrize(
    "email",
    ["not an address", "a@b", "a b@c.test", "@c.test", "a@c.test>", "rené@c.test", "a/b@c.test", "=?utf-8?q?x?=@c.test", ""],
)
def test_a_malformed_address_is_refused_on_the_same_page(visitor: Visitor, email: str) -> None:
    response = visitor.begin_sign_in(email)
    assert response.status_code == 200
    assert "is-invalid" in response.text


@pytest.mark.parametrize("email", ["nobody@rietkraag.example", "new@rietkraag.example", "former@rietkraag.example", PLAIN])
def test_unknown_inactive_and_wrong_all_read_alike(visitor: Visitor, email: str) -> None:
    assert visitor.begin_sign_in(email).location == "/s/default/connect/login/password"
    response = visitor.type_password("Wrong-Password-1")
    assert response.status_code == 200
    assert "Wrong e-mail address or password" in response.text


def test_a_locked_address_is_reported_whatever_the_password(visitor: Visitor, sandbox: Sandbox) -> None:
    visitor.begin_sign_in("locked@rietkraag.example")
    right = visitor.type_password(password_of(sandbox, "locked@rietkraag.example"))
    assert "Your account is locked" in right.text


def test_spaces_in_a_code_do_not_matter(visitor: Visitor, sandbox: Sandbox) -> None:
    visitor.begin_sign_in(ADMINISTRATOR)
    visitor.type_password(password_of(sandbox, ADMINISTRATOR))
    code = phone_code(sandbox, ADMINISTRATOR)
    assert visitor.type_code(f"{code[:3]} {code[3:]}").location == "/s/default/home/"


def test_a_sign_in_that_takes_too_long_begins_again(visitor: Visitor, sandbox: Sandbox) -> None:
    visitor.begin_sign_in(ADMINISTRATOR)
    set_clock(sandbox, timedelta(minutes=16))
    assert visitor.get("/connect/login/password").location == "/s/default/connect/"


def test_a_remembered_device_is_not_asked_for_thirty_days(visitor: Visitor, sandbox: Sandbox) -> None:
    sign_in(visitor, sandbox, RememberCode="true")
    for later, needs_code in ((timedelta(days=29), False), (timedelta(days=31), True)):
        set_clock(sandbox, later)
        assert not visitor.is_signed_in
        visitor.begin_sign_in(ADMINISTRATOR)
        response = visitor.type_password(password_of(sandbox, ADMINISTRATOR))
        assert response.location is not None
        assert response.location.endswith("/totp/auth") is needs_code


def test_a_device_that_was_not_ticked_is_asked_again(visitor: Visitor, sandbox: Sandbox) -> None:
    sign_in(visitor, sandbox)
    leave(visitor)
    visitor.begin_sign_in(ADMINISTRATOR)
    response = visitor.type_password(password_of(sandbox, ADMINISTRATOR))
    assert response.location == "/s/default/connect/totp/auth"


def test_a_hidden_field_can_make_the_tick_ineffective(visitor: Visitor, sandbox: Sandbox) -> None:
    sign_in(visitor, sandbox, RememberCode="true", DisableRememberDevice="True")
    leave(visitor)
    visitor.begin_sign_in(ADMINISTRATOR)
    response = visitor.type_password(password_of(sandbox, ADMINISTRATOR))
    assert response.location == "/s/default/connect/totp/auth"


def test_a_device_is_remembered_for_one_person_only(visitor: Visitor, sandbox: Sandbox) -> None:
    sign_in(visitor, sandbox, RememberCode="true")
    leave(visitor)
    visitor.begin_sign_in("user@rietkraag.example")
    response = visitor.type_password(password_of(sandbox, "user@rietkraag.example"))
    assert response.location == "/s/default/connect/totp/auth"


def test_a_saved_address_goes_straight_to_the_password(visitor: Visitor) -> None:
    visitor.send(visitor.form("/connect/", "Username"), Username=PLAIN, RememberUsername="y")
    assert visitor.get("/connect/").location == "/s/default/connect/login/password"
    assert PLAIN in visitor.get("/connect/?other=1").text


def test_an_address_that_is_no_longer_ticked_is_forgotten(visitor: Visitor) -> None:
    visitor.send(visitor.form("/connect/", "Username"), Username=PLAIN, RememberUsername="y")
    form = visitor.form("/connect/?other=1", "Username")
    del form.values["RememberUsername"]
    visitor.send(form)
    assert visitor.get("/connect/").status_code == 200


def test_signing_in_leads_back_to_the_page_that_was_asked_for(visitor: Visitor, sandbox: Sandbox) -> None:
    answer = visitor.get("/settings/licenses")
    assert answer.location == "/s/default/connect/?returnUrl=/s/default/settings/licenses"
    visitor.begin_sign_in(ADMINISTRATOR, "?returnUrl=/s/default/settings/licenses")
    visitor.type_password(password_of(sandbox, ADMINISTRATOR))
    assert visitor.type_code(phone_code(sandbox, ADMINISTRATOR)).location == "/s/default/settings/licenses"


def test_a_signed_in_visitor_does_not_see_the_form_again(visitor: Visitor, sandbox: Sandbox) -> None:
    sign_in(visitor, sandbox)
    assert visitor.get("/connect/").location == "/s/default/home/"


def test_a_session_ends_after_ten_hours_whatever_happens_meanwhile(visitor: Visitor, sandbox: Sandbox) -> None:
    sign_in(visitor, sandbox)
    for hours, signed_in in ((5, True), (9.9, True), (10, False)):
        set_clock(sandbox, timedelta(hours=hours))
        assert visitor.is_signed_in is signed_in


def test_signing_out_ends_the_session_also_for_a_copied_cookie(
    platform: Platform, visitor: Visitor, sandbox: Sandbox
) -> None:
    sign_in(visitor, sandbox)
    cookie = visitor.client.get_cookie("vnsim_default", path="/s/default/")
    assert cookie is not None
    leave(visitor)
    thief = Visitor.of(platform, sandbox)
    thief.client.set_cookie("vnsim_default", cookie.value, path="/s/default/")
    assert not thief.is_signed_in
    assert event_types(sandbox)[-1] == "user.signed_out"


@pytest.mark.parametrize(
    ("language", "title"), [("nl", "Inloggen"), ("nb", "Logg inn"), ("sv", "Logga in"), ("en", "Sign in")]
)
def test_a_language_that_was_picked_stays_for_this_browser(visitor: Visitor, language: str, title: str) -> None:
    form = visitor.form("/connect/", "language")
    button = next(index for index, (_, value, _) in enumerate(form.buttons) if value == language)
    page = visitor.send(form, button, follow=True)
    assert f"<h1>{title}</h1>" in page.text
    assert f'<html lang="{language}">' in page.text


def leave(visitor: Visitor) -> None:
    """Sign out by the button of the person menu."""
    for form in visitor.forms("/home/"):
        if form.action.endswith("/connect/sign-out"):
            visitor.send(form)
            return
    raise AssertionError
