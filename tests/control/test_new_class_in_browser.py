"""What only a browser shows of a new class: exercises are filtered and put in order at once, by the keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from simulator.app import Platform
from simulator.settings import Settings
from tests.visits import make_platform
from tests.wire.conftest import serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Iterator[str]:
    platform: Platform = make_platform(tmp_path_factory.mktemp("new"), templates)
    settings: Settings = platform.extensions["settings"]
    with serving(platform, settings) as served:
        yield f"http://localhost:{served.port}"


def in_order(page: Page) -> list[str]:
    """Return the titles of the exercises of the class, in order."""
    return page.locator("[data-chosen] [data-title]").all_inner_texts()


def test_exercises_are_filtered_and_put_in_order_by_the_keyboard(home: str, browser: Browser) -> None:
    page = browser.new_page(locale="en")
    page.goto(f"{home}/class/new")
    for word, titles in (("mail ARRIVED", 1), ("locked", 1), ("first day", 2)):
        page.get_by_role("searchbox").fill(word)
        page.keyboard.press("Enter")
        expect(page.locator("[data-group] input:visible")).to_have_count(titles)
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    assert in_order(page) == ["The e-mail never arrived", "Locked out", "The first day"]
    page.get_by_role("button", name="Move up: The first day").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert in_order(page) == ["The first day", "The e-mail never arrived", "Locked out"]
    expect(page.locator("[data-moved]")).to_have_text("The first day: 1 / 3")
    page.get_by_role("button", name="Remove: Locked out").press("Enter")
    expect(page.get_by_role("button", name="Remove: The e-mail never arrived")).to_be_focused()
    expect(page.locator("[data-total]")).to_have_text("35")
    page.get_by_role("textbox", name="Name of the class").fill("")
    page.get_by_role("button", name="Open the class").click()
    expect(page.get_by_role("alert")).to_contain_text("Name of the class")
    assert in_order(page) == ["The first day", "The e-mail never arrived"], "sent as it was put in order"
    page.close()
