"""What tests of the classroom share."""

from collections.abc import Iterator

import pytest

from simulator.app import Platform, create_app
from simulator.core.store import Store
from simulator.settings import Settings


@pytest.fixture
def app(store: Store) -> Iterator[Platform]:
    """Return a platform within which classes are taught."""
    app = create_app(Settings(data_dir=store.directory), store)
    with app.app_context():
        yield app
