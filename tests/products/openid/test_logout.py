"""Applications are told that a session has ended: by a call to their server, and by a frame in the browser."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest

from simulator.app import Platform
from simulator.core import events, hosts, outgoing_calls, request_journal
from simulator.core.sandbox import Sandbox
from simulator.products.openid.models import Participation
from simulator.products.openid.services import applications
from tests.products.openid.conftest import OUT, Client, answer_in, claims_in, client_of

EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Receiver(ThreadingHTTPServer):
    """The server of an application, at this machine: it stores the forms that it gets."""

    daemon_threads = True

    def __init__(self) -> None:
        self.forms: list[dict[str, list[str]]] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        """Its address for logout tokens."""
        return f"http://127.0.0.1:{self.server_port}/logout"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
        self.server.forms.append(parse_qs(body, strict_parsing=True))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a receiver."""
    with Receiver() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def register(sandbox: Sandbox, client_id: str, **values: str) -> None:
    """Change the addresses of an application."""
    with sandbox.transaction() as db:
        application = applications.by_client_id(db, client_id)
        assert application is not None
        for name, value in values.items():
            setattr(application, name, value)


def control(client: Client, method: str, path: str, **body: Any) -> Any:
    """Make a call of the control API about the sandbox."""
    name = client.browser.home.removeprefix("/s/")
    answer = client.platform.test_client().open(f"/_sim/sandboxes/{name}{path}", method=method, json=body)
    assert answer.status_code < 300, answer.text
    return answer.get_json()


def run(client: Client) -> None:
    """Run the jobs that are due, and wait for the calls that they make."""
    control(client, "POST", "/jobs/run")
    assert outgoing_calls.wait_until_idle(client.browser.home.removeprefix("/s/"), 30)


def outcomes(sandbox: Sandbox) -> list[tuple[str, str | None]]:
    """Return the events about logout, each with its error."""
    with sandbox.reading() as db:
        lines = [event for event in events.after(db) if event.type.startswith("openid.logout")]
        return [(event.type.removeprefix("openid.logout_"), event.data["error"]) for event in lines]


def sign_out(client: Client, token: str) -> None:
    assert client.browser.get(f"/connect/endsession?id_token_hint={token}&post_logout_redirect_uri={OUT}").location == OUT


def test_the_server_of_an_application_gets_a_logout_token_that_the_published_keys_prove(
    client: Client, sandbox: Sandbox, receiver: Receiver
) -> None:
    register(sandbox, "web", backchannel_logout_uri=receiver.url)
    tokens = client.tokens()
    identity = claims_in(tokens["id_token"])
    sign_out(client, tokens["id_token"])
    run(client)
    ((token,),) = (form["logout_token"] for form in receiver.forms)
    keys = jwt.PyJWKSet.from_json(client.browser.get("/connect/.well-known/openid-configuration/jwks").text)
    header = jwt.get_unverified_header(token)
    # The sandbox's clock stands still.
    unchecked: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
    claims = jwt.decode(token, keys[header["kid"]], ["RS256"], audience="web", issuer=identity["iss"], options=unchecked)
    assert header["typ"] == "logout+jwt"
    assert (claims["sub"], claims["sid"], claims["events"]) == (identity["sub"], identity["sid"], {EVENT: {}})
    assert (claims["exp"] - claims["iat"], "nonce" in claims) == (300, False)
    assert outcomes(sandbox) == [("sent", None)]
    with sandbox.reading() as db:
        assert db.query(Participation).count() == 0
    run(client)
    assert len(receiver.forms) == 1


def test_a_token_passes_for_no_other_kind(client: Client, sandbox: Sandbox, receiver: Receiver) -> None:
    register(sandbox, "web", backchannel_logout_uri=receiver.url)
    tokens = client.tokens()
    assert client.browser.get(f"/connect/endsession?id_token_hint={tokens['access_token']}").status_code == 400
    sign_out(client, tokens["id_token"])
    run(client)
    token = receiver.forms[0]["logout_token"][0]
    assert answer_in(client.authorize(id_token_hint=token))["error"] == "invalid_request"
    assert client.browser.get(f"/connect/endsession?id_token_hint={token}").status_code == 400
    for other in (token, tokens["id_token"]):
        headers = {"Authorization": f"Bearer {other}"}
        assert client.browser.client.get(f"{client.browser.home}/connect/userinfo", headers=headers).status_code == 401
        assert (client.call("introspect", token=other).json or {})["active"] is False


