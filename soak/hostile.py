"""Hostile clients, in a process of their own: ``python -m soak.hostile KIND SEED PORT`` attacks until its standard input ends."""

import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random
from select import select

HOST = b"Host: localhost\r\n"
PAGE = b"GET /s/default/connect/ HTTP/1.1\r\n" + HOST + b"\r\n"
STATIC = b"GET /static/vendor/bootstrap-5.3.9/bootstrap.min.css HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /s/default/connect/ HTTP/1.1\r\n" + HOST + b"Content-Type: application/x-www-form-urlencoded\r\n"
CROWD, THRONG = 120, 1100
"""Connections: more than the server has threads; more than it takes at once."""

PIECES = (
    b"GET / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\n", b"HEAD /\xff HTTP/1.1\r\n", b"get / HTTP/1.1\r\n", b"GET / HTTP/1.0\r\n",
    b"GET /\r\n", HOST, b"Host: elsewhere.example\r\n", b"Content-Length: 5\r\n", b"Content-Length: 5000000\r\n",
    b"Content-Length: -1\r\n", b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: xchunked\r\n", b"Expect: 100-continue\r\n",
    b"Connection: close\r\n", b"X-Forwarded-For: 203.0.113.7\r\n", b"Cookie: =;;a=\xff\r\n", b"Range: bytes=0-,5-1,-\r\n",
    b"Upgrade: h2c\r\n", b" folded\r\n", b"\n", b"\r", b"\0", b"\r\n", b"\r\n\r\n", b"5\r\nabcde\r\n", b"zz\r\n", b"0\r\n\r\n",
    b"\x16\x03\x01", b"abcde", 3000 * b"a",
)  # fmt: skip

Step = Callable[[], object]
"""What an attack does again and again while it goes on."""


def send_ahead_and_read_nothing(chance: Random, port: int) -> Step:
    """Ask for a large file again and again, and read nothing."""
    connections = [(_connect(port, receive=4096), bytearray(400 * STATIC)) for _ in range(CROWD)]

    def step() -> None:
        for connection, left in connections:
            with suppress(OSError):
                del left[: connection.send(left[:65536])]

    return step


def leave_requests_unfinished(chance: Random, port: int) -> Step:
    """Send the first part of a request."""
    whole = POST + b"Content-Length: 1000\r\n\r\n" + 900 * b"a"
    return _hold([(port, whole[: chance.randrange(1, len(whole))]) for _ in range(THRONG)])


def stay_without_a_word(chance: Random, port: int) -> Step:
    """Connect, and send nothing."""
    return _hold([(port, b"") for _ in range(THRONG)])


def stay_after_an_answer(chance: Random, port: int) -> Step:
    """Ask for a page, and stay."""
    return _hold([(port, PAGE if number % 10 == 0 else STATIC) for number in range(CROWD * 2)])


def trickle(chance: Random, port: int) -> Step:
    """Send one byte after the other."""
    whole = POST + b"X: " + 4000 * b"a" + b"\r\nContent-Length: 4000\r\n\r\n" + 4000 * b"a"
    connections = [(_connect(port), iter(whole)) for _ in range(3 * CROWD)]

    def step() -> None:
        for connection, rest in connections:
            with suppress(OSError, StopIteration):
                connection.send(bytes([next(rest)]))

    return step


def sip(chance: Random, port: int) -> Step:
    """Take large answers by a few bytes at a time."""
    connections = [_connect(port, receive=4096) for _ in range(CROWD)]
    for connection in connections:
        with suppress(OSError):
            connection.send(10 * STATIC)

    def step() -> None:
        for connection in chance.sample(connections, len(connections) // 4):
            with suppress(OSError):
                connection.recv(chance.randrange(1, 100))

    return step


def hang_up(chance: Random, port: int) -> Step:
    """Ask, and break the connection at any moment."""

    def step() -> None:
        for _ in range(20):
            with suppress(OSError):
                connection = _connect(port)
                request = chance.choice((PAGE, STATIC, POST + b"Content-Length: 5\r\n\r\nabcde"))
                connection.send(request[: chance.randrange(len(request) + 1)])
                if chance.random() < 0.5:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()

    return step


def talk_nonsense(chance: Random, port: int) -> Step:
    """Send pieces of requests in any order."""

    def step() -> None:
        for _ in range(20):
            with suppress(OSError):
                connection = _connect(port)
                connection.send(b"".join(chance.choices(PIECES, k=chance.randrange(1, 12))))
                select([connection], [], [], 0.01)
                connection.close()

    return step


ATTACKS = {
    attack.__name__: attack
    for attack in (
        send_ahead_and_read_nothing, leave_requests_unfinished, stay_without_a_word, stay_after_an_answer, trickle, sip, hang_up,
        talk_nonsense,
    )
}  # fmt: skip


def _connect(port: int, receive: int = 0) -> socket.socket:
    connection = socket.socket()
    if receive:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    connection.settimeout(5)
    connection.connect(("127.0.0.1", port))
    connection.setblocking(False)
    return connection


def _hold(requests: list[tuple[int, bytes]]) -> Step:
    """Open connections, send something on each, and keep them; those that were closed are opened again, a few at a time."""
    connections: list[socket.socket] = []

    def step() -> None:
        for number, (port, request) in enumerate(requests):
            with suppress(OSError):
                if number >= len(connections):
                    connections.append(_connect(port))
                    connections[-1].send(request)

    step()
    closed = _closed_in_turn(connections)

    def go_on() -> None:
        for _ in range(5):
            number = next(closed, None)
            if number is not None:
                with suppress(OSError):
                    connections[number].close()
                    connections[number] = _connect(requests[number][0])
                    connections[number].send(requests[number][1])

    return go_on


def _closed_in_turn(connections: list[socket.socket]) -> Iterator[int | None]:
    """Yield the numbers of connections that the other end has closed, one after the other; None after each that it has not."""
    while connections:
        for number, connection in enumerate(connections):
            try:
                yield number if connection.recv(1, socket.MSG_PEEK) == b"" else None
            except BlockingIOError:
                yield None
            except OSError:
                yield number


def main() -> None:
    """Attack until the standard input ends."""
    kind, seed, port = sys.argv[1:]
    with suppress(ImportError, ValueError, OSError):
        from resource import RLIMIT_NOFILE, getrlimit, setrlimit

        _, hard = getrlimit(RLIMIT_NOFILE)
        setrlimit(RLIMIT_NOFILE, (min(4096, hard), hard))
    step = ATTACKS[kind](Random(int(seed)), int(port))
    step()
    print("attacking", flush=True)
    while not select([sys.stdin], [], [], 0.05)[0]:
        step()


if __name__ == "__main__":
    main()
