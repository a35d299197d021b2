"""What the browser of a test shows: Playwright's trace of the test, and a picture of its page when it failed.

Works with the fixtures ``page`` and ``context`` of pytest-playwright, of its sync and its async API. Nothing here may fail a test:
what cannot be recorded is left out.
"""

from asyncio import AbstractEventLoop
from collections.abc import Mapping
from contextlib import suppress
from inspect import isawaitable
from pathlib import Path
from typing import Any

TRACE, PICTURE = "trace.zip", "screenshot.png"


class Recording:
    """The recording of a test.

    Args:
        fixtures: the test's fixtures, by name.
        trace: whether to trace; not when pytest-playwright does so itself.
    """

    def __init__(self, fixtures: Mapping[str, Any], *, trace: bool) -> None:
        self._page = fixtures.get("page")
        self._context: Any = fixtures.get("context") or getattr(self._page, "context", None)
        self._traces = False
        if trace and self._context is not None:
            with suppress(Exception):
                self._wait_for(self._context.tracing.start(screenshots=True, snapshots=True))
                self._traces = True

    def stop(self) -> None:
        """End the recording of a test that did not fail: nothing is left of it."""
        if self._traces:
            with suppress(Exception):
                self._wait_for(self._context.tracing.stop())

    def leave(self, directory: Path) -> list[str]:
        """End the recording of a test that failed, and write what there is into a directory.

        Returns:
            The names of the files.
        """
        written = []
        page = self._page or next(iter(getattr(self._context, "pages", ())), None)
        if page is not None:
            with suppress(Exception):
                self._wait_for(page.screenshot(path=directory / PICTURE))
                written.append(PICTURE)
        if self._traces:
            with suppress(Exception):
                self._wait_for(self._context.tracing.stop(path=directory / TRACE))
                written.append(TRACE)
        return written

    def _wait_for(self, result: Any) -> None:
        """Wait for what the async API promises, in its own loop, which stands still between the phases of a test."""
        if isawaitable(result):
            loop: AbstractEventLoop = self._context._loop
            loop.run_until_complete(result)
