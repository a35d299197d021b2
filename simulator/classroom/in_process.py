"""The platform as a client in the same process uses it: the control API and pages, without a network."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.datastructures import MultiDict

from simulator.core.companions import companion
from simulator.testing.api import Api, Refused
from simulator.web.join import HEADER
from simulator.web.looking import CARRIED_OUT


class InProcessApi(Api):
    """The control API of a platform in this process.

    Args:
        app: the platform.
        base_url: its address, as its pages and mails write it.
    """

    def __init__(self, app: Flask, base_url: str) -> None:
        super().__init__(base_url, app.extensions["settings"].control_token)
        self._client = app.test_client(use_cookies=False)

    def content(self, method: str, path: str, body: object = None, **_: object) -> bytes:
        """Make a call; see ``Api.content``."""
        headers = {"Host": "localhost"} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        response = self._client.open("/_sim" + path, method=method, json=body, headers=headers)
        if response.status_code >= 400:
            raise Refused(f"{method} /_sim{path}", response.status_code, response.text, [])
        return bytes(response.data)


class InProcessTransport:
    """Pages of a platform in this process, with cookies of its own: ``e2e.engine.http.walk.Transport``.

    Args:
        app: the platform.
        join_key: opens the sandbox where the server is on a network.
    """

    def __init__(self, app: Flask, join_key: str | None = None) -> None:
        self._client = app.test_client()
        self._headers = {HEADER: join_key} if join_key is not None else {}

    def set_cookie(self, name: str, value: str, path: str) -> None:
        """Keep a cookie."""
        self._client.set_cookie(name, value, path=path)

    def request(
        self,
        method: str,
        address: str,
        values: Sequence[tuple[str, str]] = (),
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> Any:
        """Ask for an address, a path with its query."""
        path, _, query = address.partition("?")
        data: MultiDict[str, Any] = MultiDict(values)
        for field, (name, content) in (files or {}).items():
            data.setlist(field, [(BytesIO(content), name)])
        response = self._client.open(
            path,
            method=method,
            query_string=query or None,
            headers=self._headers,
            data=data if method == "POST" else None,
            environ_overrides={CARRIED_OUT: True},
        )
        headers = response.headers
        answer = companion("e2e.engine.http.walk").Answer
        return answer(
            response.status_code, headers.get("Location", ""), headers.get("Content-Disposition", ""), response.data
        )
