"""Rules of connections: clients that do not read, do not finish or do not leave keep nobody else from being served."""

import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Event, Lock
from typing import Any

import pytest

from simulator import http_server
from simulator.core.clock import machine_ticks
from simulator.http_server import Connection, TooFewFiles, connection_limit
from simulator.settings import AFTER_THE_ANSWER, Settings
from tests.wire.client import NO_ANSWER, exchange, read_answer
from tests.wire.conftest import THREADS, Served, serving

PAGE = b"GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n"
LARGE = b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"
HALF = b"POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf"
NOTHING = b"DELETE /nothing HTTP/1.1\r\nHost: localhost\r\n"
LARGE_SIZE = 8 * 1024 * 1024
"""More than both ends of a connection buffer."""
MOST = 80
"""Half of them from one network."""


class Application:
    """Answers with a small or a large page; counts."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.answers = 0
        self.goes_on = Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        """Answer a request."""
        if environ["PATH_INFO"] == "/waits":
            self.goes_on.wait()
        if environ["PATH_INFO"] == "/nothing":
            environ[AFTER_THE_ANSWER](self.goes_on.wait)
            start_response("204 No Content", [])
            return []
        body = b"x" * (LARGE_SIZE if environ["PATH_INFO"] == "/large" else 5)
        with self.lock:
            self.answers += 1
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]


@pytest.fixture
def application() -> Iterator[Application]:
    """Return an application, and let go at the end whatever waits in it."""
    app = Application()
    yield app
    app.goes_on.set()


@pytest.fixture
def served(application: Application, tmp_path: Path) -> Iterator[Served]:
    """Serve it, with few connections."""
    with serving(application, Settings(data_dir=tmp_path), most_connections=MOST) as server:
        yield server


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Return what closes connections at the end."""
    with ExitStack() as closing_at_the_end:
        yield closing_at_the_end


