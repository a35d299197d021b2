"""A run of tests, in one process or many, that share one server.

The process that began the run holds a directory and a lifeline. A server is started by the first process that wants one, and ends
with the lifeline, whatever ends the run.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, gettempdir
from typing import TypedDict

from simulator.testing.api import NoServer
from simulator.testing.server import (
    SECONDS_TO_STOP,
    TOKEN,
    Server,
    address_of_environment,
    connect,
    lifeline,
    started_or_joined,
    wait_until_gone,
)

PREFIX = "vnsim-tests-"
"""How the names of runs' directories begin; the number of the process that began the run follows."""


class Shared(TypedDict):
    """What the processes of a run share: its directory, and the port of its lifeline."""

    directory: str
    lifeline: int


class Run:
    """A run.

    Args:
        shared: what the process that began the run gave to this one; None if this is the one.
    """

    def __init__(self, shared: Shared | None = None) -> None:
        self._stack = ExitStack()
        self._shared, self._began = shared, shared is None
        self._server: Server | None = None

    def for_workers(self) -> Shared:
        """Return what other processes need to share the server.

        Raises:
            NoServer: there is no place for the files of a server.
        """
        if self._shared is None:
            directory = self._stack.enter_context(_directory())
            self._stack.callback(wait_until_gone, Path(directory))
            self._shared = Shared(directory=directory, lifeline=self._stack.enter_context(lifeline()))
        return self._shared

    def server(self, url: str | None = None, token: str | None = None, templates: Path | None = None) -> Server:
        """Return the server at an address, at that of the environment, or the run's own.

        Args:
            url: the address; None for that of the environment.
            token: its control token; None for that of the environment.
            templates: where the run's own server keeps built scenarios for the next run; None if it does not.

        Raises:
            NoServer: none answers, or none can be started.
        """
        if self._server is None:
            url = url or address_of_environment()
            if url:
                self._server = connect(url, token or os.environ.get(TOKEN))
            else:
                shared = self.for_workers()
                self._server = started_or_joined(Path(shared["directory"]), shared["lifeline"], templates)
        return self._server

    def close(self) -> None:
        """End the run; in the process that began it, this stops the server."""
        if self._server is not None:
            self._server.close()
        self._stack.close()
        if self._server is not None and self._server.process is not None and self._began:
            self._server.process.wait(SECONDS_TO_STOP)


@contextmanager
def _directory() -> Iterator[str]:
    """Give a directory for the length of a block, and remove those of runs that were killed."""
    for left in Path(gettempdir()).glob(f"{PREFIX}*"):
        if not _is_alive(left.name.removeprefix(PREFIX).partition("-")[0]):
            rmtree(left, ignore_errors=True)
    try:
        made = TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-", ignore_cleanup_errors=True)
    except OSError as error:
        raise NoServer(f"There is no place for the files of a simulator: {error.strerror or error}.") from None
    with made as directory:
        yield directory


def _is_alive(process: str) -> bool:
    """Return whether the process of a number may be there; on Windows there is no harmless way to ask."""
    try:
        if os.name == "posix":
            os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (OSError, ValueError):
        return True
    return True


@contextmanager
def serve(url: str | None = None, token: str | None = None) -> Iterator[Server]:
    """Give a server for the length of a block.

    Args:
        url: the address of one that runs; when None that of the environment (``VNSIM_URL``), and if there is none, a server of its
            own, which ends with the block.
        token: its control token; the environment's ``VNSIM_CONTROL_TOKEN`` when None.

    Raises:
        NoServer: it does not answer, or none can be started.
    """
    run = Run()
    try:
        yield run.server(url, token)
    finally:
        run.close()
