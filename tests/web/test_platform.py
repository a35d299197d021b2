"""Addresses are built once, and those of one request never answer another."""

from importlib import import_module
from pathlib import Path
from threading import Thread
from types import ModuleType

import pytest
from flask import g, session, url_for
from itsdangerous import TimestampSigner
from werkzeug.routing import Rule

from simulator.app import create_app
from simulator.settings import Settings
from simulator.web import platform as platform_module
from simulator.web.form_tokens import name_forms, name_of_form


def test_a_stored_address_belongs_to_its_host_sandbox_and_arguments(tmp_path: Path) -> None:
    platform = create_app(Settings(data_dir=tmp_path))

    def address(host: str, sandbox: str, **arguments: object) -> str:
        with platform.test_request_context("/", base_url=f"http://{host}"):
            g.sandbox_name = sandbox
            return url_for("home.help", **arguments)  # type: ignore[arg-type]

    for _ in range(2):
        assert address("localhost", "a", topic=1) == "/s/a/home/help?topic=1"
        assert address("localhost", "a", topic=True) == "/s/a/home/help?topic=True"
        assert address("localhost", "b", topic=1) == "/s/b/home/help?topic=1"
        assert address("localhost", "a", topic=None) == "/s/a/home/help"
        assert address("localhost", "a", _external=True) == "http://localhost/s/a/home/help"
        assert address("127.0.0.1", "a", _external=True) == "http://127.0.0.1/s/a/home/help"


def test_what_builds_the_addresses_of_a_route_is_compiled_with_the_first_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled, compile_builder = [], Rule._compile_builder

    def note(rule: Rule, append_unknown: bool = True) -> object:
        compiled.append((rule.endpoint, append_unknown))
        return compile_builder(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", note)
    platform = create_app(Settings(data_dir=tmp_path))
    routes = platform.all_routes()
    assert compiled == []
    with platform.test_request_context("/"):
        for topic in ("a", "b"):
            assert url_for("home.help", sandbox="mine", topic=topic) == f"/s/mine/home/help?topic={topic}"
    assert compiled == [("home.help", True)]
    route = next(route for route in routes if route.endpoint == "home.help")
    for _ in range(2):
        assert route.build({"sandbox": "mine", "topic": "a"}, append_unknown=False) == ("", "/s/mine/home/help")
    assert compiled == [("home.help", True), ("home.help", False)]


def test_one_thread_at_a_time_imports_a_product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app, free = create_app(Settings(data_dir=tmp_path)), []

    def import_noting(name: str) -> ModuleType:
        other = Thread(target=lambda: free.append(app._loading.acquire(blocking=False)))
        other.start()
        other.join()
        return import_module(name)

    monkeypatch.setattr(platform_module, "import_module", import_noting)
    for _ in range(2):
        app.load("home")
    assert free == [False]


def test_a_form_that_is_opened_again_is_another_one_of_the_same_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both are opened within one second of the machine.
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: 1_800_000_000)
    platform = create_app(Settings(data_dir=tmp_path))
    tokens = []
    for _ in range(2):
        with platform.test_request_context("/", headers={"Cookie": ""}):
            session["csrf_token"] = "the same browser"
            name_forms("anna")
            tokens.append(g.csrf_token)
        with platform.test_request_context("/", method="POST", data={"csrf_token": tokens[-1]}):
            assert name_of_form() == "anna"
    assert tokens[0] != tokens[1]
