"""The platform with Norwegian companies, and a browser in which nobody is signed in."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from simulator.app import create_app
from simulator.core.sandbox import Sandbox
from simulator.core.store import Store
from simulator.settings import Settings
from tests.documents.norway import create


@pytest.fixture
def norway(store: Store) -> Iterator[Sandbox]:
    """Return a fresh sandbox of the scenario ``company-no``."""
    create(store)
    with store.open("norway") as sandbox:
        yield sandbox


@pytest.fixture
def browser(store: Store, norway: Sandbox) -> FlaskClient:
    """Return a browser without any cookie."""
    return create_app(Settings(data_dir=store.directory), store).test_client()
