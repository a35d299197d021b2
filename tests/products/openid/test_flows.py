"""Signing in to an application: the answers of each endpoint, for each type of application and mode."""

from typing import Any

import pytest

from simulator.app import Platform
from simulator.core import events
from simulator.core.sandbox import Sandbox
from simulator.directory import sign_in_sessions
from simulator.products.openid.services import applications, claims, identifiers, keys
from tests.products.openid.conftest import CALLBACK, OUT, Client, answer_in, claims_in, client_of
from tests.visits import cast


@pytest.mark.parametrize("kind", ["web", "native", "single_page"])
def test_a_signed_in_user_is_known_to_the_application(platform: Platform, sandbox: Sandbox, kind: str) -> None:
    client = client_of(platform, sandbox, kind)
    answer = answer_in(client.authorize())
    assert answer["state"] == "the-state"
    assert answer["iss"] == f"{sandbox.base_address}/connect"
    tokens = client.token(code=answer["code"]).json
    assert tokens is not None
    assert tokens["token_type"] == "Bearer"
    identity = claims_in(tokens["id_token"])
    person = cast(sandbox, "administrator")
    assert (identity["email"], identity["name"], identity["nonce"]) == (person.email, person.name, "the-nonce")
    assert (identity["aud"], identity["amr"], identity["acr"]) == (kind, ["pwd", "otp"], "3")
    userinfo = client.browser.client.get(
        f"{client.browser.home}/connect/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}
    ).json
    assert userinfo is not None
    assert (userinfo["sub"], userinfo["email"]) == (identity["sub"], person.email)


def test_tokens_are_signed_with_the_published_key_and_older_ones_stay_valid_after_a_rotation(
    client: Client, sandbox: Sandbox
) -> None:
    from joserfc import jwt
    from joserfc.jwk import KeySet

    token = client.tokens()["id_token"]
    first = keys_of(client)
    keys.rotate(sandbox)
    second = keys_of(client)
    assert len(first) == 1
    assert [key["kid"] for key in second][1:] == [first[0]["kid"]]
    newer = client.tokens()["id_token"]
    for signed in (token, newer):
        assert jwt.decode(signed, KeySet.import_key_set(published(second)), ["RS256"]).claims["aud"] == "web"
    with pytest.raises(Exception, match="key"):
        jwt.decode(newer, KeySet.import_key_set(published(first)), ["RS256"])
    assert all("d" not in key for key in second)


def published(keys_: list[dict[str, str]]) -> Any:
    return {"keys": keys_}


def keys_of(client: Client) -> list[dict[str, str]]:
    document = client.browser.get("/connect/.well-known/openid-configuration/jwks").json
    assert document is not None
    keys_: list[dict[str, str]] = document["keys"]
    return keys_


def test_discovery_names_addresses_that_answer(client: Client) -> None:
    document = client.browser.get("/connect/.well-known/openid-configuration").json
    assert document is not None
    addresses = {name: value for name, value in document.items() if name.endswith(("_endpoint", "_uri"))}
    assert len(addresses) == 7
    for name, address in addresses.items():
        path = address.removeprefix("http://localhost:8000")
        status = client.browser.client.open(path, method="GET").status_code
        assert status in (200, 400, 401, 405), name


@pytest.mark.parametrize(
    ("response_type", "mode", "where"),
    [
        ("code", None, "?"), ("code", "query", "?"), ("code", "fragment", "#"), ("code id_token", None, "#"),
        ("id_token code", None, "#"), ("id_token", None, "#"), ("code", "form_post", None), ("code id_token", "form_post", None),
    ],
)  # fmt: skip
def test_the_answer_comes_in_the_mode_that_was_asked_for(
    client: Client, response_type: str, mode: str | None, where: str | None
) -> None:
    response = client.authorize(response_type=response_type, response_mode=mode, state='"><b>&')
    if where is None:
        assert response.status_code == 200
        assert f'action="{CALLBACK}"' in response.text
        assert "&#34;&gt;&lt;b&gt;&amp;" in response.text
        assert "form-action 'self' http://localhost:9000;" in response.headers["Content-Security-Policy"]
        return
    assert response.location.startswith(CALLBACK + where)
    answer = answer_in(response)
    assert answer["state"] == '"><b>&'
    assert ("code" in answer, "id_token" in answer) == ("code" in response_type.split(), "id_token" in response_type.split())
    if "id_token" in answer and "code" in answer:
        assert "c_hash" in claims_in(answer["id_token"])


