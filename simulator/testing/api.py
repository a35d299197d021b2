"""Calls of the control API, from any thread, over connections that are kept.

Source: ``docs/control-api.md``.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from select import select
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote, unquote, urlencode, urlsplit

if TYPE_CHECKING:
    from ssl import SSLContext

TIMEOUT = 60.0
TIMEOUT_OF_A_CHANGE = 900.0
"""Seconds without a word from the server; it prepares a large scenario, or checks every row of a file, before it answers."""

FILE = "application/octet-stream"
PIECE = 1 << 16
UNAUTHORIZED, TOO_LARGE = 401, 413
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class CallFailed(Exception):
    """A call did not do what it is for; the text is for people."""


class NoServer(CallFailed):
    """No simulator answers; the text says where and why."""


class Refused(CallFailed):
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
        url: the server's address. A proxy of the environment is used, but not to a server on this machine.
        token: its control token, where it has one.
        certificate: file in PEM with the server's own certificate, which is then the only one to be trusted, whatever name it has.

    Raises:
        NoServer: the address cannot be one.
    """

    def __init__(self, url: str, token: str | None = None, *, certificate: str | Path | None = None) -> None:
        self.url = url.rstrip("/")
        self.token = token
        try:
            parts = urlsplit(self.url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if not host or parts.scheme not in ("http", "https"):
            raise NoServer(f"{url!r} is no address of a simulator; write one such as http://localhost:8000.")
        self._is_secure, self._address, self._path = parts.scheme == "https", (host, port), parts.path
        self._proxy = None if host in LOOPBACK else _proxy_to(parts.scheme, parts.netloc)
        self._certificate = certificate
        self._idle: list[HTTPConnection] = []

    def get(self, path: str, **query: object) -> Any:
        """Read something; parameters that are None are left out."""
        present = {name: value for name, value in query.items() if value is not None}
        return self.call("GET", f"{path}?{urlencode(present)}" if present else path)

    def call(self, method: str, path: str, body: object = None, *, file: BinaryIO | None = None) -> Any:
        """Make a call.

        Args:
            method: the HTTP method.
            path: the path below ``/_sim``.
            body: what is sent as JSON.
            file: what is sent instead, from its current position to its end.

        Returns:
            The answer; None for one without a body.

        Raises:
            Refused: the server refused it.
            NoServer: no simulator answers.
        """
        content = self.content(method, path, body, file=file)
        try:
            return json.loads(content) if content else None
        except ValueError:
            raise NoServer(f"Something else than a simulator answers at {self.url}.") from None

    def content(self, method: str, path: str, body: object = None, *, file: BinaryIO | None = None) -> bytes:
        """Make a call and return the body of the answer as it is; see ``call``."""
        with self._answer(method, path, body, file) as response, self._failures_as_sentences():
            return response.read()

    def fetch(self, path: str, target: BinaryIO) -> None:
        """Read something into a file, in pieces; see ``call``.

        Raises:
            OSError: the file cannot be written.
        """
        with self._answer("GET", path) as response:
            while True:
                with self._failures_as_sentences():
                    piece = response.read(PIECE)
                if not piece:
                    return
                target.write(piece)

    def close(self) -> None:
        """Close the connections; the next call opens another."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _answer(self, method: str, path: str, body: object = None, file: BinaryIO | None = None) -> Iterator[HTTPResponse]:
        """Make a call; what is in the block reads the answer."""
        connection = self._connection()
        connection.timeout = TIMEOUT if method == "GET" else TIMEOUT_OF_A_CHANGE
        if connection.sock is not None:
            connection.sock.settimeout(connection.timeout)
        is_reusable = False
        try:
            with self._failures_as_sentences():
                self._send(connection, method, path, body, file)
                response = connection.getresponse()
            with response:
                if response.status >= 300:
                    with self._failures_as_sentences():
                        content = response.read()
                    is_reusable = file is None
                    raise self._refusal(method, path, response.status, content)
                yield response
                is_reusable = response.isclosed()
        finally:
            if is_reusable:
                self._idle.append(connection)
            else:
                connection.close()

    def _send(self, connection: HTTPConnection, method: str, path: str, body: object, file: BinaryIO | None) -> None:
        headers = {}
        data: Any = None
        if file is not None:
            data = file
            headers = {"Content-Type": FILE, "Content-Length": str(_size(file))}
        elif body is not None:
            data = json.dumps(body).encode()
            headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        address = f"{self._path}/_sim{path}"
        if self._proxy is not None and not self._is_secure:
            address, headers = f"{self.url}/_sim{path}", headers | _credentials(self._proxy)
        try:
            connection.request(method, address, data, headers)
        except ConnectionError:
            # A server that refuses a file before it has read all of it says why, and then closes.
            if file is None or connection.sock is None:
                raise

    def _connection(self) -> HTTPConnection:
        """Return a connection that no other thread uses, open or not."""
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._new_connection()
        # Nothing can be read from a connection that rests, unless the server has closed it.
        if connection.sock is not None and select([connection.sock], [], [], 0)[0]:
            connection.close()
        return connection

    def _new_connection(self) -> HTTPConnection:
        kind = HTTPSConnection if self._is_secure else HTTPConnection
        if self._is_secure and self._certificate is not None:
            return HTTPSConnection(*self._address, timeout=TIMEOUT, context=_trusting(self._certificate))
        if self._proxy is None:
            return kind(*self._address, timeout=TIMEOUT)
        parts = urlsplit(self._proxy)
        connection = kind(parts.hostname or "", parts.port or 80, timeout=TIMEOUT)
        if self._is_secure:
            connection.set_tunnel(*self._address, headers=_credentials(self._proxy))
        return connection

    @contextmanager
    def _failures_as_sentences(self) -> Iterator[None]:
        try:
            yield
        except (OSError, HTTPException) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise NoServer(f"No simulator answers at {self.url}: {reason.rstrip('.')}.") from None

    def _refusal(self, method: str, path: str, status: int, content: bytes) -> CallFailed:
        call = f"{method} /_sim{unquote(path)}"
        if status == UNAUTHORIZED:
            detail = "The server asks for its control token: set VNSIM_CONTROL_TOKEN."
            return Refused(call, status, detail, [])
        if status == TOO_LARGE:
            # Refused before the application sees it, so not with its words.
            return Refused(call, status, "It is too large.", [])
        try:
            document = json.loads(content)
            errors = [(str(error["field"]), str(error["message"])) for error in document.get("errors", ())]
            return Refused(call, status, str(document["detail"]), errors)
        except (ValueError, KeyError, TypeError, AttributeError):
            return NoServer(f"Something else than a simulator answers at {self.url}: {call} gave {status}.")


def _trusting(certificate: str | Path) -> "SSLContext":
    """Return how to speak TLS with a server that has just this certificate."""
    from ssl import CERT_REQUIRED, PROTOCOL_TLS_CLIENT, VERIFY_X509_PARTIAL_CHAIN, SSLContext

    context = SSLContext(PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, CERT_REQUIRED
    context.verify_flags |= VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(certificate)
    return context


def in_path(text: str) -> str:
    """Return a text as one part of a path."""
    return quote(text, safe="@")


def _size(file: BinaryIO) -> int:
    """Return how many bytes follow the current position of a file."""
    position = file.tell()
    end = file.seek(0, os.SEEK_END)
    file.seek(position)
    return end - position


def _proxy_to(scheme: str, host: str) -> str | None:
    """Return the address of the environment's proxy to a host, with what opens it, or None."""
    from urllib.request import getproxies, proxy_bypass

    address = None if proxy_bypass(host) else getproxies().get(scheme)
    return address if address is None or "://" in address else f"http://{address}"


def _credentials(proxy: str) -> dict[str, str]:
    """Return the header that opens a proxy, for one whose address has a name and a password."""
    parts = urlsplit(proxy)
    if parts.username is None:
        return {}
    from base64 import b64encode

    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
