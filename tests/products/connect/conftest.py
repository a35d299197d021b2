"""A platform with one sandbox, and browsers to sign in with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from tests.conftest import NOW
from tests.visits import Visitor, make_platform, store_of


@pytest.fixture
def platform(tmp_path: Path, templates: Path) -> Platform:
    """Put a platform together, with the sandbox ``default`` frozen at ``NOW``."""
    platform = make_platform(tmp_path / "data", templates)
    store_of(platform).create("default", Creation(scenario="accountant-nl", language="en", clock=Clock.frozen(NOW)))
    return platform


@pytest.fixture
def sandbox(platform: Platform) -> Iterator[Sandbox]:
    """Return the open sandbox."""
    with store_of(platform).open("default") as opened:
        yield opened


@pytest.fixture
def visitor(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return a browser that is signed out."""
    return Visitor.of(platform, sandbox)
