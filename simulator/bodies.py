"""How requests are read: how much of a body, and only what every server before and behind this one reads in the same way.

Much for the file of a sandbox, if the sender may import one; some for an invoice from a program or a person; little for all else.

waitress has one limit for all requests, and reads a body whole, onto the disk when it is long, before the application sees it.
"""

import re
from copy import copy
from typing import Any

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import BadRequest

from simulator.settings import LARGEST_UPLOAD, Settings

LARGEST_BODY = 8 * 1024 * 1024
"""What is read from a connection at most, but for a sandbox's file; the application itself refuses less than that with a page."""

IMPORT = "/_sim/sandboxes/import"
UPLOAD = re.compile(r"/s/[a-z0-9-]+/autoinvoice/api/v1/invoices")
BY_HAND = re.compile(r"/s/[a-z0-9-]+/autoinvoice/upload")

TLS = b"\x16\x03"
"""How a TLS handshake begins (RFC 8446, 5.1)."""

HOST = re.compile(r"([A-Za-z0-9._~!$&'()*+;=%-]*|\[[0-9A-Fa-f:.]+\])(:[0-9]{0,5})?")
"""A Host header: a name, or an address of IPv6 in brackets, and perhaps a port (RFC 9110, 7.2; RFC 3986, 3.2.2)."""


def parser_class(settings: Settings) -> type[HTTPRequestParser]:
    """Return what reads the requests of a server.

    Args:
        settings: what the server was told.
    """

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        """Reads one request."""

        path = ""
        completed: bool

        def received(self, data: bytes) -> int:
            """Read more of it; a head that will never end is refused at once."""
            count = int(super().received(data))
            if not self.completed and not self.headers_finished:
                if self.header_plus.startswith(TLS):
                    self.error, self.completed = BadRequest("This server speaks plain HTTP here, not TLS"), True
                elif b"\n\n" in self.header_plus:
                    self.error, self.completed = BadRequest("Lines end in CR LF"), True
            return count

        def parse_header(self, header_plus: bytes) -> None:
            """Read the head, and see by it how much may follow.

            Raises:
                ParsingError: it is malformed, or can be understood in two ways.
            """
            try:
                super().parse_header(header_plus)
            except ValueError as error:
                # Of a number with thousands of digits, or an address that is none.
                raise ParsingError(str(error)) from None
            self._check_framing(_transfer_encodings(header_plus))
            if not _imports_a_sandbox(self, settings.control_token):
                self.adj: Any = copy(self.adj)
                self.adj.max_request_body_size = LARGEST_UPLOAD if _uploads(self) else LARGEST_BODY

        def _check_framing(self, encodings: list[bytes]) -> None:
            """Refuse what proxies and servers are known to read differently (RFC 9112, 2.3, 3.2 and 6.3)."""
            if self.version not in ("1.0", "1.1"):
                raise ParsingError("This server speaks HTTP/1.1 and HTTP/1.0")
            if encodings and "CONTENT_LENGTH" in self.headers:
                raise ParsingError("Content-Length beside Transfer-Encoding")
            if encodings and (self.version == "1.0" or encodings != [b"chunked"]):
                raise ParsingError("Transfer-Encoding is invalid")
            host = self.headers.get("HOST")
            if host is None and self.version == "1.1":
                raise ParsingError("Host is missing")
            if HOST.fullmatch(host or "") is None:
                raise ParsingError("Host is invalid")

    return Parser


def _transfer_encodings(header_plus: bytes) -> list[bytes]:
    """Return the values of all Transfer-Encoding headers, in lower case."""
    fields = (line.partition(b":") for line in header_plus.split(b"\r\n")[1:])
    return [value.strip(b" \t").lower() for name, _, value in fields if name.lower() == b"transfer-encoding"]


def _uploads(parser: Any) -> bool:
    """Return whether a request sends an invoice, with a token or a session of some kind; whether that is good is seen later."""
    for path, head in ((UPLOAD, "AUTHORIZATION"), (BY_HAND, "COOKIE")):
        if path.fullmatch(parser.path) is not None:
            return parser.command == "POST" and head in parser.headers
    return False


def _imports_a_sandbox(parser: Any, token: str | None) -> bool:
    from simulator.control.guard import same_token

    if parser.command != "POST" or parser.path != IMPORT:
        return False
    kind, _, credentials = parser.headers.get("AUTHORIZATION", "").partition(" ")
    return token is None or (kind.lower() == "bearer" and same_token(credentials.strip(), token))
