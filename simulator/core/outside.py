"""An HTTP POST to a receiver: no redirect is followed, no proxy is used, and the time is limited."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Timer
from urllib.parse import urlsplit

from simulator import __version__

PATIENCE = 3.0
"""Seconds to wait for a connection, and for each piece of an answer."""
LONGEST = 8.0
"""Seconds that all of it may take."""


@dataclass(frozen=True)
class CallResult:
    """The result of a call: the HTTP status, or the error."""

    status: int | None
    error: str | None

    @property
    def is_good(self) -> bool:
        """Whether the receiver accepted it."""
        return self.status is not None and 200 <= self.status < 300


def post(
    address: str, body: bytes, content_type: str = "application/json", headers: Mapping[str, str] | None = None
) -> CallResult:
    """Send something to an address that may be called, and read the head of the answer only.

    Args:
        address: the address, which was checked.
        body: the body.
        content_type: the type of the body.
        headers: further headers.
    """
    import socket
    from contextlib import suppress
    from http.client import HTTPConnection, HTTPException, HTTPSConnection

    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)

    def hang_up() -> None:
        with suppress(OSError):
            if connection.sock is not None:
                connection.sock.shutdown(socket.SHUT_RDWR)

    deadline = Timer(LONGEST, hang_up)
    deadline.daemon = True
    deadline.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        usual = {"Content-Type": content_type, "User-Agent": f"vnsim/{__version__}", "Connection": "close"}
        connection.request("POST", path, body, {**usual, **(headers or {})})
        status = connection.getresponse().status
        return CallResult(status, None if 200 <= status < 300 else f"The receiver answered {status}.")
    except (OSError, HTTPException, ValueError) as error:
        return CallResult(None, f"{type(error).__name__}: {error}"[:300])
    finally:
        deadline.cancel()
        connection.close()
