"""A fake platform and a real browser for the tests of the manual engine."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser

from e2e.engine.walker import Walker
from simulator.testing import Server
from simulator.testing.api import Api
from tests.e2e_engine.fake_platform import FakePlatform


@pytest.fixture
def platform() -> Iterator[FakePlatform]:
    """Give a fresh fake platform."""
    platform = FakePlatform()
    yield platform
    platform.close()


@pytest.fixture
def server(platform: FakePlatform) -> Iterator[Server]:
    """Give the client of the fake platform."""
    with closing(Server(Api(platform.base_url))) as client:
        yield client


@pytest.fixture
def walker(browser: Browser, server: Server) -> Walker:
    """Give a walker for walks that pass."""
    return Walker(browser, server, patience=10)


@pytest.fixture
def impatient(browser: Browser, server: Server) -> Walker:
    """Give a walker for walks that stop: it does not wait long."""
    return Walker(browser, server, patience=0.8)
