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
WIDE, ZOOMED, NARROW = 1280, 640, 390
"""A screen, the same screen at 200 % zoom, a phone."""
PAPER = 702
"""Width of A4 within its margins."""
LARGEST_SHRINKAGE = 1.3
"""By how much a browser makes a page smaller that is too wide for the paper."""
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
  for (const box of document.querySelectorAll(".table-responsive")) {
    if ((innerWidth < 800 || innerWidth >= 1280) && box.scrollWidth > box.clientWidth + 1) {
      found.push(`a table is ${box.scrollWidth} wide in ${box.clientWidth}: ${box.getAttribute("aria-label")}`);
    }
  }
  for (const cell of document.querySelectorAll(".table :is(td, th)")) {
    if (getComputedStyle(cell).overflowX !== "visible" && cell.scrollWidth > cell.clientWidth) {
      found.push(`a cell is cut: ${cell.textContent.trim()}`);
    }
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

_RINGS = """() => {
  const light = (colour) => {
    const linear = (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    const [red, green, blue] = colour.map((part) => linear(part / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const below = (element) => {
    for (let above = element; above; above = above.parentElement) {
      const [red, green, blue, alpha = 1] = parts(getComputedStyle(above).backgroundColor);
      if (alpha > 0.5) return [red, green, blue];
    }
    return [255, 255, 255];
  };
  const found = new Set(), looked = new Set();
  for (const element of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")) {
    const above = element.parentElement;
    const kind = `${element.tagName} ${element.type} ${element.className} in ${above.tagName} ${above.className}`;
    if (looked.has(kind) || !element.checkVisibility()) continue;
    element.focus({preventScroll: true});
    if (document.activeElement !== element) continue;
    looked.add(kind);
    const style = getComputedStyle(element);
    const ground = below(parseFloat(style.outlineOffset) < 0 ? element : above);
    const [ring, paper] = [light(parts(style.outlineColor).slice(0, 3)), light(ground)];
    const contrast = (Math.max(ring, paper) + 0.05) / (Math.min(ring, paper) + 0.05);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2 || contrast < 3) {
      found.add(`the focus of ${kind} is hard to see: ${style.outline} on rgb(${ground}), ${contrast.toFixed(1)}:1`);
    }
  }
  document.activeElement?.blur();
  return [...found];
}"""

_AT_A_WIDTH = f"""async ([rings, tags]) => [
  ...({_LOOK})(), ...(rings ? ({_RINGS})() : []), ...(tags.length ? await ({_AXE})(tags) : []),
]"""

_PRINTED = """([paper, shrinkage]) => {
  const found = [];
  const width = document.documentElement.scrollWidth;
  if (width > paper * shrinkage) found.push(`is ${width} wide on paper`);
  // Of notices and of the methods of two-step verification the button is the text.
  const tools = "button:not(.notices button, .ways button), .btn, nav, .flash, .top-button, form[role=search], [popover]";
  for (const element of document.querySelectorAll(tools)) {
    if (element.checkVisibility() && element.getBoundingClientRect().height > 1) {
      found.push(`is printed: ${element.outerHTML.slice(0, 100)}`);
    }
  }
  for (const box of document.querySelectorAll("main, section, .table-responsive, td, dd")) {
    if (getComputedStyle(box).overflowX !== "visible" && box.scrollWidth > box.clientWidth + 1) {
      found.push(`is cut on paper: ${box.outerHTML.slice(0, 100)}`);
    }
  }
  if (!document.querySelector(".simulator-mark")?.checkVisibility()) found.push("the simulator's mark is not printed");
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
        """Look at the page as it stands: wide, zoomed and narrow, and as it is printed.

        Args:
            what: name of the page, for the reader of a fault.
            axe: the widths at which its rules are applied.
        """
        for width in (WIDE, ZOOMED, NARROW):
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            faults: list[str] = self.page.evaluate(_AT_A_WIDTH, [width == WIDE, list(TAGS) if width in axe else []])
            self.faults += [(fault, f"{what} ({self.name}, {width} wide)") for fault in faults]
        self._look_at_paper(what)
        self.faults += [(said, f"{what} ({self.name})") for said in dict.fromkeys(self._said)]
        self._said.clear()

    def _look_at_paper(self, what: str) -> None:
        self.page.set_viewport_size({"width": PAPER, "height": HEIGHT})
        self.page.emulate_media(media="print")
        printed: list[str] = self.page.evaluate(_PRINTED, [PAPER, LARGEST_SHRINKAGE])
        self.faults += [(fault, f"{what} ({self.name}, on paper)") for fault in printed]
        self.page.emulate_media(media="screen")

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
    # Content-Security-Policy forbids script elements. The browser compiles what each page begins with only once.
    context.add_init_script(AXE.read_text(encoding="utf-8"))
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
