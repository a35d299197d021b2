"""Make the pictures of ``README.md`` by walking a manual: ``make pictures``."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from e2e.engine.browser import ARGUMENTS, find_browser
from e2e.engine.camera import SCALE
from e2e.engine.client import ControlClient
from e2e.engine.library import load
from e2e.engine.photographed import walk_with_pictures
from e2e.engine.walker import Walker
from simulator.own_server import own_server

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
MANUAL, VARIANT, LANGUAGE = "licences-specification", "home", "en"
STEP = "step-06.png"
"""The picture of the specification of an invoice."""

SIZE = ViewportSize(width=1000, height=900)


def make(walker: Walker, browser: Browser, folder: Path) -> None:
    """Make ``specification.png``, one step, and ``manual.png``, the beginning of the manual's page, in a folder."""
    ((file, manual),) = load([MANUAL])
    with TemporaryDirectory() as shots:
        page_file = walk_with_pictures(walker, manual, VARIANT, LANGUAGE, file.parent, Path(shots))
        shutil.copy(page_file.parent / STEP, folder / "specification.png")
        page = browser.new_page(viewport=SIZE, device_scale_factor=SCALE)
        page.goto(page_file.as_uri())
        page.screenshot(path=folder / "manual.png")
        page.close()


if __name__ == "__main__":
    with own_server() as url, sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=find_browser(), args=list(ARGUMENTS))
        make(Walker(launched, ControlClient(url)), launched, FOLDER)
        launched.close()
