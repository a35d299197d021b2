"""A client that sends what it is given, byte for byte, and reads the answers as they come."""

import socket
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """An answer.

    Attributes:
        status: its status; 0 when the connection was closed without any answer.
        headers: its headers, by their names in lower case.
        body: its body.
    """

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


NO_ANSWER = Answer(0, {}, b"")


def exchange(connection: socket.socket, request: bytes) -> Answer:
    """Send a request, and read the answer to it."""
    connection.sendall(request)
    return read_answer(connection)


def read_answer(connection: socket.socket, *, body: bool = True) -> Answer:
    """Read the next answer, without its body when there is none to come; 100 Continue is passed over.

    Raises:
        ConnectionError, TimeoutError: the connection broke, or nothing comes.
    """
    head = _until(connection, b"\r\n\r\n")
    if not head:
        return NO_ANSWER
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    status = int(first.split(" ")[1])
    if status == 100:
        return read_answer(connection, body=body)
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    if not body or status in (204, 304):
        return Answer(status, headers, b"")
    if "content-length" in headers:
        return Answer(status, headers, _exactly(connection, int(headers["content-length"])))
    return Answer(status, headers, _rest(connection))


def _until(connection: socket.socket, end: bytes) -> bytes:
    data = b""
    while not data.endswith(end):
        more = connection.recv(1)
        if not more:
            return b""
        data += more
    return data


def _exactly(connection: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        more = connection.recv(length - len(data))
        if not more:
            raise ConnectionError(f"{len(data)} of {length} bytes came")
        data += more
    return data


def _rest(connection: socket.socket) -> bytes:
    data = b""
    while more := connection.recv(65536):
        data += more
    return data
