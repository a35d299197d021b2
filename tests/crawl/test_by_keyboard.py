"""What a keyboard does: the link past the head of a page, menus, refused forms; and what follows the platform while it is open."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from simulator.app import Platform
from simulator.core import notices
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.core.texts import text
from simulator.web.sessions import cookie_name, cookie_path
from tests.conftest import NOW
from tests.visits import cast, session_cookie, store_of

pytestmark = pytest.mark.browser

NAME = "keyboard"
FOCUSED = "() => document.activeElement.id || document.activeElement.textContent.trim()"


@pytest.fixture(scope="module")
def office(platform: Platform) -> Iterator[Sandbox]:
    """Return a sandbox that these tests may change."""
    store_of(platform).create(NAME, Creation(scenario="accountant-nl", clock=Clock.frozen(NOW), seed=NAME))
    with store_of(platform).open(NAME) as sandbox:
        yield sandbox
    store_of(platform).delete(NAME)


@pytest.fixture(scope="module")
def page(browser: Browser, address: str, office: Sandbox) -> Iterator[Page]:
    """Return a window of the administrator."""
    context = browser.new_context(base_url=f"{address}/s/{NAME}/")
    cookie = session_cookie(office, cast(office, "administrator").email, "nl")
    context.add_cookies([{"name": cookie_name(NAME), "value": cookie, "domain": "localhost", "path": cookie_path(NAME)}])
    yield context.new_page()
    context.close()


def press(page: Page, *keys: str) -> str:
    """Press keys, and return what has the focus then."""
    for key in keys:
        page.keyboard.press(key)
    focused: str = page.evaluate(FOCUSED)
    return focused


def test_the_first_stop_leads_past_the_head_of_the_page(page: Page) -> None:
    page.goto("admin/users")
    assert press(page, "Tab") == text("nl", "layout.skip")
    assert press(page, "Enter") == "content"
    assert press(page, "Tab") == text("nl", "admin.add_user")


def test_an_open_menu_takes_the_keys_of_a_menu(page: Page) -> None:
    page.goto("home/")
    page.focus("[popovertarget=apps]")
    page.keyboard.press("Enter")
    expect(page.locator("#apps a").first).to_be_focused()
    entries = [entry.strip() for entry in page.locator("#apps a").all_text_contents()]
    assert [press(page, key) for key in ("ArrowDown", "End", "ArrowDown", "ArrowUp", "Home")] == [
        entries[1], entries[-1], entries[0], entries[-1], entries[0],
    ]  # fmt: skip
    page.keyboard.press("Escape")
    expect(page.locator("[popovertarget=apps]")).to_be_focused()
    expect(page.locator("#apps")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#apps a").first).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    expect(page.locator("#apps")).to_be_hidden()


def test_a_refused_form_has_the_focus_on_its_summary_which_leads_to_the_field(page: Page) -> None:
    page.goto("admin/users/add")
    page.get_by_label(text("nl", "admin.user.email"), exact=True).press("Enter")
    expect(page).to_have_title(
        f"{text('nl', 'form.error_title')} {text('nl', 'admin.add_user')} – Visma.net Admin – Simulator"
    )
    expect(page.locator(".error-summary")).to_be_focused()
    assert press(page, "Tab", "Enter") == "email"


def test_an_open_list_of_notices_knows_what_the_bell_knows(page: Page, office: Sandbox) -> None:
    page.goto("home/notices")
    with office.transaction() as db:
        notices.notify(
            db,
            cast(office, "administrator").id,
            notices.NoticeKind.REGISTRATION_CHANGED,
            text="notice.elma.registered",
            link="/elma/",
            company="Veld",
            number="1",
        )
    page.evaluate("() => document.dispatchEvent(new Event('bell'))")
    expect(page.locator("#notices button").first).to_contain_text("Veld")


def test_the_bell_opens_the_newest_notices_with_the_unread_ones_first(page: Page, office: Sandbox) -> None:
    administrator = cast(office, "administrator").id
    with office.transaction() as db:
        for number in range(8):
            notices.notify(
                db,
                administrator,
                notices.NoticeKind.REGISTRATION_CHANGED,
                text="notice.elma.registered",
                link="/elma/",
                company=f"Bell {number}",
                number="1",
            )
        notices.mark_read(db, administrator)
        oldest = notices.latest(db, administrator, limit=1)[0]
        oldest.read_at = None
        oldest.data = {**oldest.data, "company": "Unread"}
    page.goto("home/help")
    bell, panel = page.locator("[data-bell]"), page.locator("#bell-panel")
    bell.press("Enter")
    expect(panel.locator("button").first).to_be_focused()
    expect(panel.locator("li")).to_have_count(6)
    expect(panel.locator("li").first).to_contain_text("Unread")
    expect(bell).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(bell).to_be_focused()
    bell.click()
    expect(panel).to_be_visible()
    panel.get_by_role("button", name=text("nl", "home.mark_all_read")).click()
    expect(page).to_have_url(re.compile("/home/help$"))
    expect(bell.locator("[data-bell-count]")).to_be_hidden()


def test_a_field_for_files_speaks_the_language_of_the_page(page: Page) -> None:
    page.goto("mail/new")
    expect(page.locator(".file-names")).to_have_text(text("nl", "ui.no_file"))
    files = [FilePayload(name=name, mimeType="text/plain", buffer=b"x") for name in ("a.txt", "b.txt")]
    page.get_by_label(text("nl", "mail.attachments"), exact=True).set_input_files(files)
    expect(page.locator(".file-names")).to_have_text("a.txt, b.txt")
