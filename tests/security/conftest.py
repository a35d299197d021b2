"""A platform with two sandboxes of the same scenario, frozen: one is attacked, the other must not notice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Birth, Store
from tests.conftest import NOW
from tests.visits import Visitor, cast, make_platform, store_of


@pytest.fixture(scope="module")
def platform(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return the platform, with no sandbox yet."""
    return make_platform(tmp_path_factory.mktemp("security"), templates)


@pytest.fixture
def store(platform: Platform) -> Iterator[Store]:
    """Return the sandboxes ``default`` and ``other``; they go with the test."""
    kept = store_of(platform)
    for name in ("default", "other"):
        kept.create(name, Birth(scenario="accountant-nl", clock=Clock.frozen(NOW), seed="seed"))
    yield kept
    for name in kept.names():
        kept.delete(name)


@pytest.fixture
def sandbox(store: Store) -> Iterator[Sandbox]:
    """Return the sandbox that is attacked, to arrange and to look into."""
    with store.open("default") as opened:
        yield opened


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