def test_a_request_by_form_from_another_site_goes_on_here(client: Client) -> None:
    response = client.browser.client.post(f"{client.browser.home}/connect/authorize", data=client.parameters())
    assert response.status_code == 303
    assert answer_in(client.browser.get(response.location))["state"] == "the-state"


def test_a_parameter_of_a_form_may_have_the_name_of_a_part_of_an_address(client: Client) -> None:
    odd = client.parameters() | {"_external": "1", "_scheme": "gopher", "_anchor": "there", "sandbox": "other"}
    response = client.browser.client.post(f"{client.browser.home}/connect/authorize", data=odd)
    assert answer_in(client.browser.get(response.location))["state"] == "the-state"


def test_who_is_not_signed_in_signs_in_first_and_comes_back(platform: Platform, sandbox: Sandbox) -> None:
    client = client_of(platform, sandbox, "web", None)
    page = client.browser.get(client.authorize().location)
    assert "To continue to The web" in page.text
    assert "form-action 'self' http://localhost:9000;" in page.headers["Content-Security-Policy"]


def test_silent_requests_are_refused_when_a_page_would_be_needed(platform: Platform, sandbox: Sandbox) -> None:
    nobody = client_of(platform, sandbox, "web", None)
    assert answer_in(nobody.authorize(prompt="none"))["error"] == "login_required"
    somebody = client_of(platform, sandbox, "web")
    assert "code" in answer_in(somebody.authorize(prompt="none"))
    assert (
        answer_in(somebody.authorize(prompt="none", acr_values="urn:idp:vismaconnect:mfa"))["error"]
        == "interaction_required"
    )
    with sandbox.transaction() as db:
        application = applications.by_client_id(db, "web")
        assert application is not None
        application.asks_consent = True
    assert answer_in(somebody.authorize(prompt="none"))["error"] == "consent_required"


