"""A platform whose requests fail because a test orders it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.database import Base
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from tests.conftest import NOW
from tests.visits import Visitor, cast, make_platform, store_of

Order = Callable[..., dict[str, Any]]
FAULTS = "/_sim/sandboxes/default/faults"
COUNTED = ("fault", "event")
"""Tables in which every fault that is triggered leaves a trace."""


@pytest.fixture(scope="module")
def platform(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return the platform, with no sandbox yet."""
    return make_platform(tmp_path_factory.mktemp("faults"), templates)


@pytest.fixture
def store(platform: Platform) -> Iterator[Store]:
    """Return the store, with the sandbox ``default`` until the test ends."""
    opened = store_of(platform)
    opened.create("default", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="seed"))
    yield opened
    opened.delete("default")


@pytest.fixture
def sandbox(store: Store) -> Iterator[Sandbox]:
    """Return the sandbox."""
    with store.open("default") as sandbox:
        yield sandbox


@pytest.fixture
def visitor(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return the administrator's browser."""
    return Visitor.of(platform, sandbox, cast(sandbox, "administrator").email, "en")


@pytest.fixture
def order(platform: Platform, sandbox: Sandbox) -> Order:
    """Return a function that orders a fault through the control API."""
    client = platform.test_client()

    def add(operation: str | None = None, **more: Any) -> dict[str, Any]:
        answer = client.post(FAULTS, json={**({"operation": operation} if operation else {}), **more})
        assert answer.status_code == 201, answer.text
        fault: dict[str, Any] = answer.get_json(force=True)
        return fault

    return add


def content(sandbox: Sandbox) -> dict[str, list[Any]]:
    """Return all rows of a sandbox by table, without those that a fault leaves when it is triggered."""
    names = [name for name in Base.metadata.tables if name not in COUNTED]
    with sandbox.reading() as db:
        cursor = db.connection().connection.cursor()
        return {name: cursor.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


def used(platform: Platform) -> list[int]:
    """Return how often each fault was triggered."""
    return [fault["used"] for fault in platform.test_client().get(FAULTS).get_json(force=True)]
