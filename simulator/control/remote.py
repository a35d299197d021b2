"""The same deeds on sandboxes as ``simulator.control.sandboxes``, through a server that runs.

Light: only the standard library, because the command line imports it.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SERVER_FILE = "server.json"


class RemoteRefused(Exception):
    """The server refused; the text says why."""


@dataclass(frozen=True)
class Remote:
    """A server that runs.

    Attributes:
        url: its address, without a closing slash.
        token: its control token, when there is one.
    """

    url: str
    token: str | None = None

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Make a call of the control API.

        Returns:
            What was answered; None for an answer without a body.

        Raises:
            RemoteRefused: it was refused.
            OSError: nobody answers.
        """
        from urllib.error import HTTPError
        from urllib.request import ProxyHandler, Request, build_opener

        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}/_sim{path}", data, headers, method=method)
        try:
            with build_opener(ProxyHandler({})).open(request, timeout=60) as response:
                content = response.read()
        except HTTPError as error:
            with error:
                raise RemoteRefused(_sentence(error.read(), error.code)) from None
        return json.loads(content) if content else None


def server_of(directory: Path, token: str | None) -> Remote | None:
    """Return the server that runs on a data directory, or None.

    Raises:
        RemoteRefused: there is one, and it does not let us in.
    """
    try:
        about = json.loads((directory / SERVER_FILE).read_text(encoding="utf-8"))
        remote = Remote(str(about["url"]), token)
        health = remote.call("GET", "/health")
        return remote if health["pid"] == about["pid"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sentence(content: bytes, status: int) -> str:
    """Read a problem document as one sentence."""
    try:
        return str(json.loads(content)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"The server answered with status {status}."
