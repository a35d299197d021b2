"""On a network nothing of the server answers a stranger: one without the control token, and without the sandbox's join key."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.store import Creation
from tests.conftest import NOW
from tests.visits import make_platform, store_of

OPEN = {
    "static": "style sheets, scripts and fonts, the same everywhere",
    "lobby.give_token": "the form that asks for the control token",
    "lobby.choose_language": "the language of that form",
    "joining.join": "the form that asks for the join code of a class",
    "joining.enter": "the link of a trainee: 404 with another key",
    "joining.authority": "how a device comes to trust the server's own authority",
    "joining.authority_file": "the certificate of that authority, which every client of TLS gets anyhow",
}
"""The endpoints that answer a stranger, and why."""

TO_THE_TOKEN = "/lobby/token"
ADDRESS = "https://sim.test"


@pytest.fixture(scope="module")
def platform(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return the platform on a network, with one sandbox."""
    directory = tmp_path_factory.mktemp("strangers")
    platform = make_platform(directory, templates, host="0.0.0.0", control_token="t0ken", public_url=ADDRESS)
    store_of(platform).create("mine", Creation(scenario="company-no", clock=Clock.frozen(NOW)))
    return platform


def test_every_route_refuses_a_stranger_but_for_a_few_with_reasons(platform: Platform) -> None:
    client, answering = platform.test_client(), {}
    page = client.get(TO_THE_TOKEN, base_url=ADDRESS).text
    (csrf_token,) = set(re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page))
    for rule in platform.all_routes():
        for method in sorted(rule.methods or ()):
            answer = _open(platform, client, rule, method, csrf_token)
            if answer.status_code not in (401, 403, 404) and not _leads_to_the_token(answer):
                answering[rule.endpoint] = f"{method} {answer.request.path}: {answer.status_code}"
    assert {endpoint: answer for endpoint, answer in answering.items() if endpoint not in OPEN} == {}
    assert set(OPEN) <= set(answering)


@pytest.mark.parametrize(
    "path", ["", "nothing", "autoinvoice/api/nothing", "smp/nothing", "connect/link/none", "mail/", "~x/", "?join=x"]
)
def test_an_address_below_a_sandbox_says_nothing_to_a_stranger(platform: Platform, path: str) -> None:
    answer = platform.test_client().get(f"/s/mine/{path}", base_url=ADDRESS)
    assert answer.status_code == 403
    assert "Fjordlys" not in answer.text


def _open(platform: Platform, client: FlaskClient, rule: Rule, method: str, csrf_token: str) -> TestResponse:
    values = {
        name: "mine" if name in ("sandbox", "name") and "<sandbox>" not in rule.rule else _example(rule, name)
        for name in rule.arguments
    }
    values |= {"sandbox": "mine"} if "sandbox" in rule.arguments else {}
    path = platform.url_map.bind("sim.test").build(rule.endpoint, values, method=method)
    data = {"csrf_token": csrf_token} if method == "POST" and path.startswith(("/lobby/", "/class/")) else None
    return client.open(path, method=method, base_url=ADDRESS, data=data, headers={"Referer": ADDRESS})


def _example(rule: Rule, name: str) -> object:
    """Return a value that an argument of a route can have."""
    converter = rule._converters[name]
    if hasattr(converter, "items"):
        return next(iter(converter.items))
    return 1 if converter.to_url(1) == "1" and not converter.regex.startswith("[^/]") else "x"


def _leads_to_the_token(answer: TestResponse) -> bool:
    return answer.status_code in (302, 303) and (answer.location or "").partition("?")[0].endswith(TO_THE_TOKEN)
