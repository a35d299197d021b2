"""What every test can ask for: ready files of the scenarios, a fresh store, a fresh sandbox."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from jinja2 import FileSystemBytecodeCache

import seed
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from simulator.settings import DEFAULT
from simulator.web.platform import Platform
from tests.suite.once import shared_directory

NOW = datetime.fromisoformat("2022-03-01T09:00+01:00")
"""When the sandbox of a test was born, and where its clock stands."""

BASE_ADDRESS = "http://localhost:8000"


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of ready files, one for the whole run, whichever process a test runs in."""
    return shared_directory(tmp_path_factory) / "templates"


@pytest.fixture(scope="session", autouse=True)
def compiled_pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compile the template of a page once in a run, not anew on the platform of each test."""
    directory = shared_directory(tmp_path_factory) / "pages"
    directory.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Platform, "jinja_options", {"bytecode_cache": FileSystemBytecodeCache(str(directory))})
        yield


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
