"""Calls that read change nothing in the sandbox, but that keys for programs are made when they are first asked for."""

from pathlib import Path

from flask.testing import FlaskClient

from simulator.app import Platform
from simulator.control.calls import all_calls
from simulator.core.sandbox import Sandbox
from tests.visits import store_of
from tests.waiting import Writes

ARGUMENTS = {
    "language": "nl", "name": "default", "id": "1", "snapshot": "none", "email": "administrator@rietkraag.example", "format": "csv",
}  # fmt: skip


def test_calls_and_pages_that_read_change_nothing(platform: Platform) -> None:
    client: FlaskClient = platform.test_client()
    assert client.get("/_sim/sandboxes/default/autoinvoice").status_code == 200, "makes the keys that are missing"
    rules = [
        rule
        for rule in platform.all_routes()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(("/s/", "/static"))
    ]
    names = {rule.endpoint.rpartition(".")[2] for rule in rules}
    assert {entry.name for entry in all_calls() if entry.method == "GET"} <= names
    changed = []
    with store_of(platform).open("default") as sandbox:
        writes = Writes(sandbox)
        for rule in rules:
            path = platform.url_map.bind("localhost").build(
                rule.endpoint, {name: ARGUMENTS.get(name, "x") for name in rule.arguments}
            )
            for method in ("HEAD", "GET"):
                before = _files(sandbox)
                writes.begin()
                with client.open(path, method=method) as answer:
                    assert answer.status_code < 500, path
                if writes.any or _files(sandbox) != before:
                    changed.append((method, path, sorted(set(_files(sandbox)) ^ set(before))))
        writes.close()
    assert changed == []
    assert store_of(platform).names() == ["default"]


def _files(sandbox: Sandbox) -> list[Path]:
    """Return the files of the data directory, without those that only speed up reading."""
    data = sandbox.path.parents[2]
    return sorted(
        path
        for path in data.rglob("*")
        if not path.name.endswith(("-wal", "-shm", "-summary")) and "templates" not in path.parts
    )
