"""Applications in Python whose sign-in others wrote work against a running server, unchanged."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
import requests
from flask import Flask, jsonify, url_for

from tests.foreign import RemotePerson, control

CLIENT, SECRET = "shop", "the-secret-of-the-shop"
APPLICATION = "http://localhost:9000"
CALLBACK = f"{APPLICATION}/callback"
SCOPE = "openid profile email offline_access"
MORE = pytest.mark.sampled(1, of="clients of Connect")


@pytest.fixture
def person(server: str) -> RemotePerson:
    """Return a person with two-step verification, in a sandbox on a live clock that knows the application."""
    application = {
        "client_id": CLIENT,
        "client_name": "Webshop",
        "secret": SECRET,
        "redirect_uris": [CALLBACK, f"{APPLICATION}/callback/"],
        "scopes": SCOPE.split(),
    }
    return RemotePerson.of(server, {"scenario": "accountant-nl", "with": {"applications": [application]}}, "administrator")


def discovery_of(person: RemotePerson) -> dict[str, Any]:
    with urlopen(f"{person.issuer}/.well-known/openid-configuration") as answer:
        document: dict[str, Any] = json.load(answer)
    return document


def test_the_flask_client_of_authlib_signs_a_user_in(person: RemotePerson) -> None:
    from authlib.integrations.flask_client import OAuth

    app = Flask("shop")
    app.secret_key = "of the shop"
    connect = OAuth(app).register(
        "connect",
        client_id=CLIENT,
        client_secret=SECRET,
        server_metadata_url=f"{person.issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": SCOPE, "code_challenge_method": "S256"},
    )

    @app.get("/login")
    def login() -> Any:
        return connect.authorize_redirect(url_for("callback", _external=True))

    @app.get("/callback")
    def callback() -> Any:
        token = connect.authorize_access_token()
        return jsonify(claims=token["userinfo"], userinfo=connect.userinfo(token=token))

    browser = app.test_client()
    sent = browser.get("/login", base_url=APPLICATION)
    content = browser.get(person.sign_in(sent.location), base_url=APPLICATION).json
    assert content is not None
    assert (content["claims"]["name"], content["claims"]["email"]) == (person.name, person.cast["email"])
    assert (content["claims"]["amr"], content["claims"]["acr"]) == (["pwd", "otp"], "3")
    assert content["userinfo"]["sub"] == content["claims"]["sub"]


@MORE
def test_mozilla_django_oidc_signs_a_user_in(person: RemotePerson, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    # Its own switch: a browser of another test may have left an event loop in this process, and Django would refuse to work.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    discovery = discovery_of(person)
    settings.configure(
        SECRET_KEY="of the shop",
        ALLOWED_HOSTS=["localhost"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "mozilla_django_oidc"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        AUTHENTICATION_BACKENDS=["mozilla_django_oidc.auth.OIDCAuthenticationBackend"],
        ROOT_URLCONF="mozilla_django_oidc.urls",
        LOGIN_REDIRECT_URL="/welcome/",
        OIDC_RP_CLIENT_ID=CLIENT,
        OIDC_RP_CLIENT_SECRET=SECRET,
        OIDC_RP_SIGN_ALGO="RS256",
        OIDC_RP_SCOPES="openid email profile",
        OIDC_USE_PKCE=True,
        OIDC_OP_AUTHORIZATION_ENDPOINT=discovery["authorization_endpoint"],
        OIDC_OP_TOKEN_ENDPOINT=discovery["token_endpoint"],
        OIDC_OP_USER_ENDPOINT=discovery["userinfo_endpoint"],
        OIDC_OP_JWKS_ENDPOINT=discovery["jwks_uri"],
    )
    import django
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client

    django.setup()
    call_command("migrate", verbosity=0)
    browser = Client(HTTP_HOST="localhost:9000")
    sent = browser.get("/authenticate/")
    callback = person.sign_in(sent["Location"])
    answer = browser.get(callback.removeprefix(APPLICATION))
    assert answer["Location"] == "/welcome/"
    assert [user.email for user in get_user_model().objects.all()] == [person.cast["email"]]
    assert "_auth_user_id" in browser.session


@MORE
def test_requests_oauthlib_signs_a_user_in_and_refreshes(person: RemotePerson, monkeypatch: pytest.MonkeyPatch) -> None:
    from requests_oauthlib import OAuth2Session

    # Its own switch for plain HTTP.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    discovery = discovery_of(person)
    session = OAuth2Session(CLIENT, redirect_uri=CALLBACK, scope=SCOPE.split(), pkce="S256")
    address, state = session.authorization_url(discovery["authorization_endpoint"])
    callback = person.sign_in(address)
    assert parse_qs(urlsplit(callback).query)["state"] == [state]
    token = session.fetch_token(discovery["token_endpoint"], authorization_response=callback, client_secret=SECRET)
    assert session.get(discovery["userinfo_endpoint"]).json()["name"] == person.name
    newer = session.refresh_token(discovery["token_endpoint"], auth=(CLIENT, SECRET))
    assert newer["access_token"] != token["access_token"]
    assert newer["refresh_token"] != token["refresh_token"]


def test_tokens_are_validated_by_the_published_keys_alone(person: RemotePerson) -> None:
    import jwt
    from joserfc import jwt as joserfc_jwt
    from joserfc.jwk import KeySet

    path = f"/sandboxes/{person.sandbox}/people/{person.cast['email']}/token"
    answer = control(person.server, "POST", path, {"client_id": CLIENT, "amr": ["pwd", "hwk"]})
    discovery = discovery_of(person)
    key = jwt.PyJWKClient(discovery["jwks_uri"]).get_signing_key_from_jwt(answer["id_token"])
    claims = jwt.decode(answer["id_token"], key, ["RS256"], audience=CLIENT, issuer=person.issuer)
    assert (claims["name"], claims["email"], claims["amr"]) == (person.name, person.cast["email"], ["pwd", "hwk"])
    keys = KeySet.import_key_set(requests.get(discovery["jwks_uri"], timeout=10).json())
    token = joserfc_jwt.decode(answer["access_token"], keys, ["RS256"])
    registry = joserfc_jwt.JWTClaimsRegistry(iss={"essential": True, "value": person.issuer})
    registry.validate(token.claims)
    assert token.claims["sub"] == claims["sub"]
