"""What an application demands of the sign-in itself: a new one, a second step, or none; and what other tabs cannot get around."""

import json
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.directory import people
from simulator.directory.security_keys import ceremonies, phone_keys
from simulator.products.openid.services import applications
from tests.conftest import NOW
from tests.products.openid.conftest import Client, answer_in, claims_in, client_of
from tests.reading import read
from tests.visits import cast, password_of, phone_code

STEP_UP = "urn:idp:vismaconnect:mfa"


def set_policy(sandbox: Sandbox, policy: str) -> None:
    with sandbox.transaction() as db:
        application = applications.by_client_id(db, "web")
        assert application is not None
        application.policy = policy


def sign_in(
    client: Client, sandbox: Sandbox, response: TestResponse, person: str, *, remember: bool = False
) -> TestResponse:
    """Sign in at the page that an authorization request leads to; return the answer after the password or the code."""
    browser, email = client.browser, cast(sandbox, person).email
    assert "/connect/?request=" in response.location
    response = browser.send(browser.form(response.location, "Username"), Username=email)
    response = browser.send(browser.form(response.location, "Password"), Password=password_of(sandbox, email))
    if response.location.endswith("/totp/auth"):
        values: dict[str, Any] = {"RememberCode": "true"} if remember else {}
        response = browser.send(browser.form(response.location, "AuthCode"), AuthCode=phone_code(sandbox, email), **values)
    return response


def back(client: Client, response: TestResponse) -> dict[str, str]:
    """Follow the sign-in's last redirect back to the application."""
    assert "/connect/authorize/login?request=" in response.location, response.location
    return answer_in(client.browser.get(response.location))


def amr(client: Client, code: str) -> list[str]:
    tokens = client.token(code=code).json
    assert tokens is not None
    methods: list[str] = claims_in(tokens["id_token"])["amr"]
    return methods


def ahead(sandbox: Sandbox, seconds: int) -> None:
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "changes", [{"prompt": "login"}, {"max_age": "0"}, {"prompt": "select_account"}, {"acr_values": STEP_UP}]
)
def test_a_new_sign_in_is_demanded_even_of_who_is_signed_in(
    client: Client, sandbox: Sandbox, changes: dict[str, str]
) -> None:
    first = client.authorize(**changes)
    again = client.browser.get("/connect/authorize/login?" + first.location.partition("?")[2])
    assert "/connect/?request=" in again.location, "the session of before does not do"
    answer = back(client, sign_in(client, sandbox, first, "administrator"))
    assert amr(client, answer["code"]) == ["pwd", "otp"]


def test_an_old_sign_in_is_renewed_when_the_application_says_how_old_it_may_be(client: Client, sandbox: Sandbox) -> None:
    ahead(sandbox, 60)
    assert "code" in answer_in(client.authorize(max_age="60"))
    ahead(sandbox, 61)
    assert answer_in(client.authorize(max_age="60", prompt="none"))["error"] == "interaction_required"
    ahead(sandbox, 90)
    answer = back(client, sign_in(client, sandbox, client.authorize(max_age="60"), "administrator"))
    tokens = client.token(code=answer["code"]).json
    assert tokens is not None
    assert claims_in(tokens["id_token"])["auth_time"] == int((NOW + timedelta(seconds=90)).timestamp())


def test_a_remembered_device_does_for_everything_but_a_step_up(platform: Platform, sandbox: Sandbox) -> None:
    client = client_of(platform, sandbox, "web", None)
    set_policy(sandbox, "required")
    answer = back(client, sign_in(client, sandbox, client.authorize(), "administrator", remember=True))
    assert amr(client, answer["code"]) == ["pwd", "otp"]
    ahead(sandbox, 60)
    answer = back(client, sign_in(client, sandbox, client.authorize(prompt="login"), "administrator"))
    assert amr(client, answer["code"]) == ["pwd"]
    ahead(sandbox, 120)
    answer = back(client, sign_in(client, sandbox, client.authorize(acr_values=STEP_UP), "administrator"))
    assert amr(client, answer["code"]) == ["pwd", "otp"]


