"""Looks at pages in a real browser, wide and narrow, with axe's rules for WCAG 2.1 A and AA."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

AXE = next((Path(__file__).parents[1] / "vendor").glob("axe-core-*/axe.min.js"))
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
WIDE, NARROW = 1280, 390
HEIGHT = 900

_AXE = """async (tags) => (await axe.run(document, {
  runOnly: {type: "tag", values: tags}, resultTypes: ["violations"], iframes: false,
})).violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id} (${rule.help}): ${node.target} ${node.html}`))"""

_LOOK = """() => {
  scrollTo({top: 0, behavior: "instant"});
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5
      && !one.closest(".table-responsive, .main-menu, .sub-menu, [popover]:not(:popover-open)"));
    found.push(`is ${root.scrollWidth} wide: ${wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)).join(" | ")}`);
  }
  const mark = document.querySelector(".simulator-mark");
  const box = mark && mark.getBoundingClientRect();
  if (!mark || !mark.checkVisibility() || box.height < 8 || box.bottom < 8) found.push("the simulator's mark cannot be seen");
  for (const open of document.querySelectorAll(":popover-open")) {
    const here = open.getBoundingClientRect();
    if (here.left < -0.5 || here.right > innerWidth + 0.5 || here.top < -0.5 || here.height < 20) {
      found.push(`the menu ${open.id} stands outside the window: ${JSON.stringify(here)}`);
    }
  }
  return found;
}"""


@dataclass
class Looker:
    """One browser window in which pages are looked at.

    Attributes:
        page: the window.
        name: what the window is for, in front of every fault.
        home: address of the platform.
        faults: what was found wrong, and where.
    """

    page: Page
    name: str
    home: str
    faults: list[tuple[str, str]] = field(default_factory=list)
    _said: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page."""
        self._said.clear()
        self.page.goto(self.home + path if path.startswith("/") else path)

    def press(self, selector: str) -> None:
        """Press what leads to another page, and wait until that page is loaded."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.click(selector)

    def look(self, what: str, axe: Sequence[int] = (WIDE, NARROW)) -> None:
        """Look at the page as it stands, wide and narrow.

        Args:
            what: name of the page, for the reader of a fault.
            axe: the widths at which its rules are applied.
        """
        for width in (WIDE, NARROW):
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            faults: list[str] = self.page.evaluate(_LOOK)
            if width in axe:
                faults += self._violations()
            self.faults += [(fault, f"{what} ({self.name}, {width} wide)") for fault in faults]
        self.faults += [(said, f"{what} ({self.name})") for said in dict.fromkeys(self._said)]
        self._said.clear()

    def open_menus(self) -> list[str]:
        """Return the ids of the menus that buttons of this page open."""
        script = "() => [...document.querySelectorAll('[popovertarget]')].map((one) => one.getAttribute('popovertarget'))"
        ids: list[str] = self.page.evaluate(script)
        return list(dict.fromkeys(ids))

    def report(self) -> str:
        """Return each fault with the pages that have it."""
        pages: dict[str, list[str]] = {}
        for fault, page in self.faults:
            pages.setdefault(fault, []).append(page)
        return "\n".join(f"{fault}\n    " + "\n    ".join(names) for fault, names in pages.items())

    def _violations(self) -> list[str]:
        # Content-Security-Policy forbids script elements, so axe is evaluated.
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        violations: list[str] = self.page.evaluate(_AXE, list(TAGS))
        return violations

    def heard(self, message: ConsoleMessage) -> None:
        """Note an error that the browser's console shows; a page with status 403 or 404 is no error of a page."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self._said.append(f"console: {message.text}")

    def requested(self, request: Request) -> None:
        """Note a request that leaves the platform, and one that got no answer."""
        target, own = urlsplit(request.url), urlsplit(self.home)
        if target.scheme not in ("data", "blob", "about") and target.netloc != own.netloc:
            self._said.append(f"asked another host: {request.url}")

    def answered(self, response: Any) -> None:
        """Note a file of the page that could not be loaded."""
        if response.status >= 400 and not response.request.is_navigation_request():
            self._said.append(f"{response.url} answered {response.status}")


@contextmanager
def looking(browser: Browser, address: str, name: str, cookie: tuple[str, str, str] | None = None) -> Iterator[Looker]:
    """Open a window, look, and report everything that was wrong at the end.

    Args:
        browser: to open it in.
        address: of the platform.
        name: what the window is for.
        cookie: (name, value, path) of a sandbox's cookie.

    Raises:
        AssertionError: something was wrong.
    """
    context: BrowserContext = browser.new_context(viewport={"width": WIDE, "height": HEIGHT}, reduced_motion="reduce")
    if cookie is not None:
        key, value, path = cookie
        context.add_cookies([{"name": key, "value": value, "domain": "localhost", "path": path}])
    page = context.new_page()
    looker = Looker(page, name, address)
    page.on("console", looker.heard)
    page.on("pageerror", lambda error: looker._said.append(f"script: {error}"))
    page.on("request", looker.requested)
    page.on("response", looker.answered)
    try:
        yield looker
    finally:
        context.close()
    assert not looker.faults, f"faults of pages:\n{looker.report()}"