def is_closed(connection: socket.socket) -> bool:
    """Wait until a server has sent something or closed; return whether it closed."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def test_an_answer_without_a_body_comes_before_what_is_done_later_and_leaves_the_connection_open(
    application: Application, served: Served, stack: ExitStack
) -> None:
    connection = stack.enter_context(closing(served.connect()))
    connection.sendall(NOTHING + b"\r\n")
    assert read_answer(connection).status == 204
    application.goes_on.set()
    connection.sendall(PAGE)
    assert read_answer(connection).status == 200
    connection.sendall(NOTHING + b"Connection: close\r\n\r\n")
    assert read_answer(connection).status == 204
    assert is_closed(connection)


def test_what_was_sent_ahead_is_answered_in_turn(served: Served, stack: ExitStack) -> None:
    connection = stack.enter_context(closing(served.connect()))
    connection.sendall(3 * PAGE + b"\r\n" + PAGE[:20])
    assert [read_answer(connection).body for _ in range(3)] == 3 * [b"xxxxx"]
    assert exchange(connection, PAGE[20:]).status == 200


def test_clients_that_send_ahead_and_read_nothing_get_one_answer_each_and_hold_no_thread(
    application: Application, served: Served, stack: ExitStack
) -> None:
    for _ in range(2 * THREADS):
        stack.enter_context(closing(served.connect())).sendall(100 * LARGE)
    assert served.get("/page").status == 200
    for connection in served.server.connections:
        assert len(connection.requests) <= 1
    # Everybody had a turn before the page did.
    assert application.answers <= 2 * THREADS + 1


def test_what_is_sent_ahead_takes_a_tenth_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(http_server, "machine_ticks", lambda: now)
    open_now, first, second = http_server.Connections(8), object.__new__(Connection), object.__new__(Connection)
    assert open_now.give_turn(first)
    assert not open_now.give_turn(second)
    assert not open_now.end_turn(second, 1.0)
    assert open_now.end_turn(first, 0.1)
    assert open_now.until_next_turn(1.0) == pytest.approx(0.901)
    now += 0.89
    assert not open_now.give_turn(second)
    now += 0.02
    assert open_now.until_next_turn(1.0) == 1.0
    assert open_now.give_turn(second)
    assert open_now.end_turn(second, 30.0)
    now += http_server.LONGEST_PAUSE
    assert open_now.give_turn(first)


def test_half_a_request_sent_ahead_holds_no_turn(served: Served, stack: ExitStack) -> None:
    half, whole = (stack.enter_context(closing(served.connect())) for _ in range(2))
    half.sendall(PAGE + PAGE[:20])
    assert read_answer(half).status == 200
    whole.sendall(3 * PAGE)
    assert [read_answer(whole).status for _ in range(3)] == 3 * [200]
    assert exchange(half, PAGE[20:]).status == 200


def test_a_client_that_hangs_up_gives_its_turn_back(served: Served, application: Application, stack: ExitStack) -> None:
    gone, other = (stack.enter_context(closing(served.connect())) for _ in range(2))
    gone.sendall(PAGE + PAGE.replace(b"/page", b"/waits"))
    assert read_answer(gone).status == 200
    gone.close()
    application.goes_on.set()
    other.sendall(3 * PAGE)
    assert [read_answer(other).status for _ in range(3)] == 3 * [200]


def test_a_client_that_reads_again_gets_all_of_it(served: Served, stack: ExitStack) -> None:
    connection = stack.enter_context(closing(served.connect()))
    connection.sendall(2 * LARGE)
    assert served.get("/page").status == 200
    assert [len(read_answer(connection).body) for _ in range(2)] == 2 * [LARGE_SIZE]


@pytest.mark.parametrize(
    "sent", [b"", PAGE[:-2], b"POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf", LARGE]
)
def test_a_new_connection_takes_the_place_of_the_one_that_is_of_least_use(
    served: Served, stack: ExitStack, sent: bytes
) -> None:
    useful = stack.enter_context(closing(served.connect()))
    assert exchange(useful, PAGE).status == 200
    others = [stack.enter_context(closing(served.connect())) for _ in range(MOST)]
    for connection in others:
        try:
            connection.sendall(sent)
        except ConnectionError:
            continue
    assert served.get("/page").status == 200
    assert exchange(useful, PAGE).status == 200
    assert len(served.server.connections) <= MOST


def test_connections_that_were_answered_and_stay_keep_no_new_client_out(served: Served, stack: ExitStack) -> None:
    for _ in range(MOST):
        assert exchange(stack.enter_context(closing(served.connect())), PAGE).status == 200
    fresh = stack.enter_context(closing(served.connect()))
    for _ in range(MOST // 4):
        assert exchange(stack.enter_context(closing(served.connect())), PAGE).status == 200
    assert exchange(fresh, PAGE).status == 200
    assert len(served.server.connections) <= MOST // 2


def test_a_connection_that_waits_for_its_answer_is_never_closed_for_another(
    application: Application, served: Served, stack: ExitStack
) -> None:
    waits = PAGE.replace(b"/page", b"/waits")
    waiting = [stack.enter_context(closing(served.connect())) for _ in range(THREADS - 1)]
    for connection in waiting:
        connection.sendall(waits)
    others = [stack.enter_context(closing(served.connect())) for _ in range(MOST)]
    assert served.get("/page").status == 200
    application.goes_on.set()
    assert [read_answer(connection).status for connection in waiting] == len(waiting) * [200]
    assert is_closed(others[0])


def test_the_network_with_most_connections_gives_one_up() -> None:
    open_now = http_server.Connections(8)
    closed: list[int] = []

    class Other(Connection):
        def __init__(self, number: int, network: str) -> None:
            self.number, self.network, self.since, self.opened = number, network, 0.0, float(number)
            self.requests: list[object] = []
            self._requests_read, self.request, self.total_outbufs_len, self._lingers = 0, None, 0, False

        def handle_close(self) -> None:
            closed.append(self.number)
            open_now.discard(self)

        def __del__(self) -> None:
            pass

    for number, network in enumerate("aaaaabbbcc"):
        open_now.make_room(network)
        open_now.add(Other(number, network))
    # Four for each network, half of all; the next of the same takes the place of its own oldest, of others that of the most.
    assert closed == [0, 1]


def test_a_request_that_is_not_finished_is_answered_with_408(served: Served, stack: ExitStack) -> None:
    for sent in (PAGE[:-2], HALF):
        connection = stack.enter_context(closing(served.connect()))
        connection.sendall(sent)
        assert served.get("/page").status == 200
        keep_deadlines(served, http_server.GRACE)
        assert read_answer(connection).status == 408
        assert is_closed(connection)


def keep_deadlines(served: Served, seconds: float) -> None:
    """Look after the deadlines as if it were so much later, each time on the thread of the server."""
    done = Event()
    (listener,) = served.server._listeners

    def look() -> None:
        now = machine_ticks()
        for connection in list(served.server.connections):
            connection.keep_deadline(now)
            connection.keep_deadline(now + seconds + 1)
        done.set()

    listener.trigger.pull_trigger(look)
    assert done.wait(30)


@pytest.mark.parametrize("sent", [b"", PAGE])
def test_an_idle_connection_is_closed_in_the_end(served: Served, stack: ExitStack, sent: bytes) -> None:
    connection = stack.enter_context(closing(served.connect()))
    if sent:
        assert exchange(connection, sent).status == 200
    other = stack.enter_context(closing(served.connect()))
    assert exchange(other, PAGE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")).status == 200
    assert is_closed(other)
    keep_deadlines(served, http_server.GRACE)
    assert len(served.server.connections) == 1
    keep_deadlines(served, http_server.IDLE)
    assert read_answer(connection) == NO_ANSWER


def test_a_client_that_does_not_take_its_answer_is_left(application: Application, served: Served, stack: ExitStack) -> None:
    connection = stack.enter_context(closing(served.connect()))
    connection.sendall(LARGE)
    # What goes into the connection's own memory counts as taken.
    for _ in range(10_000):
        keep_deadlines(served, http_server.GRACE)
        if not served.server.connections:
            break
    else:
        pytest.fail("the connection is still open")
    assert application.answers == 1


def test_a_client_that_reads_slowly_has_time_for_what_it_takes(served: Served, stack: ExitStack) -> None:
    connection = stack.enter_context(closing(served.connect()))
    connection.sendall(LARGE)
    connection.recv(1, socket.MSG_PEEK)
    (there,) = served.server.connections
    now = machine_ticks()
    there.keep_deadline(now)
    there._moved_before -= int(http_server.GRACE * http_server.SLOWEST)
    there.keep_deadline(now + http_server.GRACE + 1)
    assert len(read_answer(connection).body) == LARGE_SIZE


def test_who_sends_more_than_is_taken_gets_to_see_why(served: Served, stack: ExitStack) -> None:
    connection = stack.enter_context(closing(served.connect()))
    size = 60 * 1024 * 1024
    connection.sendall(f"POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n".encode())
    for _ in range(size // 65536):
        connection.sendall(bytes(65536))
    assert read_answer(connection).status == 413


def test_the_connections_are_derived_from_the_files_that_may_be_open() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert connection_limit() <= http_server.MOST_CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft == max(before[0], min(hard, http_server.OTHER_FILES + 2 * http_server.MOST_CONNECTIONS))


@pytest.mark.parametrize(("files", "connections"), [(1024, 262), (600, 50), (1_000_000, 1000)])
def test_a_low_limit_leaves_files_for_databases(monkeypatch: pytest.MonkeyPatch, files: int, connections: int) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
    monkeypatch.setattr(resource, "setrlimit", lambda *_: pytest.fail("nothing can be gained"))
    assert connection_limit() == connections


def test_too_low_a_limit_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 256))
    with pytest.raises(TooFewFiles, match="ulimit -n 580"):
        connection_limit()


def test_a_limit_that_can_be_raised_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    limits_set: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: limits_set.append(limits))
    assert connection_limit() == http_server.MOST_CONNECTIONS
    assert limits_set == [(2500, resource.RLIM_INFINITY)]