def test_a_session_that_runs_out_after_ten_hours_is_told_too(client: Client, sandbox: Sandbox, receiver: Receiver) -> None:
    register(sandbox, "web", backchannel_logout_uri=receiver.url)
    client.tokens()
    control(client, "POST", "/clock/advance", seconds=10 * 3600 - 60)
    assert outgoing_calls.wait_until_idle(sandbox.name, 30)
    assert receiver.forms == []
    control(client, "POST", "/clock/advance", seconds=120)
    assert outgoing_calls.wait_until_idle(sandbox.name, 30)
    assert len(receiver.forms) == 1
    assert client.browser.get("/home/").status_code == 302


def test_each_application_of_the_session_is_told_once(platform: Platform, sandbox: Sandbox, receiver: Receiver) -> None:
    web = client_of(platform, sandbox, "web")
    native = Client(platform, web.browser, "native", None)
    for client in (web, native):
        register(sandbox, client.client_id, backchannel_logout_uri=receiver.url)
        client.tokens()
        client.tokens()
    sign_out(web, web.tokens()["id_token"])
    run(web)
    tokens = [form["logout_token"][0] for form in receiver.forms]
    assert sorted(claims_in(token)["aud"] for token in tokens) == ["native", "web"]
    assert len({claims_in(token)["jti"] for token in tokens}) == 2


def test_a_receiver_that_fails_keeps_nobody_signed_in_and_its_developer_reads_why(
    client: Client, sandbox: Sandbox, receiver: Receiver
) -> None:
    receiver.status = 500
    register(sandbox, "web", backchannel_logout_uri=receiver.url)
    sign_out(client, client.tokens()["id_token"])
    run(client)
    ((outcome, error),) = outcomes(sandbox)
    assert (outcome, "500" in (error or "")) == ("failed", True)
    assert client.browser.get("/home/").status_code == 302
    assert receiver.url in client.browser.get("/developer/applications/web").text


@pytest.mark.parametrize(("address", "words"), [("http://elsewhere.example/logout", "elsewhere.example"), ("down", "")])
def test_a_call_that_cannot_be_made_says_why(client: Client, sandbox: Sandbox, address: str, words: str) -> None:
    hosts.use((), loopback=True)
    if address == "down":
        with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as closed:
            address = f"http://127.0.0.1:{closed.server_port}/logout"
    register(sandbox, "web", backchannel_logout_uri=address)
    sign_out(client, client.tokens()["id_token"])
    run(client)
    ((outcome, error),) = outcomes(sandbox)
    assert (outcome, words in (error or "")) == ("failed", True)
    with sandbox.reading() as db:
        entry = request_journal.newest_first(db, "openid")[0]
        assert (entry.call, entry.reason) == ("backchannel_logout", "openid.why.logout")


def test_a_fault_makes_the_application_not_answer(client: Client, sandbox: Sandbox, receiver: Receiver) -> None:
    control(client, "POST", "/faults", operation="openid.logout", outcome="down", times=1)
    register(sandbox, "web", backchannel_logout_uri=receiver.url)
    sign_out(client, client.tokens()["id_token"])
    run(client)
    assert (receiver.forms, [outcome for outcome, _ in outcomes(sandbox)]) == ([], ["failed"])


def test_held_jobs_tell_nobody_until_they_run(client: Client, sandbox: Sandbox, receiver: Receiver) -> None:
    control(client, "PUT", "/jobs", mode="manual")
    register(sandbox, "web", backchannel_logout_uri=receiver.url)
    sign_out(client, client.tokens()["id_token"])
    waiting = [job for job in control(client, "GET", "/jobs")["jobs"] if job["kind"] == "openid.logout"]
    assert len(waiting) == 2
    assert json.dumps(waiting).count("id_token") == 0
    run(client)
    assert len(receiver.forms) == 1


def test_the_page_after_signing_out_opens_the_frames_of_its_applications_only(client: Client, sandbox: Sandbox) -> None:
    register(sandbox, "web", frontchannel_logout_uri="http://localhost:9000/front?tenant=1")
    tokens = client.tokens()
    identity = claims_in(tokens["id_token"])
    response = client.browser.get(f"/connect/endsession?id_token_hint={tokens['id_token']}&post_logout_redirect_uri={OUT}")
    assert response.status_code == 200
    assert f"sid={identity['sid']}" in response.text
    assert "http://localhost:9000/front?tenant=1&amp;iss=" in response.text
    assert "frame-src http://localhost:9000" in response.headers["Content-Security-Policy"].split("; ")
    assert client.browser.get("/home/").status_code == 302
    assert "frame-src" not in client.browser.get("/connect/").headers["Content-Security-Policy"]
