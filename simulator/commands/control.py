"""Calls of the control API for commands: to the server at an address, to the one on a data directory, else in this process."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from simulator.commands.options import data_dir_option, fail, option, token_option
from simulator.commands.waiting import line_of, show_progress

if TYPE_CHECKING:
    from simulator.testing.api import Api

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
            with self._failures_as_messages():
                return server.call(method, path, body, file=file)

    def _tasks(self) -> list[str]:
        """Return what the server does now that takes long, or this process when there is none; nothing when it does not say."""
        if self.server is None:
            from simulator.core import progress

            return [line_of(task.kind, task.name, task.done, task.total) for task in progress.running()]
        from simulator.testing.api import CallFailed

        try:
            tasks = self.server.get("/progress")
            return [line_of(task["kind"], task["name"], task["done"], task["total"]) for task in tasks]
        except (CallFailed, LookupError, TypeError):
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
        with self._failures_as_messages():
            self.server.fetch(path, target)

    @cached_property
    def server(self) -> "Api | None":
        """The server, or None when none runs on the data directory."""
        from simulator.testing.api import Api

        with self._failures_as_messages():
            return Api(self.base_url, self.token) if self.base_url is not None else _server_of(self.data_dir, self.token)

    def close(self) -> None:
        """Close the connections to the server."""
        server = self.__dict__.get("server")
        if server is not None:
            server.close()

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
    def _failures_as_messages(self) -> Iterator[None]:
        """Exit with a message when the server refuses a call, or does not answer."""
        from simulator.settings import TOO_LARGE_FOR_A_FILE
        from simulator.testing.api import TOO_LARGE, UNAUTHORIZED, NoServer, Refused

        sentences = {
            UNAUTHORIZED: "The server asks for its control token: give it with --control-token (or VNSIM_CONTROL_TOKEN).",
            TOO_LARGE: TOO_LARGE_FOR_A_FILE,
        }
        try:
            yield
        except Refused as refusal:
            fail(sentences.get(refusal.status, refusal.detail))
        except NoServer as error:
            fail(str(error) if self.base_url else f"The server that runs on the data directory does not answer. {error}")

    @contextmanager
    def _local_answer(self, method: str, path: str, body: Any = None, file: BinaryIO | None = None) -> Iterator[Any]:
        """Answer a call in this process; commands that run at the same time wait for each other."""
        from simulator.app import create_app
        from simulator.control.table import FILE
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


def _server_of(directory: Path, token: str | None) -> "Api | None":
    """Return the server that runs on a data directory, or None.

    Raises:
        Refused: there is a server, and it refuses the token.
    """
    import json

    from simulator.settings import SERVER_FILE
    from simulator.testing.api import Api, NoServer

    try:
        about = json.loads((directory / SERVER_FILE).read_text(encoding="utf-8"))
        token = token or _lasting_token(directory)
        with closing(Api(str(about["url"]), token, certificate=about.get("certificate"))) as api:
            return api if api.get("/health")["pid"] == about["pid"] else None
    except (OSError, ValueError, LookupError, TypeError, NoServer):
        return None


def _lasting_token(directory: Path) -> str | None:
    """Return the control token that a server for a network keeps in its data directory; None when there is none."""
    from simulator.settings import TOKEN_FILE

    try:
        return (directory / TOKEN_FILE).read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def with_control(command: Callable[..., Any]) -> Callable[..., Any]:
    """Pass a ``Control`` to a command as ``control``, with the options that say where the sandboxes are."""

    @wraps(command)
    def with_options(data_dir: Path, base_url: str | None, control_token: str | None, **options: Any) -> Any:
        with closing(Control(data_dir, base_url, control_token or None)) as control:
            return command(control=control, **options)

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
