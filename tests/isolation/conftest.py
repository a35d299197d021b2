"""A platform with two sandboxes of the same scenario, and what a person does in one of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.store import Creation, Store
from tests.conftest import NOW
from tests.visits import make_platform, store_of


@pytest.fixture(scope="module")
def platform(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return the platform, with no sandbox yet."""
    return make_platform(tmp_path_factory.mktemp("isolation"), templates)


@pytest.fixture
def store(platform: Platform) -> Iterator[Store]:
    """Return the sandboxes ``used`` and ``quiet``, born alike; they go with the test."""
    store = store_of(platform)
    for name in ("used", "quiet"):
        store.create(name, Creation(scenario="company-no", clock=Clock.frozen(NOW), seed="seed"))
    yield store
    for name in store.names():
        store.delete(name)
