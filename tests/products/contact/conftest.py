"""One platform for all tests here, with a fresh sandbox for each: the accountant's office, in English."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from tests.conftest import NOW
from tests.visits import Visitor, cast, make_platform, store_of


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Platform:
    """Put a platform together, without a sandbox."""
    return make_platform(tmp_path_factory.mktemp("platform"), templates)


@pytest.fixture
def sandbox(platform: Platform) -> Iterator[Sandbox]:
    """Make the sandbox ``default``, frozen at ``NOW``; it goes with the test."""
    store = store_of(platform)
    store.create("default", Creation(scenario="accountant-nl", language="en", clock=Clock.frozen(NOW), seed="seed"))
    with store.open("default") as opened:
        yield opened
    store.delete("default")


@pytest.fixture
def guest(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return the browser of a visitor who is not signed in, in English."""
    return Visitor.of(platform, sandbox, None, "en")


@pytest.fixture
def desk(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return the browser of a member of the support staff."""
    return Visitor.of(platform, sandbox, cast(sandbox, "support").email, "en")


@pytest.fixture
def user(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return the browser of a user without an administration role."""
    return Visitor.of(platform, sandbox, cast(sandbox, "user").email, "en")


@pytest.fixture
def administrator(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return the browser of an administrator."""
    return Visitor.of(platform, sandbox, cast(sandbox, "administrator").email, "en")
