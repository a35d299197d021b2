"""What an application does wrong: the error that it gets, and the sentence that its developer reads."""

import re
from datetime import timedelta

import pytest

from simulator.app import Platform
from simulator.core import request_journal
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.products.openid.services import applications
from simulator.products.openid.services.applications import Registration
from tests.conftest import NOW
from tests.products.openid.conftest import CALLBACK, SCOPES, VERIFIER, Client, answer_in, challenge_of, client_of
from tests.visits import Visitor, cast, fresh_sandbox

ELSEWHERE = [
    f"{CALLBACK}/", f"{CALLBACK}x", f"{CALLBACK}/../other", f"{CALLBACK}?x=1", f"{CALLBACK}#x", f"{CALLBACK}%2f",
    "http://localhost:9001/callback", "https://localhost:9000/callback", "http://localhost:9000/CALLBACK",
    "http://localhost:9000@evil.example/callback", "http://user@localhost:9000/callback",
    "http://localhost:9000.evil.example/callback",
    "http://LOCALHOST:9000/callback", "http://localhost:9000\\@evil.example/callback",
    "//localhost:9000/callback", "javascript:alert(1)",
    "http://localhost:9000/callback ", " http://localhost:9000/callback", "http://127.0.0.1:9000/callback", "%68ttp://localhost:9000/callback",
]  # fmt: skip


def reason(sandbox: Sandbox) -> str | None:
    """Return the reason of the last request."""
    with sandbox.reading() as db:
        text = request_journal.newest_first(db, "openid")[0].reason
    return text.removeprefix("openid.why.") if text is not None else None


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nothing_is_sent_to_an_address_that_is_not_registered(client: Client, sandbox: Sandbox, address: str) -> None:
    for changes in (
        {},
        {"prompt": "none"},
        {"scope": "unknown"},
        {"response_mode": "form_post"},
        {"response_type": "token"},
    ):
        response = client.authorize(redirect_uri=address, **changes)
        assert response.status_code == 400
        assert "Location" not in response.headers
        assert reason(sandbox) == "redirect_uri"
        assert "evil.example" not in response.headers["Content-Security-Policy"]


def test_the_page_marks_where_an_address_differs(client: Client) -> None:
    text = client.authorize(redirect_uri=f"{CALLBACK}<b>").text
    assert "<mark>&lt;b&gt;</mark>" in text
    assert re.search(r"differ after 30 characters", text)


@pytest.mark.parametrize(
    ("changes", "error", "why"),
    [
        ({"response_type": None}, "invalid_request", "missing"),
        ({"response_type": "token"}, "unsupported_response_type", "response_type"),
        ({"response_type": "code token"}, "unsupported_response_type", "response_type"),
        ({"response_mode": "web_message"}, "invalid_request", "response_mode"),
        ({"response_type": "id_token", "response_mode": "query"}, "invalid_request", "response_mode"),
        ({"response_type": "id_token", "nonce": None}, "invalid_request", "missing"),
        ({"scope": None}, "invalid_scope", "scope_openid"),
        ({"scope": "profile"}, "invalid_scope", "scope_openid"),
        ({"scope": "openid admin"}, "invalid_scope", "scope_not_registered"),
        ({"prompt": "none login"}, "invalid_request", "prompt"),
        ({"prompt": "create"}, "invalid_request", "prompt"),
        ({"max_age": "-1"}, "invalid_request", "max_age"),
        ({"max_age": "soon"}, "invalid_request", "max_age"),
        ({"request": "eyJ"}, "request_not_supported", "request_object"),
        ({"request_uri": "https://evil.example/"}, "request_uri_not_supported", "request_object"),
        ({"code_challenge": "short"}, "invalid_request", "challenge_malformed"),
        ({"code_challenge": "é" * 43}, "invalid_request", "challenge_malformed"),
        ({"code_challenge_method": "S512"}, "invalid_request", "challenge_method"),
        ({"code_challenge": None}, "invalid_request", "challenge_required"),
        ({"id_token_hint": "none"}, "invalid_request", "hint"),
        ({"state": "x" * 2049}, "invalid_request", "too_long"),
        ({"tenant": "none"}, "invalid_tenant", "tenant_of_user"),
    ],
)
def test_an_application_gets_the_error_and_its_developer_the_reason(
    client: Client, sandbox: Sandbox, changes: dict[str, str | None], error: str, why: str
) -> None:
    answer = answer_in(client.authorize(**changes))
    assert (answer["error"], reason(sandbox)) == (error, why)
    assert answer["error_description"].isascii()
    assert "code" not in answer
    assert answer["state"] == (changes.get("state") or "the-state")


def test_a_doubled_parameter_is_refused(client: Client, sandbox: Sandbox) -> None:
    from urllib.parse import urlencode

    query = urlencode(client.parameters())
    for name in ("scope", "state", "nonce"):
        assert answer_in(client.browser.get(f"/connect/authorize?{query}&{name}=2"))["error"] == "invalid_request"
        assert reason(sandbox) == "doubled"
    for name in ("client_id", "redirect_uri"):
        assert client.browser.get(f"/connect/authorize?{query}&{name}=2").status_code == 400


