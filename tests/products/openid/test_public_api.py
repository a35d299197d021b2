"""Connect's interface for programs: users listed and changed by applications with tokens of their own."""

from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.outbox import Message
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.directory import credentials
from simulator.directory.models import Person, Status
from simulator.products.openid.models import Kind, SigningKey
from simulator.products.openid.services import applications, keys, tokens
from simulator.products.openid.services.applications import Registration
from tests.conftest import NOW
from tests.products.openid.conftest import CALLBACK
from tests.products.openid.test_refusals import set_clock
from tests.visits import cast, fresh_sandbox

ACTIONS = ("read", "create", "update", "suspend", "resume")


class Api:
    """An application that calls the interface."""

    def __init__(self, platform: Platform, sandbox: Sandbox) -> None:
        self.client, self.home = platform.test_client(), f"/s/{sandbox.name}/connect"
        with sandbox.transaction() as db:
            scopes = ["payments:read", *(f"publicapi:user:{action}" for action in ACTIONS)]
            applications.add(db, Registration(client_id="hr", kind=Kind.SERVICE, secret="the-secret", scopes=scopes))
        self.token = self.token_for(*scopes)

    def token_for(self, *scopes: str) -> str:
        """Return a token of the application itself."""
        form = {"grant_type": "client_credentials", "scope": " ".join(scopes)}
        answer = self.client.post(f"{self.home}/token", data=form, auth=("hr", "the-secret"))
        return str(answer.json["access_token"])  # type: ignore[index]

    def call(self, method: str, path: str, *, token: str | None = None, **more: Any) -> TestResponse:
        """Make a call."""
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return self.client.open(f"{self.home}/public-api/v1.0{path}", method=method, headers=headers, **more)

    def emails(self, **query: str) -> list[str]:
        """Return the addresses of a page of users."""
        answer = self.call("GET", "/users", query_string=query)
        assert answer.status_code == 200, answer.text
        return [user["email"] for user in answer.json["users"]]  # type: ignore[index]


@pytest.fixture
def api(platform: Platform, sandbox: Sandbox) -> Api:
    """Return an application with all scopes."""
    return Api(platform, sandbox)