def test_a_second_step_is_set_up_when_an_application_requires_it(platform: Platform, sandbox: Sandbox) -> None:
    client = client_of(platform, sandbox, "web", None)
    for policy, changes in (("required", {}), ("own", {"acr_values": STEP_UP})):
        set_policy(sandbox, policy)
        response = sign_in(client, sandbox, client.authorize(**changes), "no_two_step")
        assert response.location.endswith("/connect/enroll")
        assert "later" not in {value for form in client.browser.forms("/connect/enroll") for _, value, _ in form.buttons}


def test_a_weaker_sign_in_in_another_tab_does_not_do(platform: Platform, sandbox: Sandbox) -> None:
    client = client_of(platform, sandbox, "web", None)
    waiting = client.authorize(acr_values=STEP_UP)
    other = client.browser.begin_sign_in(cast(sandbox, "no_two_step").email)
    assert other.status_code == 302
    client.browser.type_password(password_of(sandbox, cast(sandbox, "no_two_step").email))
    for form in client.browser.forms("/connect/enroll"):
        buttons = [value for _, value, _ in form.buttons]
        if "later" in buttons:
            client.browser.send(form, buttons.index("later"))
    assert client.browser.get("/home/").status_code == 200
    resumed = client.browser.get("/connect/authorize/login?" + waiting.location.partition("?")[2])
    assert "/connect/?request=" in resumed.location


def test_an_application_that_never_asks_gets_a_session_that_opens_nothing_else(platform: Platform, sandbox: Sandbox) -> None:
    client = client_of(platform, sandbox, "web", None)
    set_policy(sandbox, "bypass")
    answer = back(client, sign_in(client, sandbox, client.authorize(), "administrator"))
    assert amr(client, answer["code"]) == ["pwd"]
    assert client.browser.get("/home/").status_code == 302
    assert "code" in answer_in(client.authorize(prompt="none"))
    set_policy(sandbox, "own")
    assert answer_in(client.authorize(prompt="none"))["error"] == "interaction_required"


def test_an_unknown_network_is_asked_for_a_second_step_and_a_known_one_not(platform: Platform, sandbox: Sandbox) -> None:
    client = client_of(platform, sandbox, "web", None)
    set_policy(sandbox, "adaptive")
    answer = back(client, sign_in(client, sandbox, client.authorize(), "administrator"))
    assert amr(client, answer["code"]) == ["pwd", "otp"]
    ahead(sandbox, 60)
    answer = back(client, sign_in(client, sandbox, client.authorize(prompt="login"), "administrator"))
    assert amr(client, answer["code"]) == ["pwd"]


def test_the_address_that_the_application_expects_is_filled_in_and_the_way_back_is_kept(
    platform: Platform, sandbox: Sandbox
) -> None:
    client, email = client_of(platform, sandbox, "web", None), cast(sandbox, "administrator").email
    response = client.browser.get(client.authorize(login_hint=email).location)
    assert response.location.endswith("/connect/login/password")
    page = client.browser.get("/connect/login/password")
    assert email in page.text
    back_arrow = page.text.partition('class="card-back"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "request=" in back_arrow
    assert "To continue to The web" in client.browser.get(back_arrow).text


def test_a_language_that_the_application_prefers_is_used(platform: Platform, sandbox: Sandbox) -> None:
    client = client_of(platform, sandbox, "web", None)
    client.browser.client.delete_cookie(f"vnsim_{sandbox.name}", path=f"/s/{sandbox.name}/")
    page = client.browser.get(client.authorize(ui_locales="fr-FR sv-SE nb-NO").location)
    assert '<html lang="sv">' in page.text


def test_a_passkey_fulfils_what_is_demanded_of_a_user_who_is_signed_in(client: Client, sandbox: Sandbox) -> None:
    browser, email = client.browser, cast(sandbox, "administrator").email
    with sandbox.transaction() as db:
        owner = people.by_email(db, email)
        assert owner is not None
        response = json.dumps(phone_keys.create(db, owner, ceremonies.creation_options(db, owner, "x", passkey=True)))
        ceremonies.register(db, owner, "x", response, name="Blue key", passkey=True)
    first_page = browser.get(client.authorize(acr_values=STEP_UP).location)
    path = next(link["href"] for link in read(first_page.text).all("a") if "/login/passkey" in link["href"])
    page = browser.get(path)
    assert any("request=" in link["href"] for link in read(page.text).all("a") if "other=1" in link["href"])
    code = back(client, browser.send(browser.form(path, "Username"), Username=email, phone="1"))["code"]
    assert amr(client, code) == ["pwdless", "hwk"]
