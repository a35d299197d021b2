"""Each scenario, person, event, fact and label that a manual names is one that the platform has, as ``vnsim manual check`` says."""

from pathlib import Path

import pytest

from e2e.engine.library import load
from e2e.engine.model import Manual
from e2e.engine.platform_names import PlatformNames, missing_names
from simulator.commands.manuals import names_for_manuals

MANUALS = [pytest.param(file, manual, id=manual.id) for file, manual in load()]


@pytest.fixture(scope="module")
def platform_names() -> PlatformNames:
    """Return what the platform has."""
    names: PlatformNames = names_for_manuals()
    return names


@pytest.mark.parametrize(("file", "manual"), MANUALS)
def test_the_platform_has_what_a_manual_names(file: Path, manual: Manual, platform_names: PlatformNames) -> None:
    assert missing_names(file, manual, platform_names) == []