def problem(answer: TestResponse, status: int) -> str:
    """Return the sentence of a problem document."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    return str(answer.json["detail"])  # type: ignore[index]


def test_users_are_listed_by_address_and_a_percent_sign_stands_for_anything(api: Api, sandbox: Sandbox) -> None:
    email = cast(sandbox, "administrator").email
    domain = email.partition("@")[2]
    with sandbox.reading() as db:
        total = db.scalar(select(func.count()).select_from(Person))
        stored = list(db.scalars(select(Person.email).order_by(Person.email).limit(100)))
    answer = api.call("GET", "/users")
    assert (answer.json["total"], answer.json["page_size"]) == (total, 100)  # type: ignore[index]
    assert api.emails() == stored
    assert api.emails(email=email.upper()) == [email]
    assert set(api.emails(email=f"%@{domain}")) == {address for address in stored if address.endswith(f"@{domain}")}
    assert api.emails(email=email.replace("a", "_", 1)) == []
    for hostile in ("\\", "%\\", "'; --", "nobody@%", "[a-z]%"):
        assert api.emails(email=hostile) == []


@pytest.mark.parametrize("page", ["2", "9223372036854775807"])
def test_a_page_beyond_the_end_is_empty(api: Api, page: str) -> None:
    assert api.emails(page=page) == []


@pytest.mark.parametrize("query", [{"page": "0"}, {"page": "-1"}, {"page": "x"}, {"nothing": "1"}])
def test_a_wrong_query_is_refused(api: Api, query: dict[str, str]) -> None:
    assert "The input is not right" in problem(api.call("GET", "/users", query_string=query), 422)


def test_a_user_is_added_pending_and_mailed_changed_suspended_and_resumed(api: Api, sandbox: Sandbox) -> None:
    new = {"email": "New@Example.test", "first_name": "Nora", "last_name": "Ny", "locale": "nb-NO"}
    answer = api.call("POST", "/users", json=new)
    assert answer.status_code == 201, answer.text
    user = answer.json
    assert user is not None
    assert {name: user[name] for name in ("email", "status", "email_verified", "locale", "last_login_at")} == {
        "email": "new@example.test", "status": "pending", "email_verified": False, "locale": "nb-NO", "last_login_at": None,
    }  # fmt: skip
    with sandbox.reading() as db:
        assert db.scalars(select(Message).where(Message.recipient == "new@example.test")).all()
    problem(api.call("POST", "/users", json=new), 409)
    path = f"/users/{user['id']}"
    assert api.call("PATCH", path, json={"first_name": "Nina"}).json == user | {"first_name": "Nina"}
    with sandbox.transaction() as db:
        person = db.scalars(select(Person).where(Person.email == "new@example.test")).one()
        credentials.store_password(db, person, "Zonne!Bloem12")
        person.status = Status.ACTIVE
    assert api.call("POST", f"{path}/suspend").json["status"] == "suspended"  # type: ignore[index]
    problem(api.call("POST", f"{path}/suspend"), 422)
    assert api.call("POST", f"{path}/resume").json["status"] == "active"  # type: ignore[index]
    assert api.call("GET", path).json["status"] == "active"  # type: ignore[index]


@pytest.mark.parametrize("id_", ["1", "none", "00000000-0000-4000-8000-000000000000", "%"])
def test_an_unknown_user_is_not_found(api: Api, id_: str) -> None:
    for method, path in (("GET", ""), ("POST", "/suspend"), ("POST", "/resume")):
        problem(api.call(method, f"/users/{id_}{path}"), 404)


@pytest.mark.parametrize("body", [{}, {"email": "x"}, {"email": "a@b.example", "first_name": "", "last_name": "b"}, []])
def test_a_wrong_body_is_refused(api: Api, body: Any) -> None:
    problem(api.call("POST", "/users", json=body), 422)


def test_each_call_needs_its_scope_in_a_token_of_the_application_itself(api: Api, sandbox: Sandbox) -> None:
    calls = {
        "read": ("GET", "/users"),
        "create": ("POST", "/users"),
        "update": ("PATCH", "/users/1"),
        "suspend": ("POST", "/users/1/suspend"),
        "resume": ("POST", "/users/1/resume"),
    }
    for action, (method, path) in calls.items():
        others = api.token_for("payments:read", *(f"publicapi:user:{other}" for other in ACTIONS if other != action))
        assert f"publicapi:user:{action}" in problem(api.call(method, path, token=others, json={}), 403)
    with sandbox.transaction() as db:
        web = applications.add(
            db, Registration(client_id="web", redirect_uris=[CALLBACK], scopes=["openid", "publicapi:user:read"])
        )
        person = db.scalars(select(Person).where(Person.key == "administrator")).one()
        of_person = tokens.without_browser(db, person, web, None, None, None)["access_token"]
    problem(api.call("GET", "/users", token=of_person), 403)


def test_what_is_no_token_of_this_sandbox_or_has_expired_opens_nothing(api: Api, sandbox: Sandbox) -> None:
    head, body, signature = api.token.split(".")
    for token in ("", "x", "a.b.c", f"{head}.{body}.", f"{head}.{body[:-2]}AA.{signature}"):
        problem(api.call("GET", "/users", token=token), 401)
    keys.rotate(sandbox)
    assert api.call("GET", "/users").status_code == 200
    set_clock(sandbox, 3601)
    assert "expired" in problem(api.call("GET", "/users"), 401)
    set_clock(sandbox, -3601)
    with sandbox.transaction() as db:
        application = applications.by_client_id(db, "hr")
        assert application is not None
        applications.remove(db, application)
    problem(api.call("GET", "/users"), 401)


@pytest.mark.parametrize("same_keys", [False, True])
def test_a_token_of_another_sandbox_opens_nothing(api: Api, platform: Platform, sandbox: Sandbox, same_keys: bool) -> None:
    creation = Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="openid")
    with fresh_sandbox(platform, "other", creation) as other:
        foreign = Api(platform, other)
        if same_keys:  # as if both had one key: the issuer still tells them apart
            with other.reading() as db:
                stored = db.scalars(select(SigningKey)).one()
                values = {name: getattr(stored, name) for name in ("provider", "kid", "pem", "made_at")}
            with sandbox.transaction() as db:
                db.add(SigningKey(**values))
        assert foreign.call("GET", "/users").status_code == 200
        assert "none of this sandbox" in problem(api.call("GET", "/users", token=foreign.token), 401)
        assert "none of this sandbox" in problem(foreign.call("GET", "/users", token=api.token), 401)


def test_the_description_names_every_call_with_its_scope(api: Api) -> None:
    document = api.client.get(f"{api.home}/public-api/openapi.json").json
    assert document is not None
    assert set(document["paths"]) == {
        "/v1.0/users", "/v1.0/users/{id}", "/v1.0/users/{id}/suspend", "/v1.0/users/{id}/resume",
    }  # fmt: skip
    assert document["paths"]["/v1.0/users"]["get"]["security"] == [{"token": ["publicapi:user:read"]}]
