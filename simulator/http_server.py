"""The HTTP server: waitress, which clients that do not read, do not finish or do not leave cannot keep from serving the others.

By itself, waitress answers what a client sends ahead without waiting until it reads, closes a connection only when nothing moves on
it, and takes no new ones while it has its number. Here a connection carries one request at a time, everything has a deadline, and a
new connection takes the place of the least useful one of the network that has the most.

This uses parts of waitress 3.0 that it does not document: ``HTTPChannel``, ``WSGITask``, ``TcpWSGIServer`` and the loop of
``wasyncore``.
"""

import errno
import logging
import select
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from operator import attrgetter
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask
from waitress.utilities import Error

from simulator.bodies import parser_class
from simulator.control.guesses import network_of
from simulator.core.clock import machine_ticks
from simulator.settings import AFTER_THE_ANSWER, LARGEST_IMPORT, Settings

THREADS = 64
"""Half of them may be held by waiting calls."""

MOST_CONNECTIONS = 1000
LEAST_CONNECTIONS = 40
PART_OF_A_NETWORK, ENOUGH_FOR_A_NETWORK = 4, 128
"""Own choice: a network has a fourth of the connections at most, if one of its own can be closed for the next; where there are few
connections, up to half of them, so that the visitors behind a proxy have enough."""

FILES_OF_A_CONNECTION = 2
"""Descriptors: its socket, and the file that it sends or that a long body is kept in."""
OTHER_FILES = 500
"""Descriptors of everything else: 24 databases that wait for their next reader, and those of 64 requests and two jobs."""

IDLE = 60.0
GRACE = 15.0
SLOWEST = 1000
LINGER = 30.0
LAST_ANSWERS = 1.0
"""Own choice, in seconds: how long a connection may be idle; how long reading a request or taking an answer may take, and going on
with at least ``SLOWEST`` bytes a second; how long a refused body is still read, so that its sender sees why; how long answers may
take when the server stops."""

LARGEST_HEAD = 64 * 1024

PAUSE, LONGEST_PAUSE = 9, 1.0
"""Own choice: after a request that was sent ahead, the next such request waits so many times as long as the first one took, and so
many seconds at most, so that nine tenths of the time are for the others."""

_NO_MORE_FILES = (errno.EMFILE, errno.ENFILE)


class TooFewFiles(Exception):
    """This process may not open as many files as it needs; the text is one sentence for people."""


class UnusableCertificate(Exception):
    """A certificate and its key cannot be used; the text is one sentence for people."""


class RequestTimeout(Error):  # type: ignore[misc]
    """The answer to a client that does not finish its request."""

    code = 408
    reason = "Request Timeout"


class Task(WSGITask):  # type: ignore[misc]
    """The answer to one request, after which the connection stays open also when there is no body.

    By itself waitress closes after each answer without a length, and one with status 204 or 304 may have none
    (RFC 9110, section 8.6).
    It also ends an answer without a body only after the application has finished, so what can be done later is named apart.
    """

    def __init__(self, channel: HTTPChannel, request: Any) -> None:
        super().__init__(channel, request)
        self._later: list[Callable[[], object]] = []

    def get_environment(self) -> dict[str, Any]:
        """Return the environment of the request, with what takes functions to call after the answer."""
        environment: dict[str, Any] = super().get_environment()
        environment[AFTER_THE_ANSWER] = self._later.append
        return environment

    def service(self) -> None:
        """Answer, and then do what can be done later."""
        try:
            super().service()
        finally:
            for function in self._later:
                function()

    def set_close_on_finish(self) -> None:
        """Close the connection after the answer."""
        is_last = self.request.version == "1.0" or self.request.headers.get("CONNECTION", "").lower() == "close"
        if self.has_body or is_last:
            super().set_close_on_finish()


