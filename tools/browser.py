"""Make sure that there is a browser for walking manuals, and print which one it is."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from e2e.engine.browser import BROWSER_SWITCHED_OFF, BrowserMissing, find_browser

DOWNLOAD_LIMIT = 300  # seconds
APT_PACKAGES = ("chromium-headless-shell", "fonts-liberation")


def main() -> int:
    """Look for a browser, then try to install one, then give up with a sentence; the exit code is 1 when there is none."""
    chosen = os.environ.get("VNSIM_BROWSER", "").strip()
    if chosen.lower() == "none":
        print(BROWSER_SWITCHED_OFF)
        return 0
    problem = _try_out()
    for install in () if chosen else (_download_with_playwright, _install_with_apt):
        if not problem:
            break
        if install():
            problem = _try_out()
    if problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _try_out() -> str:
    """Launch the browser and print which one it is; return the problem, empty when there is none."""
    try:
        path = find_browser()
    except BrowserMissing as missing:
        return str(missing)
    # Imported after the look-up, which does not need it.
    from playwright.sync_api import Error, sync_playwright

    name = path or "the Chromium that Playwright keeps"
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path)
        except Error as error:
            return f"The browser was found but does not start: {name}: {error.message.strip().splitlines()[0]}"
        print(f"Browser: {name}, version {browser.version}")
        browser.close()
    return ""


def _download_with_playwright() -> bool:
    print(
        "No browser that starts. Running `playwright install --only-shell chromium`: it downloads "
        "Playwright's own Chromium (about 120 MB) into your user's cache, nothing else changes. "
        "VNSIM_BROWSER=none leaves it out.",
        flush=True,
    )
    command = [sys.executable, "-m", "playwright", "install", "--only-shell", "--no-progress", "chromium"]
    return _succeeds(command, limit=DOWNLOAD_LIMIT)


def _install_with_apt() -> bool:
    if not _is_root_on_debian():
        return False
    packages = " ".join(APT_PACKAGES)
    print(
        "Installing Debian's browser (about 70 MB): `apt-get update`, then "
        f"`apt-get install --no-install-recommends {packages}`.",
        flush=True,
    )
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    # An update that misses one source is no reason to stop: the package lists may be there already.
    _succeeds(["apt-get", "update"], limit=DOWNLOAD_LIMIT)
    return _succeeds(["apt-get", "install", "-y", "--no-install-recommends", *APT_PACKAGES], limit=2 * DOWNLOAD_LIMIT)


def _is_root_on_debian() -> bool:
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    try:
        release = Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return False
    families = " ".join(line for line in release.splitlines() if line.startswith(("ID=", "ID_LIKE=")))
    return "debian" in families


def _succeeds(command: list[str], *, limit: int) -> bool:
    """Run a command quietly and return whether it succeeded; print the reason when it did not."""
    # In a session of its own, so that all its processes end together when the time is up.
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            output = process.communicate(timeout=limit)[0]
        except subprocess.TimeoutExpired:
            _end(process)
            print(f"That took longer than {limit} seconds and was stopped.")
            return False
    if process.returncode == 0:
        return True
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    reasons = [line for line in lines if line.startswith(("Error", "E:"))] or lines[-1:] or ["no reason given"]
    print(f"That did not work: {reasons[0]}")
    return False


def _end(process: subprocess.Popen[str]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
