"""What people print is whole on paper, and names that are as long as they may be fit every page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.store import Creation
from simulator.web.sessions import cookie_name, cookie_path
from tests.conftest import NOW
from tests.crawl.looking import looking
from tests.crawl.paper import pages_of, without_blanks
from tests.crawl.site import Site
from tests.visits import cast, password_of, store_of

pytestmark = pytest.mark.browser

NAME = "longest"
OPEN_IN_NEW_TAB = "↗"
HEBREW = re.compile(r"[\u0590-\u05ff]")
"""Letters that a PDF has in the order in which they are seen."""

UNBROKEN = "Administrasjonsforretningsbyrå" * 3 + "0123456789"
MARKUP = ('<b>Drift</b> & "Eiendom" <script>alert(1)</script> ' * 2)[:100].strip()
FROM_THE_RIGHT = ("שירותי הפיורד למסחר ולתעשייה " * 4)[:100].strip()
NAMES = {
    "customers": [{"key": "fjordlys", "name": UNBROKEN}],
    "companies": [
        {"key": "registered", "name": UNBROKEN},
        {"key": "elsewhere", "name": FROM_THE_RIGHT},
        {"key": "unregistered", "name": MARKUP},
    ],
    "people": [
        {"key": "administrator", "first_name": UNBROKEN, "last_name": FROM_THE_RIGHT},
        {"key": "user", "first_name": MARKUP, "last_name": UNBROKEN},
    ],
    "documents": [
        {
            "company": "registered", "direction": "sent", "number": number, "created": "-1 day", "channel": "peppol",
            "net": 9_999_999.99,
            "party": {"name": name, "organisation_number": 312002205, "street": UNBROKEN, "city": UNBROKEN},
        }
        for number, name in (("9" * 40, UNBROKEN), ("10", MARKUP), ("11", FROM_THE_RIGHT))
    ],
}  # fmt: skip
"""Names of 100 letters, the most that a scenario may have: without a blank, with markup, written from the right."""


@pytest.fixture(scope="module")
def longest(platform: Platform) -> Iterator[Platform]:
    """Return the platform with a sandbox whose names are as long as they may be."""
    store = store_of(platform)
    creation = Creation(scenario="company-no", clock=Clock.frozen(NOW), seed=NAME, overlay=NAMES)
    store.create(NAME, creation)
    yield platform
    store.delete(NAME)


@contextmanager
def visiting(site: Site, browser: Browser, visitor: str) -> Iterator[Page]:
    """Open a window of a visitor of that sandbox, who reads Swedish."""
    context = browser.new_context(reduced_motion="reduce")
    cookie = {
        "name": cookie_name(NAME),
        "value": site.cookie(NAME, visitor, "sv"),
        "domain": "localhost",
        "path": cookie_path(NAME),
    }
    context.add_cookies([cookie])  # type: ignore[list-item]
    yield context.new_page()
    context.close()


def print_whole(page: Page) -> list[str]:
    """Print a page as people do, and check that every word of it is on the paper; return what each sheet says, without blanks."""
    page.wait_for_load_state()
    sheets = pages_of(page.pdf(format="A4"))
    blocks = page.locator("main :is(h1, h2, dd:not(:has(dl)), td, .emergency-code strong)").all_inner_texts()
    lines = [line.strip() for block in blocks for line in block.splitlines() if line.strip() not in ("", OPEN_IN_NEW_TAB)]
    text = "".join(sheets)
    assert [line for line in lines if without_blanks(line) not in text and not HEBREW.search(line)] == []
    mark = page.locator(".simulator-mark").inner_text().split(" · ")[0]
    assert without_blanks(mark) in sheets[0]
    assert "localhost" not in text
    return sheets


def test_what_people_print_is_whole_on_paper(site: Site, longest: Platform, browser: Browser, address: str) -> None:
    home = f"{address}/s/{NAME}/"
    with visiting(site, browser, "administrator") as page:
        for product in ("admin/reports", "settings/licenses/autoinvoice"):
            page.goto(f"{home}{product}/invoices")
            page.locator("main td a").first.click()
            print_whole(page)
        page.goto(f"{home}admin/users")
        print_whole(page)
        page.goto(f"{home}autoinvoice/received?size=100")
        sheets = print_whole(page)
        heads = without_blanks("".join(page.locator("thead th:not(:has(.visually-hidden))").all_inner_texts()))
        assert len(sheets) > 2
        assert [heads in sheet for sheet in sheets[:3]] == [True] * 3
        page.locator("main td a").first.click()
        assert "Attbetala" in "".join(print_whole(page))


def test_an_emergency_code_is_whole_on_paper(site: Site, longest: Platform, browser: Browser, address: str) -> None:
    with site.sandbox(NAME) as sandbox:
        user, support = cast(sandbox, "user"), cast(sandbox, "support")
        password = password_of(sandbox, support.email)
    with visiting(site, browser, "support") as page:
        page.goto(f"{address}/s/{NAME}/support/people/{user.id}/emergency-code")
        page.fill("main input[type=password]", password)
        page.click("main button[type=submit]")
        code = page.locator("#emergency-code").inner_text()
        assert without_blanks(code) in print_whole(page)[0]


PAGES = (
    "home/",
    "home/notices",
    "details/",
    "admin/users",
    "admin/users/1",
    "admin/roles",
    "admin/companies",
    "admin/companies/1",
    "admin/reports/invoices",
    "settings/",
    "settings/contacts",
    "autoinvoice/sent",
    "autoinvoice/settings/company",
    "mail/",
    "phone/",
)


def test_the_longest_names_fit_every_window_and_the_paper(
    site: Site, longest: Platform, browser: Browser, address: str
) -> None:
    cookie = (cookie_name(NAME), site.cookie(NAME, "administrator", "sv"), cookie_path(NAME))
    with looking(browser, address, "longest names", cookie) as looker:
        for path in PAGES:
            looker.open(f"/s/{NAME}/{path}")
            looker.look(path, axe=())
        looker.open(f"/s/{NAME}/autoinvoice/sent?q={'9' * 40}")
        looker.open(str(looker.page.locator("main td a").first.get_attribute("href")))
        looker.look("the document", axe=())
        looker.open(f"/?name={NAME}")
        looker.look("the lobby", axe=())
