"""Walk manuals from the command line, with pictures on demand."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from simulator.testing import CallFailed, Server
from simulator.testing.api import Api

from .library import load
from .model import Manual
from .reading import ManualError
from .words import LANGUAGES

EVERY_LANGUAGE = "all"


def walk(
    ids_or_files: Sequence[str],
    language: str | Sequence[str] | None = None,
    *,
    base_url: str,
    shots: str | Path | None = None,
    headed: bool = False,
    echo: Callable[[str], object] = print,
    token: str | None = None,
    hide_mark: bool = False,
    patience: float = 5,
    scenarios: Path | None = None,
) -> int:
    """Walk manuals, each variant in a fresh sandbox; one line for each walk.

    Args:
        ids_or_files: Ids or files of manuals; empty for all that come with the project.
        language: `nl`, `nb`, `sv`, `en` or `all`, or several of them; without it each manual's own.
        base_url: The address of a running server.
        shots: The folder for pictures and pages; none are made without it.
        headed: Whether the browser is seen.
        echo: Prints a line.
        token: The control token of the server, if it has one.
        hide_mark: Whether pictures leave out the simulator's visible mark.
        patience: Seconds to wait for something to be seen or to hold.
        scenarios: A folder with scenarios that the server need not have.

    Returns:
        The exit code: 0 when everything went as the manuals say, 1 otherwise.
    """
    requested = [language] if isinstance(language, str) else list(language or ())
    for name in requested:
        if name not in (EVERY_LANGUAGE, *LANGUAGES):
            echo(f"language: expected {', '.join(LANGUAGES)} or {EVERY_LANGUAGE}, found '{name}'")
            return 1
    languages = list(LANGUAGES) if EVERY_LANGUAGE in requested else list(dict.fromkeys(requested))
    try:
        manuals = load(ids_or_files)
    except ManualError as error:
        for problem in error.problems:
            echo(problem)
        return 1
    if not manuals:
        echo("There are no manuals to walk.")
        return 1
    folder = Path(shots) if shots else None
    try:
        with closing(Server(Api(base_url, token))) as server:
            server.health()
            return _walk_all(manuals, languages, server, folder, headed, echo, hide_mark, patience, scenarios)
    except CallFailed as error:
        echo(str(error))
        return 1


def _walk_all(
    manuals: list[tuple[Path, Manual]],
    languages: Sequence[str],
    server: Server,
    shots: Path | None,
    headed: bool,
    echo: Callable[[str], object],
    hide_mark: bool,
    patience: float,
    scenarios: Path | None,
) -> int:
    try:
        from playwright.sync_api import Error as PlaywrightError
        from playwright.sync_api import sync_playwright

        from .browser import ARGUMENTS, BrowserMissing, find_browser
        from .photographed import walk_with_pictures
        from .walker import Walker, WalkFailed, named
    except ImportError as error:
        echo(f"{error.name} is missing. Walking manuals needs the extra [walk]: pip install 'vnsim[walk]'")
        return 1
    try:
        executable = find_browser()
    except BrowserMissing as error:
        echo(str(error))
        return 1
    failed = walked = 0
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=executable, headless=not headed, args=ARGUMENTS)
        except PlaywrightError as error:
            echo(f"The browser does not start: {error.message.splitlines()[0]}")
            return 1
        walker = Walker(browser, server, patience, scenarios=scenarios)
        for file, manual in manuals:
            for spoken in languages or (manual.language,):
                for variant in manual.variant_names():
                    walked += 1
                    try:
                        if shots is None:
                            walker.walk(manual, variant, spoken, file.parent)
                        else:
                            walk_with_pictures(walker, manual, variant, spoken, file.parent, shots, hide_mark)
                    except WalkFailed as error:
                        failed += 1
                        echo(f"FAILED  {error}")
                    else:
                        echo(f"ok      {named(manual, spoken, variant)}: {len(manual.steps_in(variant))} steps")
        browser.close()
    if shots is not None:
        from .book import write_index

        echo(f"Pictures: {write_index(shots)}")
    echo(f"{walked} walked, {failed} failed")
    return 1 if failed else 0