@pytest.mark.parametrize("kind", ["native", "single_page"])
def test_an_application_without_a_secret_must_send_a_challenge(platform: Platform, sandbox: Sandbox, kind: str) -> None:
    client = client_of(platform, sandbox, kind)
    answer = answer_in(client.authorize(code_challenge=None, code_challenge_method=None))
    assert (answer["error"], reason(sandbox)) == ("invalid_request", "challenge_required")


def test_a_service_signs_nobody_in(platform: Platform, sandbox: Sandbox) -> None:
    answer = answer_in(client_of(platform, sandbox, "service").authorize())
    assert (answer["error"], reason(sandbox)) == ("unauthorized_client", "grant_not_allowed")


@pytest.mark.parametrize(
    ("changes", "error", "why"),
    [
        ({"code": "none"}, "invalid_grant", "code_unknown"),
        ({"code": None}, "invalid_request", "other"),
        ({"code_verifier": None}, "invalid_request", "verifier_missing"),
        ({"code_verifier": "w" * 43}, "invalid_grant", "verifier_wrong"),
        ({"code_verifier": "short"}, "invalid_request", "verifier_malformed"),
        ({"redirect_uri": f"{CALLBACK}/"}, "invalid_grant", "code_redirect"),
        ({"redirect_uri": None}, "invalid_grant", "code_redirect"),
        ({"grant_type": "password"}, "unsupported_grant_type", "other"),
        ({"grant_type": None}, "unsupported_grant_type", "other"),
    ],
)
def test_a_code_is_exchanged_by_the_one_who_asked_for_it_only(
    client: Client, sandbox: Sandbox, changes: dict[str, str | None], error: str, why: str
) -> None:
    response = client.token(**{"code": client.code(), **changes})
    assert response.status_code == 400
    assert ((response.json or {})["error"], reason(sandbox)) == (error, why)
    assert (response.json or {})["error_description"]


def test_a_wrong_verifier_uses_the_code_up(client: Client) -> None:
    code = client.code()
    assert client.token(code=code, code_verifier="w" * 43).status_code == 400
    assert client.token(code=code).status_code == 400


def test_a_verifier_without_a_challenge_is_refused(client: Client, sandbox: Sandbox) -> None:
    code = client.code(code_challenge=None, code_challenge_method=None)
    assert client.token(code=code).status_code == 400
    assert reason(sandbox) == "challenge_missing"
    assert client.token(code=code, code_verifier=None).status_code == 200


def test_a_code_works_once_and_what_came_of_it_is_withdrawn(client: Client, sandbox: Sandbox) -> None:
    code = client.code()
    tokens = client.token(code=code).json
    assert tokens is not None
    assert client.token(code=code).status_code == 400
    assert reason(sandbox) == "code_used"
    assert client.refresh(tokens["refresh_token"]).status_code == 400
    assert reason(sandbox) == "refresh_revoked"


def test_a_code_expires_and_the_clock_may_go_back(client: Client, sandbox: Sandbox) -> None:
    code = client.code()
    set_clock(sandbox, 301)
    assert client.token(code=code).status_code == 400
    assert reason(sandbox) == "code_expired"
    set_clock(sandbox, -3600)
    assert client.token(code=code).status_code == 200


def set_clock(sandbox: Sandbox, seconds: float) -> None:
    with sandbox.transaction() as db:
        db.record.clock = Clock.frozen(NOW + timedelta(seconds=seconds))


def test_codes_and_tokens_of_another_application_are_refused(platform: Platform, sandbox: Sandbox, client: Client) -> None:
    with sandbox.transaction() as db:
        applications.add(db, Registration(client_id="other", secret="its-secret", redirect_uris=[CALLBACK], scopes=SCOPES))
    other = Client(platform, client.browser, "other", "its-secret")
    assert (other.token(code=client.code()).json or {})["error"] == "invalid_grant"
    assert reason(sandbox) == "code_of_other"
    token = client.tokens()["refresh_token"]
    assert (other.refresh(token).json or {})["error"] == "invalid_grant"
    assert reason(sandbox) == "refresh_of_other"
    assert (other.call("revocation", token=token).json or {})["error"] == "invalid_grant"
    assert other.call("introspect", token=token).json == {"active": False}
    assert client.refresh(token).status_code == 200


