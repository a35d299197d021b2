"""A server for tests: one that runs already, or one of their own that stops with them."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from simulator import __version__
from simulator.testing.api import Api, CallFailed, NoServer, in_path
from simulator.testing.sandbox import Json, Sandbox
from simulator.testing.waiting import tries

SECONDS_TO_START, SECONDS_TO_STOP = 120.0, 15.0
URLS, TOKEN = ("VNSIM_URL", "VNSIM_BASE_URL"), "VNSIM_CONTROL_TOKEN"
"""Variables of the environment; the second address is what the commands of ``vnsim`` read."""
READY, OUTPUT, STARTED, FAILED = "ready.json", "server.log", "started", "failed"


class Server:
    """A server.

    Args:
        api: its control API.

    Attributes:
        url: its address.
        process: its process, if this one started it.
        smtp_port: where it takes mails of the tested application by SMTP, if a run of tests started it; None otherwise.
    """

    def __init__(self, api: Api) -> None:
        self.smtp_port: int | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self.api, self.url = api, api.url

    def health(self) -> Json:
        """Return what the server says of itself: ``{status, version, pid}``.

        Raises:
            NoServer: no simulator answers.
        """
        health = self.api.get("/health")
        if not isinstance(health, dict) or "version" not in health:
            raise NoServer(f"Something else than a simulator answers at {self.url}.")
        return health

    def texts(self, language: str) -> dict[str, str]:
        """Return what the screens say in a language: key → text."""
        texts: dict[str, str] = self.api.get(f"/texts/{in_path(language)}")
        return texts

    def create(self, scenario: str | Path = "accountant-nl", **options: Any) -> Sandbox:
        """Create a sandbox.

        Args:
            scenario: the scenario's name, or the path of a file of one's own, which is sent along.
            options: what the control API takes besides, such as ``now``, ``language``, ``ttl``; the overlay is ``with_``.

        Raises:
            Refused: some of it is wrong; the text says what and where.
            CallFailed: the file cannot be read.
        """
        if "with_" in options:
            options["with"] = options.pop("with_")
        return Sandbox(self.api, self.api.call("POST", "/sandboxes", {**_scenario(scenario), **options}))

    def close(self) -> None:
        """Close the connections to the server."""
        self.api.close()

    @contextmanager
    def sandbox(self, scenario: str | Path = "accountant-nl", **options: Any) -> Iterator[Sandbox]:
        """Create a sandbox for the length of a block; see ``create``."""
        created = self.create(scenario, **options)
        try:
            yield created
        finally:
            created.delete()


def is_path(scenario: str | Path) -> bool:
    """Return whether a scenario is the path of a file, and not a name."""
    return isinstance(scenario, Path) or re.search(r"[/\\]|\.ya?ml$", scenario) is not None


def _scenario(scenario: str | Path) -> Json:
    """Return a scenario as the control API takes it.

    Raises:
        CallFailed: its file cannot be read.
    """
    if not is_path(scenario):
        return {"scenario": scenario}
    path = Path(scenario)
    try:
        return {"scenario": path.stem, "scenario_text": path.read_text(encoding="utf-8")}
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise CallFailed(f"The scenario {path} cannot be read: {reason}.") from None


def connect(url: str, token: str | None = None) -> Server:
    """Return the server at an address.

    Args:
        url: the address.
        token: its control token, where it has one.

    Raises:
        NoServer: it does not answer, or is of another release than this client.
        Refused: it does not accept the token.
    """
    server = Server(Api(url, token))
    try:
        version = server.health()["version"]
    finally:
        # Whether this is the right one or not: the next call opens a connection.
        server.close()
    if version != __version__:
        raise NoServer(
            f"The server at {server.url} is release {version}, and this client {__version__}: install the same release of both."
        )
    return server


def address_of_environment() -> str | None:
    """Return the address of a server that runs already, or None."""
    return next(filter(None, map(os.environ.get, URLS)), None)


@contextmanager
def lifeline() -> Iterator[int]:
    """Listen for the length of a block, on the port that is given: a server that is started with it ends when nobody listens.

    The operating system closes the connection whatever ends this process, so no server is left behind.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def started_or_joined(directory: Path, port: int, templates: Path | None = None) -> Server:
    """Return the server of a run: the first process that wants one starts it, the others wait until it is ready.

    Args:
        directory: a directory of this run alone.
        port: the port of the run's lifeline.
        templates: where the server keeps built scenarios for the next run; None if it does not.

    Raises:
        NoServer: it did not start.
    """
    try:
        os.close(os.open(directory / STARTED, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        process = None
    else:
        process = _start(directory, port, templates)
    for _ in tries(SECONDS_TO_START):
        has_ended = process is not None and process.poll() is not None
        ready = _ready(directory)
        if ready is not None:
            server = connect(ready["url"])
            server.process, server.smtp_port = process, ready.get("smtp_port")
            return server
        if has_ended:
            (directory / FAILED).touch()
        if (directory / FAILED).exists():
            break
    raise NoServer(f"The simulator did not start: {_output(directory) or 'it says nothing.'}")


def wait_until_gone(directory: Path) -> None:
    """Wait until the server of a run, whose lifeline was cut, answers no longer."""
    ready = _ready(directory)
    if ready is None:
        return
    for _ in tries(SECONDS_TO_STOP):
        try:
            socket.create_connection(("127.0.0.1", ready["port"]), 1).close()
        except OSError:
            return


def _ready(directory: Path) -> dict[str, Any] | None:
    """Return what the server of a run wrote when it was ready, or None."""
    with suppress(OSError, ValueError):
        ready: dict[str, Any] = json.loads((directory / READY).read_text(encoding="utf-8"))
        return ready
    return None


def _start(directory: Path, port: int, templates: Path | None) -> "subprocess.Popen[bytes] | None":
    """Start the server of a run; None when there can be no such process, and the reason is in its output."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VNSIM_")}
    command = [sys.executable, "-m", "simulator", "serve", "--ephemeral", "--port", "0"]
    command += ["--ready-file", str(directory / READY), "--lifeline", str(port), "--smtp-port", "0"]
    command += ["--templates", str(templates)] if templates is not None else []
    with (directory / OUTPUT).open("wb") as output:
        # Of a group of its own, so that Ctrl-C in the terminal reaches the tests alone.
        try:
            return subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            output.write(f"{sys.executable} cannot be run: {error.strerror or error}.".encode())
            (directory / FAILED).touch()
            return None


def _output(directory: Path) -> str:
    with suppress(OSError):
        return (directory / OUTPUT).read_text(encoding="utf-8", errors="replace").strip()[-2000:]
    return ""
