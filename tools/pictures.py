"""Make the pictures of ``README.md`` and of Online help by walking manuals: ``make pictures``."""

import base64
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from e2e.engine.browser import ARGUMENTS, find_browser
from e2e.engine.camera import SCALE, SETTLED
from e2e.engine.library import load
from e2e.engine.photographed import walk_with_pictures
from e2e.engine.walker import Walker
from simulator.testing import serve
from tools import online_help

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
FONTS = FOLDER.parents[1] / "simulator" / "web" / "static" / "vendor" / "open-sans-5.3.0"
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
        page.add_style_tag(content="".join(_font(weight) for weight in (400, 600, 700)))
        page.evaluate(SETTLED)
        page.screenshot(path=folder / "manual.png")
        page.close()


def _font(weight: int) -> str:
    """Bring a font along: the page of a manual has those of the machine that shows it."""
    content = base64.b64encode((FONTS / f"open-sans-latin-{weight}-normal.woff2").read_bytes()).decode()
    return f"@font-face {{ font-family: 'Open Sans'; font-weight: {weight}; src: url(data:font/woff2;base64,{content}); }}\n"


if __name__ == "__main__":
    with serve() as server, sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=find_browser(), args=list(ARGUMENTS))
        walking = Walker(launched, server)
        make(walking, launched, FOLDER)
        online_help.make_all(walking)
        launched.close()
