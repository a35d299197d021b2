"""What only a server shows: how much of a request it reads at all."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from simulator.core.clock import machine_ticks
from simulator.own_server import own_server

PATH = "/s/default/autoinvoice/api/v1/invoices"
TOO_MUCH = 100 * 1024 * 1024


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve for this module."""
    with own_server() as url:
        result = urlsplit(url).port
        assert result is not None
        yield result


def answer_to(port: int, length: int, *headers: str) -> bytes:
    """Send the head of an upload of some length, and return the first of the answer."""
    lines = [f"POST {PATH} HTTP/1.1", f"Host: localhost:{port}", f"Content-Length: {length}", *headers, "", ""]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall("\r\n".join(lines).encode())
        return connection.recv(100)


def test_a_hundred_megabytes_are_refused_before_they_are_sent(port: int) -> None:
    begun = machine_ticks()
    assert b" 413 " in answer_to(port, TOO_MUCH, "Authorization: Bearer x")
    assert machine_ticks() - begun < 5


def test_without_a_token_no_more_is_read_than_anywhere(port: int) -> None:
    assert b" 413 " in answer_to(port, 15 * 1024 * 1024)
