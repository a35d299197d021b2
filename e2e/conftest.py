"""What the walks need: a server of their own and a browser, started once for a run."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from .engine.client import ControlClient
from .engine.walker import Walker


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    """Start the platform the way a user does, on a free port, and return its address."""
    command = [sys.executable, "-m", "simulator", "serve", "--ephemeral", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        try:
            printed = ""
            for line in server.stdout:
                printed += line
                if address := re.search(r"http://localhost:\d+", line):
                    yield address[0]
                    break
            else:
                pytest.fail(f"the server did not start:\n{printed}")
        finally:
            server.terminate()
            server.stdout.close()
            server.wait()


@pytest.fixture(scope="session")
def walker(base_url: str, browser: Browser) -> Walker:
    """Return a walker on the platform."""
    return Walker(browser, ControlClient(base_url))
