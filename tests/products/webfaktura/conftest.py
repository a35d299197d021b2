"""An office with clients in WebFaktura, and its visitors."""

from collections.abc import Callable, Iterator

import pytest

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.sales import clients
from tests.conftest import NOW
from tests.visits import Visitor, cast, fresh_sandbox, make_platform

Visit = Callable[[str], Visitor]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, templates: object) -> Platform:
    return make_platform(tmp_path_factory.mktemp("webfaktura"), templates)  # type: ignore[arg-type]


@pytest.fixture
def sandbox(platform: Platform) -> Iterator[Sandbox]:
    """Return a fresh sandbox of the office."""
    with fresh_sandbox(platform, "nord", Creation(scenario="webfaktura-no", clock=Clock.frozen(NOW))) as opened:
        yield opened


@pytest.fixture
def visit(platform: Platform, sandbox: Sandbox) -> Visit:
    """Return what signs a person of the cast in, in Norwegian."""

    def sign_in(key: str) -> Visitor:
        return Visitor.of(platform, sandbox, cast(sandbox, key).email, "nb")

    return sign_in


def client_id(sandbox: Sandbox, key: str = "kafe") -> int:
    """Return the id of a client by its key."""
    with sandbox.reading() as db:
        client = clients.by_key(db, key)
        assert client is not None
        return client.id
