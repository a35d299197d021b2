"""Addresses are built once, and those of one request never answer another."""

from pathlib import Path

from flask import g, url_for

from simulator.app import create_app
from simulator.settings import Settings


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
