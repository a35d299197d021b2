"""The same commands on sandboxes as ``simulator.control.sandboxes``, through a running server.

Light: only the standard library, because the command line imports it.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from simulator.settings import TOO_LARGE_FOR_A_FILE

SERVER_FILE = "server.json"
FILE = "application/octet-stream"
UNAUTHORIZED, TOO_LARGE = 401, 413
NO_SIMULATOR = "something else answers there, no simulator"
TIMEOUT, TIMEOUT_OF_A_CHANGE = 60, 900
"""Seconds without a word from the server; it prepares a large scenario, or checks every row of a file, before it answers."""


class RemoteRefused(Exception):
    """The server refused; the text says why."""


class NoAnswer(OSError):
    """No simulator answers at an address; the text says why."""


@dataclass(frozen=True)
class Remote:
    """A server that runs.

    Attributes:
        url: its address, without a closing slash.
        token: its control token, when there is one.
    """

    url: str
    token: str | None = None

    def call(self, method: str, path: str, body: Any = None, *, file: BinaryIO | None = None) -> Any:
        """Make a call of the control API.

        Args:
            method: the HTTP method.
            path: below ``/_sim``.
            body: the value to send as JSON.
            file: the file to send instead, from its current position to its end.

        Returns:
            The answer; None for one without a body.

        Raises:
            RemoteRefused: the server refused it.
            OSError: no server answers.
        """
        with self._answer(method, path, body, file) as answer:
            content = answer.read()
        try:
            return json.loads(content) if content else None
        except ValueError:
            raise NoAnswer(NO_SIMULATOR) from None

    def fetch(self, path: str, target: BinaryIO) -> None:
        """Write the answer of a call into a file, in pieces.

        Raises:
            RemoteRefused: the server refused it.
            OSError: no server answers.
        """
        with self._answer("GET", path, None, None) as answer:
            shutil.copyfileobj(answer, target)

    @contextmanager
    def _answer(self, method: str, path: str, body: Any, file: BinaryIO | None) -> Iterator[Any]:
        from http.client import HTTPConnection, HTTPSConnection
        from urllib.parse import urlsplit

        headers = {"Content-Type": FILE if file is not None else "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data: Any = None if body is None else json.dumps(body).encode()
        if file is not None:
            data = file
            headers["Content-Length"] = str(_size(file))
        address = urlsplit(self.url)
        kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        connection = kind(address.hostname or "", address.port, timeout=TIMEOUT if method == "GET" else TIMEOUT_OF_A_CHANGE)
        try:
            try:
                connection.request(method, f"{address.path}/_sim{path}", data, headers)
            except ConnectionError:
                # A server that refuses a file before it has read all of it says why, and then closes.
                if file is None or connection.sock is None:
                    raise
            except OSError as error:
                # No such host, no way to it, a certificate that nobody here trusts.
                raise NoAnswer(str(error.strerror or error)) from None
            with connection.getresponse() as answer:
                if 300 <= answer.status < 400:
                    raise NoAnswer(NO_SIMULATOR)
                if answer.status >= 400:
                    raise RemoteRefused(_sentence(answer.read(), answer.status))
                yield answer
        finally:
            connection.close()


def _size(file: BinaryIO) -> int:
    """Return how many bytes follow the current position of a file."""
    position = file.tell()
    end = file.seek(0, os.SEEK_END)
    file.seek(position)
    return end - position


def server_of(directory: Path, token: str | None) -> Remote | None:
    """Return the server that runs on a data directory, or None.

    Raises:
        RemoteRefused: there is a server, and it refuses the token.
    """
    try:
        about = json.loads((directory / SERVER_FILE).read_text(encoding="utf-8"))
        remote = Remote(str(about["url"]), token)
        health = remote.call("GET", "/health")
        return remote if health["pid"] == about["pid"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sentence(content: bytes, status: int) -> str:
    """Return the sentence of a problem document; for a missing token, the option to pass on the command line.

    What is too large for the server is refused before its application sees it, and has no problem document.
    """
    if status == UNAUTHORIZED:
        return "The server asks for its control token: give it with --control-token (or VNSIM_CONTROL_TOKEN)."
    if status == TOO_LARGE:
        return TOO_LARGE_FOR_A_FILE
    try:
        return str(json.loads(content)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"The server answered with status {status}."
