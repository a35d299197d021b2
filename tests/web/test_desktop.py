"""The window of programs on a computer: what it has, by keyboard and without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route, expect

from simulator.core.clock import Clock
from simulator.core.store import Creation
from simulator.core.texts import text
from tests.conftest import NOW
from tests.crawl import page_rules
from tests.crawl.looking import AXE, TAGS
from tests.reading import read
from tests.visits import Visitor, form_of, make_platform, store_of
from tests.web import sample_program

NAME = "office"
PATHS = ("/sample/7/", "/sample/7/list", "/sample/7/wizard")


@pytest.fixture(scope="module")
def visitor(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Visitor:
    """Return a browser of somebody who is not signed in, on a platform with the sample program."""
    platform = make_platform(tmp_path_factory.mktemp("desktop"), templates)
    sample_program.add_to(platform)
    store_of(platform).create(NAME, Creation(scenario="company-no", clock=Clock.frozen(NOW)))
    with store_of(platform).open(NAME) as sandbox:
        return Visitor.of(platform, sandbox, language="en")


@pytest.mark.parametrize("path", PATHS)
def test_a_window_keeps_the_rules_of_the_house(visitor: Visitor, path: str) -> None:
    assert page_rules.faults(visitor.get(path).text, "en", ()) == []


def test_a_window_has_its_program_version_and_client_in_the_title_and_a_number_below(visitor: Visitor) -> None:
    page = read(visitor.get("/sample/7/").text)
    parts = {element["class"]: element.text for element in page if element["class"].startswith("window-")}
    assert parts["window-title"].startswith(f"{text('en', 'home.name')} 9.6 – Client 7")
    assert parts["window-status"] == parts["window-count"] == "Found: 840"


def test_menus_tree_and_ribbon_lead_to_pages_of_the_client_that_is_open(visitor: Visitor) -> None:
    page = read(visitor.get("/sample/7/").text)
    menus, tree = (element for element in page.all("nav") if element["class"] in ("menu-bar", "tree"))
    home = f"/s/{NAME}"
    assert [link["href"] for link in menus.all("a")] == [
        f"{home}/sample/7/", f"{home}/home/notices", f"{home}/sample/2/", f"{home}/sample/7/wizard", *2 * [f"{home}/sample/7/list"],
    ]  # fmt: skip
    assert [link.text for link in menus.all("a", "summary") if link["aria-current"] == "page"] == [text("en", "layout.help")]
    assert [link["href"] for link in tree.all("a")] == [f"{home}/sample/7/", f"{home}/sample/7/wizard"]


def test_what_cannot_be_used_now_is_disabled_and_says_why(visitor: Visitor) -> None:
    page = read(visitor.get("/sample/7/").text)
    disabled = [button for button in page.all("button") if "disabled" in button.attributes]
    reasons = {element["id"]: element.text for element in page if element["id"]}
    assert [reasons[button["aria-describedby"]] for button in disabled] == [text("en", "ui.no_file")]


def test_a_state_has_words_beside_its_colour(visitor: Visitor) -> None:
    lines = [
        element.text for element in read(visitor.get("/sample/7/").text).all("p") if "state" in element["class"].split()
    ]
    assert lines == [f"{text('en', 'desktop.good')}: Connected", f"{text('en', 'desktop.bad')}: Stopped"]


def test_enter_in_a_wizard_means_next_and_its_buttons_are_in_order(visitor: Visitor) -> None:
    page = read(visitor.get("/sample/7/wizard").text)
    (form,) = (element for element in page.all("form") if element["class"] == "wizard-form")
    assert [value for _, value, _ in form_of(page, form, "").buttons] == ["next", "previous", "next", "cancel"]
    assert [step.text for step in page.all("li") if step["aria-current"] == "step"] == [text("en", "admin.roles")]


@pytest.fixture
def page(browser: Browser, visitor: Visitor) -> Iterator[Page]:
    """Return a window of a real browser on the sample program."""
    context = browser.new_context(base_url=f"http://localhost/s/{NAME}/", viewport={"width": 1280, "height": 800})
    context.route("**/*", lambda route: _answer(route, visitor.client))
    opened = context.new_page()
    opened.goto("sample/7/")
    yield opened
    context.close()


def _answer(route: Route, client: FlaskClient) -> None:
    answer = client.get(route.request.url.removeprefix("http://localhost"))
    route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.data)
    answer.close()


def focused_after(page: Page, keys: str) -> str:
    """Press keys one after another, and return what has the focus then."""
    for key in keys.split():
        page.keyboard.press(key)
    focused: str = page.evaluate("() => document.activeElement.textContent.trim()")
    return focused


@pytest.mark.browser
def test_the_menu_bar_takes_the_keys_of_a_menu_bar(page: Page) -> None:
    home, admin, settings = (text("en", f"{name}.name") for name in ("home", "admin", "settings"))
    help_, notices, users, companies, roles, language, licences = (
        text("en", key)
        for key in (
            "layout.help", "home.notices", "admin.users", "admin.companies", "admin.roles", "layout.language", "settings.licences",
        )
    )  # fmt: skip
    page.get_by_role("menuitem", name=home).focus()
    walk = [
        ("ArrowRight", admin), ("End", settings), ("ArrowRight", home), ("ArrowLeft", settings), ("Home", home),
        ("ArrowDown", help_), ("ArrowDown", notices), ("ArrowDown", help_), ("End", notices), ("Escape", home),
        ("ArrowUp", notices), ("ArrowRight", users), ("ArrowDown", companies), ("ArrowRight", roles),
        (language[0], language), ("ArrowLeft", companies), ("Enter", roles), ("ArrowRight", licences), ("ArrowLeft", users),
        ("Escape", admin), ("Space", users), ("Escape", admin), (settings[0].lower(), settings),
    ]  # fmt: skip
    for keys, expected in walk:
        assert (keys, focused_after(page, keys)) == (keys, expected)
    page.keyboard.press("ArrowDown")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate(
        "async (tags) => (await axe.run(document, {runOnly: {type: 'tag', values: tags}})).violations.map(rule => rule.id)",
        list(TAGS),
    )
    assert violations == []
    assert focused_after(page, "Tab") == text("en", "admin.users"), "one stop: the ribbon comes next"
    expect(page.get_by_role("menu")).to_have_count(0)
    assert focused_after(page, "Shift+Tab") == settings
    page.keyboard.press("ArrowLeft")
    assert focused_after(page, "ArrowDown ArrowDown ArrowRight") == roles
    page.keyboard.press("Enter")
    page.wait_for_url("**/sample/7/wizard")