class Connection(HTTPChannel):  # type: ignore[misc]
    """One connection, with one request at a time.

    Attributes:
        network: the network of the client's address.
        opened: when it was opened.
        since: since when it has been doing what it does now without getting on well, to the second.
    """

    task_class = Task
    server: "Listener"
    request: Any
    sent_continue: bool
    close_when_flushed: bool

    def __init__(self, server: "Listener", sock: socket.socket, addr: Any, adj: Any, map: Any = None) -> None:
        self.network = network_of(addr[0])
        self.since = self.opened = machine_ticks()
        self.parser_class = server.parser_class
        self._sent_ahead = b""
        self._requests_read = 0
        self._refused = self._lingers = False
        self._moved = self._moved_before = 0
        self._occupation: object = ("idles", 0)
        super().__init__(server, sock, addr, adj, map)

    @property
    def is_answering(self) -> bool:
        """Whether a request waits for its answer, or for the rest of it."""
        return bool(self.requests or self.total_outbufs_len)

    @property
    def is_waiting_for_client(self) -> bool:
        """Whether a client has not sent a whole request yet, or does not take its answer; others have only nothing to ask now."""
        return not self._requests_read or self.request is not None or self._lingers or bool(self.total_outbufs_len)

    def readable(self) -> bool:
        """Return whether more may be read; a request that was sent ahead is taken up here, when its turn has come."""
        if self._lingers:
            return True
        if self._sent_ahead and super().readable() and self.server.connections.give_turn(self):
            sent_ahead, self._sent_ahead, requests_before = self._sent_ahead, b"", self._requests_read
            self._read(sent_ahead)
            if self._requests_read == requests_before:
                self.server.connections.end_turn(self, 0)
        return not self._sent_ahead and bool(super().readable())

    def received(self, data: bytes) -> bool:
        """Read what a client sent, to the end of one request."""
        self._moved += len(data)
        if not self._lingers:
            self._read(data)
        return True

    def _read(self, data: bytes) -> None:
        with self.requests_lock:
            if self.will_close or self.close_when_flushed:
                return
            while data and not self.requests:
                if self.request is None:
                    self.request = self.parser_class(self.adj)
                data = data[self.request.received(data) :]
                if self.request.completed:
                    self._take_up()
                elif self.request.expect_continue and self.request.headers_finished and not self.sent_continue:
                    self.send_continue()
            self._sent_ahead = data

    def _take_up(self) -> None:
        """Let the request that was read be answered, unless it was an empty line."""
        request, self.request, self.sent_continue = self.request, None, False
        if not request.empty:
            self._refused = request.error is not None
            self._requests_read += 1
            self.requests.append(request)
            self.server.add_task(self)

    def service(self) -> None:
        """Answer the request, on a thread of the server."""
        begin = machine_ticks()
        super().service()
        if self.server.connections.end_turn(self, machine_ticks() - begin):
            # The loop waits until the next turn.
            self.server.pull_trigger()

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send as much as goes now."""
        count = int(super().send(data, do_close=do_close) or 0)
        self._moved += count
        return count

    def handle_write(self) -> None:
        """Send more of the answer; close after the last one."""
        self._flush_exception(self._flush_some_if_lockable if self.requests else self._flush_some)
        if self.connected and self.close_when_flushed and not self.total_outbufs_len:
            self.close_when_flushed = False
            self._lingers, self.will_close = self._refused, not self._refused
            if self._lingers:
                with suppress(OSError):
                    self.socket.shutdown(socket.SHUT_WR)
        if self.will_close:
            self.handle_close()

    def add_channel(self, map: Any = None) -> None:
        """Be one of the open connections."""
        super().add_channel(map)
        self.server.connections.add(self)

    def del_channel(self, map: Any = None) -> None:
        """Be none any more."""
        super().del_channel(map)
        self.server.connections.discard(self)

    def keep_deadline(self, now: float) -> None:
        """Close the connection if what it does takes too long; called every second."""
        occupation, seconds = self._what_it_does()
        if occupation != self._occupation:
            self._occupation, self.since, self._moved_before = occupation, now, self._moved
        if now - self.since <= seconds:
            return
        if seconds == GRACE and self._moved - self._moved_before >= GRACE * SLOWEST:
            self.since, self._moved_before = now, self._moved
        elif self.request is not None and not self.is_answering:
            self.request.error, self.request.completed = RequestTimeout("the request was not finished in time"), True
            self._sent_ahead = b""
            self._take_up()
        else:
            self.handle_close()

    def _what_it_does(self) -> tuple[object, float]:
        """Return what the connection does, with the number of the request, and how many seconds it may take."""
        if self._lingers:
            return "lingers", LINGER
        if self.total_outbufs_len:
            return ("sends", self._requests_read), GRACE
        if self.requests:
            return ("answers", self._requests_read), float("inf")
        if self.request is not None:
            return ("reads", self._requests_read), GRACE
        return ("idles", self._requests_read), IDLE


class Connections(set[Connection]):
    """All open connections.

    Attributes:
        most: how many there may be.
        most_of_a_network: how many from one network, if one of its own can be closed for the next.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.most_of_a_network = max(most // PART_OF_A_NETWORK, min(most // 2, ENOUGH_FOR_A_NETWORK))
        self._turn: Connection | None = None
        self._next_turn = 0.0

    def give_turn(self, connection: Connection) -> bool:
        """Return whether a request that was sent ahead may be answered now: one at a time for all connections, with pauses."""
        if self._turn is not None or machine_ticks() < self._next_turn:
            return False
        self._turn = connection
        return True

    def end_turn(self, connection: Connection, seconds: float) -> bool:
        """End a connection's turn, which took so many seconds, if it has the turn; return whether it had."""
        if self._turn is not connection:
            return False
        self._next_turn = machine_ticks() + min(PAUSE * seconds, LONGEST_PAUSE)
        self._turn = None
        return True

    def until_next_turn(self, most: float) -> float:
        """Return in how many seconds the pause ends; ``most`` if there is none."""
        pause = self._next_turn - machine_ticks()
        return min(most, pause + 0.001) if pause > 0 else most

    def make_room(self, network: str) -> None:
        """Close a connection if there are too many for another one of a network; one that waits for an answer is never closed."""
        if len(self) < self.most_of_a_network:
            return
        numbers = Counter(connection.network for connection in self)
        if numbers[network] >= self.most_of_a_network and self.close_least_useful(network):
            return
        if len(self) >= self.most:
            any(self.close_least_useful(crowded) for crowded, _ in numbers.most_common())

    def close_least_useful(self, network: str) -> bool:
        """Close a connection of a network; return whether there was one that could be closed.

        There are those that wait for their client, and those that have nothing to do. Of those that wait the oldest goes, of the
        others only if they are most: however many send nothing, a visitor keeps the connection; however many stay, a new visitor
        gets one.
        """
        own = [connection for connection in self if connection.network == network]
        closable = [connection for connection in own if not connection.requests]
        waiting = [connection for connection in closable if connection.is_waiting_for_client]
        idle = [connection for connection in closable if not connection.is_waiting_for_client]
        surplus = idle if 2 * len(idle) > len(own) else waiting
        if len(self) >= self.most:
            surplus = surplus or closable
        if surplus:
            min(surplus, key=attrgetter("since", "opened")).handle_close()
        return bool(surplus)


class Listener(TcpWSGIServer):  # type: ignore[misc]
    """Accepts the connections of one socket."""

    channel_class = Connection

    def __init__(self, *arguments: Any, connections: Connections, parser_class: type, **named: Any) -> None:
        self.connections = connections
        self.parser_class = parser_class
        super().__init__(*arguments, **named)

    def handle_accept(self) -> None:
        """Accept connections that wait: many, so that a crowd is soon over, but none is closed for another before it is read."""
        for _ in range(max(1, self.connections.most_of_a_network // 4)):
            try:
                accepted = self.accept()
                if accepted is None:
                    return
                sock, address = accepted
                self.set_socket_options(sock)
            except OSError as error:
                if error.errno in _NO_MORE_FILES:
                    self._go_on_without_files()
                    return
                continue
            self.connections.make_room(network_of(address[0]))
            with suppress(OSError):
                # One that speaks TLS may have left already.
                self.channel_class(self, sock, address, self.adj, map=self._map)

    def _go_on_without_files(self) -> None:
        logging.getLogger(__name__).warning("no file can be opened any more: a connection is closed for a new one")
        for network, _ in Counter(connection.network for connection in self.connections).most_common():
            if self.connections.close_least_useful(network):
                return

    def maintenance(self, now: float) -> None:
        """Look after the deadlines."""
        ticks = machine_ticks()
        for connection in list(self.active_channels.values()):
            connection.keep_deadline(ticks)


class HttpServer:
    """Serves an application on some sockets.

    Args:
        application: what answers.
        sockets: they listen already.
        settings: what the server was told.
        threads: how many requests are answered at once.
        most_connections: how many may be open; as many as the descriptors of this process allow if None.

    Raises:
        TooFewFiles: this process may not open enough of them.
        UnusableCertificate: the certificate that the settings name, or its key, cannot be used.
    """

    def __init__(
        self,
        application: Any,
        sockets: Sequence[socket.socket],
        settings: Settings,
        *,
        threads: int = THREADS,
        most_connections: int | None = None,
    ) -> None:
        self.connections = Connections(connection_limit() if most_connections is None else most_connections)
        self._stops = False
        self._map: dict[int, Any] = {}
        adjustments = Adjustments(
            sockets=list(sockets),
            threads=threads,
            ident="vnsim",
            # Reached only when every connection waits for an answer; the listeners themselves are counted too.
            connection_limit=self.connections.most + 4 * len(sockets),
            max_request_body_size=LARGEST_IMPORT + 1,
            max_request_header_size=LARGEST_HEAD,
            recv_bytes=65536,
            cleanup_interval=1,
            log_socket_errors=False,
            # No proxy is believed, but what one wrote tells that the client is not at this machine: see ``web.origin``.
            clear_untrusted_proxy_headers=False,
            url_scheme="https" if settings.secure else "http",
        )
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._dispatcher = ThreadedTaskDispatcher()
        self._dispatcher.set_thread_count(threads)
        parsers = parser_class(settings)
        kind, more = _kind_of_listener(settings)
        self._listeners = [
            kind(
                application,
                self._map,
                True,
                listening,
                dispatcher=self._dispatcher,
                adj=adjustments,
                bind_socket=False,
                sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
                connections=self.connections,
                parser_class=parsers,
                **more,
            )
            for listening in sockets
        ]

    def run(self) -> None:
        """Serve until told to stop; then give the answers at hand, as far as that takes a second."""
        while not self._stops:
            self._turn(self.connections.until_next_turn(1.0))
        for listener in self._listeners:
            wasyncore.dispatcher.close(listener)
        until = machine_ticks() + LAST_ANSWERS
        while self._close_unless_answering() and machine_ticks() < until:
            self._turn(0.05)
        self._dispatcher.set_thread_count(0)
        for connection in list(self.connections):
            connection.handle_close()
        if self._threads_have_ended():
            # A thread that is still at work wakes this loop at its end, so what it writes to must stay open.
            wasyncore.close_all(self._map, ignore_all=True)

    def stop(self) -> None:
        """Let ``run`` end; from any thread."""
        if not self._stops:
            self._stops = True
            self._listeners[0].pull_trigger()

    def _threads_have_ended(self) -> bool:
        ended = self._dispatcher.thread_exit_cv
        with ended:
            return bool(ended.wait_for(lambda: not self._dispatcher.threads, LAST_ANSWERS / 10))

    def _turn(self, seconds: float) -> None:
        poll = wasyncore.poll2 if hasattr(select, "poll") else wasyncore.poll
        poll(seconds, self._map)

    def _close_unless_answering(self) -> bool:
        """Close the connections that wait for nothing; return whether there are others."""
        for connection in [connection for connection in self.connections if not connection.is_answering]:
            connection.handle_close()
        return bool(self.connections)


def _kind_of_listener(settings: Settings) -> tuple[type[Listener], dict[str, Any]]:
    """Return what accepts connections, and what it is made with besides; with a certificate they speak TLS."""
    if settings.certificate is None:
        return Listener, {}
    from simulator.tls import TlsListener, context_of

    context = context_of(settings.certificate.chain, settings.certificate.key)
    return TlsListener, {"context": context, "base_address": settings.base_address}


def connection_limit() -> int:
    """Return how many connections this process can have besides its other files; allow it more files as far as possible.

    Raises:
        TooFewFiles: they do not suffice.
    """
    if not hasattr(select, "poll"):
        # Windows: ``select`` takes 512 sockets.
        return 400
    from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit, setrlimit

    needed = OTHER_FILES + FILES_OF_A_CONNECTION * MOST_CONNECTIONS
    soft, hard = getrlimit(RLIMIT_NOFILE)
    allowed = needed if soft == RLIM_INFINITY else soft
    attainable = needed if hard == RLIM_INFINITY else min(needed, hard)
    if allowed < attainable:
        with suppress(OSError, ValueError):
            setrlimit(RLIMIT_NOFILE, (attainable, hard))
            allowed = attainable
    connections = (min(needed, allowed) - OTHER_FILES) // FILES_OF_A_CONNECTION
    if connections < LEAST_CONNECTIONS:
        least = OTHER_FILES + FILES_OF_A_CONNECTION * LEAST_CONNECTIONS
        raise TooFewFiles(
            f"This process may open {allowed} files at once and needs {least}: allow more, with 'ulimit -n {least}' or where the "
            "service is set up."
        )
    return connections
