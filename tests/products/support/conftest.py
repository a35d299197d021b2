"""One platform for all tests here, with a fresh sandbox for each: the accountant's office, in English."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from tests.conftest import NOW
from tests.visits import Visitor, cast, fresh_sandbox, make_platform


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Platform:
    """Put a platform together, without a sandbox."""
    return make_platform(tmp_path_factory.mktemp("platform"), templates)


@pytest.fixture
def sandbox(platform: Platform) -> Iterator[Sandbox]:
    """Make the sandbox ``default``, frozen at ``NOW``; it goes with the test."""
    with fresh_sandbox(
        platform, "default", Creation(scenario="accountant-nl", language="en", clock=Clock.frozen(NOW), seed="seed")
    ) as opened:
        yield opened


@pytest.fixture
def visitor(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return a browser that is signed out."""
    return Visitor.of(platform, sandbox)


@pytest.fixture
def desk(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return the browser of a member of the support staff."""
    return Visitor.of(platform, sandbox, cast(sandbox, "support").email, "en")


@pytest.fixture
def administrator(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return the browser of an administrator who has no right to generate codes."""
    return Visitor.of(platform, sandbox, cast(sandbox, "administrator").email, "en")


@pytest.fixture
def user(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return the browser of a user with two-step verification and no administration role."""
    return Visitor.of(platform, sandbox, cast(sandbox, "user").email, "en")