def test_tokens_of_another_sandbox_with_the_same_seed_are_refused(platform: Platform, client: Client) -> None:
    tokens = client.tokens()
    with fresh_sandbox(platform, "twin", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="openid")) as twin:
        with twin.transaction() as db:
            applications.add(db, Registration(client_id="web", secret="the-secret", redirect_uris=[CALLBACK], scopes=SCOPES))
        there = Client(platform, Visitor.of(platform, twin, cast(twin, "administrator").email, "en"))
        mine = there.tokens()
        assert mine["access_token"] != tokens["access_token"]
        assert there.refresh(tokens["refresh_token"]).status_code == 400
        assert there.call("introspect", token=tokens["access_token"]).json == {"active": False}
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        answer = there.browser.client.get("/s/twin/connect/userinfo", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')
        assert answer_in(there.authorize(id_token_hint=tokens["id_token"]))["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("client_id", "secret", "why"),
    [("web", "wrong", "secret_wrong"), ("web", None, "secret_missing"), ("none", "x", "unknown_client"),
     ("native", "x", "secret_for_public")],
)  # fmt: skip
def test_an_application_that_does_not_prove_itself_is_refused(
    platform: Platform, sandbox: Sandbox, client_id: str, secret: str | None, why: str
) -> None:
    client = client_of(platform, sandbox, "web")
    code = client.code()
    stranger = Client(platform, client.browser, client_id, secret)
    for response in (stranger.token(code=code), stranger.call("revocation", token="x")):
        assert response.status_code in (400, 401)
        assert (response.json or {})["error"] == "invalid_client"
        assert reason(sandbox) == why
    assert client.token(code=code).status_code == 200


@pytest.mark.parametrize("credentials", ["//79/Q==", "not base 64", "=", ""])
def test_credentials_that_are_no_text_prove_nothing(client: Client, credentials: str) -> None:
    headers = {"Authorization": f"Basic {credentials}"}
    for endpoint in ("token", "introspect", "revocation"):
        answer = client.platform.test_client().post(
            f"{client.browser.home}/connect/{endpoint}", data={"grant_type": "client_credentials"}, headers=headers
        )
        assert answer.status_code in (400, 401)
        assert (answer.json or {})["error"] == "invalid_client"


def test_a_deactivated_user_gets_no_tokens_any_longer(client: Client, sandbox: Sandbox) -> None:
    from simulator.directory.models import Person, Status

    tokens, code = client.tokens(), client.code()
    with sandbox.transaction() as db:
        db.get_one(Person, cast(sandbox, "administrator").id).status = Status.INACTIVE
    assert client.refresh(tokens["refresh_token"]).status_code == 400
    assert client.token(code=code).status_code == 400
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.browser.client.get(f"{client.browser.home}/connect/userinfo", headers=headers).status_code == 401
    assert client.call("introspect", token=tokens["access_token"]).json == {"active": False}


def test_scripts_of_registered_origins_may_call_and_others_not(platform: Platform, sandbox: Sandbox) -> None:
    client = client_of(platform, sandbox, "single_page")
    path = f"{client.browser.home}/connect/token"
    for origin, allowed in (("http://localhost:9000", True), ("http://localhost:9001", False), ("null", False)):
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        response = platform.test_client().options(path, headers=headers)
        assert response.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
    response = platform.test_client().get(
        f"{client.browser.home}/connect/.well-known/openid-configuration", headers={"Origin": "http://evil.example"}
    )
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_a_native_application_may_use_any_port_of_a_loopback_address(platform: Platform, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        application = applications.by_client_id(db, "native")
        assert application is not None
        application.redirect_uris = ["http://127.0.0.1/callback", "com.example.app:/callback"]
    client = client_of(platform, sandbox, "native")
    for address in ("http://127.0.0.1:51234/callback", "com.example.app:/callback"):
        assert client.authorize(redirect_uri=address).location.startswith(f"{address}?code=")
    for address in (
        "http://127.0.0.1:51234/other",
        "http://127.0.0.1.evil.example/callback",
        "http://x@127.0.0.1:1/callback",
    ):
        assert client.authorize(redirect_uri=address).status_code == 400


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"redirect_uris": ["/callback"]}, "redirect_uris"),
        ({"redirect_uris": ["http://localhost/#x"]}, "redirect_uris"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "redirect_uris"),
        ({"redirect_uris": ["http://a;script-src *"]}, "redirect_uris"),
        ({"redirect_uris": ["http://user:secret@localhost/"]}, "redirect_uris"),
        ({"redirect_uris": ["com.example.app:/callback"]}, "redirect_uris"),
        ({"kind": "native", "redirect_uris": ["javascript:alert(1)"]}, "redirect_uris"),
        ({"kind": "desktop"}, "kind"),
        ({"policy": "never"}, "policy"),
        ({"client_id": "with blank"}, "client_id"),
        ({"origins": ["http://localhost:9000/path"]}, "origins"),
        ({"backchannel_logout_uri": "ftp://localhost/"}, "backchannel_logout_uri"),
        ({"scopes": ['a"b']}, "scopes"),
    ],
)
def test_what_cannot_be_registered_is_refused_with_its_field(
    sandbox: Sandbox, values: dict[str, object], field: str
) -> None:
    from simulator.core.errors import RuleViolation

    with sandbox.transaction() as db, pytest.raises(RuleViolation) as refused:
        applications.add(db, Registration(**{"client_id": "fresh", **values}))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_secrets_are_not_written_into_the_journal(client: Client, sandbox: Sandbox) -> None:
    tokens = client.tokens()
    client.call("introspect", token=tokens["access_token"], client_secret="the-secret")
    with sandbox.reading() as db:
        written = str([entry.parameters for entry in request_journal.newest_first(db, "openid")])
    for secret in ("the-secret", VERIFIER, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in written
    assert challenge_of(VERIFIER) in written
