"""Calls of the control API, from any thread, over connections that are kept.

Source: ``docs/control-api.md``.
"""

import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from select import select
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

TIMEOUT = 60.0
TIMEOUT_OF_A_CHANGE = 900.0
"""Seconds without a word from the server; it prepares a large scenario before it answers."""


class NoServer(Exception):
    """No simulator answers; the text says where and why."""


class Refused(Exception):
    """The server refused a call.

    Attributes:
        status: the HTTP status.
        detail: the sentence of the answer.
        errors: ``(field, message)`` for each field that is at fault.
    """

    def __init__(self, call: str, status: int, detail: str, errors: list[tuple[str, str]]) -> None:
        lines = [
            f"{call}: {status} {detail}",
            *(f"  {field}: {message}" for field, message in errors if message not in detail),
        ]
        super().__init__("\n".join(lines))
        self.status, self.detail, self.errors = status, detail, errors


class Api:
    """The control API of one server.

    Args:
        url: the server's address.
        token: its control token, where it has one.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self.token = token
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NoServer(f"{url!r} is no address of a simulator; write one such as http://localhost:8000.")
        self._kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._address, self._path = (parts.hostname, parts.port), parts.path
        self._idle: list[HTTPConnection] = []

    def get(self, path: str, **query: object) -> Any:
        """Read something; parameters that are None are left out."""
        present = {name: value for name, value in query.items() if value is not None}
        return self.call("GET", f"{path}?{urlencode(present)}" if present else path)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Make a call.

        Args:
            method: the HTTP method.
            path: the path below ``/_sim``.
            body: what is sent as JSON.

        Returns:
            The answer; None for one without a body.

        Raises:
            Refused: the server refused it.
            NoServer: no simulator answers.
        """
        content = self.content(method, path, body)
        try:
            return json.loads(content) if content else None
        except ValueError:
            raise NoServer(f"Something else than a simulator answers at {self.url}.") from None

    def content(self, method: str, path: str, body: object = None) -> bytes:
        """Make a call and return the body of the answer as it is; see ``call``."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = json.dumps(body).encode() if body is not None else None
        connection = self._idle_connection()
        connection.timeout = TIMEOUT if method == "GET" else TIMEOUT_OF_A_CHANGE
        if connection.sock is not None:
            connection.sock.settimeout(connection.timeout)
        try:
            connection.request(method, f"{self._path}/_sim{path}", data, headers)
            with connection.getresponse() as response:
                content, status = response.read(), response.status
        except BaseException as error:
            connection.close()
            if isinstance(error, OSError | HTTPException):
                raise NoServer(f"No simulator answers at {self.url}: {error}") from None
            raise
        self._idle.append(connection)
        if status >= 300:
            raise self._refusal(method, path, status, content)
        return content

    def close(self) -> None:
        """Close the connections; the next call opens another."""
        while self._idle:
            self._idle.pop().close()

    def _idle_connection(self) -> HTTPConnection:
        """Return a connection that no other thread uses, open or not."""
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._kind(*self._address, timeout=TIMEOUT)
        # Nothing can be read from a connection that rests, unless the server has closed it.
        if connection.sock is not None and select([connection.sock], [], [], 0)[0]:
            connection.close()
        return connection

    def _refusal(self, method: str, path: str, status: int, content: bytes) -> Exception:
        call = f"{method} /_sim{path}"
        if status == 401:
            detail = "The server asks for its control token: set VNSIM_CONTROL_TOKEN."
            return Refused(call, status, detail, [])
        try:
            document = json.loads(content)
            errors = [(str(error["field"]), str(error["message"])) for error in document.get("errors", ())]
            return Refused(call, status, str(document["detail"]), errors)
        except (ValueError, KeyError, TypeError, AttributeError):
            return NoServer(f"Something else than a simulator answers at {self.url}: {call} gave {status}.")


def in_path(text: str) -> str:
    """Return a text as one part of a path."""
    return quote(text, safe="@")
