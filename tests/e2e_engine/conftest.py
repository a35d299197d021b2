"""A fake platform and a real browser for the tests of the manual engine."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from e2e.engine.client import ControlClient
from e2e.engine.walker import Walker
from tests.e2e_engine.fake_platform import FakePlatform


@pytest.fixture
def platform() -> Iterator[FakePlatform]:
    """Give a fresh fake platform."""
    platform = FakePlatform()
    yield platform
    platform.close()


@pytest.fixture
def walker(browser: Browser, platform: FakePlatform) -> Walker:
    """Give a walker for walks that pass."""
    return Walker(browser, ControlClient(platform.base_url), patience=10)


@pytest.fixture
def impatient(browser: Browser, platform: FakePlatform) -> Walker:
    """Give a walker for walks that stop: it does not wait long."""
    return Walker(browser, ControlClient(platform.base_url), patience=0.8)
