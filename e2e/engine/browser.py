"""Find the browser that walks the manuals.

The first of these that is there wins:

1. what the environment variable ``VNSIM_BROWSER`` names,
2. the Chromium that Playwright keeps for itself,
3. a Chromium or Chrome on the search path,
4. a Chromium, Chrome or Edge where macOS and Windows usually keep it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

NAMES_ON_PATH = (
    "chromium-headless-shell",  # first: it starts three times faster than chromium and paints the same pixels
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)

BROWSER_SWITCHED_OFF = (
    "VNSIM_BROWSER=none: no browser is used, so every test and manual that needs one will fail. "
    "Unset VNSIM_BROWSER to have one looked for."
)
NO_BROWSER = (
    "There is no browser to walk manuals with: run `make browser` (or `playwright install chromium`), "
    "or set VNSIM_BROWSER to the path of a Chromium or Chrome."
)

# Playwright writes this file last when it has unpacked a browser, and looks for it itself.
_COMPLETE = "INSTALLATION_COMPLETE"

ARGUMENTS = ("--disable-partial-raster",)
"""What the browser is started with. Without it a part of a page that is drawn again over what was there before may differ by one
level of colour at round corners, depending on when its fonts arrived."""


class BrowserMissing(Exception):
    """No browser can be used; the text says what to do about it."""


def find_browser() -> str | None:
    """Find the browser to launch.

    Returns:
        A value for ``executable_path`` of Playwright's ``chromium.launch``: the path of a browser, or
        ``None`` for the one that Playwright launches by itself.

    Raises:
        BrowserMissing: None is there, none is wanted, or ``VNSIM_BROWSER`` names what cannot be run.
    """
    chosen = os.environ.get("VNSIM_BROWSER", "").strip()
    if chosen:
        return _chosen_browser(chosen)
    complete = [folder for folder in playwright_places() if (folder / _COMPLETE).is_file()]
    if any("headless" in folder.name for folder in complete):
        return None
    if any(folder.name.startswith("chromium-") for folder in complete):
        # Without its headless shell Playwright launches nothing by itself, but its full Chromium will do.
        own = playwright_chromium()
        if _is_executable(own):
            return own
    for name in NAMES_ON_PATH:
        path = shutil.which(name)
        if path:
            return path
    for usual in usual_places(sys.platform, os.environ):
        if _is_executable(usual):
            return usual
    raise BrowserMissing(NO_BROWSER)


def playwright_places() -> list[Path]:
    """List the folders in which this release of Playwright keeps its Chromium, whether they exist or not.

    Playwright is asked in a process of its own: its Python interface names the full Chromium only, not the
    headless shell that it launches, and cannot be entered twice in one thread.
    """
    listed = _python_says("-m", "playwright", "install", "--dry-run", "chromium")
    marker = "Install location:"
    places = [Path(line.partition(marker)[2].strip()) for line in listed.splitlines() if marker in line]
    return [folder for folder in places if folder.name.startswith("chromium")]  # and not its helper ffmpeg


def playwright_chromium() -> str:
    """Name the executable of the full Chromium that Playwright keeps, whether it exists or not."""
    return _python_says(
        "-c",
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright: print(playwright.chromium.executable_path)",
    ).strip()


def usual_places(platform: str, environment: Mapping[str, str]) -> list[str]:
    """List where a desktop system keeps browsers that are not on its search path.

    Args:
        platform: A value of ``sys.platform``.
        environment: The environment variables; Windows keeps the names of its program folders there.
    """
    if platform == "darwin":
        roots = ["/Applications", os.path.join(environment.get("HOME", ""), "Applications")]
        names = ["Chromium", "Google Chrome", "Microsoft Edge"]
        return [f"{root}/{name}.app/Contents/MacOS/{name}" for name in names for root in roots]
    if platform == "win32":
        folders = [environment.get(name, "") for name in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData")]
        tails = [
            r"Chromium\Application\chrome.exe",
            r"Google\Chrome\Application\chrome.exe",
            r"Microsoft\Edge\Application\msedge.exe",
        ]
        return [f"{folder}\\{tail}" for tail in tails for folder in folders if folder]
    return []


def _chosen_browser(chosen: str) -> str:
    if chosen.lower() == "none":
        raise BrowserMissing(BROWSER_SWITCHED_OFF)
    if not _is_executable(chosen):
        raise BrowserMissing(f"VNSIM_BROWSER names {chosen}, which is not a program that can be run.")
    return chosen


def _python_says(*arguments: str) -> str:
    """Run this Python; what it prints, or nothing when it fails (Playwright is not installed)."""
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
        errors="replace",
        timeout=60,
    )
    return done.stdout if done.returncode == 0 else ""


def _is_executable(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)
