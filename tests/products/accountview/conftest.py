"""A sandbox of the wholesaler who keeps its books in AccountView and has no administrator yet, and its bookkeeper's browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.directory.models import Customer
from simulator.sales import clients, installations
from simulator.sales.models import Acs
from tests.conftest import NOW
from tests.products.accountview.program import NAME, Program
from tests.visits import Visitor, cast, make_platform, store_of


@pytest.fixture(scope="session")
def platform(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return the platform, with no sandbox yet."""
    return make_platform(tmp_path_factory.mktemp("accountview"), templates)


@pytest.fixture
def sandbox(platform: Platform) -> Iterator[Sandbox]:
    """Return the sandbox, which is deleted after the test."""
    store_of(platform).create(NAME, Creation(scenario="accountview-nl", clock=Clock.frozen(NOW), seed=NAME))
    with store_of(platform).open(NAME) as sandbox:
        yield sandbox
    store_of(platform).delete(NAME)


@pytest.fixture
def program(platform: Platform, sandbox: Sandbox) -> Program:
    """Return AccountView as the bookkeeper has it open, for the client whose licence data are filled in."""
    with sandbox.reading() as db:
        numbers = {client.number: client.id for client in clients.all_of(db)}
    visitor = Visitor.of(platform, sandbox, cast(sandbox, "user").email, "nl")
    return Program(visitor, numbers["ADM1"], numbers)


def set_acs(sandbox: Sandbox, state: Acs) -> None:
    """Turn the ACS of the wholesaler on or off."""
    with sandbox.transaction() as db:
        customer = db.scalars(select(Customer).where(Customer.number == "100000")).one()
        installations.set_state(db, customer, acs=state)
