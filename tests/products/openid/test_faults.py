"""Connect fails as OAuth says when a test orders it: programs read an error, browsers a page."""

import pytest

from simulator.core import faults
from simulator.core.sandbox import Sandbox
from tests.products.openid.conftest import Client
from tests.visits import Visitor, cast


@pytest.mark.parametrize(
    ("outcome", "status", "error"),
    [
        ("error", 500, "server_error"),
        ("unavailable", 503, "temporarily_unavailable"),
        ("conflict", 409, "invalid_request"),
        ("refused", 422, "invalid_request"),
    ],
)
def test_the_token_call_fails_and_the_code_still_works(
    client: Client, sandbox: Sandbox, outcome: str, status: int, error: str
) -> None:
    code = client.code()
    with sandbox.transaction() as db:
        faults.add(db, route="POST /connect/token", outcome=outcome)
    answer = client.token(code=code)
    assert (answer.status_code, answer.get_json()["error"]) == (status, error)
    assert client.token(code=code).status_code == 200


def test_a_browser_gets_a_page(client: Client, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        faults.add(db, "http.openid.authorize", outcome="unavailable")
    answer = client.browser.get("/connect/authorize", headers={"Accept": "text/html,*/*"})
    assert (answer.status_code, answer.mimetype, answer.headers["Retry-After"]) == (503, "text/html", "1")


def test_userinfo_fails_for_the_person_of_the_token(client: Client, sandbox: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {client.tokens()['access_token']}"}
    with sandbox.transaction() as db:
        faults.add(db, "http.openid.userinfo", person=cast(sandbox, "user").email)
        faults.add(db, "http.openid.userinfo", person=cast(sandbox, "administrator").email, outcome="unavailable")
    visitor = Visitor(client.platform.test_client(), client.browser.home)
    assert [visitor.get("/connect/userinfo", headers=headers).status_code for _ in range(2)] == [503, 200]
