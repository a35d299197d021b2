"""Rules of who counts as this machine, over a real socket: behind a proxy nobody does."""

from typing import Any

from tests.wire.conftest import TOKEN, Proxy, Serve

FORWARDS = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
KEEPS_THE_HOST = "proxy_set_header Host $http_host;"
OLD = "proxy_http_version 1.0;"
PATHS = ("/", "/_sim/health", "/_sim/sandboxes", "/s/default/connect/", "/s/default/mail/", "/s/default/phone/")


HEADERS = (
    "X-Forwarded-For: 203.0.113.7",
    "X-Forwarded-For: 127.0.0.1",
    "x-forwarded-host: simulator.example",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Prefix: /below",
    "Forwarded: for=203.0.113.7",
    "Forwarded: for=127.0.0.1;host=localhost",
    "X-Real-IP: 203.0.113.7",
    "X-Real-IP: ",
    "Via: 1.1 proxy",
    "CF-Connecting-IP: 203.0.113.7",
)


def test_without_a_token_what_a_proxy_passed_on_opens_nothing(serve: Serve) -> None:
    server = serve()
    for path in ("/", "/_sim/sandboxes", "/s/default/mail/"):
        assert server.get(path).status == 200, path
        for header in HEADERS:
            name, _, value = header.partition(": ")
            headers: Any = {name.replace("-", "_"): value}
            assert server.get(path, **headers).status == 403, (path, header)


def test_without_a_token_a_request_in_the_language_of_old_proxies_opens_nothing(serve: Serve) -> None:
    server = serve()
    with server.connect() as connection:
        connection.sendall(f"GET /_sim/sandboxes HTTP/1.0\r\nHost: localhost:{server.port}\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.0 403"


CONFIGURATIONS = ((FORWARDS,), (FORWARDS, KEEPS_THE_HOST), ("proxy_set_header X-Real-IP $remote_addr;",), (OLD,))


def test_without_a_token_nobody_comes_in_through_nginx(serve: Serve, proxy: Proxy) -> None:
    behind = serve()
    for lines in CONFIGURATIONS:
        through = proxy(behind, *lines, upstream="localhost" if lines is CONFIGURATIONS[0] else "127.0.0.1")
        for path in PATHS:
            assert through.get(path).status == 403, (lines, path)
    assert {behind.get(path).status for path in PATHS} == {200}


def test_with_a_token_everybody_shows_it_or_a_join_link_behind_nginx(serve: Serve, proxy: Proxy) -> None:
    public = "https://simulator.example"
    behind = serve(control_token=TOKEN, public_url=public)
    through = proxy(behind, FORWARDS, KEEPS_THE_HOST)
    host: Any = {"Host": "simulator.example"}
    bearer: Any = host | {"Authorization": f"Bearer {TOKEN}"}
    assert through.get("/_sim/sandboxes", **host).status == 401
    assert through.get("/", **host).headers["location"] == "/lobby/token"
    assert through.get("/s/default/mail/", **host).status == 403
    sandbox = through.get("/_sim/sandboxes/default", **bearer)
    assert sandbox.status == 200
    assert f'"{public}/s/default/?join=' in sandbox.text
