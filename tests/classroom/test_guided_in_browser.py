"""Guided mode in a real browser, on each exercise and each manual that is one: what is marked is what the hand goes to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from simulator.app import Platform
from simulator.classroom.exercises import exercises, manual_exercises
from simulator.core.texts import LANGUAGES
from simulator.settings import Settings
from tests.classroom.guided_walk import walk_guided
from tests.visits import make_platform, store_of
from tests.wire.conftest import serving

pytestmark = pytest.mark.browser

IDS = [*exercises(), *manual_exercises()]
WALKS = [(id_, LANGUAGES[number % len(LANGUAGES)]) for number, id_ in enumerate(IDS)]
"""Languages by turns."""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Platform:
    return make_platform(tmp_path_factory.mktemp("guided"), templates)


@pytest.fixture(scope="module")
def home(platform: Platform) -> Iterator[str]:
    settings: Settings = platform.extensions["settings"]
    with serving(platform, settings) as served:
        store_of(platform).base_address = f"http://localhost:{served.port}"
        yield store_of(platform).base_address


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("id_", "language"), WALKS, ids=[f"{id_}-{language}" for id_, language in WALKS])
def test_what_is_marked_is_what_the_hand_goes_to(
    platform: Platform, home: str, browser: Browser, id_: str, language: str
) -> None:
    walked = walk_guided(platform, home, browser, id_, language)
    assert walked.faults == []
    assert walked.marks
