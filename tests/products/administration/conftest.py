"""A sandbox of the workshop that invoices in Visma Administration 2000, and the browser of its bookkeeper."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.sales import clients
from tests.conftest import NOW
from tests.products.administration.program import NAME, Program
from tests.visits import Visitor, cast, make_platform, store_of


@pytest.fixture(scope="session")
def platform(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return the platform, with no sandbox yet."""
    return make_platform(tmp_path_factory.mktemp("administration"), templates)


@pytest.fixture
def sandbox(platform: Platform) -> Iterator[Sandbox]:
    """Return the sandbox, which is deleted after the test."""
    store_of(platform).create(NAME, Creation(scenario="administration-se", clock=Clock.frozen(NOW), seed=NAME))
    with store_of(platform).open(NAME) as sandbox:
        yield sandbox
    store_of(platform).delete(NAME)


@pytest.fixture
def program(platform: Platform, sandbox: Sandbox) -> Program:
    """Return the program as the bookkeeper has it open, in Swedish."""
    with sandbox.reading() as db:
        client = clients.by_key(db, "verkstad")
        assert client is not None
    return Program(Visitor.of(platform, sandbox, cast(sandbox, "user").email, "sv"), sandbox, client.id)
