"""What every test can ask for: ready files of the scenarios, a fresh store, a fresh sandbox."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

import seed
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from simulator.settings import DEFAULT
from tests.suite.once import shared_directory

NOW = datetime.fromisoformat("2022-03-01T09:00+01:00")
"""When the sandbox of a test was born, and where its clock stands."""

BASE_ADDRESS = "http://localhost:8000"


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of ready files, one for the whole run, whichever process a test runs in."""
    return shared_directory(tmp_path_factory) / "templates"


@pytest.fixture
def store(tmp_path: Path, templates: Path) -> Store:
    """Return a store of its own, without any sandbox."""
    return Store(tmp_path / "data", seed.template_for(templates), seed.finish, BASE_ADDRESS)


@pytest.fixture
def sandbox(store: Store) -> Iterator[Sandbox]:
    """Return the sandbox ``default``, born of ``accountant-nl`` and frozen at ``NOW``."""
    store.create(DEFAULT, Creation(scenario="accountant-nl", clock=Clock.frozen(NOW)))
    with store.open(DEFAULT) as opened:
        yield opened
