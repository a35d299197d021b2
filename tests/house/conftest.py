"""The platform as it is served, to be looked at rather than visited."""

from pathlib import Path

import pytest

from simulator.app import Platform, create_app, import_everything
from simulator.settings import Settings


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return the platform, without any sandbox and with all of its modules imported."""
    import_everything()
    directory: Path = tmp_path_factory.mktemp("house")
    return create_app(Settings(data_dir=directory))
