"""Every kind of page in a real browser, in five languages, wide and narrow."""

import pytest
from playwright.sync_api import Browser

from simulator.web.sessions import cookie_name, cookie_path
from tests.crawl.looking import NARROW, WIDE, looking
from tests.crawl.site import EVERY_LANGUAGE, SCENARIOS, VISITORS, Site

pytestmark = pytest.mark.browser

SANDBOXES = list(SCENARIOS.values())
FULL = {"office": "nl", "norway": "nb"}
"""The language in which a sandbox is looked at in full; in the others each kind of page is looked at once, by axe at one width."""


def looked_at_before(site: Site, sandbox: str, visitor: str | None) -> set[tuple[str, int]]:
    """Return the kinds of pages that came earlier in the order of sandboxes and visitors."""
    order = [(one, who) for one in SANDBOXES for who in VISITORS]
    earlier = order[: order.index((sandbox, visitor))]
    return {kind for one, who in earlier for kind in site.kinds(one, who)}


def cookie(site: Site, sandbox: str, visitor: str | None, language: str) -> tuple[str, str, str]:
    """Return the cookie with which a visitor reads a language."""
    return cookie_name(sandbox), site.cookie(sandbox, visitor, language), cookie_path(sandbox)


@pytest.mark.parametrize("language", EVERY_LANGUAGE)
@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize("sandbox", SANDBOXES)
def test_every_kind_of_page_fits_its_window_and_can_be_used_by_everybody(
    site: Site, browser: Browser, address: str, sandbox: str, visitor: str | None, language: str
) -> None:
    name = f"{language}, {visitor or 'signed out'}"
    with looking(browser, address, name, cookie(site, sandbox, visitor, language)) as looker:
        before = looked_at_before(site, sandbox, visitor)
        for kind, paths in site.kinds(sandbox, visitor).items():
            full = language == FULL[sandbox]
            for path in paths if full else paths[-1:]:
                if full or kind not in before:
                    looker.open(path)
                    looker.look(path, axe=(WIDE, NARROW) if full else (NARROW,))


@pytest.mark.parametrize("path", ["home/", "settings/licenses/autoinvoice/invoices/{newest}", "elma/"])
def test_every_menu_opens_inside_the_window(site: Site, browser: Browser, address: str, path: str) -> None:
    newest = max(site.kinds("office", "administrator")["settings.specification", 200]).rpartition("/")[2]
    with looking(browser, address, "nl", cookie(site, "office", "administrator", "nl")) as looker:
        looker.open(f"/s/office/{path.format(newest=newest)}")
        menus = looker.open_menus()
        assert menus
        for menu in menus:
            looker.page.evaluate("(id) => document.getElementById(id).showPopover()", menu)
            looker.look(f"{path} with {menu} open")
            looker.page.evaluate("(id) => document.getElementById(id).hidePopover()", menu)


def test_a_guard_sees_what_is_wrong(browser: Browser, address: str) -> None:
    with pytest.raises(AssertionError) as report, looking(browser, address, "en") as looker:
        looker.open("/")
        looker.page.evaluate("() => document.querySelector('.simulator-mark').remove()")
        looker.page.evaluate("() => document.querySelector('main').append(document.createElement('button'))")
        looker.page.evaluate("() => { document.querySelector('main').style.minWidth = '3000px'; }")
        looker.page.evaluate("() => { console.error('oh no'); }")
        looker.look("the lobby")
    for fault in ("button-name", "is 3", "mark cannot be seen", "console: oh no", "390 wide", "1280 wide", "the lobby (en"):
        assert fault in str(report.value)


def test_the_lobby_fits_its_window_and_can_be_used_by_everybody(browser: Browser, address: str) -> None:
    for language in ("en", "nl", "nb", "sv"):
        with looking(browser, address, language, ("vnsim_language", language, "/")) as looker:
            for path in (
                "/",
                "/?name=norway",
                "/?name=nothing",
                "/lobby/reset?name=office",
                "/lobby/delete?name=office",
                "/nowhere",
            ):
                looker.open(path)
                assert looker.page.locator("html").get_attribute("lang") == language
                looker.look(path)
