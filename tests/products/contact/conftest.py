"""The visitors of the support desk's tests, and a guest."""

import pytest

from simulator.app import Platform
from simulator.core.sandbox import Sandbox
from tests.products.support.conftest import administrator, desk, platform, sandbox, user
from tests.visits import Visitor

__all__ = ["administrator", "desk", "guest", "platform", "sandbox", "user"]


@pytest.fixture
def guest(platform: Platform, sandbox: Sandbox) -> Visitor:
    """Return the browser of a visitor who is not signed in, in English."""
    return Visitor.of(platform, sandbox, None, "en")
