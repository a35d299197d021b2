"""Walks manuals on a platform in this process, without a browser."""

from pathlib import Path

from e2e.engine.context import WalkContext
from e2e.engine.downloads import DownloadWrong
from e2e.engine.http.walk import HttpWalk
from e2e.engine.model import Manual
from e2e.engine.roles import NotFound
from e2e.engine.texts import LabelError, Labels
from e2e.engine.walker import WalkFailed, create_sandbox
from e2e.engine.words import LANGUAGES
from simulator.app import Platform
from simulator.classroom.in_process import InProcessApi, InProcessTransport
from simulator.testing import CallFailed, Server


class HttpWalker:
    """Walks manuals on a platform in this process. What its pages have to say is what the platform's texts say when it is made.

    Args:
        platform: the platform.
        base_url: its address, as its pages and mails write it.
    """

    def __init__(self, platform: Platform, base_url: str) -> None:
        self._platform = platform
        self._server = Server(InProcessApi(platform, base_url))
        self._texts: dict[str, dict[str, str]] = {language: self._server.texts(language) for language in LANGUAGES}

    def walk(self, manual: Manual, variant: str | None, language: str, folder: Path) -> None:
        """Walk one variant of a manual in a fresh sandbox.

        Raises:
            WalkFailed: a step did not go as the manual says.
        """
        sandbox = create_sandbox(self._server, manual, variant, language)
        labels, reader = Labels(manual.language, language, self._texts), manual.person_in(variant)
        context = WalkContext(base_url=self._server.url, labels=labels, sandbox=sandbox, reader=reader)
        walk = HttpWalk(context, InProcessTransport(self._platform), folder)
        number, tell = 0, ""
        try:
            walk.begin(*manual.start_in(variant))
            for at, step in manual.steps_in(variant):
                number, tell = at, step.tell.source(manual.language)
                walk.take(step, variant)
        except (NotFound, LabelError, CallFailed, DownloadWrong) as error:
            reason = f"{error}. The page is {walk.page.path}"
            raise WalkFailed(manual, language, variant, number, tell, reason) from None
        finally:
            sandbox.delete()
