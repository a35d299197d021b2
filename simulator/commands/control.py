"""Calls of the control API for commands: to the server at an address, to the one on a data directory, else in this process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, BinaryIO

import click

from simulator.commands.options import data_dir_option, fail, option, token_option
from simulator.commands.waiting import line_of, show_progress

PATIENCE = 3.0
"""Seconds that a command waits for another command that holds the data directory."""


@dataclass(frozen=True)
class Control:
    """The sandboxes that a command is about.

    Attributes:
        data_dir: where they are, unless there is an address.
        base_url: the address of their server, without a closing slash, or None.
        token: the control token of the server.
    """

    data_dir: Path
    base_url: str | None = None
    token: str | None = None

    @property
    def where(self) -> str:
        """Where the sandboxes are, for sentences."""
        return f"on the server at {self.base_url}" if self.base_url else f"in the data directory {self.data_dir.absolute()}"

    def call(self, method: str, path: str, body: Any = None, *, file: BinaryIO | None = None) -> Any:
        """Make a call; exit with a message when it is refused.

        Args:
            method: the HTTP method.
            path: below ``/_sim``.
            body: the value to send as JSON.
            file: the file to send instead.

        Returns:
            The answer; None for one without a body.
        """
        server = self.server
        with show_progress(self._tasks):
            if server is None:
                with self._local_answer(method, path, body, file) as answer:
                    return answer.get_json(silent=True)
            with self._refusals_as_messages():
                return server.call(method, path, body, file=file)

    def _tasks(self) -> list[str]:
        """Return what the server does now that takes long, or this process when there is none; nothing when it does not say."""
        if self.server is None:
            from simulator.core import progress

            return [line_of(task.kind, task.name, task.done, task.total) for task in progress.running()]
        from http.client import HTTPException

        from simulator.control.remote import RemoteRefused

        try:
            tasks = self.server.call("GET", "/progress")
            return [line_of(task["kind"], task["name"], task["done"], task["total"]) for task in tasks]
        except (RemoteRefused, OSError, HTTPException, LookupError, TypeError):
            return []

    def fetch(self, path: str, target: BinaryIO) -> None:
        """Write the file that a call returns; exit with a message when it is refused.

        Raises:
            OSError: the file cannot be written.
        """
        if self.server is None:
            with self._local_answer("GET", path) as answer:
                for piece in answer.iter_encoded():
                    target.write(piece)
            return
        with self._refusals_as_messages():
            self.server.fetch(path, target)

    @cached_property
    def server(self) -> Any:
        """The server, or None when none runs on the data directory."""
        from simulator.control.remote import Remote, server_of

        if self.base_url is not None:
            return Remote(self.base_url, self.token)
        with self._refusals_as_messages():
            return server_of(self.data_dir, self.token)

    def warn_without_server(self) -> bool:
        """Return whether there is a server; warn on the error output if not."""
        if self.server is not None:
            return True
        click.echo(
            f"vnsim: No server runs on the data directory {self.data_dir.absolute()}, so no link to it opens now. "
            "Start one on it with 'vnsim serve', or name the directory of the one that runs with --data-dir, "
            "or its address with --base-url.",
            err=True,
        )
        return False

    @contextmanager
    def _refusals_as_messages(self) -> Iterator[None]:
        """Exit with a message when the server refuses a call, or does not answer."""
        from http.client import HTTPException

        from simulator.control.remote import NoAnswer, RemoteRefused

        server = f"The server at {self.base_url}" if self.base_url else "The server that runs on the data directory"
        try:
            yield
        except RemoteRefused as error:
            fail(str(error))
        except (NoAnswer, ConnectionError, TimeoutError, HTTPException) as error:
            fail(f"{server} does not answer: {str(error).rstrip('.') or type(error).__name__}.")

    @contextmanager
    def _local_answer(self, method: str, path: str, body: Any = None, file: BinaryIO | None = None) -> Iterator[Any]:
        """Answer a call in this process; commands that run at the same time wait for each other."""
        from simulator.app import create_app
        from simulator.control.remote import FILE
        from simulator.lock import InUse, NotWritable, holding, make_writable
        from simulator.settings import Settings

        request: dict[str, Any] = {"json": body} if file is None else {"input_stream": file, "content_type": FILE}
        try:
            make_writable(self.data_dir)
            with holding(self.data_dir, patience=PATIENCE):
                client = create_app(Settings(data_dir=self.data_dir)).test_client()
                with client.open("/_sim" + path, method=method, **request) as answer:
                    if answer.status_code >= 400:
                        fail(answer.get_json(force=True)["detail"])
                    yield answer
        except (NotWritable, InUse) as error:
            fail(str(error))


def with_control(command: Callable[..., Any]) -> Callable[..., Any]:
    """Pass a ``Control`` to a command as ``control``, with the options that say where the sandboxes are."""

    @wraps(command)
    def with_options(data_dir: Path, base_url: str | None, control_token: str | None, **options: Any) -> Any:
        return command(control=Control(data_dir, base_url, control_token or None), **options)

    options: Callable[..., Any] = with_options
    for add in (
        token_option("The control token of the server."),
        base_url_option("The address of their server, on this machine or another; instead of --data-dir."),
        data_dir_option(),
    ):
        options = add(options)
    return options


def base_url_option(what: str) -> Callable[[Any], Any]:
    """Return the option for the address of a running server, without a closing slash; one that is none is refused."""
    return option("--base-url", metavar="URL", callback=lambda context, parameter, value: _base_url(value), help=what)


def _base_url(address: str | None) -> str | None:
    from simulator.server import CannotServe, check_public_address

    if not address:
        return None
    try:
        check_public_address(address)
    except CannotServe as error:
        fail(str(error))
    return address.rstrip("/")


def path_segment(name: str) -> str:
    """Return a name as a segment of a path."""
    from urllib.parse import quote

    return quote(name, safe="")
