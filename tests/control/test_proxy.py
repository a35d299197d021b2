"""Rules of a server behind a proxy: its public address decides every address, whatever is written into a request."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.store import Creation
from tests.conftest import NOW
from tests.control.conftest import TOKEN, Client
from tests.visits import make_platform, store_of

PUBLIC = "https://simulator.example"
AT = "/_sim/sandboxes/default"
STEER = {"Authorization": f"Bearer {TOKEN}"}
PROXIED = {
    "X-Forwarded-For": "203.0.113.5",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Port": "1234",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "for=203.0.113.5;host=evil.example;proto=http",
}


@pytest.fixture
def client(tmp_path: Path, templates: Path) -> Iterator[Client]:
    """Return a browser of the public address, behind a proxy that says much."""
    platform: Platform = make_platform(tmp_path, templates, control_token=TOKEN, public_url=PUBLIC)
    store_of(platform).create("default", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW)))
    made: Any = platform.test_client()
    made.environ_base |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in PROXIED.items()}
    yield made


def opened(client: Client, path: str) -> Any:
    """Open a page at the public address."""
    return client.get(path, base_url=PUBLIC)


def test_addresses_are_those_of_the_public_address(client: Client) -> None:
    sandbox = client.get(AT, headers=STEER, base_url=PUBLIC).json
    assert sandbox["url"] == f"{PUBLIC}/s/default"
    assert sandbox["join_url"].startswith(f"{PUBLIC}/s/default/?join=")
    assert client.get("/_sim/openapi.json", headers=STEER).json["servers"] == [{"url": f"{PUBLIC}/_sim"}]


def test_a_visitor_joins_and_every_cookie_is_secure_and_every_redirect_stays(client: Client) -> None:
    join_url = client.get(AT, headers=STEER, base_url=PUBLIC).json["join_url"]
    path, seen = join_url.removeprefix(PUBLIC), []
    for _ in range(6):
        answer = opened(client, path)
        seen += answer.headers.getlist("Set-Cookie")
        if answer.status_code != 302:
            break
        path = answer.headers["Location"]
        assert path.startswith("/s/default/"), "a redirect names no host"
    assert answer.status_code == 200
    assert seen
    assert all("; Secure" in cookie for cookie in seen)
    page = unescape(answer.text)
    assert "evil" not in page
    assert not re.findall(r'(?:href|src|action)="(?:https?:)?//', page)


def test_mails_lead_to_the_public_address(client: Client) -> None:
    sandbox = client.get(AT, headers=STEER, base_url=PUBLIC).json
    opened(client, sandbox["join_url"].removeprefix(PUBLIC))
    messages = client.get(f"{AT}/messages", headers=STEER).json
    links = [link for message in messages for link in message["links"]]
    assert links
    assert all(link.startswith(f"{PUBLIC}/s/default/") for link in links)


def test_what_a_proxy_writes_makes_nobody_local(client: Client) -> None:
    assert client.get(AT, base_url="http://localhost").status_code == 401
    assert client.get("/", base_url="http://localhost").headers["Location"] == "/lobby/token"
