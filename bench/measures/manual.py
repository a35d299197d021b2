"""A step of a manual with its picture, beside going to a static page, clicking and taking a picture with bare Playwright."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import vnsim
from bench.figures import Effort, Figure, median
from bench.floor import bare
from simulator.testing import Server

MANUAL, LANGUAGE, VARIANT = "licences-specification", "nl", "home"
AIM = 0.5


def measure(effort: Effort) -> list[Figure]:
    """Walk the manual with pictures; the first walk warms the browser up and is left out."""
    from playwright.sync_api import Browser, sync_playwright

    from e2e.engine.browser import find_browser
    from e2e.engine.library import load
    from e2e.engine.photographed import walk_with_pictures
    from e2e.engine.walker import Walker

    ((file, manual),) = load([MANUAL])
    steps = len(manual.steps_in(VARIANT))

    def ours(browser: Browser, server: Server, shots: Path) -> float:
        walker = Walker(browser, server)
        begin = time.perf_counter()
        walk_with_pictures(walker, manual, VARIANT, LANGUAGE, file.parent, shots, False)
        return (time.perf_counter() - begin) / steps

    def floor(browser: Browser, address: str) -> float:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        begin = time.perf_counter()
        for _ in range(steps):
            page.goto(f"{address}/static-page")
            page.get_by_role("link", name="Next").click()
            page.screenshot(animations="disabled", caret="hide")
        taken = (time.perf_counter() - begin) / steps
        context.close()
        return taken

    walked, bottom = [], []
    with vnsim.fresh() as data_dir, vnsim.served(data_dir) as server, bare() as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser())
        with TemporaryDirectory(prefix="vnsim-bench-shots-") as shots:
            for _ in range(effort.walks + 1):
                walked.append(ours(browser, Server(server.api), Path(shots)))
                bottom.append(floor(browser, f"http://localhost:{port}"))
        browser.close()
    walked, bottom = walked[1:], bottom[1:]
    return [
        Figure(
            "a manual's step with picture",
            median(walked),
            "s",
            walked,
            "bare Playwright goto, click, picture",
            median(bottom),
            f"<= {AIM} s",
            median(walked) <= AIM,
            f"{MANUAL} [{LANGUAGE}, {VARIANT}], {steps} steps",
        )
    ]
