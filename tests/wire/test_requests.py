"""Rules of requests as they come over a socket: whatever is sent, the answer is clean, and nothing breaks."""

import logging
from contextlib import closing

import pytest

from tests.wire.client import exchange, read_answer
from tests.wire.conftest import Serve

HOST = b"Host: localhost\r\n"
GET = b"GET /_sim/health HTTP/1.1\r\n"
POST = b"POST /nowhere HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
END = b"\r\n"

ANSWERS: tuple[tuple[int, bytes], ...] = (
    # Methods, and what they are asked of.
    (200, b"HEAD / HTTP/1.1\r\n" + HOST + END),
    (200, b"OPTIONS / HTTP/1.1\r\n" + HOST + END),
    (404, b"OPTIONS * HTTP/1.1\r\n" + HOST + END),
    (405, b"TRACE / HTTP/1.1\r\n" + HOST + END),
    (404, b"CONNECT localhost:80 HTTP/1.1\r\n" + HOST + END),
    (405, b"WONDER / HTTP/1.1\r\n" + HOST + END),
    (400, b"get / HTTP/1.1\r\n" + HOST + END),
    (400, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    (400, b"GET /\r\n\r\n"),
    (400, b"GET / HTTP/1.2\r\n" + HOST + END),
    (200, b"GET http://elsewhere.example/_sim/health HTTP/1.1\r\n" + HOST + END),
    (400, b"GET http://[/ HTTP/1.1\r\n" + HOST + END),
    (404, b"GET //elsewhere.example/ HTTP/1.1\r\n" + HOST + END),
    (404, b"GET nothing HTTP/1.1\r\n" + HOST + END),
    (404, b"GET /%00%zz%f HTTP/1.1\r\n" + HOST + END),
    (400, b"GET /\xff HTTP/1.1\r\n" + HOST + END),
    (404, b"GET /s/%ed%a0%80/ HTTP/1.1\r\n" + HOST + END),
    (404, b"GET /static/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + HOST + END),
    (404, b"GET /" + 60_000 * b"a" + b" HTTP/1.1\r\n" + HOST + END),
    (431, b"GET /" + 70_000 * b"a" + b" HTTP/1.1\r\n" + HOST + END),
    (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    (400, bytes(range(256)) + END + END),
    # The Host header.
    (400, GET + END),
    (400, GET + HOST + HOST + END),
    (400, GET + b"Host: a b\r\n\r\n"),
    (400, GET + b"Host: \xff\r\n\r\n"),
    (400, GET + b"Host: localhost/a\r\n\r\n"),
    (400, GET + b"Host: a@localhost\r\n\r\n"),
    (400, GET + b"Host: [::1]a\r\n\r\n"),
    (400, GET + b"Host: localhost:80:80\r\n\r\n"),
    (403, GET + b"Host:\r\n\r\n"),
    (200, GET + b"Host: LOCALHOST:8000\r\n\r\n"),
    (200, GET + b"Host: [::1]:8000\r\n\r\n"),
    # Headers.
    (400, GET + b" Folded: first\r\n" + HOST + END),
    (400, GET + HOST + b"no colon\r\n\r\n"),
    (400, GET + HOST + b"Name : a\r\n\r\n"),
    (400, GET + HOST + b"Name: a\0b\r\n\r\n"),
    (400, GET + HOST + b"Name: a\nOther: b\r\n\r\n"),
    (400, GET + HOST + b"Name: a\rOther: b\r\n\r\n"),
    (400, b"GET / HTTP/1.1\nHost: localhost\n\n"),
    (200, GET + HOST + b"Name: \xff\xfe\r\n\r\n"),
    (200, GET + HOST + b"Authorization: Bearer \xff\r\n\r\n"),
    (200, GET + HOST + b"Cookie: =;\xff=\xfe;" + 5000 * b"a=b;" + END + END),
    (431, GET + HOST + b"Name: " + 70_000 * b"a" + END + END),
    (431, GET + HOST + b"Name: " + 400_000 * b"a"),
    # Where a request ends.
    (400, POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    (400, POST + b"Content-Length: 4\r\nTransfer-Encoding: \r\n\r\nabcd"),
    (400, POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd"),
    (400, POST + b"Content-Length: -4\r\n\r\n"),
    (400, POST + b"Content-Length: +4\r\n\r\nabcd"),
    (400, POST + b"Content-Length: 4,4\r\n\r\nabcd"),
    (400, POST + b"Content-Length: " + 5000 * b"9" + END + END),
    (413, POST + b"Content-Length: " + 25 * b"9" + END + END),
    (400, b"POST /nowhere HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    (400, POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
    (400, POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    (501, POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    (400, POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n"),
    (404, CHUNKED + b"0\r\n\r\n"),
    (404, CHUNKED + b'3;a="b"\r\nabc\r\n0\r\nHost: elsewhere.example\r\n\r\n'),
    (400, CHUNKED + b"wonder\r\n"),
    (400, CHUNKED + b"-5\r\n"),
    (400, CHUNKED + b"3\r\nabcdef\r\n0\r\n\r\n"),
    # Expectations.
    (413, POST + b"Expect: 100-continue\r\nContent-Length: 999999999\r\n\r\n"),
    (200, GET + HOST + b"Expect: 100-continue\r\n\r\n"),
    (200, GET + HOST + b"Expect: wonders\r\n\r\n"),
)


def test_every_request_has_a_clean_answer(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    server = serve()
    with caplog.at_level(logging.WARNING):
        for status, request in ANSWERS:
            with closing(server.connect()) as connection:
                connection.sendall(request)
                answer = read_answer(connection, body=not request.startswith(b"HEAD"))
            assert answer.status == status, request[:200]
            assert "Traceback" not in answer.body.decode("latin-1"), request[:200]
    assert not caplog.records


def test_what_follows_a_refused_request_is_no_request(serve: Serve) -> None:
    server = serve()
    for request in (
        POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n",
        b"POST /nowhere HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n",
    ):
        with closing(server.connect()) as connection:
            assert exchange(connection, request + GET + HOST + END).status == 400
            assert connection.recv(1) == b""


def test_a_body_is_asked_for_once_its_head_is_good(serve: Serve) -> None:
    server = serve()
    with closing(server.connect()) as connection:
        head = b"POST /_sim/sandboxes HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
        connection.sendall(head + b"Expect: 100-continue\r\nContent-Length: 1\r\n\r\n")
        assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert exchange(connection, b"{").status == 400


def test_a_long_list_of_languages_is_not_read_to_its_end(serve: Serve) -> None:
    server = serve()
    for path in ("/", "/nowhere"):
        assert '<html lang="sv"' in server.get(path, Accept_Language="sv").text
        for rest in (12_000 * "q;q=,", 60_000 * "-", ",".join(f"a{number}" for number in range(9000))):
            assert '<html lang="sv"' in server.get(path, Accept_Language=f"sv, {rest}").text
        # Nobody has so many others in front of the one that is served.
        assert '<html lang="sv"' not in server.get(path, Accept_Language=f"{300 * 'a,'} sv").text
