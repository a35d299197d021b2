"""A browser without a window: one connection that is kept, cookies, forms found by their fields."""

import re
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

FORM = "application/x-www-form-urlencoded"
REDIRECTS = (301, 302, 303)
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
PATIENCE = 30.0


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    path: str
    text: str
    location: str | None

    @property
    def token(self) -> str:
        """The token that forms of this page carry."""
        match = _TOKEN.search(self.text)
        assert match is not None, f"{self.path} has no form"
        return unescape(match[1])


class Client:
    """A browser for one sandbox.

    Attributes:
        sent: how many requests it made.
    """

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._host = f"localhost:{port}"
        self.cookies: dict[str, str] = {}
        self.sent = 0

    def get(self, path: str) -> Answer:
        """Open a page, following where it leads."""
        return self._follow(self.send("GET", path))

    def post(self, path: str, token: str, **fields: str) -> Answer:
        """Send a form, following where it leads."""
        body = urlencode({"csrf_token": token, **fields}).encode()
        return self._follow(self.send("POST", path, body, FORM))

    def send(self, method: str, path: str, body: bytes | None = None, kind: str | None = None) -> Answer:
        """Make one request."""
        self.sent += 1
        headers = {"Host": self._host}
        if kind is not None:
            headers["Content-Type"] = kind
        if self.cookies:
            headers["Cookie"] = self.cookie
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, path, text, response.headers["Location"])

    @property
    def cookie(self) -> str:
        """The header that carries all cookies."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _follow(self, answer: Answer) -> Answer:
        while answer.status in REDIRECTS and answer.location is not None:
            parts = urlsplit(answer.location)
            answer = self.send("GET", parts.path + (f"?{parts.query}" if parts.query else ""))
        return answer
