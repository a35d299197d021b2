"""Every kind of page in a real browser, wide and narrow: once, or by every visitor in five languages."""

import pytest
from playwright.sync_api import Browser

from simulator.core.texts import LANGUAGES
from simulator.testing.api import Api
from simulator.web.sessions import cookie_name, cookie_path
from tests.crawl.looking import NARROW, WIDE, looking
from tests.crawl.site import EVERY_LANGUAGE, LIMITED_TO, VISITORS, VISITS, Site
from tests.suite.extent import rank
from tests.suite.once import once

pytestmark = pytest.mark.browser

FULL = {
    "office": "nl", "norway": "nb", "wholesale": "nl", "workshop": "sv", "bureau": "nb", "group": "sv", "contracts": "nl",
}  # fmt: skip
"""The language in which the first page of a kind is looked at too, and axe is asked at both widths; in the others at one."""


def cookie(site: Site, sandbox: str, visitor: str | None, language: str) -> tuple[str, str, str]:
    """Return the cookie with which a visitor reads a language."""
    return cookie_name(sandbox), site.cookie(sandbox, visitor, language), cookie_path(sandbox)


@pytest.mark.parametrize(("sandbox", "visitor"), VISITS)
def test_every_kind_of_page_fits_its_window_and_can_be_used_by_everybody(
    site: Site, browser: Browser, address: str, sandbox: str, visitor: str | None, pytestconfig: pytest.Config
) -> None:
    """Look at a sixth of the kinds of pages, drawn by the sample, with axe at one of its two widths.

    A whole run looks besides at each kind with every visitor; axe is asked at both widths in a sandbox's first language.
    """
    sample = pytestconfig.option.sample
    for language, paths in site.dealt(sandbox, visitor).items():
        name = f"{language}, {visitor or 'signed out'}"
        with looking(browser, address, name, cookie(site, sandbox, visitor, language)) as looker:
            for path in paths:
                if rank(sample, "look", path) % 6:
                    continue
                looker.open(path)
                looker.look(path, axe=(WIDE if rank(sample, path) % 2 else NARROW,))


def test_every_kind_of_page_is_dealt_out_once(site: Site) -> None:
    kinds = {kind for visit in VISITS for kind in site.kinds(*visit)}
    dealt = [(visit, language, paths) for visit in VISITS for language, paths in site.dealt(*visit).items()]
    assert sum(len(paths) for _, _, paths in dealt) == len(kinds)
    assert {language for _, language, _ in dealt} == set(EVERY_LANGUAGE)
    assert {visit for visit, _, _ in dealt} >= {visit for visit in VISITS if visit[0] not in LIMITED_TO}


def different(site: Site, sandbox: str, language: str) -> dict[str | None, list[str]]:
    """Return visitor → pages of each kind, but for those that another one gets to the letter; compared once in a run."""
    first = 0 if language == FULL[sandbox] else -1
    pages = {
        visitor: [path for paths in site.kinds(sandbox, visitor).values() for path in paths[first:]]
        for visitor in VISITORS[sandbox]
    }
    return once(site.crawled / f"{sandbox}-{language}-different", lambda: site.different(sandbox, language, pages))


def test_a_page_that_several_visitors_get_to_the_letter_is_kept_once(site: Site) -> None:
    home, search = "/s/norway/home/", "/s/norway/elma/search"
    pages: dict[str | None, list[str]] = {None: [home, search], "user": [search, home], "administrator": [home, search]}
    assert site.different("norway", "sv", pages) == {None: [home, search], "user": [home], "administrator": [home]}


@pytest.mark.exhaustive
@pytest.mark.parametrize("language", EVERY_LANGUAGE)
@pytest.mark.parametrize(("sandbox", "visitor"), VISITS)
def test_every_kind_of_page_can_be_used_by_every_visitor_in_every_language(
    site: Site, browser: Browser, address: str, sandbox: str, visitor: str | None, language: str
) -> None:
    name = f"{language}, {visitor or 'signed out'}"
    with looking(browser, address, name, cookie(site, sandbox, visitor, language)) as looker:
        for path in different(site, sandbox, language)[visitor]:
            looker.open(path)
            looker.look(path, axe=(WIDE, NARROW) if language == FULL[sandbox] else (NARROW,))


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
        looker.page.evaluate("() => { document.querySelector('main form button').style.outline = '3px solid #ddd'; }")
        looker.page.evaluate("() => { console.error('oh no'); }")
        looker.look("the lobby")
    for fault in (
        "button-name",
        "is 3",
        "mark cannot be seen",
        "console: oh no",
        "390 wide",
        "1280 wide",
        "the lobby (en",
        "hard to see",
        "mark is not printed",
    ):
        assert fault in str(report.value)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_trainers_pages_fit_their_window_and_can_be_used_by_everybody(
    browser: Browser, address: str, language: str
) -> None:
    api, name = Api(address), f"class{language}"
    trainees = [{"name": "Ann"}, {"name": "Bartholomew Featherstonehaugh-Wolfeschlegelstein"}]
    body = {"name": name, "title": "Monday", "exercises": ["locked-out", "wrong-company"], "language": language}
    api.call("POST", "/classes", {**body, "trainees": trainees})
    api.call("POST", f"/classes/{name}/actions", {"action": "pause"})
    with looking(browser, address, language, ("vnsim_language", language, "/")) as looker:
        pages = ("", "/trainee/ann", "/sheet", "/add", "/beamer", "/results", "/report", "/remove")
        for path in ("/class", "/class/new", "/class/nowhere", *(f"/class/{name}{page}" for page in pages)):
            looker.open(path)
            assert looker.page.locator("html").get_attribute("lang") == language
            looker.look(path)
    api.call("DELETE", f"/classes/{name}")


@pytest.mark.sampled(1)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lobby_fits_its_window_and_can_be_used_by_everybody(browser: Browser, address: str, language: str) -> None:
    with looking(browser, address, language, ("vnsim_language", language, "/")) as looker:
        for path in (
            "/",
            "/?name=norway",
            "/?name=nothing",
            "/lobby/reset?name=office",
            "/lobby/delete?name=office",
            "/lobby/diff?name=office",
            "/nowhere",
        ):
            looker.open(path)
            assert looker.page.locator("html").get_attribute("lang") == language
            looker.look(path)
