"""Each manual that is published with the platform is walked by every run of the suite."""

from pathlib import Path

from e2e.test_manuals import WALKS

MANUALS = Path(__file__).resolve().parents[2] / "e2e" / "manuals"


def test_every_manual_in_the_folder_is_walked_by_every_run() -> None:
    manuals = {path for path in MANUALS.glob("*.yaml")}
    assert manuals
    assert {walk.values[0] for walk in WALKS if "exhaustive" not in {mark.name for mark in walk.marks}} == manuals
