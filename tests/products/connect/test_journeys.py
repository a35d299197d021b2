"""Journeys through the sign-in with all methods, drawn by fixed seeds: nobody ends signed in without what is demanded."""

from pathlib import Path

from tests.products.connect.journeys import walk
from tests.visits import make_platform

JOURNEYS = 200


def test_no_journey_ends_signed_in_without_what_is_demanded(tmp_path: Path, templates: Path) -> None:
    platform = make_platform(tmp_path, templates)
    inside = sum(walk(platform, seed) for seed in range(JOURNEYS))
    assert inside >= JOURNEYS // 5, f"only {inside} journeys got in"
