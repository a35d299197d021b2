"""Addresses are built once, and those of one request never answer another."""

from pathlib import Path

import pytest
from flask import g, session, url_for
from itsdangerous import TimestampSigner

from simulator.app import create_app
from simulator.settings import Settings
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
