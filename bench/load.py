"""A page under load: some connections, each with one request on its way, from one light thread."""

import selectors
import socket
import time

LARGEST = 1 << 16


def requests_per_second(port: int, path: str, cookie: str, *, connections: int, requests: int) -> float:
    """Ask for a page many times.

    Args:
        port: of a server on 127.0.0.1.
        path: what to ask for.
        cookie: the ``Cookie`` header, or empty.
        connections: how many at a time.
        requests: how many in all.

    Raises:
        AssertionError: an answer was not 200.
    """
    head = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n" + (f"Cookie: {cookie}\r\n" if cookie else "")
    request = f"{head}\r\n".encode()
    with selectors.DefaultSelector() as selector:
        opened = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(connections)]
        try:
            for connection in opened:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(connection, selectors.EVENT_READ, bytearray())
            by_number = {connection.fileno(): connection for connection in opened}
            begin = time.perf_counter()
            for connection in opened:
                connection.sendall(request)
            sent, answered = len(opened), 0
            while answered < sent:
                ready = selector.select(timeout=30)
                assert ready, f"{path}: no answer within 30 s"
                for key, _ in ready:
                    buffer: bytearray = key.data
                    by = by_number[key.fd]
                    buffer += by.recv(LARGEST)
                    if _complete(buffer, path):
                        buffer.clear()
                        answered += 1
                        if sent < requests:
                            by.sendall(request)
                            sent += 1
            return answered / (time.perf_counter() - begin)
        finally:
            for connection in opened:
                connection.close()


def _complete(buffer: bytearray, path: str) -> bool:
    """Return whether an answer has arrived whole."""
    head, separator, body = bytes(buffer).partition(b"\r\n\r\n")
    if not separator:
        assert buffer, f"{path}: the server closed the connection"
        return False
    assert head.split(b" ", 2)[1] == b"200", f"{path}: {head[:60]!r}"
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    return len(body) >= length
