"""The platform with a Dutch company that keeps its books in Financials, and browsers signed in to it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from tests.conftest import NOW
from tests.visits import Visitor, fresh_sandbox, make_platform

SignIn = Callable[..., Visitor]
BOOKKEEPER = "boekhouding@vlijt.example"


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Platform:
    """Return the platform."""
    return make_platform(tmp_path_factory.mktemp("financials"), templates)


@pytest.fixture
def vlijt(platform: Platform) -> Iterator[Sandbox]:
    """Return a fresh sandbox of the scenario ``accountview-nl``, frozen at the first of March 2022."""
    with fresh_sandbox(
        platform, "vlijt", Creation(scenario="accountview-nl", clock=Clock.frozen(NOW), seed="seed")
    ) as sandbox:
        yield sandbox


@pytest.fixture
def sign_in(platform: Platform, vlijt: Sandbox) -> SignIn:
    """Return a function that signs a person in and returns the browser: ``sign_in(email, "nl")``."""

    def signed_in(email: str = BOOKKEEPER, language: str = "nl") -> Visitor:
        return Visitor.of(platform, vlijt, email, language)

    return signed_in


@pytest.fixture
def visitor(sign_in: SignIn) -> Visitor:
    """Return the browser of the company's bookkeeper."""
    return sign_in()
