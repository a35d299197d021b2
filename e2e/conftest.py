"""What the walks need: a server of their own and a browser, started once for a run."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from simulator.testing import Server, serve

from .engine.walker import Walker


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Start the platform the way a test of others does."""
    with serve() as own:
        yield own


@pytest.fixture(scope="session")
def walker(server: Server, browser: Browser) -> Walker:
    """Return a walker on the platform."""
    return Walker(browser, server)
