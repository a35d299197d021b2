"""The OpenID provider: the authorization code flow, discovery and keys, beside a mock provider."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlencode, urlsplit

import pyotp

from bench import vnsim
from bench.client import FORM, Answer, Client
from bench.figures import Effort, Figure, median
from bench.load import requests_per_second
from bench.peers import PeerMissing, oidc_provider_mock
from bench.processes import first_answer, free_port, running
from bench.visit import make_sandbox, path_of, person, signed_in, wait_for_a_whole_code
from bench.vnsim import Served

AIM_WITH_PASSWORD, AIM_REQUESTS = 80, 500
CONNECTIONS, REQUESTS = 2, 600
PEER = "oidc-provider-mock"
APPLICATION = {"client_id": "shop", "secret": "of-the-shop", "redirect_uris": ["http://localhost:9/callback"]}
REQUEST = urlencode(
    {
        "client_id": "shop",
        "redirect_uri": "http://localhost:9/callback",
        "response_type": "code",
        "scope": "openid profile email",
        "state": "a-state",
        "nonce": "a-nonce",
    }
)


def measure(effort: Effort) -> list[Figure]:
    """Run flows in turn with the peer's, each with a connection that is kept."""
    with vnsim.fresh() as data_dir, vnsim.served(data_dir) as server, _peer() as port:
        client, url, _ = signed_in(server, **{"with": {"applications": [APPLICATION]}})
        ours, peers, typed = [], [], []
        peer = Client(port) if port is not None else None
        for _ in range(effort.operations + 1):
            ours.append(_taken(lambda: _exchange(client, f"{url}/connect/token", client.send("GET", _authorize(url)))))
            if peer is not None:
                peers.append(_taken(lambda: _exchange(peer, "/oauth2/token", _agree(peer))))
            typed.append(_with_password(server))
        paths = {"discovery": f"{url}/connect/.well-known/openid-configuration"}
        paths["keys"] = f"{paths['discovery']}/jwks"
        figures = [
            _figure("code flow with a session", ours, "ms", peers, "<= 1 x", lambda value, beside: value <= beside),
            _figure(
                "code flow with password and code", typed, "ms", peers, f"<= {AIM_WITH_PASSWORD} ms",
                lambda value, _: value <= AIM_WITH_PASSWORD,
            ),
        ]  # fmt: skip
        for name, theirs in (("discovery", "/.well-known/openid-configuration"), ("keys", "/jwks")):
            rates: list[float] = []
            beside: list[float] = []
            for _ in range(effort.rounds):
                rates.append(_rate(server.port, paths[name]))
                if port is not None:
                    beside.append(_rate(port, theirs))
            figures.append(
                _figure(
                    f"OpenID: {name}", rates, "req/s", beside, f">= {AIM_REQUESTS}/s", lambda value, _: value >= AIM_REQUESTS
                )
            )
        client.close()
    return figures


@contextmanager
def _peer() -> Iterator[int | None]:
    """Run the peer for the length of the block; its port is None where it cannot be installed."""
    try:
        command = oidc_provider_mock()
    except PeerMissing:
        yield None
        return
    port = free_port()
    with running([command, "-p", str(port)]) as process:
        first_answer(process, port, "/jwks")
        yield port


def _figure(
    name: str, values: list[float], unit: str, peers: list[float], aim: str, is_met: Callable[[float, float], bool]
) -> Figure:
    value, beside = median(values), median(peers) if peers else None
    return Figure(name, value, unit, values, PEER, beside, aim, is_met(value, beside) if beside is not None else None)


def _authorize(url: str) -> str:
    return f"{url}/connect/authorize?{REQUEST}"


def _agree(peer: Client) -> Answer:
    """Ask the peer for its form, and send it: it has no sessions."""
    address = f"/oauth2/authorize?{REQUEST}"
    peer.send("GET", address)
    return peer.send("POST", address, b"sub=user", FORM)


def _exchange(client: Client, endpoint: str, answer: Answer) -> None:
    """Exchange the code of an answer for tokens."""
    assert answer.location is not None, answer.text[:500]
    code = parse_qs(urlsplit(answer.location).query)["code"][0]
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": "http://localhost:9/callback"}
    fields |= {"client_id": "shop", "client_secret": "of-the-shop"}
    answer = client.send("POST", endpoint, urlencode(fields).encode(), FORM)
    assert "id_token" in json.loads(answer.text), answer.text[:500]


def _with_password(server: Served) -> float:
    """Sign in with password and code in a fresh sandbox, whose keys are there as after its first sign-in."""
    client = server.client()
    sandbox = make_sandbox(server, **{"with": {"applications": [APPLICATION]}})
    url, who = path_of(sandbox), person(sandbox)
    client.get(f"{url}/connect/.well-known/openid-configuration/jwks")
    wait_for_a_whole_code()

    def flow() -> None:
        page = client.get(_authorize(url))
        page = client.post(page.path, page.token, Username=who["email"])
        page = client.post(page.path, page.token, Password=who["password"])
        form = urlencode({"csrf_token": page.token, "AuthCode": pyotp.TOTP(who["totp_secret"]).now()}).encode()
        answer = client.send("POST", page.path, form, FORM)
        while answer.location is not None and answer.location.startswith("/"):
            answer = client.send("GET", answer.location)
        _exchange(client, f"{url}/connect/token", answer)

    taken = _taken(flow)
    client.close()
    return taken


def _taken(flow: Callable[[], None]) -> float:
    begin = time.perf_counter()
    flow()
    return (time.perf_counter() - begin) * 1000


def _rate(port: int, path: str) -> float:
    return requests_per_second(port, path, "", connections=CONNECTIONS, requests=REQUESTS)
