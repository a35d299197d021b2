"""Which browser walks the manuals: the order in which they are looked for."""

import sys
from pathlib import Path

import pytest

from e2e.engine.browser import (
    NAMES_ON_PATH,
    BrowserMissing,
    find_browser,
    playwright_chromium,
    playwright_places,
    usual_places,
)

only_linux = pytest.mark.skipif(sys.platform != "linux", reason="a desktop system may have a browser installed")


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start with nothing on the search path, nothing kept by Playwright and nothing chosen."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.delenv("VNSIM_BROWSER", raising=False)


def program(path: Path) -> str:
    """Make a program that can be run, as far as the file system can tell."""
    if sys.platform == "win32":
        path = path.with_suffix(".exe")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    path.chmod(0o755)
    return str(path)


def keep_in_playwright(*, headless: bool) -> None:
    """Leave the mark of a finished download where this release of Playwright keeps that browser."""
    [folder] = [folder for folder in playwright_places() if ("headless" in folder.name) == headless]
    folder.mkdir(parents=True)
    (folder / "INSTALLATION_COMPLETE").touch()


def test_the_browser_named_by_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin" / "chromium")
    keep_in_playwright(headless=True)
    mine = program(tmp_path / "mine" / "my-browser")
    monkeypatch.setenv("VNSIM_BROWSER", mine)
    assert find_browser() == mine


def test_a_named_browser_that_cannot_be_run_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin" / "chromium")
    monkeypatch.setenv("VNSIM_BROWSER", str(tmp_path / "nowhere"))
    with pytest.raises(BrowserMissing, match="nowhere"):
        find_browser()


def test_a_named_folder_is_no_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VNSIM_BROWSER", str(tmp_path))
    with pytest.raises(BrowserMissing, match="not a program"):
        find_browser()


def test_none_opts_out_even_where_a_browser_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin" / "chromium")
    monkeypatch.setenv("VNSIM_BROWSER", "none")
    with pytest.raises(BrowserMissing, match="will fail"):
        find_browser()


def test_an_empty_choice_is_no_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chromium = program(tmp_path / "bin" / "chromium")
    monkeypatch.setenv("VNSIM_BROWSER", "")
    assert find_browser() == chromium


def test_playwrights_own_headless_shell_comes_before_the_search_path(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "chromium-headless-shell")
    keep_in_playwright(headless=True)
    assert find_browser() is None


def test_playwrights_full_chromium_serves_where_its_headless_shell_is_missing(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "chromium-headless-shell")
    keep_in_playwright(headless=False)
    own = program(Path(playwright_chromium()))
    assert find_browser() == own


def test_a_download_of_playwright_that_was_cut_short_does_not_count(tmp_path: Path) -> None:
    chromium = program(tmp_path / "bin" / "chromium")
    for folder in playwright_places():
        folder.mkdir(parents=True)
    assert find_browser() == chromium


def test_the_search_path_is_searched_in_the_stated_order(tmp_path: Path) -> None:
    for name in reversed(NAMES_ON_PATH):
        path = program(tmp_path / "bin" / name)
        assert find_browser() == path


@only_linux
def test_a_file_that_cannot_be_run_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "bin" / "chromium-headless-shell").write_bytes(b"")
    chrome = program(tmp_path / "bin" / "google-chrome")
    assert find_browser() == chrome


@only_linux
def test_without_any_browser_the_message_says_what_to_do() -> None:
    with pytest.raises(BrowserMissing, match="make browser"):
        find_browser()


def test_macos_keeps_browsers_for_everybody_and_for_one_person() -> None:
    places = usual_places("darwin", {"HOME": "~"})
    assert "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" in places
    assert "~/Applications/Chromium.app/Contents/MacOS/Chromium" in places


def test_windows_names_its_program_folders_in_the_environment() -> None:
    places = usual_places("win32", {"ProgramFiles": r"D:\Programs"})
    assert places == [
        r"D:\Programs\Chromium\Application\chrome.exe",
        r"D:\Programs\Google\Chrome\Application\chrome.exe",
        r"D:\Programs\Microsoft\Edge\Application\msedge.exe",
    ]


def test_elsewhere_only_the_search_path_counts() -> None:
    assert usual_places("linux", {"HOME": "~"}) == []
