"""What every run has: its extent, the times of its files, and one real browser for all tests of a process that need one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest_plugins = ["pytester", "tests.suite.durations", "tests.suite.extent"]


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Start the browser that ``make browser`` found or installed."""
    from playwright.sync_api import sync_playwright

    from e2e.engine.browser import ARGUMENTS, find_browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        yield browser
        browser.close()
