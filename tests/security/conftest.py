"""A platform with two frozen sandboxes of the same scenario: one is attacked, the other must stay unchanged."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from tests.conftest import NOW
from tests.visits import Visitor, cast, make_platform, store_of


@pytest.fixture(scope="module")
def platform(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return the platform, with no sandbox yet."""
    return make_platform(tmp_path_factory.mktemp("security"), templates)


@pytest.fixture
def store(platform: Platform) -> Iterator[Store]:
    """Return the store, with the sandboxes ``default`` and ``other`` until the test ends."""
    opened = store_of(platform)
    for name in ("default", "other"):
        opened.create(name, Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="seed"))
    yield opened
    for name in opened.names():
        opened.delete(name)


@pytest.fixture
def sandbox(store: Store) -> Iterator[Sandbox]:
    """Return the attacked sandbox."""
    with store.open("default") as sandbox:
        yield sandbox


@pytest.fixture
def email(sandbox: Sandbox) -> str:
    """Return the administrator's address."""
    return cast(sandbox, "administrator").email


@pytest.fixture
def stranger(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return a browser that is not signed in."""
    return Visitor.of(platform, sandbox, language="en")


@pytest.fixture
def administrator(platform: Platform, sandbox: Sandbox, email: str) -> Visitor:
    """Return the administrator's browser."""
    return Visitor.of(platform, sandbox, email, "en")
