"""Rules of who may steer: this machine without a token, the token's holder with one, never a page of another site."""

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.control.guesses import MOST, REMEMBERED, Guesses
from tests.control.conftest import TOKEN, Client, client_of

PROBLEM = "application/problem+json"


def assert_problem(answer: TestResponse, status: int) -> None:
    """Assert that an answer is a problem document of a status."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == PROBLEM
    document = answer.get_json(force=True)
    assert document["status"] == status
    assert {"type", "title", "detail"} <= document.keys()


@pytest.mark.parametrize("host", ["localhost", "localhost:8123", "127.0.0.1:8000", "[::1]", "[::1]:8000", "LOCALHOST"])
def test_every_name_of_this_machine_may_steer(client: Client, host: str) -> None:
    assert client.get("/_sim/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["rebound.example", "rebound.example:8000", "localhost.example", "192.168.1.7", "", "[::2]"]
)
@pytest.mark.parametrize("path", ["/_sim/health", "/_sim/sandboxes", "/_sim/nothing", "/_sim/openapi.json"])
def test_another_name_for_this_machine_may_not(client: Client, host: str, path: str) -> None:
    assert_problem(client.get(path, headers={"Host": host}), 403)


@pytest.mark.parametrize("address", ["192.168.1.7", "10.0.0.1", "2001:db8::1", ""])
def test_another_machine_may_not_steer_whatever_it_calls_this_one(client: Client, address: str) -> None:
    assert_problem(client.get("/_sim/health", environ_base={"REMOTE_ADDR": address}), 403)


@pytest.mark.parametrize("header", [{"X-Forwarded-For": "203.0.113.5"}, {"Forwarded": "for=203.0.113.5"}, {"X-Real-IP": ""}])
def test_what_a_proxy_passed_on_is_not_from_this_machine(client: Client, header: dict[str, str]) -> None:
    assert_problem(client.get("/_sim/health", headers=header), 403)
    assert client.get("/", headers=header).status_code == 403


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_every_loopback_address_is_this_machine(client: Client, address: str) -> None:
    assert client.get("/_sim/health", environ_base={"REMOTE_ADDR": address}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_page_of_another_site_cannot_reset_a_sandbox(client: Client, headers: dict[str, str]) -> None:
    assert_problem(client.post("/_sim/sandboxes/default/reset", json={}, headers=headers), 403)
    assert_problem(client.delete("/_sim/sandboxes/default", headers=headers), 403)


def test_a_page_of_this_server_may_call(client: Client) -> None:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/_sim/sandboxes/default/reset", json={}, headers=headers).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_body_of_another_kind_than_json_is_refused(client: Client, kind: str) -> None:
    assert_problem(client.post("/_sim/sandboxes/default/reset", data="{}", content_type=kind), 415)
    assert_problem(client.post("/_sim/sandboxes/default/reset", content_type=kind), 415)
    assert_problem(client.put("/_sim/sandboxes/default/clock", data="{}", content_type=kind), 415)


def test_a_body_without_a_content_type_is_refused(client: Client) -> None:
    assert_problem(client.post("/_sim/sandboxes", data='{"scenario": "accountant-nl"}'), 415)


def test_no_body_needs_no_content_type(client: Client) -> None:
    assert client.post("/_sim/sandboxes/default/reset").status_code == 200


@pytest.mark.parametrize(
    "authorization", [None, "Bearer wrong", "Bearer ", "Basic eDp5", TOKEN, f"Bearer {TOKEN}x", "Bearer é"]
)
def test_without_the_token_nothing_is_answered(guarded: Platform, authorization: str | None) -> None:
    client = client_of(guarded)
    headers = {"Authorization": authorization} if authorization is not None else {}
    for path in ("/_sim/health", "/_sim/sandboxes/default/people", "/_sim/nothing"):
        answer = client.get(path, headers=headers)
        assert_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def call(platform: Platform, token: str | None, address: str = "203.0.113.5") -> TestResponse:
    """Call the control API from an address, with a token or without one."""
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    answer: TestResponse = client_of(platform).get("/_sim/health", headers=headers, environ_base={"REMOTE_ADDR": address})
    return answer


def test_who_guesses_the_token_is_told_to_wait_and_the_right_token_always_opens(guarded: Platform) -> None:
    for _ in range(MOST):
        assert_problem(call(guarded, "wrong"), 401)
    slowed = call(guarded, "wrong")
    assert_problem(slowed, 429)
    assert 0 < int(slowed.headers["Retry-After"]) <= 60
    assert call(guarded, TOKEN).status_code == 200
    assert_problem(call(guarded, "wrong", "203.0.113.6"), 401)
    assert_problem(call(guarded, None), 401)


def test_calls_without_a_token_are_no_guesses(guarded: Platform) -> None:
    for _ in range(MOST + 1):
        assert_problem(call(guarded, None), 401)
    assert call(guarded, TOKEN).status_code == 200


def test_lobby_and_control_api_count_together(guarded: Platform) -> None:
    for _ in range(MOST):
        call(guarded, "wrong", "127.0.0.1")
    client = client_of(guarded)
    page = client.get("/lobby/token").text
    result = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert result is not None
    assert client.post("/lobby/token", data={"csrf_token": result[1], "token": "wrong"}).status_code == 429
    assert client.post("/lobby/token", data={"csrf_token": result[1], "token": TOKEN}).location == "/"


@pytest.mark.parametrize(
    ("first", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("203.0.113.5", "::ffff:203.0.113.5", True),
        ("203.0.113.5", "203.0.113.6", False),
        (None, "203.0.113.6", False),
    ],
)
def test_a_visitor_is_known_by_address_or_by_network(first: str | None, other: str, same: bool) -> None:
    guesses = Guesses()
    for _ in range(MOST):
        guesses.count_wrong(first)
    assert guesses.seconds_to_wait(first) > 0
    assert bool(guesses.seconds_to_wait(other)) is same


def test_only_so_many_addresses_are_remembered() -> None:
    guesses = Guesses()
    for number in range(REMEMBERED + 10):
        guesses.count_wrong(f"10.0.{number // 256}.{number % 256}")
    assert len(guesses) == REMEMBERED


def test_the_token_steers_from_anywhere(guarded: Platform) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Host": "simulator.example"}
    answer = client_of(guarded).get("/_sim/health", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.1"})
    assert answer.status_code == 200


def test_the_token_does_not_let_pages_of_other_sites_in(guarded: Platform) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Origin": "http://evil.example"}
    assert_problem(client_of(guarded).get("/_sim/health", headers=headers), 403)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/_sim"), ("GET", "/_sim/"), ("GET", "/_sim/nothing"), ("POST", "/_sim/x/y")]
)
def test_a_path_that_is_none_is_a_problem_404(client: Client, method: str, path: str) -> None:
    assert_problem(client.open(path, method=method), 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_sim/health"),
        ("PATCH", "/_sim/sandboxes"),
        ("PUT", "/_sim/sandboxes"),
        ("DELETE", "/_sim/sandboxes/default/clock"),
    ],
)
def test_a_wrong_method_is_a_problem_405_that_names_the_right_ones(client: Client, method: str, path: str) -> None:
    answer = client.open(path, method=method)
    assert_problem(answer, 405)
    assert "GET" in answer.headers["Allow"]


def test_a_body_that_is_too_large_is_a_problem_413(client: Client, platform: Platform) -> None:
    body = b'{"scenario": "' + b"x" * platform.config["MAX_CONTENT_LENGTH"] + b'"}'
    assert_problem(client.post("/_sim/sandboxes", data=body, content_type="application/json"), 413)


def test_a_page_outside_the_api_stays_a_page(client: Client) -> None:
    assert client.get("/nothing").content_type.startswith("text/html")


def test_what_breaks_is_a_problem_500_without_particulars(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Any:
        raise RuntimeError("a secret of the inside")

    platform.load("control.platform")
    platform.view_functions["control.platform.scenarios"] = broken
    answer = client_of(platform).get("/_sim/scenarios")
    assert_problem(answer, 500)
    assert "secret" not in answer.text
    assert "a secret of the inside" in caplog.text


@pytest.mark.parametrize("path", ["/", "/s/default/connect/", "/s/default/mail/", "/s/nothing/", "/nothing"])
def test_a_host_name_pointed_at_this_machine_opens_no_page(client: Client, path: str) -> None:
    for host in ("evil.example", "evil.example:8000", "localhost.evil.example", "192.0.2.1"):
        answer = client.get(path, headers={"Host": host})
        assert (answer.status_code, answer.content_type) == (403, "text/html; charset=utf-8")
    for host in ("localhost", "localhost:8000", "LOCALHOST", "127.0.0.1:8000", "[::1]:8000"):
        assert client.get(path, headers={"Host": host}).status_code != 403


def test_with_a_token_pages_answer_under_every_name(guarded: Platform) -> None:
    answer = client_of(guarded).get("/lobby/token", headers={"Host": "simulator.example"})
    assert answer.status_code == 200
