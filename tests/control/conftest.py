"""A platform to steer: the application with its sandbox ``default``, and a client at this machine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import seed
from simulator.app import Platform, create_app
from simulator.core.clock import Clock
from simulator.core.store import Creation, Store
from simulator.settings import DEFAULT, Settings
from tests.conftest import NOW

Client = Any
"""A test client, in front of which answers have any shape."""

TOKEN = "a-token-of-the-tests"


def client_of(platform: Platform) -> Client:
    """Return another client of a platform."""
    return platform.test_client()


@pytest.fixture
def platform(store: Store) -> Platform:
    """Return the platform without a control token, with the sandbox ``default``."""
    store.create(DEFAULT, Creation(scenario="accountant-nl", clock=Clock.frozen(NOW)))
    return create_app(Settings(data_dir=store.directory), store)


@pytest.fixture
def client(platform: Platform) -> Client:
    """Return a client at this machine."""
    return platform.test_client()


@pytest.fixture
def guarded(tmp_path: Path, templates: Path) -> Platform:
    """Return a platform that asks for a control token, with the sandbox ``default``."""
    settings = Settings(data_dir=tmp_path / "guarded", host="0.0.0.0", control_token=TOKEN)
    store = Store(settings.data_dir, seed.template_for(templates), seed.finish, settings.base_address)
    store.create(DEFAULT, Creation(scenario="accountant-nl"))
    return create_app(settings, store)


@pytest.fixture
def make(client: Client) -> Callable[..., dict[str, Any]]:
    """Return a function that makes a sandbox over the control API, frozen at ``NOW`` unless told otherwise."""

    def make_sandbox(**options: object) -> dict[str, Any]:
        body = {"scenario": "accountant-nl", "now": NOW.isoformat(), **options}
        answer = client.post("/_sim/sandboxes", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json
        return made

    return make_sandbox