def test_consent_is_asked_once_and_can_be_denied(client: Client, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        application = applications.by_client_id(db, "web")
        assert application is not None
        application.asks_consent = True
    form = client.browser.form(client.authorize().location, "choice")
    assert [label for _, label, _ in form.buttons] == ["allow", "deny"]
    assert answer_in(client.browser.send(form, 1))["error"] == "access_denied"
    form = client.browser.form(client.authorize().location, "choice")
    assert "code" in answer_in(client.browser.send(form, 0))
    assert "code" in answer_in(client.authorize())
    assert "/consent?" in client.authorize(prompt="consent").location
    assert "/consent?" in client.authorize(scope="openid payments:read").location


def test_a_user_of_several_customers_chooses_one(client: Client, sandbox: Sandbox) -> None:
    from simulator.directory.models import Customer, Membership

    person = cast(sandbox, "administrator")
    with sandbox.transaction() as db:
        application = applications.by_client_id(db, "web")
        assert application is not None
        application.asks_tenant = True
        own = claims.tenants_of(db, person)
        other = Customer(key="other", number="900900", name="Andere Klant B.V.", country="NL")
        db.add(other)
        db.flush()
        db.add(Membership(person_id=person.id, customer_id=other.id))
        second = identifiers.tenant(db, other.id)
    form = client.browser.form(client.authorize().location, "tenant")
    assert len(form.buttons) == len(own) + 1
    answer = answer_in(client.browser.send(form, [value for _, value, _ in form.buttons].index(second)))
    tokens = client.token(code=answer["code"]).json
    assert tokens is not None
    assert claims_in(tokens["access_token"])["tenant_id"] == second
    assert claims_in(client.tokens(tenant=own[0][0])["access_token"])["tenant_id"] == own[0][0]
    assert answer_in(client.authorize(tenant="none"))["error"] == "invalid_tenant"


def test_refresh_tokens_rotate_and_a_replayed_one_withdraws_its_family(client: Client, sandbox: Sandbox) -> None:
    first = client.tokens()["refresh_token"]
    second = client.refresh(first).json
    assert second is not None
    # Within the grace a lost answer can be asked for again.
    again = client.refresh(first).json
    assert again is not None
    advance(sandbox, 6)
    assert (client.refresh(first).json or {})["error"] == "invalid_grant"
    for token in (second["refresh_token"], again["refresh_token"]):
        assert (client.refresh(token).json or {})["error"] == "invalid_grant"
    with sandbox.reading() as db:
        assert [event.type for event in events.after(db, type_="openid.family_revoked")] == ["openid.family_revoked"]


def test_a_refresh_token_for_reuse_stays_the_same(client: Client, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        application = applications.by_client_id(db, "web")
        assert application is not None
        application.refresh_usage = "reuse"
    token = client.tokens()["refresh_token"]
    for _ in range(3):
        advance(sandbox, 3600)
        answer = client.refresh(token, scope="openid email").json
        assert answer is not None
        assert (answer["refresh_token"], answer["scope"]) == (token, "openid email")
    assert (client.refresh(token, scope="openid payments:read").json or {})["error"] == "invalid_scope"
    advance(sandbox, 31 * 24 * 3600)
    assert (client.refresh(token).json or {})["error"] == "invalid_grant"


def advance(sandbox: Sandbox, seconds: float) -> None:
    from datetime import timedelta

    from simulator.core.clock import Clock

    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(db.clock.now() + timedelta(seconds=seconds))


def test_a_service_gets_a_token_of_its_own(platform: Platform, sandbox: Sandbox) -> None:
    client = client_of(platform, sandbox, "service", None)
    answer = client.call("token", grant_type="client_credentials").json
    assert answer is not None
    content = claims_in(answer["access_token"])
    assert (answer["scope"], content["scope"], content["client_id"]) == ("payments:read", ["payments:read"], "service")
    assert not {"sub", "auth_time", "sid"} & set(content)
    assert (client.call("token", grant_type="client_credentials", scope="other").json or {})["error"] == "invalid_scope"
    assert (client.call("token", grant_type="client_credentials", tenant_id="x").json or {})["error"] == "invalid_tenant"


def test_introspection_and_revocation(client: Client, sandbox: Sandbox) -> None:
    tokens = client.tokens()
    for name in ("access_token", "refresh_token"):
        assert (client.call("introspect", token=tokens[name]).json or {})["active"] is True
    assert client.call("revocation", token=tokens["refresh_token"]).status_code == 200
    assert client.call("introspect", token=tokens["refresh_token"]).json == {"active": False}
    assert client.call("revocation", token="none").status_code == 200
    advance(sandbox, 3601)
    assert client.call("introspect", token=tokens["access_token"]).json == {"active": False}
    assert client.call("introspect", token="none").json == {"active": False}


def test_signing_out_for_an_application_ends_the_session(client: Client, sandbox: Sandbox) -> None:
    token = client.tokens()["id_token"]
    assert client.browser.get("/home/").status_code == 200
    response = client.browser.get(f"/connect/endsession?id_token_hint={token}&post_logout_redirect_uri={OUT}&state=a+b")
    assert response.location == f"{OUT}?state=a+b"
    assert client.browser.get("/home/").status_code == 302


def test_without_an_id_token_the_page_asks_and_leads_nowhere_else(client: Client) -> None:
    page = client.browser.get(f"/connect/endsession?client_id=web&post_logout_redirect_uri={OUT}")
    assert page.status_code == 200
    assert client.browser.get("/home/").status_code == 200
    forms = client.browser.forms(f"/connect/endsession?client_id=web&post_logout_redirect_uri={OUT}")
    (form,) = (form for form in forms if form.action.endswith("/endsession/confirm"))
    assert client.browser.send(form).status_code == 200
    assert client.browser.get("/home/").status_code == 302


def test_a_session_that_left_out_a_second_step_opens_only_applications_that_never_ask(
    platform: Platform, sandbox: Sandbox
) -> None:
    client = client_of(platform, sandbox, "web")
    with sandbox.transaction() as db:
        application = applications.by_client_id(db, "web")
        assert application is not None
        application.policy = "bypass"
        session = sign_in_sessions.begin(db, cast(sandbox, "administrator"), ["pwd"], bypassed=True)
        sid = session.id
    with sandbox.reading() as db:
        from simulator.web.sessions import cookie_name, cookie_path, seal

        value = seal(db.cookie_key, {"sid": sid})
    client.browser.client.set_cookie(cookie_name(sandbox.name), value, path=cookie_path(sandbox.name))
    assert "code" in answer_in(client.authorize())
    assert client.browser.get("/home/").status_code == 302
    with sandbox.transaction() as db:
        application = applications.by_client_id(db, "web")
        assert application is not None
        application.policy = "own"
    assert answer_in(client.authorize(prompt="none"))["error"] == "interaction_required"
