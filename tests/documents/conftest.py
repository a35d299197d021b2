"""A sandbox with Norwegian companies."""

from collections.abc import Iterator

import pytest

from simulator.core.sandbox import Sandbox
from simulator.core.store import Store
from tests.documents.norway import create


@pytest.fixture
def norway(store: Store) -> Iterator[Sandbox]:
    """Return a fresh sandbox of the scenario ``company-no``."""
    create(store)
    with store.open("norway") as sandbox:
        yield sandbox
