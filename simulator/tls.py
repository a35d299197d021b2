"""HTTPS: connections that speak TLS, on the loop of the HTTP server.

No handshake waits on a thread: it goes on when the client has sent more, has the deadline of a request, and holds up nobody.
"""

import errno
import re
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from simulator.http_server import GRACE, Connection, Listener, UnusableCertificate

LARGEST_RECORD = 16384
"""Bytes (RFC 8446, section 5.1). What is sent is cut to it, so that a slow client is seen to take something."""
_HANDSHAKE = 0x16
"""The first byte of what a client of TLS sends (RFC 8446, section 5.1)."""
_REQUEST = re.compile(rb"[A-Z]+ (/[!-~]*) HTTP/1")


def context_of(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return how this server speaks TLS: 1.2 or later, with a certificate.

    Args:
        certificate: a file in PEM with the certificate, and those between it and its authority.
        key: a file in PEM with its private key, without a password.

    Raises:
        UnusableCertificate: a file cannot be read, or they do not belong together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    try:
        # A password is never asked for: nobody may be there to type it.
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).rstrip(".")
        raise UnusableCertificate(
            f"The certificate {certificate} with the key {key} cannot be used: {reason}. Both have to be files in PEM, the key "
            "that of the certificate and without a password."
        ) from None
    return context


class TlsSocket:
    """A socket that speaks TLS and never blocks, for the loop, which reads, and the threads, which write.

    Args:
        sock: a connection that was just accepted.
        context: how the server speaks TLS.

    Raises:
        OSError: the client is not there any more.
    """

    def __init__(self, sock: socket.socket, context: ssl.SSLContext) -> None:
        sock.setblocking(False)
        self._tls = context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:
        """Return what is the same for all sockets."""
        return getattr(self._tls, name)

    def do_handshake(self) -> None:
        """Go on with the handshake.

        Raises:
            ssl.SSLWantReadError: the client has to send more.
            ssl.SSLWantWriteError: the client has to take more.
            OSError: there will be no connection.
        """
        with self._lock:
            self._tls.do_handshake()

    def peek(self) -> bytes:
        """Return the beginning of what the client sent, without taking it; it is not decrypted."""
        return socket.socket.recv(self._tls, 4096, socket.MSG_PEEK)

    def answer_in_clear(self, answer: bytes) -> None:
        """Send something to a client that does not speak TLS."""
        with suppress(OSError):
            while socket.socket.recv(self._tls, 65536):
                continue
        with suppress(OSError):
            socket.socket.send(self._tls, answer)
            socket.socket.shutdown(self._tls, socket.SHUT_WR)

    def recv(self, size: int) -> bytes:
        """Return what the client sent.

        Args:
            size: bytes; at least those of a record, so that nothing that was decrypted waits unseen.

        Raises:
            BlockingIOError: nothing is there yet.
            OSError: the connection is broken.
        """
        with self._lock:
            try:
                return self._tls.recv(size)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                raise BlockingIOError(errno.EWOULDBLOCK, "nothing to read yet") from None

    def send(self, data: bytes) -> int:
        """Send as much as goes now; return how many bytes.

        Raises:
            BlockingIOError: the client takes nothing now.
            OSError: the connection is broken.
        """
        with self._lock:
            try:
                return self._tls.send(data[:LARGEST_RECORD])
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                raise BlockingIOError(errno.EWOULDBLOCK, "nothing can be sent now") from None
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                raise ConnectionResetError(errno.ECONNRESET, "the client has left") from None

    def shutdown(self, how: int) -> None:
        """Say that nothing more will be sent."""
        with self._lock:
            self._say_good_bye()
            socket.socket.shutdown(self._tls, how)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._say_good_bye()
            self._tls.close()

    def _say_good_bye(self) -> None:
        with suppress(OSError, ValueError):
            # Sends that this is the end and does not wait for the client to say so too.
            self._tls.unwrap()


class TlsConnection(Connection):
    """A connection that begins with a handshake."""

    server: "TlsListener"

    def __init__(self, server: "TlsListener", sock: socket.socket, addr: Any, adj: Any, map: Any = None) -> None:
        self._has_begun = self._is_open = self._wants_to_write = False
        super().__init__(server, TlsSocket(sock, server.context), addr, adj, map)  # type: ignore[arg-type]

    def readable(self) -> bool:
        """Return whether more may be read."""
        return super().readable() if self._is_open else not self._wants_to_write

    def writable(self) -> bool:
        """Return whether there is something to send."""
        return bool(super().writable()) if self._is_open else self._wants_to_write or bool(self.will_close)

    def handle_write(self) -> None:
        """Send more."""
        if self._is_open or self.will_close:
            super().handle_write()
        else:
            self._continue_handshake()

    def handle_read(self) -> None:
        """Read more; what came so far may be less than a record."""
        if not self._is_open:
            self._continue_handshake()
            return
        try:
            data = self.recv(self.adj.recv_bytes)
        except BlockingIOError:
            return
        except OSError:
            self.handle_close()
            return
        if data:
            self.received(data)
        else:
            self.connected = False

    def _continue_handshake(self) -> None:
        self._wants_to_write = False
        try:
            beginning = b"" if self._has_begun else self.socket.peek()
            if beginning and beginning[0] != _HANDSHAKE:
                self.socket.answer_in_clear(self._redirect(beginning))
                self.handle_close()
                return
            self._has_begun = True
            self.socket.do_handshake()
            self._is_open = True
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        except ssl.SSLWantWriteError:
            self._wants_to_write = True
        except (OSError, ValueError):
            self.handle_close()

    def _redirect(self, beginning: bytes) -> bytes:
        """Return the answer to a request without TLS, such as that of somebody who typed the address without ``https``."""
        request = _REQUEST.match(beginning)
        address = self.server.base_address.encode() + (request[1] if request else b"/")
        return b"HTTP/1.1 307 Temporary Redirect\r\nLocation: %b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % address

    def _what_it_does(self) -> tuple[object, float]:
        return super()._what_it_does() if self._is_open else ("shakes hands", GRACE)


class TlsListener(Listener):
    """Accepts the connections of one socket, which speak TLS."""

    channel_class = TlsConnection

    def __init__(self, *arguments: Any, context: ssl.SSLContext, base_address: str, **named: Any) -> None:
        self.context = context
        self.base_address = base_address
        super().__init__(*arguments, **named)
