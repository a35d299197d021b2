"""Something else than a simulator that answers at an address."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


@contextmanager
def answering(content: bytes, status: int = 200, requests: list[Any] | None = None) -> Iterator[str]:
    """Answer every request for the length of a block; give the address.

    Args:
        content: the body of each answer.
        status: its status.
        requests: takes path and headers of each request.
    """

    class Handler(BaseHTTPRequestHandler):
        """The handler with this answer."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Answer."""
            if requests is not None:
                requests.append((self.path, self.headers))
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
