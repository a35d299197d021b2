"""How much of a request's body is read.

Much for the file of a sandbox, if the sender may import one; some for an invoice from a program or a person; little for all else.

waitress has one limit for all requests, and reads a body whole, onto the disk when it is long, before the application sees it.
"""

import re
from copy import copy
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

from simulator.settings import LARGEST_UPLOAD, Settings

IMPORT = "/_sim/sandboxes/import"
UPLOAD = re.compile(r"/s/[a-z0-9-]+/autoinvoice/api/v1/invoices")
BY_HAND = re.compile(r"/s/[a-z0-9-]+/autoinvoice/upload")


def channel(settings: Settings, most: int) -> type[HTTPChannel]:
    """Return the kind of connection that reads so much.

    Args:
        settings: what the server was told.
        most: bytes of the body of any other request.
    """

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        """Reads one request."""

        def parse_header(self, header_plus: bytes) -> None:
            """Read the head, and see by it how much may follow."""
            super().parse_header(header_plus)
            if not _imports_a_sandbox(self, settings.control_token):
                self.adj: Any = copy(self.adj)
                self.adj.max_request_body_size = LARGEST_UPLOAD if _uploads(self) else most

    class Channel(HTTPChannel):  # type: ignore[misc]
        """One connection."""

        parser_class = Parser

    return Channel


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
