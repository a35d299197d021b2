"""A platform with an application of each type, and what an application does."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.core.chance import machine_rsa_key
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.own_server import own_server
from simulator.products.openid.models import Kind
from simulator.products.openid.services import applications, keys
from simulator.products.openid.services.applications import Registration
from tests.conftest import NOW
from tests.visits import Visitor, cast, fresh_sandbox, make_platform

CALLBACK = "http://localhost:9000/callback"
OUT = "http://localhost:9000/out"
VERIFIER = "v" * 43
SCOPES = ("openid", "profile", "email", "offline_access", "payments:read")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Serve for the clients by other authors."""
    with own_server() as url:
        yield url


@pytest.fixture(scope="module")
def platform(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return a platform without sandboxes."""
    return make_platform(tmp_path_factory.mktemp("openid"), templates)


@cache
def signing_key(number: int) -> bytes:
    """Return a signing key; each is made once, because that takes long."""
    return machine_rsa_key()


@pytest.fixture(autouse=True)
def prepared_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sandboxes of this process have the same signing keys, one after the other."""
    monkeypatch.setattr(keys, "machine_rsa_key", partial(next, map(signing_key, count())))


@pytest.fixture
def sandbox(platform: Platform) -> Iterator[Sandbox]:
    """Return a sandbox on a frozen clock, with an application of each type."""
    with fresh_sandbox(
        platform, "openid", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="openid")
    ) as made:
        with made.transaction() as db:
            for kind in Kind:
                registration = Registration(
                    client_id=kind.value,
                    name=f"The {kind}",
                    kind=kind,
                    redirect_uris=[CALLBACK],
                    post_logout_redirect_uris=[OUT],
                    scopes=SCOPES,
                    secret="the-secret" if kind in (Kind.WEB, Kind.SERVICE) else None,
                )
                applications.add(db, registration)
        yield made


def challenge_of(verifier: str) -> str:
    """Return the code challenge of a verifier, S256."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def claims_in(token: str) -> dict[str, Any]:
    """Return the claims of a token, unchecked."""
    payload = token.split(".")[1]
    content: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return content


@dataclass
class Client:
    """An application, and the browser of its user."""

    platform: Platform
    browser: Visitor
    client_id: str = "web"
    secret: str | None = "the-secret"
    defaults: dict[str, str] = field(default_factory=dict)

    def authorize(self, **changes: str | None) -> TestResponse:
        """Send the user to the authorization endpoint; a parameter that is None is left out."""
        return self.browser.get(f"/connect/authorize?{urlencode(self.parameters(**changes))}")

    def parameters(self, **changes: str | None) -> dict[str, str]:
        """Return the parameters of an authorization request."""
        usual: dict[str, str | None] = {
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid profile email offline_access",
            "state": "the-state",
            "nonce": "the-nonce",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in {**usual, **changes}.items() if value is not None}

    def code(self, **changes: str | None) -> str:
        """Return a code."""
        return answer_in(self.authorize(**changes))["code"]

    def token(self, **changes: str | None) -> TestResponse:
        """Call the token endpoint to exchange a code."""
        usual: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }
        return self.call("token", **{**usual, **changes})

    def refresh(self, token: str, **changes: str) -> TestResponse:
        """Call the token endpoint to exchange a refresh token."""
        return self.call("token", grant_type="refresh_token", refresh_token=token, **changes)

    def call(self, endpoint: str, **values: str | None) -> TestResponse:
        """Call an endpoint for programs."""
        form = {name: value for name, value in values.items() if value is not None}
        if self.secret is None:
            form.setdefault("client_id", self.client_id)
        auth = (self.client_id, self.secret) if self.secret is not None else None
        return self.platform.test_client().post(f"{self.browser.home}/connect/{endpoint}", data=form, auth=auth)

    def tokens(self, **changes: str | None) -> dict[str, Any]:
        """Sign in and return the tokens."""
        response = self.token(code=self.code(**changes))
        assert response.status_code == 200, response.text
        document: dict[str, Any] = response.json or {}
        return document


def answer_in(response: TestResponse) -> dict[str, str]:
    """Return the parameters of a redirect back to the application, of its query or its fragment."""
    assert response.status_code in (302, 303), response.text[:2000]
    parts = urlsplit(response.location)
    return {name: values[0] for name, values in parse_qs(parts.query or parts.fragment, keep_blank_values=True).items()}


@pytest.fixture
def client(platform: Platform, sandbox: Sandbox) -> Client:
    """Return the web application with a signed-in user."""
    return client_of(platform, sandbox, "web")


def client_of(platform: Platform, sandbox: Sandbox, kind: str, person: str | None = "administrator") -> Client:
    """Return an application with the browser of a person of the cast, or of nobody who is signed in."""
    email = cast(sandbox, person).email if person is not None else None
    browser = Visitor.of(platform, sandbox, email, "en")
    return Client(platform, browser, kind, "the-secret" if kind in ("web", "service") else None)
